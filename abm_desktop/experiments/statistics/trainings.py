"""How much the trainings of one algorithm differ in what they do: the policy as the unit.

Each policy is a draw of its algorithm, each market a draw of the scenario. Where every policy met
every market, the two-way table of changes splits into what is due to the policy, to the market, and
to both (analysis of variance with crossed random effects; Searle, Casella and McCulloch 1992,
chapter 4).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.statistics.effects import VOLATILITY, bootstrap
from abm_desktop.experiments.statistics.experiment_results import (
    FEWEST,
    ComparedMeasure,
    ExperimentResults,
    Level,
)
from abm_desktop.experiments.statistics.matched import holm

__all__ = ["FEWEST", "Spread", "spread_of", "spread_table", "trainings_table"]

NAN = math.nan
BEYOND = "amplification beyond calm (VAF*)"


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the changes of several policies, in their unit: a log ratio for ratios."""

    policies: int
    mean: float
    """Over policies, each counted once."""
    low: float
    high: float
    """95 % interval of it for other trainings and other markets; by the t distribution."""
    p: float
    """That it is 0, by the same."""
    sd: float
    """Standard deviation between policies, what markets add to their means taken off."""
    least: float
    most: float
    """Mean changes of the policy with the smallest one, and of that with the largest."""
    p_alike: float
    """Of the F test that policies do not differ."""


def spread_of(changes: pd.DataFrame, pair: tuple[str, ...]) -> Spread:
    """How much policies differ; NaN if one policy, or one market, cannot tell.

    Args:
        changes: ``policy_name``, the columns of ``pair`` and ``change``, one row a run.
        pair: columns that tell the market.

    With every policy in every market the variance of the mean is that of policies and that of
    markets together, with the degrees of freedom of Satterthwaite (1946). Where policies have
    markets of their own both are in the spread of their means.
    """
    table = changes.pivot_table(index="policy_name", columns=list(pair), values="change")
    values = table.to_numpy()
    means = np.nanmean(values, axis=1)
    policies, markets = values.shape
    mean, least, most = float(means.mean()), float(means.min()), float(means.max())
    if policies < 2 or markets < 2:
        return Spread(policies, mean, NAN, NAN, NAN, NAN, least, most, NAN)
    if np.isnan(values).any():
        groups = [row[~np.isnan(row)] for row in values]
        several = all(len(group) > 1 for group in groups)
        noise = float(np.mean([np.var(g, ddof=1) / len(g) for g in groups])) if several else 0.0
        error, freedom = float(np.var(means, ddof=1)) / policies, policies - 1.0
        p_alike = NAN
        if several and noise > 0:
            p_alike = float(stats.f_oneway(*groups).pvalue)
    else:
        rest = values - means[:, None] - values.mean(axis=0)[None, :] + mean
        of_policies = markets * float(np.var(means, ddof=1))
        of_markets = policies * float(np.var(values.mean(axis=0), ddof=1))
        of_rest = float((rest**2).sum()) / ((policies - 1) * (markets - 1))
        noise = of_rest / markets
        parts = np.array([of_policies, of_markets, -of_rest])
        total = max(float(parts.sum()), max(of_policies, of_markets))
        error = total / (policies * markets)
        freedoms = np.array([policies - 1, markets - 1, (policies - 1) * (markets - 1)])
        freedom = total**2 / float((parts**2 / freedoms).sum()) if total > 0 else NAN
        p_alike = NAN
        if of_rest > 0:
            p_alike = float(stats.f.sf(of_policies / of_rest, freedoms[0], freedoms[2]))
    half = float(stats.t.ppf(0.975, freedom)) * math.sqrt(error)
    p = 2.0 * float(stats.t.sf(abs(mean) / math.sqrt(error), freedom)) if error > 0 else NAN
    sd = math.sqrt(max(float(np.var(means, ddof=1)) - noise, 0.0))
    return Spread(policies, mean, mean - half, mean + half, p, sd, least, most, p_alike)


