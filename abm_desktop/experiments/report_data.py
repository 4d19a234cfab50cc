"""What a report is made from, and the paired effects that it tells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon
from statsmodels.stats.multitest import multipletests

__all__ = ["MEASURES", "ExperimentResults", "Measure", "effects_table"]

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is compared: by ratio of what is positive, else by difference."""

    column: str
    label: str
    ratio: bool


MEASURES = (
    Measure("stress_rv_10s", "volatility under stress", True),
    Measure("drawdown_pct", "largest fall, %", False),
    Measure("overshoot_pct", "fall below the fundamental value, %", False),
    Measure("stress_quoted_spread_bp", "quoted spread under stress", True),
    Measure("stress_depth_5", "depth under stress", True),
    Measure("stress_impact_30s_bp", "price impact after 30 s, bp", False),
    Measure("stress_volume", "volume under stress", True),
    Measure("stress_vpin_true", "order imbalance (VPIN, true signs)", False),
    Measure("stress_price_efficiency", "price efficiency under stress", False),
)
"""What the report compares, where the runs have it."""


@dataclass(frozen=True, slots=True)
class ExperimentResults:
    """Finished runs of an experiment.

    Attributes:
        name, question: for the title.
        runs: one row a run: the columns named below and those of
            :func:`abm_desktop.metrics.measures.measure`.
        series: rows of :func:`abm_desktop.metrics.series.shock_series` of some runs, with the
            columns ``level`` and ``group`` of them and one that names the run, ``run``.
        facts: the check of stylised facts, one row a cell and fact, as it is to be shown.
        level: column of the treatment, e.g. the share of volume of RL traders, as a number.
        control: the level that the others are compared with.
        group: columns within which runs are compared, e.g. the stress.
        pair: columns that tell which runs are the same market.
        policy: column that names the trained policy; the unit of replication.
        calm: value of the first group column without any stress, for amplification under stress
            beyond that in calm.
        primary: column of the measure that was fixed in advance.
        file_text, version, seeds: what is needed to run it again.
        limits: sentences on what the results do not tell.
        level_name: what the level is, in words.
    """

    name: str
    question: str
    runs: pd.DataFrame
    series: pd.DataFrame | None = None
    facts: pd.DataFrame | None = None
    level: str = "rl_share"
    control: float = 0.0
    group: tuple[str, ...] = ("stress",)
    pair: tuple[str, ...] = ("seed",)
    policy: str = "policy"
    calm: str = "calm"
    primary: str = "stress_rv_10s"
    file_text: str = ""
    version: str = ""
    seeds: str = ""
    limits: tuple[str, ...] = ()
    level_name: str = "RL share of taker volume"
    file_name: str = "experiment.toml"
    measures: tuple[Measure, ...] = field(default=MEASURES)

    def __post_init__(self) -> None:
        needed = [self.level, *self.group, *self.pair, self.primary]
        missing = [name for name in needed if name not in self.runs.columns]
        if missing:
            raise ValueError(
                f"the runs of experiment {self.name!r} have no column {', '.join(missing)}: "
                "give the names of the columns that they have"
            )

    def group_names(self) -> list[str]:
        """The groups in order of appearance, as text."""
        return list(dict.fromkeys(self.grouped()["group"]))

    def grouped(self) -> pd.DataFrame:
        """The runs, with ``group`` as one text and ``policy_name`` filled in."""
        runs = self.runs.copy()
        names = runs[list(self.group)].astype(str).agg(", ".join, axis=1)
        runs["group"] = names.str.replace("_", " ")
        known = self.policy in runs.columns
        runs["policy_name"] = runs[self.policy].astype(str) if known else "one"
        return runs

    def levels(self) -> list[float]:
        """Every level, the control first."""
        rest = sorted(set(self.runs[self.level].astype(float)) - {self.control})
        return [self.control, *rest]


def paired(results: ExperimentResults, group: str, level: float, measure: Measure) -> pd.DataFrame:
    """Change against the control of every run that has one: ``policy_name``, pair, ``change``.

    A log ratio or a difference; runs without a value, or not positive for a ratio, are left out.
    """
    runs = results.grouped()
    runs = runs[runs["group"] == group]
    keys = list(results.pair)
    control = runs[runs[results.level].astype(float) == results.control]
    usual = control.groupby(keys)[measure.column].mean().rename("usual")
    treated = runs[runs[results.level].astype(float) == level].join(usual, on=keys)
    value, usual_value = treated[measure.column].astype(float), treated["usual"].astype(float)
    if measure.ratio:
        positive = (value > 0) & (usual_value > 0)
        change = np.log(value.where(positive)) - np.log(usual_value.where(positive))
    else:
        change = value - usual_value
    out = treated[["policy_name", *keys]].assign(change=change)
    return out[out["change"].notna()]


