"""Market makers: ladders of quotes around a skewed reference price.

The reference leans with the queue imbalance, against the inventory (Avellaneda and Stoikov 2008)
and towards the fundamental value; spread and size follow the short-run volatility, which is what
turns a price move into a liquidity spiral. A maker that has lost more than it may of late stays
out for a while and sells off what it holds, as on 6 May 2010 (Kirilenko et al. 2017).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market.compiled import inlined, kernel
from abm_desktop.market.intents import (
    as_lots,
    as_ticks,
    ask_cancel,
    ask_immediate,
    ask_limit,
    collar_price,
    nanoseconds,
)
from abm_desktop.market.random import exponential, normal, uniform
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import BUY, SELL, SLIDE, WAKE

if TYPE_CHECKING:
    from abm_desktop.scenario.traders import MarketMakers


def handles(section: MarketMakers) -> int:
    """Orders that one maker keeps by name."""
    return 2 * section.levels


@kernel
def next_refresh(p, a):
    """Seconds until the next periodic refresh."""
    return exponential(a) / max(p.maker_refresh_rate, 1e-9)


@kernel
def start(m, a, agent, heap):
    """Quote within the first second, so that there is a book from the start."""
    schedule(m, heap, m.now + nanoseconds(uniform(a)), WAKE, agent)


@inlined
def on_time(m, p, rules, a, agent, event, heap, levels, handles, intents):
    """Quote when it is time to, or in reaction to a change of the mid."""
    if event == WAKE:
        schedule(m, heap, m.now + nanoseconds(next_refresh(p, a)), WAKE, agent)
    else:
        a.active = 0
    refresh(m, p, rules, a, levels, handles, intents, agent)


@kernel
def _sell_off(m, p, rules, a, intents, agent):
    """Trade a share of the inventory away at market."""
    side = SELL if a.inventory > 0 else BUY
    size = max(np.int64(1), np.int64(p.maker_dump_share * abs(a.inventory)))
    ask_immediate(m, intents, agent, side, collar_price(m, rules, side), size)


@kernel
def _stays_out(m, p, a, mid):
    """Whether its losses of late keep this maker away.

    ``a.threshold`` is its best equity of late, tick-lots, forgotten over the length of a pause;
    ``a.bias`` is the end of the pause, seconds. Called before ``a.last_refresh`` is set.
    """
    if p.maker_loss_limit <= 0.0:
        return False
    equity = a.cash + a.inventory * mid
    keep = math.exp((a.last_refresh - m.now) * 1e-9 / max(p.maker_loss_pause, 1.0))
    a.threshold = max(equity, equity + keep * (a.threshold - equity))
    if a.threshold - equity > p.maker_loss_limit:
        a.threshold = equity
        a.bias = m.now * 1e-9 + p.maker_loss_pause
    return m.now * 1e-9 < a.bias


@kernel
def refresh(m, p, rules, a, levels, handles, intents, agent):
    """Cancel every quote of this maker and quote afresh, or stay out."""
    ladder_levels = np.int64(p.maker_levels)
    # Read the market before the own quotes leave it.
    bid, ask, mid = np.int64(m.best_bid), np.int64(m.best_ask), m.mid
    two_sided = 0 <= bid < ask < m.ladder
    tilt = 0.0
    if two_sided and ask - bid <= 3:
        bid_volume = np.float64(levels[BUY, bid - m.origin].volume)
        ask_volume = np.float64(levels[SELL, ask - m.origin].volume)
        tilt = 0.5 * (ask - bid) * (bid_volume - ask_volume) / (bid_volume + ask_volume)
    for k in range(2 * ladder_levels):
        tag = a.handles + k
        if handles[tag] >= 0:
            ask_cancel(m, intents, agent, handles[tag], tag)
    stays_out = _stays_out(m, p, a, mid)
    a.last_refresh = m.now

    limit = p.maker_max_inventory
    if m.maker_max_inventory > 0.0:
        limit = min(limit, m.maker_max_inventory)
    if abs(a.inventory) > limit:
        _sell_off(m, p, rules, a, intents, agent)
    if stays_out:
        if abs(a.inventory) <= limit and a.inventory != 0:
            _sell_off(m, p, rules, a, intents, agent)
        return
    if a.index < m.maker_share_out * p.maker_count:
        return
    if m.sigma > p.maker_stop_volatility * m.sigma_long:
        return

    sigma = max(m.sigma, m.maker_sigma_floor)
    load = a.inventory / limit
    skew = min(max(load, -2.0), 2.0)
    reference = mid + p.maker_imbalance_skew * tilt
    reference -= p.maker_inventory_skew * skew * max(1.0, sigma / p.activity_sigma_reference)
    believed = m.value * math.exp(p.maker_value_noise * normal(a))
    reference += p.maker_value_anchor * m.anchor_scale * (believed - mid)
    half = max(p.maker_min_half_spread, p.maker_spread_volatility * sigma)
    if rules.transaction_tax_on != 0 and rules.transaction_tax_makers_exempt == 0.0:
        half += rules.transaction_tax_rate * mid
    step = max(1.0, p.maker_level_step * sigma)
    appetite = p.maker_size
    if sigma > p.activity_sigma_reference:
        appetite *= (p.activity_sigma_reference / sigma) ** p.maker_size_exponent
    buy_size = appetite * min(max(1.0 - load, 0.0), 1.0)
    sell_size = appetite * min(max(1.0 + load, 0.0), 1.0)
    for k in range(ladder_levels):
        size = as_lots(buy_size + uniform(a))
        if size > 0:
            price = as_ticks(m, math.floor(reference - half - k * step))
            ask_limit(m, intents, SLIDE, agent, BUY, price, size, 0, a.handles + k)
        size = as_lots(sell_size + uniform(a))
        if size > 0:
            price = as_ticks(m, math.ceil(reference + half + k * step))
            tag = a.handles + ladder_levels + k
            ask_limit(m, intents, SLIDE, agent, SELL, price, size, 0, tag)
