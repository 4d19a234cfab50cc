"""What a stress has done so far: how far the price moved, spread, depth, recovery. Pure functions.

The market in the minute before the stress is the measure: moves count from the mid at its
beginning, spread and depth against their mean in that minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.live import History

__all__ = ["StressEffect", "stress_effect"]

BEFORE = 60.0
RECOVERED = 0.9
"""Share of the largest move that must be made good to call the price recovered."""


@dataclass(frozen=True, slots=True)
class StressEffect:
    """Measures of one stress; NaN if the samples do not tell."""

    drawdown: float
    """Largest move of the mid away from where it was, as a signed share."""
    spread: float
    """Mean spread since, as a multiple of before."""
    depth: float
    """Mean depth within five levels since, as a share of before."""
    recovered: float
    """Share of the largest move that is made good by now, 0 to 1."""
    recovery_time: float
    """Seconds from the largest move until nine tenths of it were made good; NaN if not yet."""


NOTHING = StressEffect(math.nan, math.nan, math.nan, math.nan, math.nan)


def stress_effect(history: History, start: float, until: float) -> StressEffect:
    """Measure a stress that began at ``start``, with what happened up to ``until`` (seconds).

    Spread and depth are means from the start to ``until``: give the end of the stress, or now.
    The price is followed to the end of the history.
    """
    time = history.time
    first = int(np.searchsorted(time, start, side="right"))
    last = int(np.searchsorted(time, until, side="right"))
    if first == 0 or first >= len(time):
        return NOTHING
    before = slice(int(np.searchsorted(time, start - BEFORE)), first)
    during = slice(first, max(last, first + 1))
    reference = float(history.mid[first - 1])
    moves = history.mid[first:] / reference - 1.0
    known = np.isfinite(moves)
    if not known.any():
        return NOTHING
    # The largest move within the stress; where the price goes afterwards is not its doing.
    within = np.where(known, np.abs(moves), 0.0)[: during.stop - first]
    worst = int(np.argmax(within))
    drawdown = float(moves[worst])
    recovered, recovery_time = math.nan, math.nan
    if drawdown:
        remaining = moves[worst:] / drawdown
        recovered = float(np.clip(1.0 - remaining[np.isfinite(remaining)][-1], 0.0, 1.0))
        back = np.flatnonzero(remaining <= 1.0 - RECOVERED)
        if len(back):
            recovery_time = float(time[first + worst + back[0]] - time[first + worst])
    spread = history.best_ask - history.best_bid
    depth = history.bid_depth + history.ask_depth
    return StressEffect(
        drawdown,
        _ratio(spread[during], spread[before]),
        _ratio(depth[during], depth[before]),
        recovered,
        recovery_time,
    )


def _ratio(after: np.ndarray, before: np.ndarray) -> float:
    """Mean of one over the mean of the other, NaN in either left out."""
    after, before = after[np.isfinite(after)], before[np.isfinite(before)]
    if not (len(after) and len(before)) or before.mean() == 0:
        return math.nan
    return float(after.mean() / before.mean())
