"""Measures of a market, as pure functions of arrays."""
