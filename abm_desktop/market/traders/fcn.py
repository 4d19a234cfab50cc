"""Traders who weigh fundamentals, charts and noise (Chiarella and Iori 2002).

The expected log return over a trader's horizon is the weighted mean of the pull to the value, the
trend over the same span, and noise; the order stands a random margin on the safe side of the price
so expected (Chiarella, Iori and Perello 2009). Chartists look ahead less, fundamentalists more.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import as_ticks, ask_limit, nanoseconds
from abm_desktop.market.random import exponential, normal, uniform
from abm_desktop.market.state import BUY, LIMIT, RING, SELL

_LONGEST = 300.0
"""Seconds of mids that are kept."""


@kernel
def activity_rate(p):
    """Orders of one trader per second of activity time."""
    return p.fcn_rate


@kernel
def prepare(p, a):
    """Draw the weights (``bias`` value, ``threshold`` trend, ``step`` noise) and the horizon."""
    a.bias = p.fcn_fundamental_weight * exponential(a)
    a.threshold = p.fcn_chartist_weight * exponential(a)
    a.step = p.fcn_noise_weight * exponential(a)
    horizon = p.fcn_horizon * (1.0 + a.bias) / (1.0 + a.threshold)
    a.jitter = min(max(horizon, 1.0), _LONGEST)


@kernel
def wake(m, p, a, ring, intents, agent):
    """Form an expectation and place one limit order."""
    horizon = a.jitter
    back = max(np.int64(1), np.int64(horizon))
    trend = math.log(m.mid / ring[(m.second - back) % RING, 0]) / back
    pull = math.log(m.value / m.mid) / p.fcn_value_time
    noise = p.fcn_noise * normal(a) / math.sqrt(horizon)
    weights = max(a.bias + a.threshold + a.step, 1e-9)
    expected = (a.bias * pull + a.threshold * trend + a.step * noise) / weights * horizon
    price = m.mid * math.exp(min(max(expected, -0.5), 0.5))
    side = BUY if price > m.mid else SELL
    margin = p.fcn_margin * uniform(a)
    price *= 1.0 - margin if side == BUY else 1.0 + margin
    size = 1 + np.int64(uniform(a) * p.fcn_size)
    size = min(size, np.int64(p.fcn_size))
    life = nanoseconds(p.fcn_lifetime * exponential(a)) + 1
    tick = as_ticks(m, math.floor(price) if side == BUY else math.ceil(price))
    ask_limit(m, intents, LIMIT, agent, side, tick, size, life, -1)
