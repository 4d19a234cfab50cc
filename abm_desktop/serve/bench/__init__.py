"""How quickly the control API answers, measured by real clients on loopback."""
