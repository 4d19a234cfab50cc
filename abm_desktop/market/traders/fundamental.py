"""Fundamental (value) traders: they trade when the price is away from their view of the value.

Each has a lasting bias, a fresh error at every look and its own threshold; a large gap, or chance,
makes the order aggressive, otherwise it improves the best price by at most one tick. In a turbulent
market they ask for more: what is cheap must be cheaper before they step in, so they come back by
the price and not by the clock.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    ask_immediate,
    ask_limit,
    nanoseconds,
    near_ask,
    near_bid,
    opposite_best_volume,
    whole,
)
from abm_desktop.market.random import exponential, normal, uniform
from abm_desktop.market.state import BUY, LIMIT, SELL


@kernel
def activity_rate(p):
    """Looks of one value trader per second of activity time."""
    return p.value_rate / max(p.value_count, 1.0)


@kernel
def prepare(p, a):
    """Draw the lasting bias and the threshold (log-uniform) of one trader."""
    a.bias = p.value_bias * normal(a)
    ratio = p.value_threshold_max / p.value_threshold_min
    a.threshold = p.value_threshold_min * ratio ** uniform(a)


@kernel
def _wait_further_away(m, p, a, intents, agent, side, value, threshold):
    """Who asks for more than usual says so: an order at the price that would be cheap enough."""
    sign = 1.0 if side == SELL else -1.0
    price = whole(value * math.exp(sign * threshold), 1, np.int64(m.ladder) - 2)
    if price < near_bid(m) if side == BUY else price > near_ask(m):
        life = nanoseconds(p.value_lifetime * exponential(a)) + 1
        ask_limit(m, intents, LIMIT, agent, side, price, np.int64(p.value_unit_size), life, -1)


@kernel
def wake(m, p, rules, a, levels, intents, agent):
    """Compare value and price; act beyond the threshold."""
    value = m.value * math.exp(a.bias + p.value_noise * p.value_bias * normal(a))
    gap = math.log(value / m.mid)
    choice = uniform(a)
    fade = uniform(a)
    distance = abs(gap)
    threshold = a.threshold * (1.0 + p.value_fear * (m.turbulence - 1.0))
    if gap > 0.0:
        threshold *= m.buyer_caution
    if rules.transaction_tax_on != 0:
        # A taxed trade must promise more than the tax of both legs.
        distance -= 2.0 * rules.transaction_tax_rate
    side = BUY if gap > 0.0 else SELL
    if side == BUY and fade >= m.buyer_rate:
        return
    if distance <= threshold:
        if threshold > a.threshold:
            _wait_further_away(m, p, a, intents, agent, side, value, threshold)
        return
    units = 1 + whole(distance / threshold, 0, p.value_max_units)
    size = np.int64(p.value_unit_size) * units
    # A limit at the believed value, kept on the ladder.
    worst = whole(value, 1, np.int64(m.ladder) - 2)
    if (
        choice < p.value_aggressive_probability
        or distance > p.value_aggressive_multiple * threshold
    ):
        size = min(size, 2 * opposite_best_volume(m, levels, side))
        if size > 0:
            ask_immediate(m, intents, agent, side, worst, size)
        return
    bid, ask = near_bid(m), near_ask(m)
    improve = 1 if ask - bid > 1 else 0
    price = bid + improve if side == BUY else ask - improve
    life = nanoseconds(p.value_lifetime * exponential(a)) + 1
    ask_limit(m, intents, LIMIT, agent, side, price, size, life, -1)
