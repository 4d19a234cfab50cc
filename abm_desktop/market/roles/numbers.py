"""Names and numbers of the roles that compiled code reads as well. Nothing else belongs here.

An edit of this file compiles the market again; the role objects beside it may change freely.
"""

from __future__ import annotations

OBSERVATION_NAMES = (
    "price against 5-min average",
    "fundamental gap",
    "volatility",
    "spread",
    "order-book imbalance",
    "return 5 s",
    "return 10 s",
    "return 30 s",
    "return 60 s",
    "return 120 s",
    "return 300 s",
    "inventory",
    "cash ratio",
)
"""What every role sees, in this order."""

SELL_ACTION, HOLD_ACTION, BUY_ACTION = range(3)
"""The actions of a directional trader."""

DIRECTIONAL, MAKER, EXECUTOR, REMEMBERING, SIZING = range(5)
"""The compiled sides there are: what a trader sees beyond that, and how its actions become orders
(:mod:`abm_desktop.market.traders.rl_roles`)."""

BID_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 1.0, 5.0, 2.0)
ASK_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 3.0, 2.0, 5.0)
"""Distances of a maker's quotes from the mid by action, in halves of the average spread.

The pairs of Spooner et al. (2018); the next action closes the position with a market order.
"""
CLOSE_ACTION = len(BID_DISTANCES)
FAR_BID_DISTANCES = (5.0, 1.0)
FAR_ASK_DISTANCES = (1.0, 5.0)
"""Distances of the actions behind that, which a maker with memory has as well: to trade next to
only one side."""
TAKE_BID, TAKE_ASK = CLOSE_ACTION + 3, CLOSE_ACTION + 4
"""Then it can take what others quote: sell or buy the lots of one quote at once."""

SHARES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""What an executor can trade at once, in multiples of an even schedule over the time left."""
ON_SCHEDULE = 2
"""The action of an executor that trades evenly (TWAP)."""
QUOTE_AT_BEST, QUOTE_INSIDE = len(SHARES), len(SHARES) + 1
"""The actions of an executor that rests an order at its own side's best price, or a tick better."""
QUOTE_SHARE = 2.0
"""Lots of such an order, in multiples of an even schedule over the time left."""

MULTIPLES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
"""What a directional trader that chooses sizes buys by each action, in multiples of its size."""
FLOW_SECONDS = (30, 300)
"""Over which such a trader sees the balance of what was bought and sold at once ..."""
BOOK_LEVELS = (1, 10)
"""... and how many of the best levels it sees the balance of."""

REMEMBERED = OBSERVATION_NAMES.index("fundamental gap")
"""The observation whose running means a remembering trader sees ..."""
MEMORY_SECONDS = (30.0, 60.0, 120.0, 300.0)
"""... over these times."""
