"""A calibration in a process of its own: its protocol, the process, and its owner's side."""
