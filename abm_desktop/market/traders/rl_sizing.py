"""A directional trader that sees more of trades and book, and chooses how much it trades."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.roles.numbers import BOOK_LEVELS, FLOW_SECONDS, MEMORY_SECONDS, MULTIPLES
from abm_desktop.market.state import BUY, N_FEATURES, RING, SELL
from abm_desktop.market.traders import rl_memory

_FLOWS = N_FEATURES + len(MEMORY_SECONDS)
_LEVELS = _FLOWS + len(FLOW_SECONDS)


@kernel
def look(m, t, levels, bits, ring, out):
    """Write what it sees beyond the 13 features: running means, and balances from -1 to 1."""
    rl_memory.look(m, t, out, N_FEATURES)
    for k in range(len(FLOW_SECONDS)):
        past = (m.second - FLOW_SECONDS[k]) % RING
        volume = m.volume - ring[past, 2]
        balance = m.signed_volume - ring[past, 3]
        out[_FLOWS + k] = balance / volume if volume > 0.0 else 0.0
    for k in range(len(BOOK_LEVELS)):
        bids = np.float64(depth(m, levels, bits, BUY, BOOK_LEVELS[k]))
        asks = np.float64(depth(m, levels, bits, SELL, BOOK_LEVELS[k]))
        out[_LEVELS + k] = (bids - asks) / max(bids + asks, 1.0)


@kernel
def act(m, rules, a, intents, agent, action):
    """Ask for an immediate order of the chosen size, a lot at least, within the position limit."""
    multiple = MULTIPLES[action]
    if multiple == 0.0:
        return
    lots = max(np.int64(abs(multiple) * a.size), np.int64(1))
    limit, side = np.int64(a.max_inventory), BUY if multiple > 0.0 else SELL
    held = np.int64(a.inventory) if multiple > 0.0 else -np.int64(a.inventory)
    lots = min(lots, limit - held)
    if lots > 0:
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), lots)
