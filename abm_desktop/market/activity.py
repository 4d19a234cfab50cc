"""How busy the market is: the feedback of trades on the rates of all traders, and the volatility.

All Poisson traders live on one activity clock that runs at a(t) times simulated time, so a change
of a(t) moves one line (time <-> activity time) instead of every trader's next wake-up.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.fundamental import advance_value, day_factor, value_constants
from abm_desktop.market.intents import span
from abm_desktop.market.state import BUY, RING, SELL
from abm_desktop.market.trends import update_bins

TICK = 100_000_000
"""Nanoseconds between two updates of value and activity."""
TICKS_PER_SECOND = 10
_NOTHING_UNUSUAL = 3.0
"""Short-run over long-run volatility up to which the market is not turbulent."""
_MOST_TURBULENT = 12.0
"""Beyond it nobody is more afraid."""
_MOVE_SECONDS = 10
"""Over which a move of the price endangers resting orders."""


@kernel
def start_activity(m, p):
    """Begin at the stationary point of this time of day: a = 1 without a pattern of the day."""
    m.day_factor = day_factor(p, m.now)
    m.excitation_0 = p.activity_base_trade_rate * m.day_factor
    m.excitation_1 = p.activity_base_trade_rate * m.day_factor
    m.excitation_2 = p.activity_base_trade_rate * m.day_factor
    m.activity = min(max(m.day_factor, p.activity_floor, 1e-6), p.activity_cap)
    m.turbulence = 1.0
    m.threatened = -1
    m.bid_average = m.touch_bid
    m.ask_average = m.touch_ask
    m.noise_factor = m.activity ** (p.noise_limit_exponent - 1.0)
    m.sigma2 = p.activity_sigma_reference**2
    m.sigma_long2 = m.sigma2
    m.sigma = p.activity_sigma_reference
    m.sigma_long = p.activity_sigma_reference


@kernel
def activity_now(m):
    """The activity clock's reading at ``m.now``, ns."""
    return m.anchor_activity + np.int64((m.now - m.anchor_time) * m.activity)


@kernel
def time_of(m, activity_time):
    """Simulated time at which the activity clock will show ``activity_time``, at today's pace."""
    wait = span(math.ceil((activity_time - m.anchor_activity) / m.activity))
    return max(m.anchor_time + wait, m.now)


@kernel
def set_pace(m, p):
    """Recompute a(t) from the excitations and move the clock's anchor to now."""
    m.anchor_activity = activity_now(m)
    m.anchor_time = m.now
    drive = (
        p.weight_0 * m.excitation_0 + p.weight_1 * m.excitation_1 + p.weight_2 * m.excitation_2
    ) / p.activity_base_trade_rate
    # Times of day add what begets trading; what it begets comes by itself.
    a = (1.0 - p.activity_feedback) * m.day_factor + p.activity_feedback * drive
    a += p.activity_shock * m.shock_ratio * m.shock_ratio
    m.activity = min(max(a, p.activity_floor, 1e-6), p.activity_cap)
    m.noise_factor = m.activity ** (p.noise_limit_exponent - 1.0)
    if p.noise_limit_volatility > 0.0 and m.turbulence > 1.0:
        m.noise_factor *= m.turbulence**-p.noise_limit_volatility


@kernel
def excite(m, p):
    """An aggressive order traded."""
    m.excitation_0 += 1.0 / p.time_constant_0
    m.excitation_1 += 1.0 / p.time_constant_1
    m.excitation_2 += 1.0 / p.time_constant_2


@kernel
def tick_constants(p):
    """What each tick needs and no tick changes: what is kept of the excitations, and of V."""
    dt = TICK * 1e-9
    keep_0 = math.exp(-dt / p.time_constant_0)
    keep_1 = math.exp(-dt / p.time_constant_1)
    keep_2 = math.exp(-dt / p.time_constant_2)
    return keep_0, keep_1, keep_2, value_constants(p, dt)


@kernel
def tick(m, p, constants, momentum, ring):
    """A tenth of a second passed: decay, step V, and every tenth time update the slow states."""
    keep_0, keep_1, keep_2, of_value = constants
    m.excitation_0 *= keep_0
    m.excitation_1 *= keep_1
    m.excitation_2 *= keep_2
    advance_value(m, p, of_value)
    if m.recorded_n > 0:
        m.value = m.mid  # nobody knows what a recorded share was worth
    m.ticks += 1
    if m.ticks % TICKS_PER_SECOND == 0:
        _second(m, p, momentum, ring)
    set_pace(m, p)


@kernel
def _threatened(m, p):
    """The side that the other one's best price has been running at; -1 for neither.

    The other one's: else orders that are taken back would themselves make others run.
    """
    keep = math.exp(-1.0 / _MOVE_SECONDS)
    m.bid_average = m.touch_bid + keep * (m.bid_average - m.touch_bid)
    m.ask_average = m.touch_ask + keep * (m.ask_average - m.touch_ask)
    if p.noise_withdraw_share == 0.0:
        return -1
    least = max(p.noise_withdraw_move * m.sigma_long * math.sqrt(_MOVE_SECONDS), 1.0)
    if m.ask_average - m.touch_ask > least:
        return BUY
    if m.touch_bid - m.bid_average > least:
        return SELL
    return -1


@kernel
def _second(m, p, momentum, ring):
    m.second += 1
    m.day_factor = day_factor(p, m.ticks * TICK)
    change = m.mid - m.second_mid
    m.second_mid = m.mid
    keep = math.exp(-1.0 / p.activity_sigma_time)
    m.sigma2 = keep * m.sigma2 + (1.0 - keep) * change * change
    keep = math.exp(-1.0 / p.activity_sigma_long_time)
    m.sigma_long2 = keep * m.sigma_long2 + (1.0 - keep) * change * change
    # A floor keeps ratios finite in a market that does not move at all.
    m.sigma = max(math.sqrt(m.sigma2), 0.01)
    m.sigma_long = max(math.sqrt(m.sigma_long2), 0.01)
    # To those who are on their guard the same market looks more turbulent.
    seen = math.sqrt(m.buyer_caution) * m.sigma / (_NOTHING_UNUSUAL * m.sigma_long)
    m.turbulence = min(max(seen, 1.0), _MOST_TURBULENT)
    m.shock_ratio = m.shock_ratio * math.exp(-1.0 / 60.0)
    m.shock_ratio += change / m.sigma_long * math.sqrt(2.0 / 60.0)
    spread = np.float64(m.best_ask - m.best_bid)
    # In a call phase the book may be crossed, which is no spread.
    if m.best_bid >= 0 and m.best_ask < m.ladder and spread > 0.0:
        m.spread_average += (1.0 - keep) * (spread - m.spread_average)
    m.mid_average += (1.0 - math.exp(-1.0 / 300.0)) * (m.mid - m.mid_average)
    update_bins(momentum, change)
    m.threatened = _threatened(m, p)
    ring[m.second % RING, 0] = m.mid
    ring[m.second % RING, 1] = m.value
    ring[m.second % RING, 2] = m.volume
    ring[m.second % RING, 3] = m.signed_volume
