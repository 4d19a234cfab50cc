"""Intervals, tests, models and power for matched runs."""
