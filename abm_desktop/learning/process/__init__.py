"""The process that trains: its client, its host, what they say to each other."""
