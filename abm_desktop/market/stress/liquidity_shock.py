"""Liquidity shock: makers stay away, and the book is thinned out."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, near_ask, near_bid
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, HUMAN, STRESS
from abm_desktop.market.stress.cancels import BATCH


@kernel
def add_up(m, s):
    """Add this event to the factors that the makers read."""
    m.maker_share_out = max(m.maker_share_out, s.magnitude)


@kernel
def step(m, s, agents, orders, intents):
    """Cancel a share of the orders far from the touch, a batch at a time; 0 when done."""
    share, far = s.p0, np.int64(s.p1)
    stream = agents[s.agent]
    if share == 0.0:
        return np.int64(0)
    bid, ask = near_bid(m), near_ask(m)
    n = np.int64(0)
    while s.cursor < m.used_slots:
        slot = np.int64(s.cursor)
        s.cursor += 1
        order = orders[slot]
        if order.size == 0 or agents[order.agent].kind == STRESS:
            continue
        if agents[order.agent].kind == HUMAN:
            continue
        away = bid - order.price if order.side == BUY else order.price - ask
        if away > far and uniform(stream) < share:
            ask_cancel(m, intents, order.agent, (slot << 32) | np.int64(order.seq), -1)
            n += 1
            if n == BATCH:
                return np.int64(m.now)
    return np.int64(0)
