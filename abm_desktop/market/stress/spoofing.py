"""Spoofing: large orders that are meant to be seen, not traded, while a small one is meant to be.

Layers stand a few ticks behind the touch on one side; the real order joins the best price of the
other. The layers go when the touch comes near or shortly after the real order traded, and come
back after a pause.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import as_lots, ask_cancel, ask_limit, nanoseconds, rests
from abm_desktop.market.state import BUY, LIMIT_STATE, POST_ONLY, SELL
from abm_desktop.market.stress.cancels import cancel_handles

WAITING, LAYERED, FILLED = range(3)
_BOTH = 2


@kernel
def _layer_side(s):
    """Side of the layers; "both" takes turns, cycle by cycle."""
    if np.int64(s.p2) == _BOTH:
        return SELL if (s.cursor & 1) == 0 else BUY
    return np.int64(s.p2)


@kernel
def _join(m, s, a, side, size, intents):
    """Put the real order at the best price of its side."""
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    ask_limit(m, intents, POST_ONLY, s.agent, side, price, size, 0, a.handles)


@kernel
def step(m, s, a, levels, orders, handles, intents):
    """Look at the touch; layer, chase or cancel. Returns when to look again."""
    layers, nearest = np.int64(s.p0), np.int64(s.p1)
    size, hold, pause, reaction = np.int64(s.p3), s.p4, s.p5, s.p6
    again = m.now + nanoseconds(reaction)
    quoted = m.best_bid >= 0 and m.best_ask < m.ladder and m.best_bid < m.best_ask
    if not quoted or m.phase > LIMIT_STATE:
        return again
    side = _layer_side(s)
    other = 1 - side
    touch = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    if s.stage == WAITING:
        if m.now >= s.due:
            layer = as_lots(s.magnitude * levels[side, touch - m.origin].volume)
            for k in range(layers):
                away = nearest + k
                price = touch - away if side == BUY else touch + away
                if 1 <= price <= m.ladder - 2:
                    tag = a.handles + 1 + k
                    ask_limit(m, intents, POST_ONLY, s.agent, side, price, layer, 0, tag)
            _join(m, s, a, other, size, intents)
            s.last_inventory = a.inventory
            s.stage = LAYERED
        return again
    traded = a.inventory - s.last_inventory
    if s.stage == LAYERED and traded != 0:
        s.stage = FILLED
        s.due = m.now + nanoseconds(hold)
    near = False
    for k in range(layers):
        handle = handles[a.handles + 1 + k]
        if rests(orders, handle):
            price = np.int64(orders[handle >> 32].price)
            if (touch - price if side == BUY else price - touch) <= 1:
                near = True
    if near or (s.stage == FILLED and m.now >= s.due):
        cancel_handles(m, s, a, orders, handles, intents)
        s.stage = WAITING
        s.due = m.now + nanoseconds(pause)
        s.cursor += 1
        return again
    if s.stage == LAYERED:
        handle = handles[a.handles]
        if rests(orders, handle):
            order = orders[handle >> 32]
            best = m.best_bid if other == BUY else m.best_ask
            if order.price != best:
                ask_cancel(m, intents, s.agent, handle, a.handles)
                _join(m, s, a, other, size, intents)
    return again


@kernel
def withdraw(m, s, a, orders, handles, intents):
    """Ask for the cancel of layers and real order; returns how many orders that are."""
    return cancel_handles(m, s, a, orders, handles, intents)
