"""What an RL trader sees: 13 numbers, all known strictly before it acts, clipped to +-5.

Fixed scalers (volatilities of the market itself) rather than running statistics keep frozen
policies comparable and do not normalise stress away.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import normal
from abm_desktop.market.roles.numbers import OBSERVATION_NAMES
from abm_desktop.market.state import BUY, N_FEATURES, RING, SELL

__all__ = ["OBSERVATION_NAMES", "VALUE_DELAY", "VALUE_NOISE", "observe"]

VALUE_NOISE = 0.001
"""Log error of the trader's view of V: a perfect view would make the task trivial arbitrage."""
VALUE_DELAY = 5
"""Seconds by which that view lags."""
_HORIZONS = (5, 10, 30, 60, 120, 300)
_CLIP = 5.0


@kernel
def observe(m, a, levels, bits, ring, out):
    """Write the observation of trader ``a`` into ``out`` float32 (13,)."""
    mid = m.mid
    unit = m.sigma_long / mid
    out[0] = math.log(mid / m.mid_average) / (unit * math.sqrt(300.0))
    seen = ring[(m.second - VALUE_DELAY) % RING, 1] * math.exp(VALUE_NOISE * normal(a))
    out[1] = math.log(seen / mid) / (unit * math.sqrt(60.0))
    if m.recorded_n > 0:
        out[1] = 0.0  # a recorded day has no value to look at
    out[2] = math.log(m.sigma / m.sigma_long)
    spread = np.float64(m.best_ask - m.best_bid)
    if m.best_bid < 0 or m.best_ask >= m.ladder:
        out[3] = _CLIP  # a missing side is the widest spread there is
    elif spread <= 0.0:
        out[3] = 0.0  # crossed in a call phase: no spread to compare with the usual one
    else:
        out[3] = math.log(spread / m.spread_average)
    bids = np.float64(depth(m, levels, bits, BUY, 5))
    asks = np.float64(depth(m, levels, bits, SELL, 5))
    out[4] = (bids - asks) / max(bids + asks, 1.0)
    for k in range(6):
        horizon = _HORIZONS[k]
        past = ring[(m.second - horizon) % RING, 0]
        out[5 + k] = math.log(mid / past) / (unit * math.sqrt(np.float64(horizon)))
    out[11] = a.inventory / max(np.float64(a.max_inventory), 1.0)
    out[12] = a.cash / (max(np.float64(a.max_inventory), 1.0) * mid)
    for k in range(N_FEATURES):
        out[k] = min(max(out[k], -_CLIP), _CLIP)
