"""Stop-loss cascade: many sell stops below the price, each of which may set off the next."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import as_lots, ask_cancel, ask_immediate, ask_limit, nanoseconds
from abm_desktop.market.random import exponential
from abm_desktop.market.state import BUY, SELL, STOP
from abm_desktop.market.stress.cancels import BATCH

_PUSH_LEVELS = 1000
PLACING, PUSHING, PUSHED, WATCHING = range(4)


@kernel
def begin(m, p, s):
    """Set the total size of the stops, and the price they hang below."""
    s.quantity = s.magnitude * p.average_daily_volume
    s.severity = m.mid
    s.start_volume = 0
    s.due = 0  # the lowest trigger


@kernel
def step(m, s, a, pool, levels, bits, intents):
    """Place the stops, then the push, then look after the remainders; returns the next time."""
    if s.stage == PLACING:
        _place(m, s, a, intents)
        if s.cursor >= np.int64(s.p2):
            s.stage = PUSHING
        return np.int64(m.now)
    push, persist = s.p4, s.p5
    again = m.now + nanoseconds(1.0) if persist > 0.0 else np.int64(0)
    if s.stage == PUSHING:
        s.stage = WATCHING
        s.last_inventory = a.inventory
        if push > 0.0:
            worst = max(np.int64(math.ceil(s.severity * (1.0 - push))), np.int64(1))
            size = np.int64(depth(m, levels, bits, BUY, _PUSH_LEVELS))
            if size > 0:
                ask_immediate(m, intents, s.agent, SELL, worst, size)
                s.stage = PUSHED
                return np.int64(m.now)
        return again
    if s.stage == PUSHED:
        # Everything sold so far, stops set off in the same instant included, was the push; what
        # those stops sold is offered once more, a difference of a few lots.
        s.stage = WATCHING
        s.last_inventory = a.inventory
        return again
    _sell_remainders(m, s, a, pool, levels, bits, intents)
    return again


@kernel
def _place(m, s, a, intents):
    nearest, spread, count, protection = s.p0, s.p1, np.int64(s.p2), s.p3
    n = 0
    while s.cursor < count and n < BATCH:
        k = s.cursor
        s.cursor += 1
        size = np.int64(s.quantity * (k + 1) / count) - np.int64(s.quantity * k / count)
        size = as_lots(np.float64(size))
        trigger = np.int64(s.severity * (1.0 - nearest - spread * exponential(a)))
        if size <= 0 or trigger < 2:
            continue
        worst = max(np.int64(math.ceil(trigger * (1.0 - protection))), np.int64(1))
        ask_limit(m, intents, STOP, s.agent, SELL, worst, size, 0, -1)
        intents[m.intents_n - 1].extra = trigger
        s.start_volume += size
        s.due = trigger if s.due == 0 else min(s.due, trigger)
        n += 1


@kernel
def _sell_remainders(m, s, a, pool, levels, bits, intents):
    """Offer again what triggered stops could not sell, down to the protection of the lowest."""
    waiting = np.int64(0)
    highest = np.int64(s.due)
    for at in range(m.pool_used):
        row = pool[at]
        if row.result == 1 and row.agent == s.agent:
            waiting += row.size
            highest = max(highest, np.int64(row.extra))
    sold = s.last_inventory - a.inventory
    size = s.start_volume - waiting - sold
    size = min(size, np.int64(s.p5 * depth(m, levels, bits, BUY, 5)))
    # All stops above the highest that still waits have been set off.
    floor = np.int64(math.ceil(np.float64(highest) * (1.0 - s.p3)))
    if size > 0:
        ask_immediate(m, intents, s.agent, SELL, max(floor, np.int64(1)), size)


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
