"""What a substitution does, in its two parts: others make room, and RL traders come.

"A quarter of the volume in the hands of RL traders" is a removal plus an addition. The arm in which
room is made and nobody comes tells the first; against it, in the same markets, the second is told.
In logarithms total = removal + addition, market by market. Each is also told on every grid, since
what is added to fine grids only is bounce between bid and ask.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.statistics.experiment_results import (
    ROOM_ONLY,
    ComparedMeasure,
    ExperimentResults,
    Level,
    market_means,
)
from abm_desktop.experiments.statistics.matched import holm
from abm_desktop.experiments.statistics.trainings import FEWEST, Spread, spread_of
from abm_desktop.metrics.grid_measures import GRID_STEPS

__all__ = ["ADDITION", "PARTS", "REMOVAL", "TOTAL", "grids_table", "interval_of", "parts_table"]

REMOVAL, ADDITION, TOTAL = "removal", "addition", "total"
PARTS = (REMOVAL, ADDITION, TOTAL)
WINDOWS = ("stress", "recovery")
NAN = math.nan
_ALONE = ("zero size", ROOM_ONLY)
"""Placebos that add nobody."""


def interval_of(changes: pd.DataFrame, pair: tuple[str, ...]) -> tuple[Spread, str]:
    """Mean change with its 95 % interval, and the unit of replication.

    "trainings" if there are three policies or more: for other trainings and other markets, see
    :func:`~abm_desktop.experiments.statistics.trainings.spread_of`. Else "markets": a t interval
    over markets, for these very traders.
    """
    policies = changes["policy_name"].nunique()
    if policies >= FEWEST:
        return spread_of(changes, pair), "trainings"
    means = market_means(changes, pair)
    mean, n = float(means.mean()), len(means)
    if n < 2:
        return Spread(policies, mean, NAN, NAN, NAN, NAN, mean, mean, NAN), "markets"
    error = float(means.std(ddof=1)) / math.sqrt(n)
    half = float(stats.t.ppf(0.975, n - 1)) * error
    p = 2.0 * float(stats.t.sf(abs(mean) / error, n - 1)) if error > 0 else NAN
    of = changes.groupby("policy_name")["change"].mean()
    least, most = float(of.min()), float(of.max())
    return Spread(policies, mean, mean - half, mean + half, p, NAN, least, most, NAN), "markets"


def parts_table(results: ExperimentResults) -> pd.DataFrame:
    """Removal, addition and total of the primary and the second measure, one row each.

    Columns: ``measure``, ``label``, ``ratio``, ``group``, ``level``, ``part``, ``kind`` ("" of the
    removal, which is the same for all), ``placebo``, ``change`` with its 95 % interval ``low`` to
    ``high`` (fractions for ratios), ``unit`` and ``policies`` of the interval, ``markets``,
    ``least`` and ``most`` of single trainings, ``sd`` between them, ``p``, and ``p_holm``, which
    corrects within a measure and a part over groups and kinds, at the level that is told and among
    the others. Placebos that take the same room stand beside, uncorrected. Empty without runs in
    which room is made and nobody comes.
    """
    wanted = dict.fromkeys([results.primary, results.second or results.primary])
    measures = [results.measure_of(name) for name in wanted if name in results.runs.columns]
    rows = [
        {"measure": measure.column, "label": measure.label, "ratio": measure.ratio, **row}
        for measure in measures
        for group in results.group_names()
        for level in results.levels()[1:]
        for row in _parts(results, group, level, measure)
    ]
    table = pd.DataFrame(rows)
    if len(table):
        told = (table["level"] == results.told_level()) & ~table["placebo"]
        table["p_holm"] = table["p"]
        for real in (told, ~told & ~table["placebo"]):
            table.loc[real, "p_holm"] = (
                table[real]
                .groupby(["measure", "part"])["p"]
                .transform(lambda p: holm(p.to_numpy()))
            )
    return table


def _parts(
    results: ExperimentResults, group: str, level: Level, measure: ComparedMeasure
) -> Iterator[dict[str, Any]]:
    if ROOM_ONLY not in results.placebo_names():
        return
    removal = results.paired(group, level, measure, ROOM_ONLY)
    if len(removal) < 2:
        return
    here = {"group": group, "level": level}
    yield here | {"part": REMOVAL, "kind": "", "placebo": False} | _told(results, removal, measure)
    placebos = [name for name in results.placebo_names() if name not in _ALONE]
    for kind in [*results.kind_names(), *placebos]:
        added = results.paired(group, level, measure, kind, base=ROOM_ONLY)
        total = results.paired(group, level, measure, kind)
        for part, changes in ((ADDITION, added), (TOTAL, total)):
            if len(changes) >= 2:
                row = here | {"part": part, "kind": kind, "placebo": kind in placebos}
                yield row | _told(results, changes, measure)


def _told(
    results: ExperimentResults, changes: pd.DataFrame, measure: ComparedMeasure
) -> dict[str, Any]:
    found, unit = interval_of(changes, results.pair)

    def shown(value: float) -> float:
        # An interval of few trainings may have no end that a number can tell.
        with np.errstate(over="ignore"):
            return float(np.expm1(value)) if measure.ratio else value

    return {
        "change": shown(found.mean),
        "low": shown(found.low),
        "high": shown(found.high),
        "unit": unit,
        "policies": found.policies,
        "markets": len(market_means(changes, results.pair)),
        "least": shown(found.least),
        "most": shown(found.most),
        "sd": found.sd,
        "p": found.p,
    }


def grids_table(results: ExperimentResults) -> pd.DataFrame:
    """The effect on volatility against the grid, at the level that is told.

    One row a ``window`` ("stress", or "recovery": from the shock to the end of what is simulated),
    ``step`` in seconds, group, part and kind, with the columns of :func:`parts_table` but the p
    values; grids that are too long for a window are left out. Without runs in which only room is
    made there is the total only.
    """
    rows = []
    split = ROOM_ONLY in results.placebo_names()
    level = results.told_level()
    for window in WINDOWS:
        for step in GRID_STEPS:
            measure = ComparedMeasure(f"{window}_vol_{step}s", f"{step}-s returns", True)
            if measure.column not in results.runs.columns:
                continue
            for group in results.group_names():
                here = {"window": window, "step": step, "group": group, "ratio": True}
                if split:
                    found = _parts(results, group, level, measure)
                    rows += [here | row for row in found if not row["placebo"]]
                    continue
                for kind in results.kind_names():
                    changes = results.paired(group, level, measure, kind)
                    if len(changes) >= 2:
                        row = {"level": level, "part": TOTAL, "kind": kind}
                        rows.append(here | row | _told(results, changes, measure))
    table = pd.DataFrame(rows)
    return table.drop(columns=["p", "placebo"], errors="ignore")
