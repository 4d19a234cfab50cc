"""Stress: what is done to the market from outside, each event on its own slot and account.

Flash crash: a price-insensitive sell algorithm that follows volume, while fundamental buyers and
the makers' value anchor fade (Kirilenko et al. 2017 on 6 May 2010). Volatility spike: the value
moves more, and makers expect it. Liquidity shock: a share of the makers cancels and stays out.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.state import (
    BUY,
    FLASH_CRASH,
    LIQUIDITY_SHOCK,
    SELL,
    STRESS_SLOTS,
    VOLATILITY_SPIKE,
)

REFERENCE_SHARE = 0.06
"""Lots sold by a flash crash of severity 1, as a share of the average daily volume."""
# Median fall over 16 seeds of the default population, by severity: the response is far from linear
# (a thin book falls through), so a drop is asked for through this table.
_DROPS = (0.0, 0.002, 0.006, 0.03, 0.05, 0.09, 0.13, 0.16, 0.67, 1.0)
_SEVERITIES = (0.0, 0.25, 0.5, 0.74, 1.0, 1.5, 2.0, 2.3, 3.0, 4.0)


@kernel
def severity_of(drop):
    """Severity of the flash crash whose median fall in the default population is ``drop``."""
    k = 1
    while k < len(_DROPS) - 1 and drop > _DROPS[k]:
        k += 1
    share = (drop - _DROPS[k - 1]) / (_DROPS[k] - _DROPS[k - 1])
    return _SEVERITIES[k - 1] + share * (_SEVERITIES[k] - _SEVERITIES[k - 1])


@kernel
def combine(m, p, stresses):
    """Add up the active events into the factors that the traders read."""
    m.buyer_rate = 1.0
    m.anchor_scale = 1.0
    m.value_volatility_scale = 1.0
    m.maker_sigma_floor = 0.0
    m.maker_share_out = 0.0
    m.maker_max_inventory = 0.0
    m.momentum_max_inventory = 0.0
    for k in range(STRESS_SLOTS):
        s = stresses[k]
        if s.on == 0:
            continue
        if s.kind == FLASH_CRASH:
            # What others do grows with the severity up to 1; beyond, only the selling does.
            part = min(s.severity, 1.0)
            m.buyer_rate = min(m.buyer_rate, 1.0 - part * (1.0 - s.buyer_fade))
            m.anchor_scale = min(m.anchor_scale, 1.0 - part)
            m.maker_max_inventory = p.maker_max_inventory + part * (
                s.maker_max_inventory - p.maker_max_inventory
            )
            m.momentum_max_inventory = p.momentum_max_inventory + part * (
                s.momentum_max_inventory - p.momentum_max_inventory
            )
        elif s.kind == VOLATILITY_SPIKE:
            m.value_volatility_scale *= s.magnitude
            # Makers do not wait for the moves to happen: they quote for the announced volatility.
            m.maker_sigma_floor = max(m.maker_sigma_floor, s.magnitude * m.sigma_long)
        elif s.kind == LIQUIDITY_SHOCK:
            m.maker_share_out = max(m.maker_share_out, s.magnitude)


@kernel
def begin(m, p, stresses, agents, slot):
    """Switch an event on."""
    s = stresses[slot]
    s.on = 1
    s.start_inventory = agents[s.agent].inventory
    s.start_volume = m.volume
    if s.kind == FLASH_CRASH:
        s.severity = severity_of(s.magnitude)
        s.quantity = REFERENCE_SHARE * s.severity * p.average_daily_volume
    combine(m, p, stresses)


@kernel
def end(m, p, stresses, slot):
    """Switch an event off; its slot can be used again."""
    stresses[slot].on = 0
    combine(m, p, stresses)


@kernel
def sell_step(m, rules, s, a, levels, bits, intents):
    """One child of the flash crash's sell algorithm, once a second; ``a`` is its account."""
    done = np.float64(s.start_inventory - a.inventory)
    child = s.quantity - done
    available = s.depth_share * s.severity * depth(m, levels, bits, BUY, 5)
    if done > 0.0:
        participation = min(s.participation * max(s.severity, 1.0), 0.95)
        due = participation * (m.volume - s.start_volume) - done
        child = min(child, due, available)
    else:
        # The first child cannot follow volume that has not traded yet.
        child = min(child, available)
    size = np.int64(child)
    if size > 0:
        ask_immediate(m, intents, s.agent, SELL, collar_price(m, rules, SELL), size)
