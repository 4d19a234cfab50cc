"""How many runs had a crash, with exact intervals."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

__all__ = ["counts_table"]


def counts_table(results: ExperimentResults) -> pd.DataFrame:
    """Runs with a crash, one row a group, level and kind of traders, the control first.

    ``events`` of ``runs`` with the exact 95 % interval of Clopper and Pearson (1934) of their share
    in percent, ``low_pct`` to ``high_pct``. It takes runs as independent, which those of one
    training or one market are not quite: a wider one would be right. Empty if the runs do not tell.
    """
    if "crashes" not in results.runs.columns:
        return pd.DataFrame()
    runs = results.grouped[results.grouped["crashes"].notna()]
    rows = []
    kinds = ["", *(k for k in [*results.kind_names(), *results.placebo_names()] if k)]
    for group in results.group_names():
        for level in results.levels():
            for kind in kinds:
                mine = runs[
                    (runs["group"] == group) & (runs["level"] == level) & (runs["kind"] == kind)
                ]
                if not len(mine):
                    continue
                events = int((mine["crashes"] > 0).sum())
                bounds = stats.binomtest(events, len(mine)).proportion_ci(0.95, "exact")
                rows.append(
                    {
                        "group": group,
                        "level": level,
                        "kind": kind,
                        "events": events,
                        "runs": len(mine),
                        "low_pct": 100.0 * float(bounds.low),
                        "high_pct": 100.0 * float(bounds.high),
                    }
                )
    return pd.DataFrame(rows)
