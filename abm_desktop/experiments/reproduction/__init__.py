"""Published claims held against this simulator: files of claims, verdicts, and the page."""
