"""The process that runs an experiment: its client, its host, their messages."""
