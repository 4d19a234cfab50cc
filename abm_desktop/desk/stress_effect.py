"""What a stress has done so far: how far the price moved, spread, depth, recovery. Pure functions.

The same definitions as the report of the page Stress, whose functions and samples it uses, those at
whole seconds: moves count from the
median of the mid in the minute before and are sought within 15 minutes, recovery must hold for ten
seconds on end, and time in which trading is halted does not count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.live import History
from abm_desktop.live.series import selected
from abm_desktop.live.spacings import measured_rows
from abm_desktop.market.state import LIMIT_STATE
from abm_desktop.metrics.shock_measures import PRICE_BEFORE
from abm_desktop.metrics.stress import recovery_time

__all__ = ["WITHIN", "StressEffect", "stress_effect"]

RECOVERED = 0.9
"""Share of the largest move that must be made good to call the price recovered."""
WITHIN = 900.0
"""Trading seconds from the beginning of a stress in which its largest move is sought."""


@dataclass(frozen=True, slots=True)
class StressEffect:
    """Measures of one stress; NaN if the samples do not tell."""

    drawdown: float
    """Largest move of the mid away from the median of the minute before, as a signed share."""
    spread: float
    """Mean spread since, as a multiple of the minute before."""
    depth: float
    """Mean depth within five levels since, as a share of the minute before."""
    recovered: float
    """Share of the largest move that is made good by now, 0 to 1."""
    recovery_time: float
    """Trading seconds from the largest move until nine tenths of it were made good for ten seconds
    on end, what the fundamental value lost left out; NaN if not yet."""


NOTHING = StressEffect(math.nan, math.nan, math.nan, math.nan, math.nan)


def stress_effect(history: History, start: float, until: float) -> StressEffect:
    """Measure a stress that began at ``start``, with what happened up to ``until`` (seconds).

    Spread and depth are means over trading from the start to ``until``: give the end of the stress,
    or now.
    The price is followed to the end of the history.
    """
    if not len(history):
        return NOTHING
    history = selected(
        history, measured_rows(history.time, start - PRICE_BEFORE, float(history.time[-1]))
    )
    time = history.time
    first = int(np.searchsorted(time, start, side="right"))
    last = int(np.searchsorted(time, until, side="right"))
    if first == 0 or first >= len(time):
        return NOTHING
    before = slice(int(np.searchsorted(time, start - PRICE_BEFORE)), first)
    during = slice(first, max(last, first + 1))
    # The book of an auction is crossed: it has no spread, and orders pile up in it.
    trading = history.phase <= LIMIT_STATE
    spread = np.where(trading, history.best_ask - history.best_bid, np.nan)
    depth = np.where(trading, history.bid_depth + history.ask_depth, np.nan)
    usual = history.mid[before]
    usual = usual[np.isfinite(usual)]
    drawdown = recovered = back = math.nan
    if len(usual):
        drawdown, recovered, back = _price(history, first - 1, start, float(np.median(usual)))
    return StressEffect(
        drawdown,
        _ratio(spread[during], spread[before]),
        _ratio(depth[during], depth[before]),
        recovered,
        back,
    )


def _price(
    history: History, first: int, start: float, reference: float
) -> tuple[float, float, float]:
    """(largest move, share of it made good, seconds until nine tenths were), from row ``first``."""
    time, mid = history.time[first:].copy(), history.mid[first:]
    time[0] = max(time[0], start)
    trading = (history.phase[first:] <= LIMIT_STATE) & np.isfinite(mid)
    held = np.where(trading, np.diff(time, append=time[-1]), 0.0)
    clock = np.concatenate(([0.0], held.cumsum()))[:-1][trading]
    mid, value = mid[trading], history.fundamental[first:][trading]
    near = mid[clock <= WITHIN + 1e-9] / reference - 1.0
    if not len(near):
        return math.nan, math.nan, math.nan
    worst = int(np.argmax(np.abs(near)))
    move = float(near[worst])
    if move == 0.0:
        return move, math.nan, math.nan
    # A replay knows no value: the price is to come back to where it was.
    known = np.isfinite(value).all()
    target = reference * value / value[0] if known else np.full(len(mid), reference)
    side = math.copysign(1.0, -move)
    way = side * (target[-1] - mid[worst])
    recovered = side * (mid[-1] - mid[worst]) / way if way > 0 else math.nan
    seconds, censored = recovery_time(
        clock, side * mid, side * target, RECOVERED, until_low=float(clock[worst])
    )
    return move, float(np.clip(recovered, 0.0, 1.0)), math.nan if censored else seconds


def _ratio(after: np.ndarray, before: np.ndarray) -> float:
    """Mean of one over the mean of the other, NaN in either left out."""
    after, before = after[np.isfinite(after)], before[np.isfinite(before)]
    if not (len(after) and len(before)) or before.mean() == 0:
        return math.nan
    return float(after.mean() / before.mean())
