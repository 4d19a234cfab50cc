"""A learned executor: its parent orders, what it sees of them, and how it trades them.

Environments and the market's own event loop call the same code, so that an executor trades in the
live market as it was trained.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.random import uniform
from abm_desktop.market.roles import SHARES
from abm_desktop.market.state import BUY, N_FEATURES, SELL

_CLIP = 5.0
_INVENTORY, _CASH = 11, 12
"""Places of the features that are of its parent order alone."""


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
def look(m, a, t, out):
    """Write what an executor sees beyond the 13 features, behind them.

    Inventory and cash among those count from when the parent order was given.
    """
    most = max(np.float64(a.max_inventory), 1.0)
    out[_INVENTORY] = _clipped((a.inventory - t.given_inventory) / most)
    out[_CASH] = _clipped((a.cash - t.given_cash) / (most * m.mid))
    share = _left(a, t) / np.float64(t.parent)
    time = (t.deadline - m.now) / np.float64(t.horizon)
    out[N_FEATURES] = _clipped(t.side * share)
    out[N_FEATURES + 1] = _clipped(time)
    out[N_FEATURES + 2] = _clipped(share - time)
    out[N_FEATURES + 3] = _clipped(t.side * (m.mid - t.arrival) * t.parent / risk(m, t))


@kernel
def act(m, rules, a, t, intents, agent, action, start, step):
    """Trade a multiple of what an even schedule over the time left would trade now.

    ``start`` is the time of the decision and ``step`` that between two, ns.
    """
    remaining = np.int64(max(_left(a, t), 0))
    decisions = max((t.deadline - start + step - 1) // step, 1)
    wanted = SHARES[action] * remaining / decisions + t.carry
    lots = min(np.int64(math.floor(wanted + 1e-9)), remaining)
    t.carry = max(wanted - lots, 0.0)
    if lots > 0:
        side = BUY if t.side > 0 else SELL
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), lots)
