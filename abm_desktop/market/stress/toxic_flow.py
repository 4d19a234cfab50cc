"""Toxic flow: institutions that know where the value will be, and choose their side by it."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.activity import TICK, TICKS_PER_SECOND
from abm_desktop.market.compiled import kernel
from abm_desktop.market.fundamental import day_factor, step_value
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, SELL, STRESS_KINDS, STRESS_SLOTS

_TOXIC_FLOW = STRESS_KINDS.index("toxic_flow")


@kernel
def add_up(m, s):
    """Add this event to what the institutions read."""
    m.informed_share = max(m.informed_share, s.magnitude)


@kernel
def value_ahead(m, p, s, seconds):
    """The value ``seconds`` from now: a copy of the process, stepped on its own stream of draws.

    Exact unless another stress event changes the value in between. Ticks.
    """
    if (
        s.cursor == m.ticks + 1
        and s.severity == m.log_value
        and s.last_volume == np.int64(m.draws)
        and s.value_volatility_scale == m.value_volatility_scale
    ):
        return s.value  # asked before in this tick of the clock
    s.cursor = m.ticks + 1
    s.severity = m.log_value
    s.last_volume = np.int64(m.draws)
    s.key = m.key
    s.draws = m.draws
    s.log_value = m.log_value
    s.log_volatility = m.log_volatility
    s.session_log_volatility = m.session_log_volatility
    s.value = m.value
    s.value_volatility_scale = m.value_volatility_scale
    s.day_factor = m.day_factor
    for ahead in range(np.int64(seconds * TICKS_PER_SECOND + 0.5)):
        step_value(s, p, 1.0 / TICKS_PER_SECOND)
        ticks = m.ticks + 1 + ahead
        if ticks % TICKS_PER_SECOND == 0:
            s.day_factor = day_factor(p, ticks * TICK)
    return s.value


@kernel
def inform(m, p, stresses, a):
    """Let the institution ``a``, which has just drawn a parent order, know the side to be on."""
    if uniform(a) >= m.informed_share:
        return
    for k in range(STRESS_SLOTS):
        s = stresses[k]
        if s.on == 1 and s.kind == _TOXIC_FLOW and s.magnitude == m.informed_share:
            a.side = BUY if value_ahead(m, p, s, s.p0) > m.mid else SELL
            return
