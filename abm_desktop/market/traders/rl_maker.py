"""A learned market maker: what it sees of its own quotes, and how it quotes.

Environments and the market's own event loop call the same code, so that a maker trades in the live
market as it was trained.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.roles.numbers import (
    ASK_DISTANCES,
    BID_DISTANCES,
    FAR_ASK_DISTANCES,
    FAR_BID_DISTANCES,
    MEMORY_SECONDS,
    TAKE_ASK,
    TAKE_BID,
)
from abm_desktop.market.state import BUY, N_FEATURES, SELL
from abm_desktop.market.traders import quotes, rl_memory

_CLIP = 5.0
_QUEUES = N_FEATURES + 3 + len(MEMORY_SECONDS)
_CLOSE = len(BID_DISTANCES)
_NONE = 0.0
_BIDS = (*BID_DISTANCES, _NONE, *FAR_BID_DISTANCES, _NONE, _NONE)
_ASKS = (*ASK_DISTANCES, _NONE, *FAR_ASK_DISTANCES, _NONE, _NONE)
"""Distances of the quotes by action; an action without any takes both away."""


@kernel
def _clipped(x):
    return min(max(x, -_CLIP), _CLIP)


@kernel
def look(m, a, t, orders, levels, handles, out):
    """Write what a maker sees beyond the 13 features, behind them.

    Behind its quotes' distances comes what it remembers, and last where they stand in the queue.
    """
    out[N_FEATURES] = _clipped(quotes.distance(m, orders, handles[a.handles], 1.0))
    out[N_FEATURES + 1] = _clipped(quotes.distance(m, orders, handles[a.handles + 1], -1.0))
    out[N_FEATURES + 2] = _clipped((a.inventory - t.held) / max(np.float64(a.size), 1.0))
    rl_memory.look(m, t, out, N_FEATURES + 3)
    out[_QUEUES] = quotes.queue(m, orders, levels, handles[a.handles])
    out[_QUEUES + 1] = quotes.queue(m, orders, levels, handles[a.handles + 1])


@kernel
def act(m, rules, a, intents, orders, handles, agent, action):
    """Quote the chosen distances, or take both quotes away and trade at once."""
    quoting = _BIDS[action] > 0.0
    size, limit = np.int64(a.size), np.int64(a.max_inventory)
    half = quotes.half_spread(m)
    bid = np.int64(math.floor(m.mid - _BIDS[action] * half))
    ask = np.int64(math.ceil(m.mid + _ASKS[action] * half))
    to_buy = min(size, limit - a.inventory)
    to_sell = min(size, limit + a.inventory)
    lots = np.int64(0)
    if action == _CLOSE:
        lots = -a.inventory
    elif action == TAKE_BID:
        lots = -max(to_sell, np.int64(0))
    elif action == TAKE_ASK:
        lots = max(to_buy, np.int64(0))
    if not quoting:
        to_buy = np.int64(0)
        to_sell = np.int64(0)
    tag = a.handles
    quotes.quote(m, intents, orders, handles, agent, tag, BUY, bid, to_buy, to_buy, to_buy)
    tag += 1
    quotes.quote(m, intents, orders, handles, agent, tag, SELL, ask, to_sell, to_sell, to_sell)
    if lots != 0:
        side = SELL if lots < 0 else BUY
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), abs(lots))
