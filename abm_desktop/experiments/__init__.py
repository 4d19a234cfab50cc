"""Experiments: many matched markets with and without a treatment, and what they tell."""
