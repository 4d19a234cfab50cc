"""Noise traders of ABIDES (Byrd, Hybinette and Balch 2020): one order a session each.

The moment is drawn from a U-shaped density, so most act near the open and the close; the order
stands at the best price of the other side.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_limit, nanoseconds, near_ask, near_bid
from abm_desktop.market.random import normal, uniform
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import BUY, LIMIT, SELL, WAKE


@kernel
def order_size(a):
    """The order sizes of ABIDES, shares: a mixture around 100 with a log-normal tail."""
    u = uniform(a)
    if u < 0.20:
        return max(np.int64(1), np.int64(np.exp(2.9 + 1.2 * normal(a))))
    if u < 0.90:
        return max(np.int64(1), np.int64(100.0 + 0.15 * normal(a) + 0.5))
    if u < 0.96:
        return np.int64(200)
    if u < 0.964:
        return np.int64(300)
    if u < 0.9969:
        return np.int64(400)
    return 100 * (5 + np.int64(6.0 * uniform(a)))


@kernel
def moment(p, a):
    """When the trader acts, ns: density proportional to the squared distance from the middle."""
    half = 0.5 * (p.session + p.once_before_open)
    middle = p.warm_up - p.once_before_open + half
    u = 2.0 * uniform(a) - 1.0
    return nanoseconds(max(middle + half * np.sign(u) * abs(u) ** (1.0 / 3.0), 0.0))


@kernel
def start(m, p, a, agent, heap):
    """Come back at the moment of the one order."""
    schedule(m, heap, max(m.now, moment(p, a)), WAKE, agent)


@kernel
def on_time(m, a, intents, agent):
    """Buy at the ask or sell at the bid."""
    side = BUY if uniform(a) < 0.5 else SELL
    price = near_ask(m) if side == BUY else near_bid(m)
    ask_limit(m, intents, LIMIT, agent, side, price, order_size(a), 0, -1)
