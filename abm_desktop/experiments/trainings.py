"""How much the trainings of one algorithm differ in what they do: the policy as the unit.

Each policy is a draw of its algorithm, each market a draw of the scenario. Where every policy met
every market, the two-way table of changes splits into what is due to the policy, to the market, and
to both (analysis of variance with crossed random effects; Searle, Casella and McCulloch 1992,
chapter 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.effects import VOLATILITY, bootstrap
from abm_desktop.experiments.report_data import ExperimentResults, Measure
from abm_desktop.experiments.statistics import holm

__all__ = ["Spread", "spread_of", "spread_table", "trainings_table"]

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
    """How much policies differ; NaN where one policy, or one market, cannot tell.

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
        counts = (~np.isnan(values)).sum(axis=1)
        within = np.array([np.var(row[~np.isnan(row)], ddof=1) for row in values])
        noise = float(np.mean(within / counts))
        error, freedom = float(np.var(means, ddof=1)) / policies, policies - 1.0
        groups = [row[~np.isnan(row)] for row in values]
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


def _changes(results: ExperimentResults) -> list[tuple[str, str, Measure, pd.DataFrame]]:
    """(kind, group, measure, changes) at the dose that is told: primary measure and VAF*."""
    if not results.numeric:
        return []
    level, out = results.told_level(), []
    primary = results.measure_of(results.primary)
    names = results.group_names()
    for kind in results.kind_names():
        for group in names:
            found = results.paired(group, level, primary, kind)
            if len(found) >= 2:
                out.append((kind, group, primary, found))
            calm = results.calm_of(group)
            known = VOLATILITY.column in results.runs.columns
            if not known or results.is_calm(group) or calm not in names:
                continue
            stressed = results.paired(group, level, VOLATILITY, kind)
            quiet = results.paired(calm, level, VOLATILITY, kind)
            keys = ["policy_name", *results.pair]
            beyond = stressed.merge(quiet[[*keys, "change"]], on=keys, suffixes=("", "_calm"))
            beyond["change"] -= beyond["change_calm"]
            if len(beyond) >= 2:
                out.append((kind, group, Measure("specific", BEYOND, True), beyond))
    return out


def spread_table(results: ExperimentResults) -> pd.DataFrame:
    """One row a kind, group and measure with several policies: see :class:`Spread`.

    ``change``, its bounds, ``least`` and ``most`` are fractions for ratios; ``sd`` is of log
    ratios then. ``p_holm`` corrects ``p`` for the number of rows of one measure. Empty where every
    kind has one policy, or levels are no doses.
    """
    rows = []
    for kind, group, measure, changes in _changes(results):
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
                "level": results.told_level(),
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
        table["p_holm"] = table.groupby("measure")["p"].transform(lambda p: holm(p.to_numpy()))
    return table


def trainings_table(results: ExperimentResults) -> pd.DataFrame:
    """The change of every single policy, with its interval over markets; empty as above."""
    rows = []
    for kind, group, measure, changes in _changes(results):
        if changes["policy_name"].nunique() < 2:
            continue
        for policy, mine in changes.groupby("policy_name", sort=True):
            bounds = bootstrap(results, mine)
            shown = [math.expm1(b) if measure.ratio else b for b in bounds]
            rows.append(
                {
                    "kind": kind,
                    "group": group,
                    "level": results.told_level(),
                    "policy": policy,
                    "measure": measure.column,
                    "label": measure.label,
                    "ratio": measure.ratio,
                    **dict(zip(("change", "low", "high"), shown, strict=True)),
                    "pairs": len(mine),
                }
            )
    return pd.DataFrame(rows)
