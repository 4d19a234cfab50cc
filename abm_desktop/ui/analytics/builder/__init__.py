"""The builder of experiments: a form, what it would run, and a file."""
