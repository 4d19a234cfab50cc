"""A learned executor: its parent orders, what it sees of them, and how it trades them.

Environments and the market's own event loop call the same code, so that an executor trades in the
live market as it was trained.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price, near_ask, near_bid
from abm_desktop.market.random import uniform
from abm_desktop.market.roles.numbers import MEMORY_SECONDS, QUOTE_AT_BEST, QUOTE_SHARE, SHARES
from abm_desktop.market.state import BUY, N_FEATURES, SELL
from abm_desktop.market.traders import quotes, rl_memory

_CLIP = 5.0
_INVENTORY, _CASH = 11, 12
"""Places of the features that are of its parent order alone."""
_OWN = 5
"""Number of features of its order and quote."""
_QUEUE = N_FEATURES + _OWN + len(MEMORY_SECONDS)
_UNSIGNED = 2
"""Volatility, and spread behind it, have no sides."""


@kernel
def _clipped(x):
    return min(max(x, -_CLIP), _CLIP)


@kernel
def risk(m, t):
    """Standard deviation of an executor's cost: its order times the price's over its time."""
    return t.parent * m.sigma_long * math.sqrt(t.horizon * 1e-9)


@kernel
def give_parent(m, a, t):
    """Give it the next parent order; the side is drawn."""
    t.side = 1 if uniform(a) < 0.5 else -1
    t.arrival = m.mid
    t.deadline = m.now + t.horizon
    t.carry = 0.0
    t.given_inventory = a.inventory
    t.given_cash = a.cash


@kernel
def _left(a, t):
    """Lots of the parent order that are not traded yet."""
    return t.parent - t.side * (a.inventory - t.given_inventory)


@kernel
def look(m, a, t, orders, levels, handles, out):
    """Write what an executor sees beyond the 13 features, behind them.

    The 13 are turned to its own side: for a seller, what has a sign changes it. So one rule serves
    buyers and sellers. Inventory and cash among them count from when the parent order was given.
    Then comes what it remembers, turned as well; from one parent order to the next that stays. Last
    is where its quote stands in the queue.
    """
    rl_memory.look(m, t, out, N_FEATURES + _OWN)
    for place in range(N_FEATURES + _OWN, N_FEATURES + _OWN + len(MEMORY_SECONDS)):
        out[place] *= t.side
    for place in range(N_FEATURES):
        if place < _UNSIGNED or place > _UNSIGNED + 1:
            out[place] *= t.side
    most = max(np.float64(a.max_inventory), 1.0)
    out[_INVENTORY] = _clipped(t.side * (a.inventory - t.given_inventory) / most)
    out[_CASH] = _clipped(t.side * (a.cash - t.given_cash) / (most * m.mid))
    share = _left(a, t) / np.float64(t.parent)
    time = (t.deadline - m.now) / np.float64(t.horizon)
    tag = a.handles if t.side > 0 else a.handles + 1
    out[N_FEATURES] = _clipped(share)
    out[N_FEATURES + 1] = _clipped(time)
    out[N_FEATURES + 2] = _clipped(share - time)
    out[N_FEATURES + 3] = _clipped(t.side * (m.mid - t.arrival) * t.parent / risk(m, t))
    out[N_FEATURES + 4] = _clipped(quotes.distance(m, orders, handles[tag], np.float64(t.side)))
    out[_QUEUE] = quotes.queue(m, orders, levels, handles[tag])


@kernel
def _quote_price(m, side, inside):
    """At the own side's best price, or a tick better where that does not meet the other side."""
    bid, ask = near_bid(m), near_ask(m)
    if side == BUY:
        return min(bid + inside, ask - 1)
    return max(ask - inside, bid + 1)


@kernel
def act(m, rules, a, t, intents, orders, handles, agent, action, start, step):
    """Trade a multiple of what an even schedule over the time left would trade now, or quote it.

    ``start`` is the time of the decision and ``step`` that between two, ns.
    """
    remaining = np.int64(max(_left(a, t), 0))
    decisions = max((t.deadline - start + step - 1) // step, 1)
    even = remaining / decisions
    quoting = action >= QUOTE_AT_BEST
    side = BUY if t.side > 0 else SELL
    resting = np.int64(0)
    price = np.int64(0)
    if quoting:
        resting = min(np.int64(math.ceil(QUOTE_SHARE * even)), remaining)
        price = _quote_price(m, side, np.int64(action - QUOTE_AT_BEST))
    for k in range(2):
        size = resting if (side == BUY) == (k == 0) else np.int64(0)
        tag = a.handles + k
        of = BUY if k == 0 else SELL
        quotes.quote(m, intents, orders, handles, agent, tag, of, price, size, 1, remaining)
    if not quoting:
        wanted = SHARES[action] * even + t.carry
        lots = min(np.int64(math.floor(wanted + 1e-9)), remaining)
        t.carry = max(wanted - lots, 0.0)
        if lots > 0:
            ask_immediate(m, intents, agent, side, collar_price(m, rules, side), lots)
