"""What a window or a server needs to know, without Qt: series, curves, stress effects."""
