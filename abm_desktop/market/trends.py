"""The trends that momentum traders follow: one signal for each horizon, kept for all of them."""

from __future__ import annotations

import math

from abm_desktop.market.compiled import kernel
from abm_desktop.market.state import MOMENTUM_BINS


@kernel
def prepare_bins(p, momentum):
    """Lay out log-spaced horizons; momentum float64 (bins, 2): horizon in s, signal in ticks."""
    ratio = p.momentum_horizon_max / p.momentum_horizon_min
    for b in range(MOMENTUM_BINS):
        momentum[b, 0] = p.momentum_horizon_min * ratio ** (b / (MOMENTUM_BINS - 1.0))
        momentum[b, 1] = 0.0


@kernel
def update_bins(momentum, change):
    """Once a second: decay every signal and add the last second's change of the mid, in ticks."""
    for b in range(MOMENTUM_BINS):
        momentum[b, 1] = momentum[b, 1] * math.exp(-1.0 / momentum[b, 0]) + change
