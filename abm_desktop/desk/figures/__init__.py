"""Charts as figures for paper and slides: what they show, and drawing that without a window."""
