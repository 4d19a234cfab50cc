"""Effects at equal realised dose: what trainings would do if all took the same share of volume.

A share of 25 % is what a pilot aims at; what RL traders really take differs from training to
training and from stress to stress, and those who take more do more. So the effect of each algorithm
is also told at one realised share, by an analysis of covariance over trainings (Fisher 1932,
section 49.1): a mean for each algorithm and one slope, common to all, on the realised share.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.statistics.effects import whole_share
from abm_desktop.experiments.statistics.experiment_results import (
    ROOM_ONLY,
    ComparedMeasure,
    ExperimentResults,
)
from abm_desktop.experiments.statistics.matched import holm
from abm_desktop.experiments.statistics.parts import ADDITION, TOTAL

__all__ = ["FEWEST_LEFT", "dose_table", "equal_dose"]

FEWEST_LEFT = 3
"""Fewest degrees of freedom that trainings must leave after the means and the slope."""


def equal_dose(
    changes: np.ndarray, doses: np.ndarray, kinds: np.ndarray, dose: float
) -> tuple[dict[str, tuple[float, float]], float, float, int]:
    """Means of each kind at one dose, with their standard errors, over trainings.

    Args:
        changes, doses: of each training, (n,).
        kinds: name of the algorithm of each, (n,).
        dose: at which the means are told.

    Returns ({kind: (mean, error)}, slope, error of the slope, degrees of freedom); the line is
    fitted by least squares with an intercept for each kind and one slope.
    """
    names = list(dict.fromkeys(kinds))
    design = np.column_stack([*(kinds == name for name in names), doses - dose]).astype(float)
    freedom = len(changes) - design.shape[1]
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ design.T @ changes
    rest = changes - design @ beta
    variance = float(rest @ rest) / freedom if freedom > 0 else math.nan
    errors = np.sqrt(variance * np.diag(inverse))
    means = {name: (float(beta[k]), float(errors[k])) for k, name in enumerate(names)}
    return means, float(beta[-1]), float(errors[-1]), freedom


def dose_table(results: ExperimentResults) -> pd.DataFrame:
    """Effects of the level that is told, at a realised share that is equal to it.

    One row a group, measure (the primary and the second) and kind: ``change`` with ``low`` and
    ``high`` at the aimed share (fractions for ratios), ``at_reached`` the plain mean,
    ``reached_pct`` the mean realised share of trainings (each that of all its runs together) and
    ``least_pct`` and ``most_pct`` those of single ones, ``slope`` (change per 10 points of share,
    with ``slope_low`` and ``slope_high``),
    ``explained``: the part of the differences between trainings within algorithms that the realised
    share explains, ``p`` and ``p_holm``, over the groups and kinds of a measure. ``part`` says
    whether the change is against the market with room made or against the control. Trainings are
    the unit; what markets add is in the intervals (variances added, degrees of freedom after
    Satterthwaite). Empty if levels are no shares, or there are too few trainings.
    """
    if not results.numeric or results.realised not in results.runs.columns:
        return pd.DataFrame()
    wanted = dict.fromkeys([results.primary, results.second or results.primary])
    rows: list[dict[str, object]] = []
    for column in wanted:
        if column in results.runs.columns:
            for group in results.group_names():
                rows += _of_group(results, results.measure_of(column), group)
    table = pd.DataFrame(rows)
    if len(table):
        table["p_holm"] = table.groupby("measure")["p"].transform(lambda p: holm(p.to_numpy()))
    return table


def _of_group(
    results: ExperimentResults, measure: ComparedMeasure, group: str
) -> list[dict[str, object]]:
    level = float(results.told_level())
    base = ROOM_ONLY if ROOM_ONLY in results.placebo_names() else None
    runs = results.grouped
    runs = runs[(runs["group"] == group) & (runs["level"] == level) & ~runs["placebo"]]
    points, noise = [], {}
    for kind in results.kind_names():
        changes = results.paired(group, level, measure, kind, base=base)
        reached = {
            policy: whole_share(own, results.realised)
            for policy, own in runs[runs["kind"] == kind].groupby("policy_name")
        }
        for policy, change in changes.groupby("policy_name")["change"].mean().items():
            points.append((kind, policy, change, float(reached.get(policy, math.nan))))
        noise[kind] = _of_markets(changes, results.pair)
    table = pd.DataFrame(points, columns=["kind", "policy", "change", "dose"]).dropna()
    kinds = table["kind"].to_numpy(str)
    if len(table) - len(set(kinds)) - 1 < FEWEST_LEFT or np.ptp(table["dose"]) < 1e-9:
        return []
    means, slope, slope_error, freedom = equal_dose(
        table["change"].to_numpy(float), table["dose"].to_numpy(float), kinds, level
    )
    within = table.groupby("kind")["change"].transform(lambda c: c - c.mean())
    doses = table.groupby("kind")["dose"].transform(lambda d: d - d.mean())
    around = float(np.square(within - slope * doses).sum())
    total = float(np.square(within).sum())
    quantile = float(stats.t.ppf(0.975, freedom))
    rows: list[dict[str, object]] = []
    for kind, (mean, error) in means.items():
        variance, markets = noise[kind]
        whole = error**2 + variance
        parts = error**4 / freedom + (variance**2 / (markets - 1) if markets > 1 else 0.0)
        df = whole**2 / parts if parts > 0 else float(freedom)
        half = float(stats.t.ppf(0.975, df)) * math.sqrt(whole)
        mine = table[table["kind"] == kind]

        def shown(value: float, factor: float = 1.0) -> float:
            value *= factor
            return math.expm1(value) if measure.ratio else value

        rows.append(
            {
                "measure": measure.column,
                "label": measure.label,
                "ratio": measure.ratio,
                "group": group,
                "kind": kind,
                "part": ADDITION if base else TOTAL,
                "change": shown(mean),
                "low": shown(mean - half),
                "high": shown(mean + half),
                "at_reached": shown(float(mine["change"].mean())),
                "reached_pct": 100.0 * float(mine["dose"].mean()),
                "least_pct": 100.0 * float(mine["dose"].min()),
                "most_pct": 100.0 * float(mine["dose"].max()),
                "slope": shown(slope, 0.1),
                "slope_low": shown(slope - quantile * slope_error, 0.1),
                "slope_high": shown(slope + quantile * slope_error, 0.1),
                "explained": 1.0 - around / total if total > 0 else math.nan,
                "trainings": len(mine),
                "p": 2.0 * float(stats.t.sf(abs(mean) / math.sqrt(whole), df))
                if whole
                else math.nan,
            }
        )
    return rows


def _of_markets(changes: pd.DataFrame, pair: tuple[str, ...]) -> tuple[float, int]:
    """Variance that markets add to the mean over trainings that met them all, and their number."""
    values = changes.pivot_table(
        index="policy_name", columns=list(pair), values="change"
    ).to_numpy()
    policies, markets = values.shape
    if np.isnan(values).any() or policies < 2 or markets < 2:
        return 0.0, markets  # of markets of their own: in the spread of the trainings' means
    means = values.mean(axis=0)
    rest = values - values.mean(axis=1)[:, None] - means[None, :] + values.mean()
    of_rest = float(np.square(rest).sum()) / ((policies - 1) * (markets - 1))
    own = float(np.var(means, ddof=1)) - of_rest / policies
    return max(own, 0.0) / markets, markets
