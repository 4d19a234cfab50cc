"""The compiled market and its Python face: book, traders, clock, stress, tape. No Qt, Ray or torch."""
