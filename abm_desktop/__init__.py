"""A desktop market laboratory: RL and algorithmic traders in one limit order book."""
