"""What sets trainings apart: how they behave, against what they do to the market.

Trainings of one algorithm can differ more than algorithms do. Here each training is one point: its
mean change of the primary measure, and how its traders behave on average, in the same markets or in
their calm copies. What is seen in calm can be known before any stress; what is seen under stress
only describes. It is exploratory: nobody fixed in advance which behaviour it should be.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.matched import holm

__all__ = [
    "BEHAVIOURS",
    "FEWEST",
    "IN_CALM",
    "behaviour_points",
    "behaviour_table",
    "rank_correlation",
]

NAN = math.nan
IN_CALM, IN_THESE = "in calm", "in these runs"
FEWEST = 8
"""Fewest trainings: with fewer, hardly any correlation is clear after Holm's correction."""

BEHAVIOURS = {
    "rl_taker_share": "share of the taker volume",
    "rl_trades_per_minute": "orders a minute of a trader",
    "rl_entropy": "entropy of the actions",
    "rl_inventory_mean": "mean position, lots",
    "rl_at_limit_pct": "time at the position limit, %",
    "rl_half_life_s": "half-life of positions, s",
    "rl_crowding": "crowding (correlation of net orders)",
    "rl_accuracy": "orders on the side of the price a minute later",
}
"""Column and label of what traders do; not what comes of it, such as their profit."""


def rank_correlation(x: np.ndarray, y: np.ndarray, strata: np.ndarray) -> tuple[float, float]:
    """Spearman's rank correlation of x and y, (n,), at equal strata, and its p value.

    Ranks of all are compared within strata: their mean in each stratum is taken off first, so that
    what differs between strata does not count. p by the t distribution, with a degree of freedom
    less for every stratum beyond the first (partial rank correlation; Kendall and Stuart 1973,
    chapter 31). NaN if x or y does not vary within strata, or nothing is left to test with.
    """
    n, groups = len(x), np.unique(strata)
    freedom = n - 1 - len(groups)
    ranks = np.array([stats.rankdata(x), stats.rankdata(y)])
    for group in groups:
        mine = strata == group
        ranks[:, mine] -= ranks[:, mine].mean(axis=1, keepdims=True)
    spread = np.sqrt((ranks**2).sum(axis=1))
    if freedom < 1 or spread.min() < 1e-9:
        return NAN, NAN
    rho = float(ranks[0] @ ranks[1] / spread.prod())
    if abs(rho) > 1.0 - 1e-12:
        return math.copysign(1.0, rho), 0.0
    t = rho * math.sqrt(freedom / (1.0 - rho**2))
    return rho, 2.0 * float(stats.t.sf(abs(t), freedom))


def behaviour_points(results: ExperimentResults) -> pd.DataFrame:
    """A row a training and group, at the dose that is told.

    Columns: ``group``, ``kind``, ``policy``, ``change`` (mean, of the logarithm for a ratio) of the
    primary measure, and means of those of :data:`BEHAVIOURS` that the runs have: in the same runs
    under the column's own name, and in calm under ``calm: `` before it, in stressed groups. Empty
    for fewer than :data:`FEWEST` trainings, or if levels are no doses.
    """
    known = [column for column in BEHAVIOURS if column in results.runs.columns]
    if not results.numeric or not known:
        return pd.DataFrame()
    level, primary = results.told_level(), results.measure_of(results.primary)
    runs = results.grouped
    runs = runs[(runs["level"] == level) & ~runs["placebo"]]
    means = runs.groupby(["group", "kind", "policy_name"])[known].mean()
    rows = []
    for group in results.group_names():
        calm = results.calm_of(group)
        for kind in results.kind_names():
            changes = results.paired(group, level, primary, kind)
            for policy, change in changes.groupby("policy_name")["change"].mean().items():
                row = {"group": group, "kind": kind, "policy": policy, "change": change}
                row |= means.loc[(group, kind, policy)].to_dict()
                if not results.is_calm(group) and (calm, kind, policy) in means.index:
                    quiet = means.loc[(calm, kind, policy)].to_dict()
                    row |= {f"calm: {column}": value for column, value in quiet.items()}
                rows.append(row)
    table = pd.DataFrame(rows)
    if not len(table) or table.groupby("group")["policy"].size().min() < FEWEST:
        return pd.DataFrame()
    return table


def behaviour_table(points: pd.DataFrame) -> pd.DataFrame:
    """How each behaviour goes with the change, over trainings; the strongest of a group first.

    Args:
        points: see :func:`behaviour_points`.

    Returns one row per group, behaviour and place where it is ``seen`` (:data:`IN_CALM` or in these
    runs): ``column`` of the points, ``label``, ``rho`` and ``p`` of :func:`rank_correlation` with
    algorithms as strata, ``trainings``, and ``p_holm`` for the number of rows.
    """
    rows = []
    for group, mine in points.groupby("group", sort=False) if len(points) else ():
        for seen, prefix in ((IN_THESE, ""), (IN_CALM, "calm: ")):
            for name, label in BEHAVIOURS.items():
                column = prefix + name
                if column not in mine:
                    continue
                there = mine[["change", column, "kind"]].dropna()
                if len(there) < FEWEST:
                    continue
                rho, p = rank_correlation(
                    there[column].to_numpy(float),
                    there["change"].to_numpy(float),
                    there["kind"].to_numpy(str),
                )
                rows.append((group, label, seen, column, rho, p, len(there)))
    table = pd.DataFrame(
        rows, columns=["group", "label", "seen", "column", "rho", "p", "trainings"]
    )
    table = table[table["rho"].notna()]
    table = table.assign(p_holm=holm(table["p"].to_numpy(float)))
    order = table.groupby("group", sort=False).ngroup()
    return table.iloc[np.lexsort((-table["rho"].abs().to_numpy(), order))].reset_index(drop=True)
