"""Momentum traders: they buy what rose and sell what fell over their own horizon.

The signal is the exponentially weighted sum of mid changes, in units of its long-run standard
deviation; the chance to act grows with the signal (Chiarella and Iori 2002 call them chartists).
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price, opposite_best_volume, whole
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, MOMENTUM_BINS, SELL


@kernel
def activity_rate(p):
    """Looks of one momentum trader per second of activity time."""
    return p.momentum_rate / max(p.momentum_count, 1.0)


@kernel
def prepare(a):
    """Draw the horizon of one trader."""
    a.bin = np.int64(uniform(a) * MOMENTUM_BINS)


@kernel
def wake(m, p, rules, a, levels, momentum, intents, agent):
    """Follow a strong signal, unwind on a weak one."""
    scale = m.sigma_long * math.sqrt(0.5 * momentum[a.bin, 0])
    signal = momentum[a.bin, 1] / max(scale, 1e-9)
    strength = abs(signal) - p.momentum_entry
    u = uniform(a)
    limit = np.int64(p.momentum_max_inventory)
    if m.momentum_max_inventory > 0.0:
        limit = np.int64(m.momentum_max_inventory)
    inventory = np.int64(a.inventory)
    if strength > 0.0 and u < math.tanh(strength):
        side = BUY if signal > 0.0 else SELL
        units = 1 + whole(strength, 0, p.momentum_max_units)
        room = limit - inventory if side == BUY else limit + inventory
        size = min(np.int64(p.momentum_unit_size) * units, room)
    elif abs(signal) < p.momentum_exit and inventory != 0:
        side = SELL if inventory > 0 else BUY
        units = 1 + np.int64(p.momentum_max_units)
        size = min(np.int64(p.momentum_unit_size) * units, abs(inventory))
    else:
        return
    size = min(size, opposite_best_volume(m, levels, side))
    if size > 0:
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), size)
