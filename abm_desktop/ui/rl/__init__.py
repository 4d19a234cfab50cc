"""The RL tab: a form, a training that streams in, and the models that came out of it."""
