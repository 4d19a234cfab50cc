"""Events of one moment: a jump of the value, an order far too large, a book that is thinned out."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.fundamental import set_log_value
from abm_desktop.market.intents import (
    as_lots,
    ask_cancel,
    ask_immediate,
    collar_price,
    near_ask,
    near_bid,
)
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, HUMAN, STRESS

FAT_FINGER_LEVELS = 20
BATCH = 48
"""Intents that one step writes at most; the kernel has room for 64."""


@kernel
def jump_value(m, p, s):
    """News: the value moves by the factor e^J at once, J = log(1 + magnitude)."""
    set_log_value(m, p, m.log_value + math.log(1.0 + s.magnitude))


@kernel
def send_fat_finger(m, rules, s, levels, bits, intents):
    """One order of ``magnitude`` times what the 20 best levels hold, without a price limit."""
    side, collared = np.int64(s.p0), s.p1
    size = as_lots(s.magnitude * depth(m, levels, bits, 1 - side, FAT_FINGER_LEVELS))
    price = np.int64(m.ladder) - 2 if side == BUY else np.int64(1)
    if collared > 0.0:
        price = collar_price(m, rules, side)
    if size > 0:
        ask_immediate(m, intents, s.agent, side, price, size)


@kernel
def thin_out(m, s, agents, orders, intents):
    """Cancel a share of the orders far from the touch, a batch at a time; 0 when done."""
    share, far = s.p0, np.int64(s.p1)
    stream = agents[s.agent]
    if share == 0.0:
        return np.int64(0)
    bid, ask = near_bid(m), near_ask(m)
    n = np.int64(0)
    while s.cursor < m.used_slots:
        slot = np.int64(s.cursor)
        s.cursor += 1
        order = orders[slot]
        if order.size == 0 or agents[order.agent].kind == STRESS:
            continue
        if agents[order.agent].kind == HUMAN:
            continue
        away = bid - order.price if order.side == BUY else order.price - ask
        if away > far and uniform(stream) < share:
            ask_cancel(m, intents, order.agent, (slot << 32) | np.int64(order.seq), -1)
            n += 1
            if n == BATCH:
                return np.int64(m.now)
    return np.int64(0)
