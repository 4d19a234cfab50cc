"""A learned market maker: what it sees of its own quotes, and how it quotes.

Environments and the market's own event loop call the same code, so that a maker trades in the live
market as it was trained.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.roles.numbers import ASK_DISTANCES, BID_DISTANCES
from abm_desktop.market.state import BUY, N_FEATURES, SELL
from abm_desktop.market.traders import quotes

_CLIP = 5.0
_CLOSE = len(BID_DISTANCES)


@kernel
def _clipped(x):
    return min(max(x, -_CLIP), _CLIP)


@kernel
def look(m, a, t, orders, handles, out):
    """Write what a maker sees beyond the 13 features, behind them."""
    out[N_FEATURES] = _clipped(quotes.distance(m, orders, handles[a.handles], 1.0))
    out[N_FEATURES + 1] = _clipped(quotes.distance(m, orders, handles[a.handles + 1], -1.0))
    out[N_FEATURES + 2] = _clipped((a.inventory - t.held) / max(np.float64(a.size), 1.0))


@kernel
def act(m, rules, a, intents, orders, handles, agent, action):
    """Quote the chosen distances, or take both quotes away and close the position."""
    closing = action >= _CLOSE
    size, limit = np.int64(a.size), np.int64(a.max_inventory)
    half = quotes.half_spread(m)
    chosen = 0 if closing else action
    bid = np.int64(math.floor(m.mid - BID_DISTANCES[chosen] * half))
    ask = np.int64(math.ceil(m.mid + ASK_DISTANCES[chosen] * half))
    to_buy = np.int64(0) if closing else min(size, limit - a.inventory)
    to_sell = np.int64(0) if closing else min(size, limit + a.inventory)
    tag = a.handles
    quotes.quote(m, intents, orders, handles, agent, tag, BUY, bid, to_buy, to_buy, to_buy)
    tag += 1
    quotes.quote(m, intents, orders, handles, agent, tag, SELL, ask, to_sell, to_sell, to_sell)
    if closing and a.inventory != 0:
        side = SELL if a.inventory > 0 else BUY
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), abs(a.inventory))
