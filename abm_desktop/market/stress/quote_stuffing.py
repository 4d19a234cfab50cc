"""Quote stuffing: orders posted and cancelled by the thousand, which the engine has to work off."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    FOREVER,
    ask_cancel,
    ask_limit,
    near_ask,
    near_bid,
    rests,
    span,
)
from abm_desktop.market.random import uniform
from abm_desktop.market.state import ACTING, BUY, POST_ONLY, STRESS_HANDLES
from abm_desktop.market.stress.cancels import cancel_handles

_UNLIMITED = 1e15
"""Messages per second of an engine that only has its queue to work off."""
_DEPTH = 10.0
"""Ticks over which the stuffed orders spread."""
_MOST_OF_ROOM = 0.7
"""Share of the room for messages on their way that stuffed orders may take."""


@kernel
def add_up(m, s):
    """Limit how many messages a second the matching engine takes."""
    if s.p0 > 0.0:
        capacity = s.p0 if s.on == ACTING else _UNLIMITED
        m.capacity = capacity if m.capacity == 0.0 else min(m.capacity, capacity)


@kernel
def step(m, s, a, orders, pool, handles, intents):
    """Cancel one batch of orders and post the next; returns when the next one is due.

    While the engine has a queue, the batch before is still on its way: a post then replaces its
    predecessor there, and the cancel that it stands for takes the engine's time all the same.
    """
    capacity, distance = s.p0, np.int64(s.p1)
    again = m.now + span(2.0 * STRESS_HANDLES * 1e9 / s.magnitude)
    queue = max(np.int64(m.engine_free) - m.now, 0)
    if queue * 1e-9 * capacity > 2.0 * _MOST_OF_ROOM * pool.shape[0]:
        # There is no room for more messages on the way, and those of others must not be lost.
        return again
    for k in range(STRESS_HANDLES):
        tag = a.handles + k
        if queue == 0 and rests(orders, handles[tag]):
            ask_cancel(m, intents, s.agent, handles[tag], tag)
    if queue > 0 and capacity > 0.0:
        m.engine_free = min(
            m.engine_free + span(STRESS_HANDLES * 1e9 / capacity), np.int64(FOREVER)
        )
    for k in range(STRESS_HANDLES):
        side = k & 1
        away = distance + np.int64(_DEPTH * uniform(a))
        price = near_bid(m) - away if side == BUY else near_ask(m) + away
        price = min(max(price, np.int64(1)), np.int64(m.ladder) - 2)
        ask_limit(m, intents, POST_ONLY, s.agent, side, price, 1, 0, a.handles + k)
    return again


@kernel
def runs_off(m):
    """When (ns) the engine has worked off its queue."""
    return np.int64(m.engine_free)


@kernel
def withdraw(m, s, a, orders, handles, intents):
    """Ask for the cancel of the batch that stands; returns how many orders that are."""
    return cancel_handles(m, s, a, orders, handles, intents)
