"""What a trader asks of the book. Traders only write intents; the kernel carries them out in order.

So the code that matches, rests and cancels stands in one place, however many kinds of traders.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel, row
from abm_desktop.market.state import (
    BUY,
    CANCEL,
    HUMAN,
    IMMEDIATE,
    LIMIT_STATE,
    MOST_LOTS,
    NOISE,
    SELL,
    STRESS,
)

SECOND = 1_000_000_000


FOREVER = 1 << 61
"""Nanoseconds that no clock reaches: an event then never comes. Two of them still fit an int64."""
_FAR = float(FOREVER)
MOST_DRAWN = 1_000_000.0
"""Lots of the largest order that a trader draws."""


@kernel
def span(nanoseconds):
    """A float of nanoseconds as an integer; what no clock can hold, and NaN, is FOREVER."""
    if not nanoseconds < _FAR:
        return np.int64(FOREVER)
    return np.int64(max(nanoseconds, -_FAR))


@kernel
def nanoseconds(seconds):
    """Simulated seconds to the kernel's integer clock; too many, and NaN, are FOREVER."""
    return span(seconds * 1e9)


@kernel
def whole(x, low, high):
    """The whole part of a float within two integers; ``low`` for NaN."""
    if not x > low:
        return np.int64(low)
    return np.int64(min(x, np.float64(high)))


@kernel
def as_lots(size):
    """A float of lots as the size of an order, 0 at least."""
    return whole(size, 0, MOST_LOTS)


@kernel
def as_ticks(m, price):
    """A float of ticks, floored or ceiled, as the price of an order.

    Beyond the ladder it is its end, where an order is refused and counted like any other there.
    """
    return whole(price, 0, m.ladder)


@kernel
def rests(orders, handle):
    """Whether the order of a handle (slot << 32 | seq) is still in the book."""
    if handle < 0:
        return False
    order = orders[row(handle >> 32)]
    return order.seq == (handle & 0x7FFFFFFF) and order.size > 0


@kernel
def ask_limit(m, intents, kind, agent, side, price, size, life, tag):
    """Ask for a limit order; ``life`` in ns (0: until cancelled), ``tag``: place of the handle."""
    if m.intents_n >= intents.shape[0]:
        m.refused_pool += 1
        return
    intent = intents[row(m.intents_n)]
    m.intents_n += 1
    intent.kind = kind
    intent.side = side
    # The field is narrower than the sums that prices come from.
    intent.price = min(max(price, 0), np.int64(m.ladder))
    intent.size = size
    intent.agent = agent
    intent.extra = 0
    intent.life = life
    intent.tag = tag


@kernel
def ask_immediate(m, intents, agent, side, price, size):
    """Ask for an immediate-or-cancel order with a price limit."""
    ask_limit(m, intents, IMMEDIATE, agent, side, price, size, 0, -1)


@kernel
def waits(m, a):
    """Whether a market order of a trader waits for the coming auction; from now on one does.

    Traders judge by what they hold, and would send the same order again at each look. A person
    knows better; the noise trader is many, and so are those whose stops a stress sets off.
    """
    if a.kind == HUMAN or a.kind == NOISE or a.kind == STRESS:
        return False
    return _waits_already(m, a)


@kernel
def programme_waits(m, a):
    """The same for the programme of a stress, at any phase."""
    return m.phase > LIMIT_STATE and _waits_already(m, a)


@kernel
def _waits_already(m, a):
    already = a.waits_in == m.phase_number
    a.waits_in = m.phase_number
    return already


@kernel
def ask_cancel(m, intents, agent, handle, tag):
    """Ask for a cancel of the order named by ``handle`` = slot << 32 | seq."""
    if m.intents_n >= intents.shape[0]:
        m.refused_pool += 1
        return
    intent = intents[row(m.intents_n)]
    m.intents_n += 1
    intent.kind = CANCEL
    intent.agent = agent
    intent.life = 0
    intent.slot = handle >> 32
    intent.seq = handle & 0x7FFFFFFF
    intent.tag = tag


@kernel
def collar_price(m, rules, side):
    """Worst price that a market order may trade at."""
    if rules.price_collar_on == 0:
        return np.int64(m.ladder) - 2 if side == BUY else np.int64(1)
    width = rules.price_collar_width
    if side == BUY:
        return min(np.int64(m.mid * (1.0 + width)), np.int64(m.ladder) - 2)
    return max(np.int64(math.ceil(m.mid * (1.0 - width))), np.int64(1))


@kernel
def near_bid(m):
    """Best bid as a trader reads it: the last sound one while an auction crosses the book."""
    if m.best_bid < 0:
        return np.int64(m.mid) - 1
    return np.int64(m.touch_bid) if m.best_bid >= m.best_ask else np.int64(m.best_bid)


@kernel
def near_ask(m):
    """Best ask as a trader reads it: the last sound one while an auction crosses the book."""
    if m.best_ask >= m.ladder:
        return np.int64(m.mid) + 1
    return np.int64(m.touch_ask) if m.best_bid >= m.best_ask else np.int64(m.best_ask)


@kernel
def opposite_best_volume(m, levels, side):
    """Lots at the best price that an order of this side would trade against."""
    lots = np.int64(0)
    if side == BUY and m.best_ask < m.ladder:
        lots = np.int64(levels[row(SELL), row(m.best_ask - m.origin)].volume)
    elif side == SELL and m.best_bid >= 0:
        lots = np.int64(levels[row(BUY), row(m.best_bid - m.origin)].volume)
    return lots
