"""The Analytics tab: streaming measures of the running market."""
