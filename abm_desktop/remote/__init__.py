"""Other programs' side of the control API: how a server is found, and a typed client for it."""
