"""Adaptive makers of ABIDES: level sizes are a share of the volume just traded.

The mid they quote around is shifted by the imbalance of recent trades; the width of the window
follows an average of the spread (after Chakraborty and Kearns 2011).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import (
    as_lots,
    as_ticks,
    ask_cancel,
    ask_limit,
    nanoseconds,
    near_ask,
    near_bid,
)
from abm_desktop.market.random import exponential, uniform
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import BUY, RING, SELL, SLIDE, WAKE

if TYPE_CHECKING:
    from abm_desktop.scenario.population import MakersByVolume

_LOOK_BACK = 60


def handles(section: MakersByVolume) -> int:
    """Orders that one maker keeps by name."""
    return 2 * section.levels


@kernel
def next_refresh(p, a):
    """Seconds until the next refresh."""
    return exponential(a) * p.pov_refresh_time


@kernel
def start(m, a, agent, heap):
    """Quote within the first second, so that there is a book from the start."""
    schedule(m, heap, m.now + nanoseconds(uniform(a)), WAKE, agent)


@kernel
def on_time(m, p, a, agent, heap, ring, handles, intents):
    """Quote when it is time to."""
    schedule(m, heap, m.now + nanoseconds(next_refresh(p, a)), WAKE, agent)
    refresh(m, p, a, ring, handles, intents, agent)


@kernel
def refresh(m, p, a, ring, handles, intents, agent):
    """Cancel the ladder and quote it again."""
    levels = np.int64(p.pov_levels)
    for k in range(2 * levels):
        tag = a.handles + k
        if handles[tag] >= 0:
            ask_cancel(m, intents, agent, handles[tag], tag)
    spread = np.float64(near_ask(m) - near_bid(m))
    # The average spread lives in ``threshold``, which these makers do not use otherwise.
    if a.threshold <= 0.0:
        a.threshold = spread
    a.threshold = p.pov_spread_weight * spread + (1.0 - p.pov_spread_weight) * a.threshold
    past = (m.second - _LOOK_BACK) % RING
    volume = m.volume - ring[past, 2]
    imbalance = (m.signed_volume - ring[past, 3]) / volume if volume > 0.0 else 0.0
    size = max(np.int64(p.pov_min_size), as_lots(p.pov_participation * volume))
    centre = m.mid + p.pov_imbalance_skew * imbalance
    window = max(a.threshold, 1.0)
    step = max(1.0, p.pov_level_spacing * window)
    for k in range(levels):
        bid = as_ticks(m, math.floor(centre - 0.5 * window - k * step))
        ask = as_ticks(m, math.ceil(centre + 0.5 * window + k * step))
        ask_limit(m, intents, SLIDE, agent, BUY, bid, size, 0, a.handles + k)
        ask_limit(m, intents, SLIDE, agent, SELL, ask, size, 0, a.handles + levels + k)
