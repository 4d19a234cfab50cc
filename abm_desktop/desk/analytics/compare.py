"""Several runs side by side: their curves, and the same measures of the same stretch of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.desk.analytics.window import bucket_of, measure_window
from abm_desktop.live.packed_run import PackedRun, unpacked
from abm_desktop.live.run_data import RunData
from abm_desktop.metrics import streaming

__all__ = ["RunReport", "compare_runs"]

POINTS = 1200
SMOOTHING, VOLATILITY_WINDOW = 60.0, 300.0


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run of a comparison."""

    time: np.ndarray
    """Seconds since the run's beginning, (n,)."""
    curves: dict[str, np.ndarray]
    """``price`` (percent of the first), ``volatility`` (% a year), ``spread`` (bp), (n,) each."""
    values: dict[str, float]
    """See ``titles.WINDOW_MEASURES``; of the stretch that all runs have."""
    seconds: float
    """Length of the run."""
    reasons: dict[str, str]
    """See ``WindowReport.reasons``."""


def compare_runs(held: Sequence[RunData | PackedRun]) -> list[RunReport]:
    """Measure runs over the time that all of them cover, counted from the beginning of each.

    Raises ValueError if one has no samples.
    """
    runs = [unpacked(run) for run in held]
    for run in runs:
        if len(run.history) < 2:
            raise ValueError(f"{run.name} has nothing to compare yet: let it run")
    common = min(run.end - run.start for run in runs)
    bucket = bucket_of(runs[0])
    return [_report(run, common, bucket) for run in runs]


def _report(run: RunData, common: float, bucket: float) -> RunReport:
    h, start = run.history, run.start
    length = run.end - start
    step = max(1.0, math.ceil(length / POINTS))
    grid, mid = streaming.on_grid(h.time - start, h.mid, step)
    spread = streaming.rolling_mean(
        h.time, streaming.quoted_spread_bp(h.best_bid, h.best_ask), SMOOTHING
    )
    at, volatility = streaming.realised_volatility(h.time - start, h.mid, VOLATILITY_WINDOW)
    first = mid[np.isfinite(mid)][:1]
    measured = measure_window(run, start, start + common, bucket)
    return RunReport(
        grid,
        {
            "price": 100.0 * (mid / first[0] - 1.0) if len(first) else mid,
            "volatility": np.interp(grid, at, 100.0 * volatility, left=np.nan)
            if len(at)
            else np.full(len(grid), np.nan),
            "spread": streaming.on_grid(h.time - start, spread, step)[1],
        },
        measured.values,
        length,
        measured.reasons,
    )
