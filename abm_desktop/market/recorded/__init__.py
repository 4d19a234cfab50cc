"""Recorded order flow of several formats, read into one form: an ``OrderFlow``."""
