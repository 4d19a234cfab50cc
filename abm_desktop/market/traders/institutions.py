"""Institutions: they split large parent orders into small children of one sign.

Pareto parent sizes give order signs their long memory (Lillo, Mike and Farmer 2005) and the price
its concave response. News moves both the value and those who trade on it (Clark 1973; Tauchen and
Pitts 1983), so their pace follows the volatility of V: else the price would trend on days of much
news and revert on days of little. What is left of a parent is given up where the price has run away
from that at its arrival: nobody executes a large order at any price, and a market in which all do
has flashes of its own making. Children come in bursts, and some parents know the value (Kyle 1985):
their trades move the price to where it stays, which is what makers lose to.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    ask_immediate,
    collar_price,
    nanoseconds,
    opposite_best_volume,
)
from abm_desktop.market.random import exponential, pareto, uniform
from abm_desktop.market.scheduling import schedule, schedule_activity
from abm_desktop.market.state import BUY, LIMIT_STATE, SELL, WAKE
from abm_desktop.market.stress.toxic_flow import inform
from abm_desktop.market.traders.bursts import burst_gap

_FASTEST = 100.0
"""Largest factor on the pace, and one over the smallest: news may be any number."""


@kernel
def activity_rate(p):
    """Child orders of one institution per second of activity time, at the usual pace."""
    return p.institution_rate


@kernel
def _pace(m, p):
    """How much faster than on average they trade: a power of V's volatility, with mean 1."""
    power = p.institution_news
    variance = p.fundamental_volatility_of_volatility**2 + p.fundamental_session_volatility**2
    log_volatility = m.log_volatility + m.session_log_volatility
    pace = math.exp(power * log_volatility - 0.5 * power * power * variance)
    return min(max(pace, 1.0 / _FASTEST), _FASTEST)


@kernel
def rest_time(m, p, a):
    """Seconds between two parent orders; one that is slower than the others also rests longer."""
    speed = a.rate / p.institution_rate if p.institution_rate > 0.0 else 1.0
    return exponential(a) * p.institution_rest / max(speed * _pace(m, p), 1e-9)


@kernel
def next_child(m, p, a):
    """Seconds at a = 1 to the next child order: soon in a burst, and later between two of them."""
    rate = a.rate * _pace(m, p)
    return burst_gap(m, a, rate, p.institution_burst_share, p.institution_burst_time)


@kernel
def start(m, p, a, agent, heap):
    """Rest before the first parent order."""
    a.rate = activity_rate(p)
    _rest(m, p, a, agent, heap)


@kernel
def _rest(m, p, a, agent, heap):
    schedule(m, heap, m.now + nanoseconds(rest_time(m, p, a)), WAKE, agent)


@kernel
def on_time(m, p, a, agent, stresses, activity_heap):
    """Rested: begin the next parent order, on the side that toxic flow knows to be right."""
    start_parent(m, p, a)
    if m.informed_share > 0.0:
        inform(m, p, stresses, a)
    schedule_activity(m, activity_heap, agent, next_child(m, p, a))


@kernel
def start_parent(m, p, a):
    """Draw side and size of the next parent order; ``a.threshold`` is the mid at its arrival.

    ``a.bias`` is 1 if it knows the value, else 0.
    """
    a.side = 0 if uniform(a) < 0.5 else 1
    a.bias = 0.0
    # In turmoil it is hard to tell what things are worth, and those who buy ask for more.
    share = p.institution_informed_share / (m.turbulence * m.buyer_caution)
    if share > 0.0 and uniform(a) < share:
        a.side = BUY if m.value > m.mid else SELL
        a.bias = 1.0
    size = min(
        pareto(a, p.institution_parent_min, p.institution_parent_tail), p.institution_parent_cap
    )
    a.remaining = np.int64(size)
    a.active = 1
    a.threshold = m.mid


@kernel
def wake(m, p, rules, a, levels, intents, agent):
    """Send one child order, never more than the best opposite volume, or give up the parent."""
    if a.bias > 0.0 and (m.mid >= m.value if a.side == BUY else m.mid <= m.value):
        a.remaining = 0  # what it knew is in the price
        a.active = 0
        return
    if p.institution_give_up > 0.0:
        run = math.log(m.mid / a.threshold)
        if (run if a.side == 0 else -run) > p.institution_give_up:
            a.remaining = 0
            a.active = 0
            return
    if m.phase > LIMIT_STATE and a.waits_in == m.phase_number:
        return  # a child waits for the auction
    size = np.int64(min(pareto(a, 1.0, p.institution_child_tail), p.institution_child_cap))
    size = min(size, np.int64(a.remaining), opposite_best_volume(m, levels, a.side))
    if size > 0:
        ask_immediate(m, intents, agent, a.side, collar_price(m, rules, a.side), size)
        a.remaining -= size
        if a.remaining <= 0:
            a.active = 0


@kernel
def next_turn(m, p, a, agent, heap, activity_heap):
    """Rest after a parent order, else send its next child."""
    if a.active == 0:
        _rest(m, p, a, agent, heap)
    else:
        schedule_activity(m, activity_heap, agent, next_child(m, p, a))
