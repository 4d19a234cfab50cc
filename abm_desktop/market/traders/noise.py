"""Noise traders: limit and market orders without a view.

Limit orders land inside the spread, at the best price or a power-law distance behind it (the
placement of Bouchaud, Mezard and Potters 2002) and live for a power-law time; market orders have
Pareto sizes; some limit orders are gone again at once ("fleeting", Hasbrouck and Saar 2009), some
have round sizes, some stand far away for long ("patient": what is left when all others have run).
Orders may come in bursts, as those of programs do that watch one another. They are no heroes: when
the market is turbulent fewer come and they stay less long, and when the price runs at those that
rest, some are taken back (see :mod:`.withdrawal`).
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    MOST_DRAWN,
    ask_immediate,
    ask_limit,
    collar_price,
    nanoseconds,
    near_ask,
    near_bid,
    opposite_best_volume,
    whole,
)
from abm_desktop.market.random import exponential, normal, pareto, uniform
from abm_desktop.market.scheduling import schedule_activity
from abm_desktop.market.state import BUY, LIMIT
from abm_desktop.market.traders.bursts import burst_gap
from abm_desktop.market.traders.withdrawal import take_back


@kernel
def activity_rate(p):
    """Wake-ups of one noise trader per second of activity time, before thinning."""
    return (p.noise_limit_rate * p.noise_bound + p.noise_market_rate) / max(p.noise_count, 1.0)


@kernel
def next_turn(m, p, a, agent, activity_heap):
    """One after the other, or soon after this one."""
    gap = burst_gap(m, a, a.rate, p.noise_burst_share, p.noise_burst_time)
    schedule_activity(m, activity_heap, agent, gap)


@kernel
def wake(m, p, rules, a, agents, orders, levels, intents, agent):
    """Send one market order, one limit order, or nothing (thinned)."""
    if m.threatened >= 0 and m.withdrawn_at < m.second:
        m.withdrawn_at = m.second
        take_back(m, p, a, agents, orders, levels, intents)
    limit_flow = p.noise_limit_rate * p.noise_bound
    u = uniform(a) * (limit_flow + p.noise_market_rate)
    side = 0 if uniform(a) < 0.5 else 1
    if u >= limit_flow:
        size = np.int64(min(pareto(a, 1.0, p.noise_market_size_tail), p.noise_market_size_cap))
        size = min(size, opposite_best_volume(m, levels, side))
        if size > 0:
            ask_immediate(m, intents, agent, side, collar_price(m, rules, side), size)
    elif u * p.noise_bound < limit_flow * m.noise_factor:
        _place_limit(m, p, a, intents, agent, side)


@kernel
def _place_limit(m, p, a, intents, agent, side):
    # An empty side is quoted next to the last mid, or it would stay empty (see near_bid).
    bid, ask = near_bid(m), near_ask(m)
    spread = ask - bid
    is_patient = p.noise_patient_share > 0.0 and uniform(a) < p.noise_patient_share
    u = uniform(a)
    distance = np.int64(0)
    if is_patient:
        reach = p.noise_patient_distance * exponential(a)
        distance = 1 + np.int64(min(reach, p.noise_max_distance - 1.0))
        price = bid - distance if side == BUY else ask + distance
    elif u < p.noise_share_inside:
        inside = 1 + np.int64(uniform(a) * (spread - 1)) if spread > 1 else np.int64(0)
        price = bid + inside if side == BUY else ask - inside
    else:
        if u >= p.noise_share_inside + p.noise_share_at_best:
            reach = p.noise_placement_scale * (uniform(a) ** (-1.0 / p.noise_placement_tail) - 1.0)
            distance = 1 + np.int64(min(reach, p.noise_max_distance - 1.0))
        price = bid - distance if side == BUY else ask + distance
    drawn = math.exp(p.noise_size_log_mean + p.noise_size_log_sd * normal(a))
    if p.noise_round_share > 0.0 and uniform(a) < p.noise_round_share:
        drawn = math.ceil(drawn / p.noise_round_lot) * p.noise_round_lot
    size = whole(drawn, 1, MOST_DRAWN)
    u = uniform(a)
    if is_patient:
        life = p.noise_patient_time * exponential(a)
    elif p.noise_fleeting_share > 0.0 and uniform(a) < p.noise_fleeting_share:
        life = p.noise_fleeting_time * exponential(a)
    else:
        life = p.noise_lifetime_scale * (1.0 + distance / p.noise_lifetime_distance)
        life *= u ** (-1.0 / p.noise_lifetime_tail) - 1.0
        if m.turbulence > 1.0 and p.noise_lifetime_volatility > 0.0:
            life *= m.turbulence**-p.noise_lifetime_volatility
        life = min(life, p.noise_lifetime_cap)
    ask_limit(m, intents, LIMIT, agent, side, price, size, nanoseconds(life) + 1, -1)
