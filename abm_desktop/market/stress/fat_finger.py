"""Fat finger: one order far too large."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import as_lots, ask_immediate, collar_price
from abm_desktop.market.state import BUY

_LEVELS = 20


@kernel
def step(m, rules, s, levels, bits, intents):
    """One order of ``magnitude`` times what the 20 best levels hold, without a price limit."""
    side, collared = np.int64(s.p0), s.p1
    size = as_lots(s.magnitude * depth(m, levels, bits, 1 - side, _LEVELS))
    price = np.int64(m.ladder) - 2 if side == BUY else np.int64(1)
    if collared > 0.0:
        price = collar_price(m, rules, side)
    if size > 0:
        ask_immediate(m, intents, s.agent, side, price, size)
    return np.int64(0)
