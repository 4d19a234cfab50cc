"""The fundamental value V, exogenous to the market, on a random stream of its own.

ln V is an Ornstein-Uhlenbeck process with stochastic volatility (its log is Ornstein-Uhlenbeck too,
around a level of the session's own) and Gaussian jumps at the times of a Poisson process; both are
stepped with the exact transition over one tick of the clock. A negative correlation of their
changes, as in Heston (1993), is what lets volatility rise after falls.

With ``flow_information`` each market order moves it by what it tells. It stays exogenous if only
``undirected`` orders tell: those of traders whose side is drawn by chance, so that nobody can move
the value by what he does. With all orders it is not: who buys moves it up.

What is multiplied with the news of a step is the volatility from before that step. With the one
after it, the news and its own surprise to the volatility would meet in one product, whose mean is
not zero: the value would drift.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import normal, uniform

_FAST_KEEP, _FAST_WEIGHT = 0.2, 0.65
_SLOW_KEEP, _SLOW_WEIGHT = 0.95, 0.12
"""Memories of the sides of market orders, order by order, and what the next side is expected to be
of each: by least squares on AMZN and AAPL of 2012-06-21, where they tell 39 and 41 % of it."""
_LARGEST_VOLATILITY = 1.0
"""Of ln V, 1/sqrt(s)."""
_FURTHEST = 15.0
"""Of ln V from its start."""


@kernel
def day_factor(p, time):
    """How busy the time of day usually is, with mean 1 over the session: more at both of its ends.

    ``(1 + c x^2) / (1 + c / 3)``, x from -1 at the open to 1 at the close (Admati and Pfleiderer
    1988 on why trading gathers there); the warm-up is as busy as the open. ``time`` is in ns.
    """
    shape = p.activity_day_shape
    x = 2.0 * (time * 1e-9 - p.warm_up) / p.session - 1.0
    x = min(max(x, -1.0), 1.0)
    return (1.0 + shape * x * x) / (1.0 + shape / 3.0)


@kernel
def start_value(m, p, dt):
    """Put V at the start price and its volatility at a stationary draw, on a level of the day."""
    m.log_value = math.log(p.start_ticks)
    m.value = p.start_ticks
    m.log_volatility = p.fundamental_volatility_of_volatility * normal(m)
    m.session_log_volatility = 0.0
    if p.fundamental_session_volatility > 0.0:
        m.session_log_volatility = p.fundamental_session_volatility * normal(m)
    # The volatility of the first step; that of each later one is drawn by the step before it.
    keep = math.exp(-dt / p.fundamental_volatility_time)
    _step_volatility(m, p, keep)


@kernel
def set_log_value(m, p, log_value):
    """Put V there, within a factor of 3 million of its start: what is traded stays a number."""
    _near(m, math.log(p.start_ticks), log_value)


@kernel
def learn_from_flow(m, p, side):
    """Move V by what a market order tells (side 1: bought, -1: sold): its surprise.

    After Madhavan, Richardson and Roomans (1997): who trades knows something, and all learn it from
    the trade. What the sides of the orders before it let expect is known, so V remains a
    martingale in spite of the long memory of sides. Which orders tell is the scenario's choice
    (``told_by_undirected``), and what is expected is of those alone.
    """
    expected = _FAST_WEIGHT * m.flow_fast + _SLOW_WEIGHT * m.flow_slow
    m.flow_fast = side + _FAST_KEEP * (m.flow_fast - side)
    m.flow_slow = side + _SLOW_KEEP * (m.flow_slow - side)
    move = p.fundamental_flow_information * (side - expected)
    set_log_value(m, p, m.log_value + move)


@kernel
def _near(m, centre, log_value):
    m.log_value = min(max(log_value, centre - _FURTHEST), centre + _FURTHEST)
    m.value = math.exp(m.log_value)


@kernel
def _step_volatility(m, p, keep):
    """Advance the log volatility, of which a step keeps ``keep``; returns the surprise, N(0, 1)."""
    surprise = normal(m)
    m.log_volatility *= keep
    m.log_volatility += (
        p.fundamental_volatility_of_volatility * math.sqrt(1.0 - keep * keep) * surprise
    )
    return surprise


@kernel
def _root_time(reversion, dt):
    """Standard deviation that a volatility of 1 leaves in ``dt`` seconds of reversion, sqrt(s)."""
    x = 2.0 * reversion * dt
    if x < 1e-5:  # the two differ by less than a rounding of the parameters; 0 / 0 at x = 0
        return math.sqrt(dt)
    return math.sqrt(-math.expm1(-x) / x * dt)


@kernel
def _jumps(m, p, expected, chance):
    """Sum of the jumps of ln V in a step with so many ``expected``: their number is Poisson.

    ``chance`` is that of one at least.
    """
    left = uniform(m)
    if left >= chance:
        return 0.0
    # From the tail down: the smallest number whose tail probability is at most the draw.
    number = np.int64(0)
    term = math.exp(-expected)
    tail = chance
    while left < tail and term > 0.0:
        number += 1
        term *= expected / number
        tail -= term
    return p.fundamental_jump_size * math.sqrt(np.float64(number)) * normal(m)


@kernel
def value_constants(p, dt):
    """What every step of ``dt`` seconds has in common, for :func:`advance_value`."""
    keep = math.exp(-dt / p.fundamental_volatility_time)
    expected = p.fundamental_jump_rate * dt
    chance = -math.expm1(-expected)
    centre = math.log(p.start_ticks)
    reverted = math.exp(-p.fundamental_reversion * dt)
    return keep, expected, chance, centre, reverted, _root_time(p.fundamental_reversion, dt)


@kernel
def step_value(m, p, dt):
    """Advance V by ``dt`` seconds."""
    advance_value(m, p, value_constants(p, dt))


@kernel
def advance_value(m, p, constants):
    """Advance V by one step, see :func:`value_constants`."""
    keep, expected, chance, centre, reverted, root_time = constants
    # Subtracting the variance makes the mean of the squared volatility the parameter squared.
    deviation = p.fundamental_volatility_of_volatility
    session = p.fundamental_session_volatility
    volatility = p.fundamental_volatility * math.exp(
        m.log_volatility - deviation * deviation + m.session_log_volatility - session * session
    )
    # News comes with the time of day as trading does: variance goes with the day's factor.
    scale = m.value_volatility_scale * math.sqrt(m.day_factor)
    # Beyond that V would be any number after a minute, and its exponential none.
    volatility = min(volatility * scale, _LARGEST_VOLATILITY)
    own = normal(m)
    jumps = _jumps(m, p, expected, chance)
    surprise = _step_volatility(m, p, keep)
    leverage = p.fundamental_leverage
    news = leverage * surprise + math.sqrt(1.0 - leverage * leverage) * own
    m.log_value = centre + (m.log_value - centre) * reverted
    m.log_value += volatility * root_time * news
    _near(m, centre, m.log_value + jumps)
