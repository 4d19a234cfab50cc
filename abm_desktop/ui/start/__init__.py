"""The start page: the question, what was found so far, and where to begin."""
