"""A run and its twin over the same time: their curves, and the same measures of both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.desk.analytics.titles import WINDOW_MEASURES, Shown
from abm_desktop.desk.analytics.window import bucket_of, measure_window
from abm_desktop.live.packed_run import PackedRun, unpacked
from abm_desktop.live.run_data import RunData
from abm_desktop.metrics import streaming

__all__ = ["TWIN_CURVES", "TWIN_MEASURES", "TwinReport", "compare_twins"]

POINTS = 1500
VOLATILITY_WINDOW = 60.0
SMOOTHING = 10.0

TWIN_CURVES = ("price", "volatility", "spread", "depth")

_KEYS = (
    "rv_10s_annual",
    "drawdown_pct",
    "quoted_spread_bp",
    "widest_spread_ticks",
    "depth_5",
    "effective_spread_bp",
    "change_pct",
    "volume",
    "trades",
)
TWIN_MEASURES: tuple[Shown, ...] = tuple(
    next(shown for shown in WINDOW_MEASURES if shown.key == key) for key in _KEYS
)


@dataclass(frozen=True, slots=True)
class TwinReport:
    """A run and its twin."""

    left: float
    """The measures are of this time, seconds."""
    right: float
    curves: tuple[dict[str, tuple[np.ndarray, np.ndarray]], ...]
    """Of each: time and values by :data:`TWIN_CURVES`: currency, % a year, bp, lots."""
    values: tuple[dict[str, float], ...]
    """Of each; see :data:`TWIN_MEASURES`."""
    differs_at: float
    """When their mids first differ, seconds; NaN if they never do."""


def compare_twins(
    original: RunData | PackedRun, other: RunData | PackedRun, left: float, right: float
) -> TwinReport:
    """Measure two runs over the same time; of the second what the first has is looked at.

    Raises FaultError if one holds no trading.
    """
    one, two = unpacked(original), unpacked(other)
    bucket = bucket_of(one)
    if (one.start, one.end) != (two.start, two.end):  # a run that a fork left: it is kept whole
        two = two.between(one.start, right)
    runs = (one, two)
    return TwinReport(
        left,
        right,
        tuple(_curves(run) for run in runs),
        # Of samples a second apart, as on the other pages: finer ones see wider spreads.
        tuple(measure_window(run.between(left, right), left, right, bucket).values for run in runs),
        _first_difference(one, two),
    )


def _curves(run: RunData) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    h = run.history
    step = max(0.5, (run.end - run.start) / POINTS)
    grid, mid = streaming.on_grid(h.time, h.mid, step)
    at, volatility = streaming.realised_volatility(h.time, h.mid, VOLATILITY_WINDOW)
    spread = streaming.rolling_mean(
        h.time, streaming.quoted_spread_bp(h.best_bid, h.best_ask), SMOOTHING
    )
    depth = streaming.rolling_mean(h.time, 0.5 * (h.bid_depth + h.ask_depth), SMOOTHING)
    return {
        "price": (grid, mid),
        "volatility": (at, 100.0 * volatility),
        "spread": streaming.on_grid(h.time, spread, step),
        "depth": streaming.on_grid(h.time, depth, step),
    }


def _first_difference(one: RunData, other: RunData) -> float:
    a, b = one.history, other.history
    # They may begin, and be sampled, at different times: a run that was left is kept by the second.
    time, at_a, at_b = np.intersect1d(a.time, b.time, return_indices=True)
    differs = np.flatnonzero(a.mid[at_a] != b.mid[at_b])
    return float(time[differs[0]]) if len(differs) else math.nan
