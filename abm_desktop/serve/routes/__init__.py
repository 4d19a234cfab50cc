"""The routes of the control API, one file a subject."""
