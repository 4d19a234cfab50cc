"""The report of one injected stress: what it did, how long it lasted, who won and who lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.desk.analytics.window import ClassResult, results_by_class
from abm_desktop.live.run_data import RunData
from abm_desktop.live.types import ActiveStress
from abm_desktop.metrics.measures import measure
from abm_desktop.metrics.series import shock_series
from abm_desktop.metrics.windows import cut

__all__ = [
    "CALM",
    "RECOVERY",
    "STRESS",
    "StressReport",
    "calm_from",
    "report_stress",
    "report_stresses",
]

CALM, STRESS, RECOVERY = 3600.0, 900.0, 3600.0
"""Seconds of calm before that a stress is compared with, of stress, and of waiting for recovery."""
GAP = 60.0
"""Seconds just before a stress that do not count as calm, if there is enough without them."""
LEAST = 60.0
"""Fewest seconds of stress, and of calm, for a ratio of volatilities."""
PATH_BEFORE, PATH_POINTS = 300.0, 900


@dataclass(frozen=True, slots=True)
class StressReport:
    """One stress, measured up to what is known by now."""

    stress: ActiveStress
    since: float
    """Seconds since its beginning that are known."""
    calm: float
    """Seconds of calm before, that volatility is compared with."""
    values: dict[str, float]
    """See ``titles.STRESS_MEASURES``; durations carry a ``_censored`` flag."""
    classes: tuple[ClassResult, ...]
    """From the beginning of the stress to its end, or for 15 minutes, so far."""
    path: dict[str, np.ndarray]
    """See ``metrics.series.shock_series``."""

    @property
    def is_final(self) -> bool:
        """Whether nothing that is measured can change any more."""
        return self.since >= RECOVERY


def calm_from(stress: ActiveStress, others: Sequence[ActiveStress]) -> float:
    """When the calm before a stress begins: an hour before, but after earlier stresses are over."""
    ends = [o.end for o in others if o.start < stress.start]
    return min(stress.start, max([0.0, stress.start - CALM, *ends]))


def report_stresses(
    parts: Sequence[tuple[RunData, ActiveStress, float]],
) -> list[StressReport]:
    """Report several stresses, each as :func:`report_stress` does."""
    return [report_stress(*part) for part in parts]


def report_stress(run: RunData, stress: ActiveStress, calm: float) -> StressReport:
    """Report a stress of ``run``, whose calm before began at ``calm`` (seconds).

    The measures are those of experiments (``abm_desktop.metrics.measures``), from one run: the
    amplification of volatility is that of the stress over the calm before within the same run, not
    the effect of traders in matched runs.
    """
    start, tape, money = stress.start, run.tape(), run.tick * run.lot
    since = max(0.0, min(run.end - start, RECOVERY))
    before = start - calm
    gap = GAP if before >= GAP + 2 * LEAST else 0.0
    values = measure(
        tape,
        shock=start,
        warm_up=0.0,
        tick=run.tick,
        lot=run.lot,
        calm=(-before, -gap),
        stress=(0.0, STRESS),
        recovery=RECOVERY,
    )
    enough = min(values["calm_seconds"], values["stress_seconds"]) >= LEAST
    values["amplification"] = math.exp(values["log_rv_ratio"]) if enough else math.nan
    values["spread_ratio"] = _ratio(values, "quoted_spread_bp")
    values["depth_low"] = _least_depth(run, start)
    values["depth_ratio"] = _ratio(values, "depth_5")
    for name in ("recovery_50", "recovery_90"):
        # There is nothing to recover from before the price has fallen by a tick.
        if not values["drawdown_pct"] < -1e-3:
            values[f"{name}_s"] = values[f"{name}_censored"] = math.nan
    end = start + min(STRESS, max(stress.end - start, LEAST))
    during = cut(tape, start, end, 0.0)
    knows_traders = not run.is_replay and run.fills_since <= start
    return StressReport(
        stress,
        since,
        values["calm_seconds"],
        values,
        results_by_class(during, money) if knows_traders else (),
        shock_series(
            tape,
            shock=start,
            warm_up=0.0,
            before=PATH_BEFORE,
            after=since,
            step=max(1.0, math.ceil((PATH_BEFORE + since) / PATH_POINTS)),
        ),
    )


def _ratio(values: dict[str, float], name: str) -> float:
    usual = values[f"calm_{name}"]
    return values[f"stress_{name}"] / usual if usual > 0 else math.nan


def _least_depth(run: RunData, start: float) -> float:
    """Fewest lots within five levels of a side's mean during the stress."""
    h = run.history
    rows = slice(
        int(np.searchsorted(h.time, start)), int(np.searchsorted(h.time, start + STRESS, "right"))
    )
    depth = 0.5 * (h.bid_depth[rows] + h.ask_depth[rows])
    return float(np.nanmin(depth)) if len(depth) else math.nan
