"""Deleveraging: funds that owe a multiple of what they own sell when their equity shrinks.

A loss elsewhere starts it. A fund whose leverage is above its limit sells until it is back at its
target, following the volume; the fall that this causes may push the next fund over its limit. The
funds hold their assets outside this market's accounts; what they sell comes through the event's.
That others must sell is known: who buys waits for it to be cheaper.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    as_lots,
    ask_immediate,
    collar_price,
    nanoseconds,
    programme_waits,
)
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, SELL

MOST_FUNDS = 32
# Where in the event's memory the numbers of fund i stand: target leverage, lots, debt in tick-lots,
# whether it sells, and lots it asked for in the last step.
_TARGET, _LOTS, _DEBT, _SELLS, _ASKED = 0, 32, 64, 96, 128


@kernel
def begin(m, p, s, a, memory):
    """Endow the funds, each with the same assets and its own leverage, and take the loss off."""
    funds, low, high, holdings = np.int64(s.p0), s.p1, s.p2, s.p6
    for i in range(funds):
        target = low + (high - low) * uniform(a)
        lots = holdings * p.average_daily_volume / funds
        assets = lots * m.mid
        memory[_TARGET + i] = target
        memory[_LOTS + i] = lots
        memory[_DEBT + i] = assets * (1.0 - 1.0 / target + s.magnitude)
        memory[_SELLS + i] = 0.0
        memory[_ASKED + i] = 0.0
    s.last_inventory = a.inventory
    s.last_cash = a.cash
    s.last_volume = m.volume
    s.quantity = 0.0


@kernel
def add_up(m, s):
    """Add this event to what the buyers read."""
    m.buyer_caution = max(m.buyer_caution, s.p8)


@kernel
def _book_fills(s, a, memory, funds):
    """Share what was sold since the last step among those who asked."""
    sold = np.float64(s.last_inventory - a.inventory)
    proceeds = np.float64(a.cash - s.last_cash)
    s.last_inventory = a.inventory
    s.last_cash = a.cash
    asked = 0.0
    for i in range(funds):
        asked += memory[_ASKED + i]
    for i in range(funds):
        if asked > 0.0:
            share = memory[_ASKED + i] / asked
            memory[_LOTS + i] -= share * sold
            memory[_DEBT + i] -= share * proceeds
        memory[_ASKED + i] = 0.0
    s.quantity -= sold


@kernel
def step(m, rules, s, a, memory, levels, bits, intents):
    """Mark the funds to market and sell for those that must, once a second."""
    again = m.now + nanoseconds(1.0)
    funds, tolerance = np.int64(s.p0), s.p3
    participation, most, depth_share = s.p4, s.p5, s.p7
    _book_fills(s, a, memory, funds)
    selling = 0
    wanted = 0.0
    for i in range(funds):
        target, lots = memory[_TARGET + i], memory[_LOTS + i]
        equity = lots * m.mid - memory[_DEBT + i]
        if lots * m.mid > tolerance * target * equity:
            memory[_SELLS + i] = 1.0
        if memory[_SELLS + i] > 0.0:
            # Selling at the mid leaves the equity as it is; a fund without equity sells all.
            surplus = lots - target * max(equity, 0.0) / m.mid
            if surplus < 1.0:
                memory[_SELLS + i] = 0.0
            else:
                memory[_ASKED + i] = surplus
                selling += 1
                wanted += surplus
    # quantity is what following the volume allows by now; it does not pile up while none sells.
    share = min(selling * participation, most)
    s.quantity = max(s.quantity, 0.0) + share * (m.volume - s.last_volume)
    s.last_volume = m.volume
    s.stage = selling
    if selling == 0:
        s.quantity = 0.0
    child = min(s.quantity, wanted)
    if depth_share > 0.0:
        child = min(child, depth_share * depth(m, levels, bits, BUY, 5))
    size = as_lots(child)
    if size > 0 and not programme_waits(m, a):
        ask_immediate(m, intents, s.agent, SELL, collar_price(m, rules, SELL), size)
    return again
