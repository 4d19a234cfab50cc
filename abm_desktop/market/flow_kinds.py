"""What a message of recorded order flow says, as numbers; compiled code knows these and no more."""

from __future__ import annotations

ADD, PARTIAL_CANCEL, DELETE, EXECUTE, EXECUTE_HIDDEN, CROSS, HALT, CLEAR = 1, 2, 3, 4, 5, 6, 7, 8
"""Kinds of messages, 1 to 7 as LOBSTER numbers them. Hidden executions, auctions and halts leave
the visible book as it is; CLEAR empties it (a feed begins anew)."""

PRICE_SCALE = 10_000
"""Units of LOBSTER's prices in one unit of currency."""

UNTOLD = -1
"""The side of a message that the file does not tell."""
