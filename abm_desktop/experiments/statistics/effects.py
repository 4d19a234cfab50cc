"""Tables of what a treatment did: effects, amplification, trends, recoveries, expected signs.

Every table is plain data, one row a finding; the report words and formats them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from abm_desktop.experiments.statistics.bootstrap import Interval, hierarchical_interval
from abm_desktop.experiments.statistics.experiment_results import (
    ComparedMeasure,
    ExperimentResults,
    Level,
    market_labels,
    market_means,
)
from abm_desktop.experiments.statistics.matched import (
    cliffs_delta,
    cohens_dz,
    equivalence,
    hodges_lehmann_interval,
    holm,
    jonckheere_in_blocks,
    page,
    signed_rank,
)
from abm_desktop.experiments.statistics.mixed_model import MixedModel, fit_mixed_model

__all__ = [
    "amplification_table",
    "effects_table",
    "mixed_model",
    "share_table",
    "trend_table",
    "unforked_table",
]

VOLATILITY = ComparedMeasure("stress_rv_10s", "volatility", True)
ALIKE = 0.05
"""Changes of less than this, as a ratio, count as none."""


def bootstrap(
    results: ExperimentResults, changes: pd.DataFrame, confidence: float = 0.95
) -> Interval:
    """Mean change and its hierarchical BCa interval."""
    return hierarchical_interval(
        changes["change"].to_numpy(),
        changes["policy_name"].to_numpy(),
        market_labels(changes, results.pair),
        confidence=confidence,
    )


def alike(results: ExperimentResults, changes: pd.DataFrame) -> tuple[float, bool]:
    """p of equivalence within 5 % over markets, and whether policies and markets both allow it."""
    low, high = math.log(1 - ALIKE), math.log(1 + ALIKE)
    p = equivalence(market_means(changes, results.pair), low, high)
    if not p < 0.05:
        return p, False
    # A 90 % interval within the bounds is the same test, but it knows of the policies as well.
    inner = bootstrap(results, changes, 0.90)
    return p, inner.low > low and inner.high < high


def effects_table(results: ExperimentResults) -> pd.DataFrame:
    """One row a kind of traders, group, level and measure: the change and all that is told of it.

    ``change`` and its bounds ``low`` and ``high`` are the mean change with its BCa interval, ``hl``
    and its bounds the Hodges-Lehmann estimate over markets: fractions for ratios (0.2 is a fifth
    more), else in the unit of the measure. ``d_z`` and ``cliffs_delta`` are effect sizes. ``p`` is
    of Wilcoxon's signed-rank test over markets; ``p_holm`` corrects the secondary measures for
    their number, and is ``p`` for the primary one. ``p_equivalent`` and ``equivalent`` are of
    changes within 5 %, for ratios. ``pairs``, ``markets`` and ``policies`` count what was compared;
    ``placebo`` marks traders that are no treatment.
    """
    primary = results.measure_of(results.primary)
    others = [
        m
        for m in results.measures
        if m.column != results.primary and m.column in results.runs.columns
    ]
    rows = []
    for kind, group, level in _cells(results):
        for measure in (primary, *others):
            changes = results.paired(group, level, measure, kind)
            if len(changes) >= 2:
                cell = {"kind": kind, "group": group, "level": level}
                rows.append(cell | _effect(results, changes, measure))
    table = pd.DataFrame(rows)
    if len(table):
        table["placebo"] = table["kind"].isin(results.placebo_names())
        table["primary"] = table["measure"] == results.primary
        table["p_holm"] = table["p"]
        secondary = ~table["primary"] & ~table["placebo"]
        table.loc[secondary, "p_holm"] = holm(table.loc[secondary, "p"].to_numpy())
    return table


def _cells(results: ExperimentResults) -> Iterator[tuple[str, str, Level]]:
    for kind in [*results.kind_names(), *results.placebo_names()]:
        for group in results.group_names():
            for level in results.levels()[1:]:
                yield kind, group, level


def _effect(
    results: ExperimentResults, changes: pd.DataFrame, measure: ComparedMeasure
) -> dict[str, object]:
    means = market_means(changes, results.pair)
    middle, location = bootstrap(results, changes), hodges_lehmann_interval(means)
    p_equivalent, equivalent = alike(results, changes) if measure.ratio else (math.nan, False)

    def told(bounds: Interval) -> list[float]:
        return [math.expm1(b) if measure.ratio else b for b in bounds]

    return {
        "measure": measure.column,
        "label": measure.label,
        "ratio": measure.ratio,
        **dict(zip(("change", "low", "high"), told(middle), strict=True)),
        **dict(zip(("hl", "hl_low", "hl_high"), told(location), strict=True)),
        "d_z": cohens_dz(means),
        "cliffs_delta": cliffs_delta(
            changes["value"].to_numpy(),
            changes.drop_duplicates(list(results.pair))["usual"].to_numpy(),
        ),
        "p": signed_rank(means),
        "p_equivalent": p_equivalent,
        "equivalent": equivalent,
        "pairs": len(changes),
        "markets": len(means),
        "policies": _policies(changes),
    }


def _policies(changes: pd.DataFrame) -> int:
    """How many policies were at work; 0 for traders that follow none."""
    names = changes["policy_name"]
    return int(names[names != ""].nunique())


def amplification_table(results: ExperimentResults) -> pd.DataFrame:
    """Volatility amplification factors, one row a kind, group and level; placebos left out.

    ``vaf`` is the geometric mean of treated over control volatility in the stress window,
    ``vaf_hl`` the same by Hodges and Lehmann; ``specific`` and ``specific_hl`` are those
    factors over the factor in calm of the same market and policy (NaN for calm itself), each with
    ``_low`` and ``_high``. ``p`` is of Wilcoxon's test that the specific factor is 1.
    ``hypothesis`` marks what was fixed in advance; ``p_holm`` corrects within these, and within
    the others. Empty if the runs have no such volatility.
    """
    if VOLATILITY.column not in results.runs.columns:
        return pd.DataFrame()
    names, rows = results.group_names(), []
    for kind in results.kind_names():
        for group in names:
            for level in results.levels()[1:]:
                changes = results.paired(group, level, VOLATILITY, kind)
                if len(changes) < 2:
                    continue
                row = {"kind": kind, "group": group, "level": level, **_factors(results, changes)}
                beyond = None
                if not results.is_calm(group) and results.calm_of(group) in names:
                    quiet = results.paired(results.calm_of(group), level, VOLATILITY, kind)
                    keys = ["policy_name", *results.pair]
                    beyond = changes.merge(quiet, on=keys, suffixes=("", "_calm"))
                    beyond["change"] -= beyond["change_calm"]
                rows.append({**row, **_specific(results, beyond)})
    table = pd.DataFrame(rows)
    if len(table):
        table["hypothesis"] = table["specific"].notna() & _fixed_in_advance(results, table)
        table["p_holm"] = np.nan
        for part in (table["hypothesis"], ~table["hypothesis"]):
            table.loc[part, "p_holm"] = holm(table.loc[part, "p"].to_numpy())
    return table


def _fixed_in_advance(results: ExperimentResults, table: pd.DataFrame) -> pd.Series:
    there = pd.Series(True, index=table.index)
    if results.hypothesis_level is not None:
        there &= table["level"] == results.hypothesis_level
    if results.hypothesis_groups:
        there &= table["group"].isin([g.replace("_", " ") for g in results.hypothesis_groups])
    return there


def _factors(results: ExperimentResults, changes: pd.DataFrame) -> dict[str, float]:
    means = market_means(changes, results.pair)
    out: dict[str, float] = {}
    for name, bounds in (
        ("vaf", bootstrap(results, changes)),
        ("vaf_hl", hodges_lehmann_interval(means)),
    ):
        for end, value in zip(("", "_low", "_high"), bounds, strict=True):
            out[name + end] = math.exp(value)
    return out


def _specific(results: ExperimentResults, beyond: pd.DataFrame | None) -> dict[str, float]:
    names = [n + e for n in ("specific", "specific_hl") for e in ("", "_low", "_high")]
    if beyond is None or len(beyond) < 2:
        return dict.fromkeys([*names, "p"], math.nan) | {"pairs": 0, "markets": 0, "policies": 0}
    means = market_means(beyond, results.pair)
    factors = _factors(results, beyond).values()
    return dict(zip(names, factors, strict=True)) | {
        "p": signed_rank(means),
        "pairs": len(beyond),
        "markets": len(means),
        "policies": _policies(beyond),
    }


def unforked_table(results: ExperimentResults, effects: pd.DataFrame) -> pd.DataFrame:
    """The effect on the primary measure if the traders are there from the open of the session.

    Such a market shares the seed with its control and, after minutes, nothing else. One row a kind
    and group with the columns of :func:`effects_table`, given as ``effects`` for the matched
    copies, whose change is ``forked`` with ``forked_low`` and ``forked_high``. Empty without such
    runs.
    """
    if results.unforked is None or not len(effects):
        return pd.DataFrame()
    control = results.runs[(results.grouped["level"] == results.control).to_numpy()]
    whole = replace(
        results,
        runs=pd.concat([control, results.unforked], ignore_index=True),
        measures=(results.measure_of(results.primary),),
        unforked=None,
    )
    found = effects_table(whole)
    if not len(found):
        return found
    keys = ["kind", "group", "level", "measure"]
    names = {"change": "forked", "low": "forked_low", "high": "forked_high"}
    matched = effects[[*keys, *names]].rename(columns=names)
    return found.merge(matched, on=keys, how="left")


def trend_table(results: ExperimentResults) -> pd.DataFrame:
    """Does a measure rise or fall with the dose? One row a kind, group and measure.

    For numeric levels with a control and two doses at least; only markets that met them all.
    ``slope`` is the change per tenth of the dose's unit with its BCa interval ``low`` to ``high``,
    through no change at the control's dose, as a fraction for ratios. ``z`` and ``p`` are of
    Jonckheere's test in blocks, ``page_p`` of Page's; both over markets. ``p_holm`` corrects
    ``p`` for the number of rows.
    """
    doses = results.levels()
    if not results.numeric or len(doses) < 3:
        return pd.DataFrame()
    rows = []
    wanted = [results.measure_of(results.primary)]
    wanted += [m for m in results.measures if m.column != results.primary]
    for kind in results.kind_names():
        for group in results.group_names():
            for measure in wanted:
                if measure.column in results.runs.columns:
                    row = _trend(results, group, kind, measure)
                    if row:
                        rows.append({"kind": kind, "group": group, **row})
    table = pd.DataFrame(rows)
    if len(table):
        table["p_holm"] = holm(table["p"].to_numpy())
    return table


def _trend(
    results: ExperimentResults, group: str, kind: str, measure: ComparedMeasure
) -> dict[str, object]:
    doses = results.levels()
    parts = [
        results.paired(group, level, measure, kind).assign(dose=float(level) - float(doses[0]))
        for level in doses[1:]
    ]
    changes = pd.concat(parts)
    if not len(changes):
        return {}
    wide = changes.pivot_table(index=list(results.pair), columns="dose", values="change").dropna()
    if wide.shape[0] < 2 or wide.shape[1] < 2:
        return {}
    # The control's change is 0 by definition, in every market.
    values = np.column_stack([np.zeros(len(wide)), wide.to_numpy()])
    order = np.argsort([0.0, *wide.columns])
    weighted = changes.assign(
        top=changes["dose"] * changes["change"], bottom=changes["dose"] ** 2
    ).groupby(["policy_name", *results.pair], sort=False)[["top", "bottom"]]
    slopes = weighted.sum().reset_index()
    slopes["change"] = 0.1 * slopes["top"] / slopes["bottom"]
    slope, trend = bootstrap(results, slopes), jonckheere_in_blocks(values[:, order])
    shown = [math.expm1(b) if measure.ratio else b for b in slope]
    return {
        "measure": measure.column,
        "label": measure.label,
        "ratio": measure.ratio,
        **dict(zip(("slope", "low", "high"), shown, strict=True)),
        "z": trend.z,
        "p": trend.p,
        "page_p": page(values[:, order]).p,
        "markets": len(wide),
        "doses": values.shape[1],
    }


def share_table(results: ExperimentResults) -> pd.DataFrame:
    """The share of volume that RL traders really had against the one aimed at, in percent.

    One row a kind, group and level: ``whole_pct`` is the share of what was taken in all runs
    together, which is what pilots aim at; beside it the mean and the middle 90 % of single runs,
    where quiet markets count as much as busy ones. Placebos are left out; empty if levels are no
    shares or the runs do not tell.
    """
    runs = results.grouped
    if results.realised not in runs.columns or not results.numeric or "share" not in results.level:
        return pd.DataFrame()
    rows = []
    real = (runs["level"] != results.control) & ~runs["placebo"]
    treated = runs[real & runs[results.realised].notna()]
    for keys, cell in treated.groupby(["kind", "group", "level"], sort=False):
        percent = 100.0 * cell[results.realised].to_numpy(float)
        low, high = np.quantile(percent, [0.05, 0.95])
        kind, group, level = keys
        rows.append(
            {
                "kind": kind,
                "group": group,
                "level": level,
                "aimed_pct": 100.0 * float(level),
                "whole_pct": 100.0 * whole_share(cell, results.realised),
                "mean_pct": float(percent.mean()),
                "low_pct": float(low),
                "high_pct": float(high),
                "runs": len(cell),
            }
        )
    return pd.DataFrame(rows)


def whole_share(runs: pd.DataFrame, realised: str) -> float:
    """Share of RL traders in what was taken in all these runs together, 0 to 1.

    Runs of earlier versions do not say how many lots that were: of theirs it is the mean share.
    """
    if "dose_lots" not in runs.columns or runs["dose_lots"].isna().any():
        return float(runs[realised].mean())
    total = float(runs["dose_lots"].sum())
    return float(runs["rl_dose_lots"].sum()) / total if total > 0 else math.nan


def mixed_model(results: ExperimentResults) -> MixedModel | None:
    """The mixed model of log volatility over all runs but placebos; None without numeric levels."""
    if not results.numeric or VOLATILITY.column not in results.runs.columns:
        return None
    runs = results.grouped
    runs = runs[~runs["placebo"] & (runs[VOLATILITY.column] > 0)]
    calm_first = runs["group"].map(results.is_calm).sort_values(ascending=False, kind="stable")
    runs = runs.loc[calm_first.index]
    return fit_mixed_model(
        pd.DataFrame(
            {
                "value": np.log(runs[VOLATILITY.column].to_numpy(float)),
                "dose": runs["level"].to_numpy(float) - float(results.control),
                "scenario": runs["group"].to_numpy(),
                "policy": (runs["kind"] + " " + runs["policy_name"]).to_numpy(),
                "market": runs[list(results.pair)].astype(str).agg(" ".join, axis=1).to_numpy(),
            }
        )
    )
