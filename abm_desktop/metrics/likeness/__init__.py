"""How alike two days of order flow are: distributions of scores, and responses of the price."""
