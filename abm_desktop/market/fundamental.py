"""The fundamental value V, exogenous to the market, on a random stream of its own.

ln V is an Ornstein-Uhlenbeck process with stochastic volatility (its log is Ornstein-Uhlenbeck too,
around a level of the session's own) and Gaussian jumps; both are stepped with the exact transition
over one tick of the clock. A negative correlation of their changes, as in Heston (1993), is what
lets volatility rise after falls.
"""

from __future__ import annotations

import math

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import normal, uniform


@kernel
def start_value(m, p):
    """Put V at the start price and its volatility at a stationary draw, on a level of the day."""
    m.log_value = math.log(p.start_ticks)
    m.value = p.start_ticks
    m.log_volatility = p.fundamental_volatility_of_volatility * normal(m)
    m.session_log_volatility = 0.0
    if p.fundamental_session_volatility > 0.0:
        m.session_log_volatility = p.fundamental_session_volatility * normal(m)


@kernel
def step_value(m, p, dt):
    """Advance V by ``dt`` seconds."""
    deviation = p.fundamental_volatility_of_volatility
    keep = math.exp(-dt / p.fundamental_volatility_time)
    surprise = normal(m)
    m.log_volatility *= keep
    m.log_volatility += deviation * math.sqrt(1.0 - keep * keep) * surprise
    # Subtracting the variance makes the mean of the squared volatility the parameter squared.
    session = p.fundamental_session_volatility
    volatility = p.fundamental_volatility * math.exp(
        m.log_volatility - deviation * deviation + m.session_log_volatility - session * session
    )
    volatility *= m.value_volatility_scale
    centre = math.log(p.start_ticks)
    m.log_value = centre + (m.log_value - centre) * math.exp(-p.fundamental_reversion * dt)
    leverage = p.fundamental_leverage
    news = leverage * surprise + math.sqrt(1.0 - leverage * leverage) * normal(m)
    m.log_value += volatility * math.sqrt(dt) * news
    if uniform(m) < p.fundamental_jump_rate * dt:
        m.log_value += p.fundamental_jump_size * normal(m)
    m.value = math.exp(m.log_value)
