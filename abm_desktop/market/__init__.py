"""The compiled market and its Python face: book, traders, clock, stress, tape."""
