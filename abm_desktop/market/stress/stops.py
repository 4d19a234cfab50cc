"""Stop-loss cascade: many sell stops below the price, each of which may set off the next."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, ask_immediate, ask_limit
from abm_desktop.market.random import exponential
from abm_desktop.market.state import BUY, SELL, STOP
from abm_desktop.market.stress.single import BATCH

_PUSH_LEVELS = 1000


@kernel
def begin(m, p, s):
    """Set the total size of the stops, and the price they hang below."""
    s.quantity = s.magnitude * p.average_daily_volume
    s.severity = m.mid


@kernel
def step(m, s, a, levels, bits, intents):
    """Place a batch of stops, and the push after the last; returns when to step next, or 0."""
    nearest, spread, count, protection, push = s.p0, s.p1, np.int64(s.p2), s.p3, s.p4
    n = 0
    while s.cursor < count and n < BATCH:
        k = s.cursor
        s.cursor += 1
        size = np.int64(s.quantity * (k + 1) / count) - np.int64(s.quantity * k / count)
        trigger = np.int64(s.severity * (1.0 - nearest - spread * exponential(a)))
        if size <= 0 or trigger < 2:
            continue
        worst = max(np.int64(math.ceil(trigger * (1.0 - protection))), np.int64(1))
        ask_limit(m, intents, STOP, s.agent, SELL, worst, size, 0, -1)
        intents[m.intents_n - 1].extra = trigger
        n += 1
    if s.cursor < count or s.stage == 0:
        s.stage = 1 if s.cursor >= count else 0
        return np.int64(m.now)
    if push > 0.0:
        worst = max(np.int64(math.ceil(s.severity * (1.0 - push))), np.int64(1))
        size = np.int64(depth(m, levels, bits, BUY, _PUSH_LEVELS))
        if size > 0:
            ask_immediate(m, intents, s.agent, SELL, worst, size)
    return np.int64(0)


@kernel
def withdraw(m, s, orders, pool, intents):
    """Cancel the stops that still wait, a batch at a time; returns how many."""
    n = 0
    for at in range(m.pool_used):
        row = pool[at]
        if row.result == 1 and row.agent == s.agent:
            handle = (np.int64(orders.shape[0] + at) << 32) | np.int64(row.seq)
            ask_cancel(m, intents, s.agent, handle, -1)
            n += 1
            if n == BATCH:
                break
    return n
