"""A market from recorded days: what can be read off them, and the rest found by simulation."""
