"""Flash crash: a sell programme that does not mind the price, while those who would buy hold back.

Modelled on 6 May 2010 (Kirilenko et al. 2017): a child order every second follows the volume, the
fundamental buyers ask for much more than usual, everybody is nervous, the makers' value anchor
fades and they have little room for inventory.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import depth
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    as_lots,
    ask_immediate,
    collar_price,
    nanoseconds,
    programme_waits,
)
from abm_desktop.market.state import BUY, SELL

REFERENCE_SHARE = 0.02
"""Lots sold by a flash crash of severity 1, as a share of the average daily volume (2010: 75,000
contracts, 2 to 3 % of a usual day's)."""
_FIRST_DEPTH_SHARE = 0.35
FADES = True
"""What it adds up to changes while it acts."""
# Median fall over 96 seeds of the default population, by severity: the response is far from linear
# (a thin book falls through), so a drop is asked for through this table. To measure it again, run
# tools/stress_response.py --calibrate.
_MEASURED = (
    (0.0, 0.0), (1.0, 0.0481), (1.1, 0.0501), (1.25, 0.0530), (1.5, 0.0598), (1.75, 0.0638),
    (2.0, 0.0696), (2.5, 0.0885), (3.0, 0.1396), (4.0, 1.0),
)  # fmt: skip
LEAST_FREE_FALL = 0.05
"""Falls below this one cannot be aimed at by the size of the sale: at severities of 0.5 to 0.8 some
markets fall through and others do not. They are those of a sale that is large enough, which stops
when the price has come there."""
_FALLS_ON, _FALLS_ON_AT_MOST = 0.15, 0.003
"""What the price falls on while the others come back, as a share of the fall and at most."""
_LONGEST_EASE = 300.0
"""Seconds over which the others come back after a fall of nearly 5 %; after one of half of it in a
quarter of the time."""
_REACHED = 1
_SEVERITIES = tuple(severity for severity, _ in _MEASURED)
_DROPS = tuple(drop for _, drop in _MEASURED)


@kernel
def drop_of(severity):
    """Median fall in the default population of a flash crash of this severity."""
    k = 1
    while k < len(_DROPS) - 1 and severity > _SEVERITIES[k]:
        k += 1
    share = (severity - _SEVERITIES[k - 1]) / (_SEVERITIES[k] - _SEVERITIES[k - 1])
    return _DROPS[k - 1] + share * (_DROPS[k] - _DROPS[k - 1])


@kernel
def severity_of(drop):
    """Severity of the flash crash whose median fall in the default population is ``drop``."""
    k = 1
    while k < len(_DROPS) - 1 and drop > _DROPS[k]:
        k += 1
    share = (drop - _DROPS[k - 1]) / (_DROPS[k] - _DROPS[k - 1])
    return _SEVERITIES[k - 1] + share * (_SEVERITIES[k] - _SEVERITIES[k - 1])


@kernel
def fading_ends(s):
    """Time (ns) from which buyers and makers come back: the recovery before the end."""
    return s.end - nanoseconds(s.p5)


@kernel
def faded(m, s):
    """How far the others hold back, 0 to 1.

    Falls linearly to 0 over the recovery, or when a small fall has been reached.
    """
    # What others do grows with the severity up to 1; beyond, only the selling does.
    part = min(s.severity, 1.0) * s.p6
    if s.stage == _REACHED:
        ease = _LONGEST_EASE * (s.magnitude / LEAST_FREE_FALL) ** 2
        part *= max(1.0 - np.float64(m.now - s.due) / (ease * 1e9), 0.0)
    left = np.float64(s.end - m.now)
    recovery = s.p5 * 1e9
    if left < recovery:
        part *= max(left, 0.0) / recovery
    return part


@kernel
def stops_there(s):
    """Whether the sale stops when the price has fallen as far as was asked for."""
    return s.p7 == 0.0 and s.p6 > 0.0 and s.magnitude < LEAST_FREE_FALL


@kernel
def begin(m, p, s):
    """Set how much is sold: what the magnitude asks for, or a given share of the daily volume."""
    given = s.p7
    s.start_mid = m.mid
    drop = LEAST_FREE_FALL if stops_there(s) else s.magnitude
    s.severity = 1.0 if given > 0.0 else severity_of(drop)
    share = given if given > 0.0 else REFERENCE_SHARE * s.severity
    s.quantity = share * p.average_daily_volume


@kernel
def add_up(m, p, s):
    """Add this event to the factors that the traders read."""
    buyer_fade, maker_limit, momentum_limit = s.p2, s.p3, s.p4
    part = faded(m, s)
    m.buyer_rate = min(m.buyer_rate, 1.0 - part * (1.0 - buyer_fade))
    m.buyer_caution = max(m.buyer_caution, 1.0 + part * (s.p9 - 1.0))
    m.anchor_scale = min(m.anchor_scale, 1.0 - part)
    if part > 0.0:
        # Makers above a limit that came at once would all dump in the first second.
        passed = m.now - s.start
        part *= min(passed / max(s.p8 * 1e9, 1.0), 1.0)
        limit = p.maker_max_inventory + part * (maker_limit - p.maker_max_inventory)
        m.maker_max_inventory = (
            limit if m.maker_max_inventory == 0.0 else min(m.maker_max_inventory, limit)
        )
        limit = p.momentum_max_inventory + part * (momentum_limit - p.momentum_max_inventory)
        m.momentum_max_inventory = max(m.momentum_max_inventory, limit)


@kernel
def step(m, rules, s, a, levels, bits, intents):
    """One child of the sell programme, once a second until the recovery; ``a`` is its account."""
    again = m.now + nanoseconds(1.0)
    if s.stage != _REACHED and stops_there(s):
        fall = s.magnitude - min(_FALLS_ON * s.magnitude, _FALLS_ON_AT_MOST)
        if m.mid <= s.start_mid * (1.0 - fall):
            s.stage = _REACHED
            s.due = m.now
    if s.stage != _REACHED and m.now < fading_ends(s):
        _sell(m, rules, s, a, levels, bits, intents)
    return again


@kernel
def _sell(m, rules, s, a, levels, bits, intents):
    participation, depth_share = s.p0, s.p1
    done = np.float64(s.start_inventory - a.inventory)
    child = s.quantity - done
    near = s.severity * depth(m, levels, bits, BUY, 5)
    if done > 0.0:
        participation = min(participation * max(s.severity, 1.0), 0.95)
        child = min(child, participation * (m.volume - s.start_volume) - done)
    else:
        # The first child cannot follow volume that has not traded yet.
        child = min(child, _FIRST_DEPTH_SHARE * near)
    if depth_share > 0.0:
        child = min(child, depth_share * near)
    size = as_lots(child)
    if size > 0 and not programme_waits(m, a):
        ask_immediate(m, intents, s.agent, SELL, collar_price(m, rules, SELL), size)