def _changes(
    results: ExperimentResults, levels: list[Level]
) -> Iterator[tuple[str, str, Level, ComparedMeasure, pd.DataFrame]]:
    """Yield (kind, group, level, measure, changes): the primary measure, and VAF* if told."""
    primary = results.measure_of(results.primary)
    names = results.group_names()
    known = results.numeric and VOLATILITY.column in results.runs.columns
    for kind, group, level in itertools.product(results.kind_names(), names, levels):
        found = results.paired(group, level, primary, kind)
        if len(found) >= 2:
            yield kind, group, level, primary, found
        calm = results.calm_of(group)
        here = known and level == results.told_level()
        if not here or results.is_calm(group) or calm not in names:
            continue
        stressed = results.paired(group, level, VOLATILITY, kind)
        quiet = results.paired(calm, level, VOLATILITY, kind)
        keys = ["policy_name", *results.pair]
        beyond = stressed.merge(quiet[[*keys, "change"]], on=keys, suffixes=("", "_calm"))
        beyond["change"] -= beyond["change_calm"]
        if len(beyond) >= 2:
            yield kind, group, level, ComparedMeasure("specific", BEYOND, True), beyond


def spread_table(results: ExperimentResults) -> pd.DataFrame:
    """One row a kind, group, level and measure with several policies: see :class:`Spread`.

    The primary measure at every level and, where levels are doses, VAF* at the one that is told.
    ``change``, its bounds, ``least`` and ``most`` are fractions for ratios; ``sd`` is of log
    ratios then. ``told`` marks the rows of the dose that is told, all of them if levels are no
    doses; ``p_holm`` corrects ``p`` among these of one measure, and among the rest. Empty if
    every kind has one policy.
    """
    rows = []
    for kind, group, level, measure, changes in _changes(results, results.levels()[1:]):
        if changes["policy_name"].nunique() < 2:
            continue
        found = spread_of(changes, results.pair)

        def told(value: float, ratio: bool = measure.ratio) -> float:
            # An interval of two trainings may have no end that a number can tell.
            with np.errstate(over="ignore"):
                return float(np.expm1(value)) if ratio else value

        rows.append(
            {
                "kind": kind,
                "group": group,
                "level": level,
                "told": not results.numeric or level == results.told_level(),
                "measure": measure.column,
                "label": measure.label,
                "ratio": measure.ratio,
                "change": told(found.mean),
                "low": told(found.low),
                "high": told(found.high),
                "sd": found.sd,
                "least": told(found.least),
                "most": told(found.most),
                "p": found.p,
                "p_alike": found.p_alike,
                "policies": found.policies,
            }
        )
    table = pd.DataFrame(rows)
    if len(table):
        table["p_holm"] = table.groupby(["measure", "told"])["p"].transform(
            lambda p: holm(p.to_numpy())
        )
    return table


def trainings_table(results: ExperimentResults) -> pd.DataFrame:
    """The change of every single policy at the dose that is told, with its interval over markets.

    ``selected`` marks trainings that were chosen for what they do: they are here, and in no
    interval of their kind. Empty if every kind has one policy, or levels are no doses.
    """
    rows = []
    levels = [results.told_level()] if results.numeric else []
    chosen: set[str] = set()
    if results.selected is not None:
        chosen = set(results.selected[results.policy].astype(str))
        runs = pd.concat([results.runs, results.selected], ignore_index=True)
        results = replace(results, runs=runs, selected=None)
    for kind, group, level, measure, changes in _changes(results, levels):
        if changes["policy_name"].nunique() < 2:
            continue
        for policy, mine in changes.groupby("policy_name", sort=True):
            bounds = bootstrap(results, mine)
            shown = [math.expm1(b) if measure.ratio else b for b in bounds]
            rows.append(
                {
                    "kind": kind,
                    "group": group,
                    "level": level,
                    "policy": policy,
                    "selected": policy in chosen,
                    "measure": measure.column,
                    "label": measure.label,
                    "ratio": measure.ratio,
                    **dict(zip(("change", "low", "high"), shown, strict=True)),
                    "pairs": len(mine),
                }
            )
    return pd.DataFrame(rows)
