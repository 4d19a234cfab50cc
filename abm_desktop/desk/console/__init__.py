"""A Python console beside a market: what it can reach, and the thread that runs it. No Qt."""
