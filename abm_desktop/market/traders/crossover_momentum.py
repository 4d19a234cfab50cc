"""Momentum traders of ABIDES: the average of the last 20 mids seen against that of the last 50."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_limit, near_ask, near_bid
from abm_desktop.market.state import BUY, LIMIT, SELL
from abm_desktop.market.traders.once_noise import order_size

REMEMBERS = True
_SHORT, _LONG = 20, 50
_SEEN = 50
"""Place in the memory that counts the mids seen; the mids themselves are in a ring before it."""


@kernel
def activity_rate(p):
    """Looks of one trader per second of activity time."""
    return 1.0 / p.cross_wake_time


@kernel
def wake(m, a, memory, intents, agent):
    """Note the mid; once 50 are known, buy at the ask or sell at the bid."""
    seen = np.int64(memory[_SEEN])
    memory[seen % _LONG] = m.mid
    seen += 1
    memory[_SEEN] = seen
    if seen < _LONG:
        return
    short = 0.0
    for k in range(_SHORT):
        short += memory[(seen - 1 - k) % _LONG]
    long = 0.0
    for k in range(_LONG):
        long += memory[k]
    side = BUY if short / _SHORT >= long / _LONG else SELL
    price = near_ask(m) if side == BUY else near_bid(m)
    ask_limit(m, intents, LIMIT, agent, side, price, order_size(a), 0, -1)
