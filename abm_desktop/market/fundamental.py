"""The fundamental value V, exogenous to the market, on a random stream of its own.

ln V is an Ornstein-Uhlenbeck process with stochastic volatility (its log is Ornstein-Uhlenbeck too)
and Gaussian jumps; both are stepped with the exact transition over one tick of the clock.
"""

from __future__ import annotations

import math

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import normal, uniform


@kernel
def start_value(m, p):
    """Put V at the start price and its volatility at a stationary draw."""
    m.log_value = math.log(p.start_ticks)
    m.value = p.start_ticks
    m.log_volatility = p.fundamental_volatility_of_volatility * normal(m)


@kernel
def step_value(m, p, dt):
    """Advance V by ``dt`` seconds."""
    deviation = p.fundamental_volatility_of_volatility
    keep = math.exp(-dt / p.fundamental_volatility_time)
    m.log_volatility = m.log_volatility * keep + deviation * math.sqrt(1.0 - keep * keep) * normal(
        m
    )
    # Subtracting the variance makes the mean of the squared volatility the parameter squared.
    volatility = p.fundamental_volatility * math.exp(m.log_volatility - deviation * deviation)
    volatility *= m.value_volatility_scale
    centre = math.log(p.start_ticks)
    m.log_value = centre + (m.log_value - centre) * math.exp(-p.fundamental_reversion * dt)
    m.log_value += volatility * math.sqrt(dt) * normal(m)
    if uniform(m) < p.fundamental_jump_rate * dt:
        m.log_value += p.fundamental_jump_size * normal(m)
    m.value = math.exp(m.log_value)