def interval(changes: pd.DataFrame, resamples: int = RESAMPLES) -> tuple[float, float]:
    """95 % percentile interval of the mean: policies are drawn anew, then markets within each.

    A hierarchical bootstrap (Davison and Hinkley 1997); with one policy only markets are drawn.
    The seed is fixed. NaN for fewer than two changes.
    """
    groups = [g["change"].to_numpy() for _, g in changes.groupby("policy_name", sort=True)]
    if len(changes) < 2:
        return math.nan, math.nan
    rng = np.random.default_rng(20260101)
    means = np.empty(resamples)
    for k in range(resamples):
        drawn = [groups[i] for i in rng.integers(len(groups), size=len(groups))]
        parts = [g[rng.integers(len(g), size=len(g))] for g in drawn]
        means[k] = np.concatenate(parts).mean()
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def effects_table(results: ExperimentResults) -> pd.DataFrame:
    """One row a group, level and measure: the mean change, its interval and tests.

    ``change`` and its bounds are fractions for ratios (0.2 is a fifth more), else in the unit of
    the measure. ``p`` is of Wilcoxon's signed-rank test of the pairs; ``p_holm`` corrects the
    secondary measures for their number (Holm 1979) and is ``p`` for the primary one.
    """
    primary = [m for m in results.measures if m.column == results.primary]
    if not primary:
        primary = [Measure(results.primary, results.primary.replace("_", " "), False)]
    others = [
        m
        for m in results.measures
        if m.column != results.primary and m.column in results.runs.columns
    ]
    rows = []
    for group in results.group_names():
        for level in results.levels()[1:]:
            for measure in [*primary, *others]:
                changes = paired(results, group, level, measure)
                if len(changes) < 2:
                    continue
                values = changes["change"].to_numpy()
                bounds = (float(values.mean()), *interval(changes))
                moved = bool(np.any(values != 0))
                rows.append(
                    {
                        "group": group,
                        "level": level,
                        "measure": measure.column,
                        "label": measure.label,
                        "ratio": measure.ratio,
                        **dict(
                            zip(
                                ("change", "low", "high"),
                                [math.expm1(b) if measure.ratio else b for b in bounds],
                                strict=True,
                            )
                        ),
                        "pairs": len(values),
                        "policies": changes["policy_name"].nunique(),
                        "p": float(wilcoxon(values).pvalue) if moved else 1.0,
                        "primary": measure.column == results.primary,
                    }
                )
    table = pd.DataFrame(rows)
    if len(table):
        table["p_holm"] = table["p"]
        secondary = ~table["primary"]
        if secondary.any():
            table.loc[secondary, "p_holm"] = multipletests(
                table.loc[secondary, "p"], method="holm"
            )[1]
    return table


def stress_specific(results: ExperimentResults, levels: Sequence[float]) -> pd.DataFrame:
    """Amplification under each stress over that in calm, of the same market and policy.

    One row a group and level: ``factor``, ``low``, ``high``, ``pairs``; empty without calm runs.
    """
    measure = Measure("stress_rv_10s", "", True)
    names = results.group_names()
    rows = []
    for group in names:
        first, *rest = group.split(", ")
        quiet = results.calm.replace("_", " ")
        calm = ", ".join([quiet, *rest])
        if first == quiet or calm not in names or measure.column not in results.runs:
            continue
        for level in levels:
            keys = ["policy_name", *results.pair]
            both = paired(results, group, level, measure).merge(
                paired(results, calm, level, measure), on=keys, suffixes=("", "_calm")
            )
            if len(both) < 2:
                continue
            both["change"] = both["change"] - both["change_calm"]
            low, high = interval(both)
            rows.append(
                {
                    "group": group,
                    "level": level,
                    "factor": math.exp(both["change"].mean()),
                    "low": math.exp(low),
                    "high": math.exp(high),
                    "pairs": len(both),
                }
            )
    return pd.DataFrame(rows)
