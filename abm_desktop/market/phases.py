"""The market's phases: continuous trading, limit state, auction, halt, close, and what moves them.

Price limits work as two bounds that no trade may pass. They are set every tick from the trade
prices seen up to then, so a trade is judged against what was known before it.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.random import uniform
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import (
    AUCTION,
    CONTINUOUS,
    HALTED,
    LIMIT_STATE,
    PHASE_END,
    PHASE_ROWS,
    RING,
    SHUT,
    TICK_RING,
)

# What caused a phase, or set a bound.
(
    NOTHING,
    LULD,
    MARKET_BREAKER,
    VELOCITY,
    VOLATILITY,
    BATCH,
    OPERATOR,
    OPENING,
    CLOSING,
    RECORDED,
) = range(10)
REASONS = (
    "",
    "limit up, limit down",
    "market-wide breaker",
    "velocity logic",
    "volatility auction",
    "batch auction",
    "operator",
    "opening auction",
    "closing auction",
    "as recorded",
)
_LULD_WINDOW = 300


@kernel
def enter(m, heap, phases, phase, seconds, reason):
    """Change the phase; after ``seconds`` (0 = open end) a PHASE_END ends it."""
    m.phase = phase
    m.phase_reason = reason
    m.phase_number += 1
    m.phase_end = 0
    if seconds > 0.0:
        m.phase_end = m.now + nanoseconds(seconds)
        schedule(m, heap, m.phase_end, PHASE_END, m.phase_number)
    if reason != BATCH or phase == CONTINUOUS:
        row = phases[m.phases_n % PHASE_ROWS]
        row.time = m.now
        row.phase = phase
        row.reason = reason
        m.phases_n += 1


@kernel
def open_bounds(m):
    """No price limits."""
    m.bound_low = 0
    m.bound_high = m.ladder
    m.bound_low_reason = NOTHING
    m.bound_high_reason = NOTHING


@kernel
def _tighten(m, low, high, reason):
    low_tick = np.int64(math.ceil(low - 1e-9))
    high_tick = np.int64(math.floor(high + 1e-9))
    if low_tick > m.bound_low:
        m.bound_low = low_tick
        m.bound_low_reason = reason
    if high_tick < m.bound_high:
        m.bound_high = high_tick
        m.bound_high_reason = reason


@kernel
def _extremes(m, tick_ring, seconds):
    """Lowest and highest trade price of the last ``seconds``, up to the last tick."""
    low, high = np.float64(m.last_price), np.float64(m.last_price)
    for back in range(min(int(seconds * 10.0 + 0.5), TICK_RING - 1)):
        row = (m.ticks - back) % TICK_RING
        if tick_ring[row, 1] > 0.0:
            low = min(low, tick_ring[row, 0])
            high = max(high, tick_ring[row, 1])
    return low, high


@kernel
def note_trade(m, price):
    """Remember a trade price for the price limits."""
    m.tick_low = min(m.tick_low, price) if m.tick_high > 0.0 else price
    m.tick_high = max(m.tick_high, price)
    m.second_sum += price
    m.second_count += 1.0


@kernel
def on_tick(m, p, rules, heap, phases, tick_ring, trade_ring):
    """Every tenth of a second: roll the windows, set the bounds, look for halts."""
    row = m.ticks % TICK_RING
    tick_ring[row, 0] = m.tick_low
    tick_ring[row, 1] = m.tick_high
    m.tick_low = 0.0
    m.tick_high = 0.0
    if m.ticks % 10 == 0:
        _on_second(m, trade_ring)
    if p.opening_auction > 0.0 or p.closing_auction > 0.0:
        _planned_calls(m, p, heap, phases)
    if m.now <= nanoseconds(p.warm_up):
        m.open_price = m.mid
        open_bounds(m)
        return
    if m.rules_on == 0:
        return
    open_bounds(m)
    if rules.luld_on != 0:
        _luld(m, rules, heap, phases)
    if rules.velocity_logic_on != 0:
        low, high = _extremes(m, tick_ring, rules.velocity_logic_window)
        reach = rules.velocity_logic_ticks
        # Both ends: up from the lowest, down from the highest price of the window.
        _tighten(m, high - reach, low + reach, VELOCITY)
    if rules.volatility_auction_on != 0:
        low, high = _extremes(m, tick_ring, rules.volatility_auction_short_window)
        reach = rules.volatility_auction_short_range * m.mid
        _tighten(m, high - reach, low + reach, VOLATILITY)
        low, high = _extremes(m, tick_ring, rules.volatility_auction_long_window)
        reach = rules.volatility_auction_long_range * m.mid
        _tighten(m, high - reach, low + reach, VOLATILITY)
    if rules.ai_halt_on != 0 and m.now >= m.ai_halt_end:
        _ai_halt(m, rules, tick_ring)
    if rules.market_breaker_on != 0 and m.phase <= LIMIT_STATE:
        _market_breaker(m, rules, heap, phases)
    if rules.batch_auction_on != 0 and m.phase == CONTINUOUS:
        enter(m, heap, phases, AUCTION, rules.batch_auction_interval, BATCH)


@kernel
def _planned_calls(m, p, heap, phases):
    """Begin the call phases before the open and before the end of the session."""
    tick = np.int64(100_000_000)
    opening = nanoseconds(p.warm_up)
    closing = nanoseconds(p.warm_up + p.session)
    if (
        p.opening_auction > 0.0
        and m.now == (opening - nanoseconds(p.opening_auction)) // tick * tick
    ):
        enter(m, heap, phases, AUCTION, (opening - m.now) * 1e-9, OPENING)
    if (
        p.closing_auction > 0.0
        and m.now == (closing - nanoseconds(p.closing_auction)) // tick * tick
    ):
        enter(m, heap, phases, AUCTION, (closing - m.now) * 1e-9, CLOSING)


@kernel
def _on_second(m, trade_ring):
    """Keep the sum and number of trade prices of the last 300 s."""
    now = m.second % RING
    gone = (m.second - _LULD_WINDOW) % RING
    trade_ring[now, 0] = m.second_sum
    trade_ring[now, 1] = m.second_count
    m.window_sum += m.second_sum
    m.window_count += m.second_count
    if m.second >= _LULD_WINDOW:
        m.window_sum -= trade_ring[gone, 0]
        m.window_count -= trade_ring[gone, 1]
    m.second_sum = 0.0
    m.second_count = 0.0


@kernel
def _luld(m, rules, heap, phases):
    if m.luld_reference <= 0.0:
        m.luld_reference = m.window_sum / m.window_count if m.window_count > 0.0 else m.mid
        m.luld_updated = m.now
    elif m.window_count > 0.0 and m.now - m.luld_updated >= nanoseconds(rules.luld_update_time):
        mean = m.window_sum / m.window_count
        if abs(mean / m.luld_reference - 1.0) >= rules.luld_update_step:
            m.luld_reference = mean
            m.luld_updated = m.now
    low = m.luld_reference * (1.0 - rules.luld_band)
    high = m.luld_reference * (1.0 + rules.luld_band)
    _tighten(m, low, high, LULD)
    if m.phase > LIMIT_STATE:
        return
    at_limit = m.best_bid >= math.floor(high) or m.best_ask <= math.ceil(low)
    if at_limit and m.phase == CONTINUOUS:
        enter(m, heap, phases, LIMIT_STATE, rules.luld_limit_state, LULD)
    elif not at_limit and m.phase == LIMIT_STATE:
        enter(m, heap, phases, CONTINUOUS, 0.0, LULD)


@kernel
def _market_breaker(m, rules, heap, phases):
    fall = 1.0 - m.last_price / m.open_price
    if fall >= rules.market_breaker_level_3:
        enter(m, heap, phases, SHUT, 0.0, MARKET_BREAKER)
    elif (fall >= rules.market_breaker_level_2 and m.breaker_level < 2) or (
        fall >= rules.market_breaker_level_1 and m.breaker_level < 1
    ):
        # Each level halts once a session.
        m.breaker_level = 2 if fall >= rules.market_breaker_level_2 else 1
        enter(m, heap, phases, HALTED, rules.market_breaker_pause, MARKET_BREAKER)


@kernel
def _ai_halt(m, rules, tick_ring):
    """Stop the RL traders, if the last trade is far from the extremes of a while."""
    low, high = _extremes(m, tick_ring, rules.ai_halt_window)
    move = max(1.0 - m.last_price / high, m.last_price / low - 1.0)
    if move >= rules.ai_halt_move:
        m.ai_halts += 1
        m.ai_halt_end = m.now + nanoseconds(rules.ai_halt_pause)
        m.ai_to_clear = 1
        m.to_clear += 1


@kernel
def trip(m, rules, heap, phases, reason):
    """An order would have traded beyond a bound that interrupts trading."""
    if reason == VELOCITY:
        enter(m, heap, phases, AUCTION, rules.velocity_logic_pause, VELOCITY)
    elif reason == VOLATILITY:
        call = rules.volatility_auction_call + rules.volatility_auction_random_end * uniform(m)
        enter(m, heap, phases, AUCTION, call, VOLATILITY)


@kernel
def end_phase(m, rules, heap, phases, number):
    """What comes after a timed phase; returns True if it ends with an auction."""
    if number != m.phase_number:
        return False  # something else has happened since
    if m.phase == LIMIT_STATE:
        enter(m, heap, phases, AUCTION, rules.luld_pause, LULD)
        return False
    return m.phase == AUCTION or m.phase == HALTED


@kernel
def reopen(m, rules, heap, phases, tick_ring):
    """After the auction: continuous trading, or the next batch; old prices limit no more."""
    if m.phase_reason == BATCH and rules.batch_auction_on != 0:
        m.phase_number += 1
        m.phase_end = m.now + nanoseconds(rules.batch_auction_interval)
        schedule(m, heap, m.phase_end, PHASE_END, m.phase_number)
        return
    if m.phase_reason == CLOSING:
        enter(m, heap, phases, SHUT, 0.0, CLOSING)
        return
    for row in range(TICK_RING):
        tick_ring[row, 0] = 0.0
        tick_ring[row, 1] = 0.0
    m.luld_reference = m.last_price
    m.luld_updated = m.now
    open_bounds(m)
    enter(m, heap, phases, CONTINUOUS, 0.0, m.phase_reason)
