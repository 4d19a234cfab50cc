"""What a recorded day comes to, order by order: the operations that make its book."""

from __future__ import annotations

import numpy as np

__all__ = [
    "CANCELS",
    "ENTERS",
    "EXECUTES",
    "HIDDEN_TRADE",
    "LEAVES",
    "OPERATION",
    "RESTS",
    "STATUS",
]

RESTS = 1
"""A recorded order joins its queue."""
ENTERS = 2
"""An order comes into the sight of the file: it was there before, or deeper than the file looks."""
CANCELS = 3
"""Lots of an order are cancelled."""
EXECUTES = 4
"""Lots of an order trade."""
LEAVES = 5
"""An order goes out of the sight of the file."""
HIDDEN_TRADE = 6
"""Lots of an order that nobody saw trade."""
STATUS = 7
"""The venue says whether there is trading: ``price`` 1 if so."""

OPERATION = np.dtype(
    [("time", "i8"), ("row", "i4"), ("order", "i4"), ("price", "i4"), ("paid", "i4"),
     ("size", "i4"), ("kind", "i1"), ("side", "i1"), ("is_last", "i1"), ("spare", "i1")],
    align=True,
)  # fmt: skip
"""``time`` in ns of the market's clock, prices in ticks, ``size`` in lots; ``row`` of the message,
-1 of the first book; ``order`` is a number that is free again after the operation that ``is_last``
of its order. ``paid`` is what an execution traded at; ``side`` is that of the resting order, or
UNTOLD."""
