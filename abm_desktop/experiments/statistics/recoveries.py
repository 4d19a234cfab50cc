"""How long markets take to come back, counted from the shock."""

from __future__ import annotations

import math

import pandas as pd

from abm_desktop.experiments.statistics.experiment_results import ComparedMeasure, ExperimentResults
from abm_desktop.experiments.statistics.matched import holm, survival
from abm_desktop.experiments.statistics.parts import interval_of

__all__ = ["DURATIONS", "SINCE_SHOCK", "recovery_table"]

SINCE_SHOCK = "_since_shock_s"
"""End of the names of columns that are counted from the shock: when the low comes, from which one
might count as well, is something that traders change."""
DURATIONS = (
    ("recovery_50", "half of the fall made up"),
    ("recovery_90", "nine tenths of the fall made up"),
    ("spread_recovery_90", "spread back"),
    ("depth_recovery_90", "depth back"),
    ("trade_recovery_50", "half of the fall of trade prices made up"),
)


def recovery_table(results: ExperimentResults) -> pd.DataFrame:
    """How long price, spread and depth take to come back, from the shock on.

    One row a duration, kind, group and level, the control with kind "". ``median_s`` and
    ``three_quarters_s`` are by Kaplan and Meier, NaN if so many runs did not recover. ``later_s``
    is the mean paired difference from the control in restricted time: a run that has not recovered
    counts as long as all are watched (Royston and Parmar 2013), so nothing is left out and the
    pairing is used. ``low`` to ``high`` is its 95 % interval, for other trainings and markets if
    there are three or more (``unit``); ``p_holm`` corrects ``p`` within a duration.
    """
    runs, rows = results.grouped, []
    for column, label in DURATIONS:
        seconds, flag = f"{column}{SINCE_SHOCK}", f"{column}_censored"
        if not {seconds, flag} <= set(runs.columns):
            continue
        measure = ComparedMeasure(seconds, label, False)
        for group in results.stressed_groups():
            mine = runs[(runs["group"] == group) & runs[seconds].notna() & ~runs["placebo"]]
            cells = [("", results.control, mine[mine["level"] == results.control])]
            for kind in results.kind_names():
                for level in results.levels()[1:]:
                    there = (mine["level"] == level) & (mine["kind"] == kind)
                    cells.append((kind, level, mine[there]))
            for kind, level, cell in cells:
                if not len(cell):
                    continue
                found = survival(cell[seconds].to_numpy(float), cell[flag].to_numpy(float) > 0)
                row = {
                    "duration": label,
                    "group": group,
                    "kind": kind,
                    "level": level,
                    "median_s": found.median,
                    "three_quarters_s": found.upper_quartile,
                    "runs": found.runs,
                    "not_recovered": found.censored,
                    **dict.fromkeys(("later_s", "low", "high", "p"), math.nan),
                    "unit": "",
                }
                changes = results.paired(group, level, measure, kind)
                if level != results.control and len(changes) >= 2:
                    spread, row["unit"] = interval_of(changes, results.pair)
                    row |= {"later_s": spread.mean, "low": spread.low, "high": spread.high}
                    row["p"] = spread.p
                rows.append(row)
    table = pd.DataFrame(rows)
    if len(table):
        table["p_holm"] = table.groupby("duration")["p"].transform(lambda p: holm(p.to_numpy()))
    return table
