"""The report's tables, as they are shown and as they are exported."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from abm_desktop.experiments.report.findings import Findings, primary_rows
from abm_desktop.experiments.report.matrices import (
    facts_table,
    failed_facts_table,
    glance_table,
    measures_table,
)
from abm_desktop.experiments.report.part_tables import (
    counts_shown,
    doses_shown,
    grids_shown,
    parts_shown,
)
from abm_desktop.experiments.report.table import ResultTable, number
from abm_desktop.experiments.report.text import bounds, change, level_text, named, p_text
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

__all__ = ["tables"]


_STRONGEST = 4
"""Behaviours of each group that are shown."""

Cell = Callable[[pd.Series], str]


def _shown(
    results: ExperimentResults,
    name: str,
    title: str,
    note: str,
    data: pd.DataFrame,
    columns: dict[str, Cell],
    texts: set[str],
    folded: bool = False,
    shown: pd.Series | None = None,
) -> ResultTable:
    """A table whose columns are worded; kind, group and level go first if there are such.

    ``shown`` marks the rows to be seen where the exported table has more.
    """
    first: dict[str, Cell] = {}
    if "kind" in data and (data["kind"] != "").any():
        first["traders"] = lambda row: row["kind"] or "–"
    if "group" in data:
        first["group"] = lambda row: row["group"]
    if "level" in data:
        first[results.level_name] = lambda row: level_text(results, row["level"])
    if not results.numeric:
        texts = texts | {results.level_name}
    every = first | columns
    words = texts | {"traders", "group"}
    seen = data if shown is None else data[shown]
    if len(seen) < len(data):
        note += f" {len(data) - len(seen)} more rows: tables/{name}.csv."
    rows = [[cell(row) for cell in every.values()] for _, row in seen.iterrows()]
    where = {k for k, head in enumerate(every) if head in words}
    return ResultTable(name, title, note, data, list(every), rows, where, folded)


def _bounds(low: str, high: str, ratio: bool | None = None) -> Cell:
    def cell(row: pd.Series) -> str:
        signed = bool(row["ratio"]) if ratio is None else ratio
        return bounds(float(row[low]), float(row[high]), signed)

    return cell


def _factor(name: str) -> Cell:
    def cell(row: pd.Series) -> str:
        if math.isnan(row[name]):
            return "–"
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        told = "no interval" if math.isnan(low + high) else f"{low:.2f} to {high:.2f}"
        return f"{row[name]:.2f} ({told})"

    return cell


def _p(name: str) -> Cell:
    return lambda row: p_text(row[name])


def _plain_number(name: str) -> Cell:
    return lambda row: number(row[name])


def tables(results: ExperimentResults, found: Findings) -> list[ResultTable]:
    """Every table that the findings allow, the most important first."""
    out: list[ResultTable] = []
    if len(found.parts):
        out.append(parts_shown(results, found.parts))
    elif len(found.effects):
        out.append(glance_table(results, primary_rows(results, found)))
    if results.facts is not None and (failed := failed_facts_table(results.facts)) is not None:
        out.append(failed)
    if len(found.signs):
        out.append(_signs(results, found.signs))
    if len(found.doses):
        out.append(doses_shown(results, found.doses))
    if len(found.effects) and results.numeric:
        out.append(measures_table(results, found.effects))
    if len(found.amplification):
        out.append(_amplification(results, found.amplification))
    if len(found.spread):
        out.append(_spread(results, found.spread))
    if len(found.behaviour):
        out.append(_behaviour(results, found.behaviour))
    if len(found.trainings):
        out.append(_trainings(results, found.trainings))
    if len(found.unforked):
        out.append(_unforked(results, found.unforked))
    if len(found.trends):
        out.append(_trends(results, found.trends))
    if len(found.recoveries):
        out.append(_recoveries(results, found.recoveries))
    if found.mixed is not None and len(found.mixed.effects):
        out.append(_mixed(results, found))
    if len(found.grids):
        out.append(grids_shown(results, found.grids))
    if len(found.counts):
        out.append(counts_shown(results, found.counts))
    if len(found.shares):
        out.append(_shares(results, found.shares))
    if len(found.effects):
        real = found.effects[~found.effects["placebo"]]
        out.append(
            _effects(
                results,
                real,
                "effects",
                "Every change against the same market without the treatment",
                "Percent for ratios, else in the unit of the measure. Intervals: hierarchical "
                "bootstrap of policies, then markets, BCa, 95 %. p of Wilcoxon's signed-rank test "
                "over markets, and after Holm's correction among the secondary measures.",
            )
        )
        placebo = found.effects[found.effects["placebo"]]
        if len(placebo):
            out.append(
                _effects(
                    results,
                    placebo,
                    "placebos",
                    "Placebos against the control",
                    "Traders that are no treatment: what they change is not due to what was "
                    "learned. Of zero size nothing may change at all.",
                )
            )
    if results.facts is not None and len(results.facts):
        out.append(facts_table(results.facts))
    out.append(_means(results))
    return out


def _effects(
    results: ExperimentResults, data: pd.DataFrame, name: str, title: str, note: str
) -> ResultTable:
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "Hodges-Lehmann": lambda row: change(row["hl"], row["ratio"]),
        "its 95 % interval": _bounds("hl_low", "hl_high"),
        "d_z": lambda row: number(round(row["d_z"], 2)),
        "Cliff's δ": lambda row: number(round(row["cliffs_delta"], 2)),
        "p": _p("p"),
        "p (Holm)": _p("p_holm"),
        "within 5 %": lambda row: (
            "–"
            if math.isnan(row["p_equivalent"])
            else f"{'yes' if row['equivalent'] else 'no'} (p {p_text(row['p_equivalent'])})"
        ),
        "pairs": _plain_number("pairs"),
        "policies": _plain_number("policies"),
    }
    return _shown(results, name, title, note, data, columns, {"measure"}, folded=True)


def _amplification(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "VAF": _factor("vaf"),
        "Hodges-Lehmann": _factor("vaf_hl"),
        "VAF*": _factor("specific"),
        "VAF*, Hodges-Lehmann": _factor("specific_hl"),
        "p of VAF*": _p("p"),
        "p (Holm)": _p("p_holm"),
        "fixed in advance": lambda row: "yes" if row["hypothesis"] else "",
        "pairs": _plain_number("pairs"),
    }
    return _shown(
        results,
        "amplification",
        "Volatility amplification factors",
        "VAF: volatility with the treatment over that without, in the stress window, geometric "
        "mean over matched runs; VAF*: that over the same in calm, above 1 it is specific to the "
        "stress. In brackets 95 % intervals. Holm corrects within what was fixed in advance, and "
        "within the rest.",
        data,
        columns,
        set(),
        folded=not results.numeric,
    )


def _trends(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    unit = "10 points" if "share" in results.level else "0.1"
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        f"change per {unit}": lambda row: change(row["slope"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "Jonckheere z": lambda row: number(round(row["z"], 2)),
        "p": _p("p"),
        "p (Holm)": _p("p_holm"),
        "p (Page)": _p("page_p"),
        "markets": _plain_number("markets"),
    }
    return _shown(
        results,
        "trends",
        "Trend over the dose",
        "Jonckheere's test in blocks and Page's test, each market with all its doses a block. "
        "The slope is of the mean change, forced through no change without the treatment.",
        data,
        columns,
        {"measure"},
        shown=data["measure"] == results.primary,
    )


def _recoveries(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "until": lambda row: row["duration"],
        "median, s": _plain_number("median_s"),
        "three quarters, s": _plain_number("three_quarters_s"),
        "not recovered": lambda row: f"{row['not_recovered']} of {row['runs']}",
        "later, s": lambda row: change(row["later_s"], False),
        "95 % interval": lambda row: bounds(row["low"], row["high"], False),
        "p": _p("p"),
        "p (Holm)": _p("p_holm"),
    }
    return _shown(
        results,
        "recoveries",
        "Time to recover",
        "Counted from the shock, since traders also change when the low comes. Median and three "
        "quarters by Kaplan and Meier; a dash where too few runs recovered. Later: mean paired "
        "difference from the control, a run that did not recover counting as long as it was "
        "watched; 95 % intervals for other trainings and markets where there are three trainings "
        "or more.",
        data,
        columns,
        {"until"},
        shown=data["duration"] == data["duration"].iloc[0],
    )


def _mixed(results: ExperimentResults, found: Findings) -> ResultTable:
    assert found.mixed is not None
    model = found.mixed
    columns: dict[str, Cell] = {
        "term": lambda row: row["term"],
        "estimate": lambda row: f"{row['estimate']:+.3f}",
        "95 % interval": lambda row: f"{row['low']:+.3f} to {row['high']:+.3f}",
        "p": _p("p"),
    }
    spreads = model.spreads | {"the rest": model.residual_sd}
    parts = [f"{name} {value:.3f}" for name, value in spreads.items()]
    return _shown(
        results,
        "mixed_model",
        "Mixed model of log volatility, as a check",
        "ln RV ~ dose × scenario + random slopes of policies and random markets, each also by "
        "scenario; "
        "restricted maximum likelihood, normal intervals. The dose is the whole unit of the level, "
        "an effect a log ratio. Standard deviations: "
        f"{', '.join(parts)}. {model.note}".rstrip(),
        model.effects,
        columns,
        {"term"},
    )


def _shares(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "reached, mean": lambda row: f"{row['mean_pct']:.1f} %",
        "middle 90 % of runs": lambda row: f"{row['low_pct']:.1f} to {row['high_pct']:.1f} %",
        "runs": _plain_number("runs"),
    }
    note = (
        "What RL traders really took of the volume in the window of the stress, against the share "
        "that was aimed at."
    )
    return _shown(results, "shares", "Realised share of volume", note, data, columns, set())


def _signs(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "paper": lambda row: row["paper"],
        "expected": lambda row: f"{row['says']} ({row['expected']})",
        "found": lambda row: row["found"],
        "agrees": lambda row: row["agrees"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "markets": _plain_number("markets"),
    }
    note = (
        "Does the sign agree with the paper's? Not told: the interval holds both no change and one."
    )
    return _shown(
        results,
        "signs",
        "Against the literature",
        note,
        data,
        columns,
        {"paper", "expected", "found", "agrees"},
    )


def _means(results: ExperimentResults) -> ResultTable:
    runs = results.grouped
    keys = ["kind", "group", "level"]
    factors = {results.level, *results.group, *results.pair, *results.kinds, results.policy}
    factors.add("learning_rate")
    numeric = [
        c
        for c in runs.columns
        if pd.api.types.is_numeric_dtype(runs[c]) and c not in {*keys, *factors, "placebo"}
    ]
    means = runs.groupby(keys, sort=False)[numeric].mean().reset_index()
    long = means.melt(keys, var_name="measure", value_name="mean")
    cells = [
        ", ".join(filter(None, (row["kind"], row["group"], level_text(results, row["level"]))))
        for _, row in means.iterrows()
    ]
    wide = means[numeric].T
    wide = wide[~wide.index.str.startswith("traded_")]
    return ResultTable(
        "means",
        "Mean of every measure by cell",
        "Over the runs that have it. Durations are as long as they were seen; use the recovery "
        "curves for those with censored runs.",
        long,
        ["measure", *cells],
        [
            [str(name), *map(number, map(float, row))]
            for name, row in zip(wide.index, wide.to_numpy(), strict=True)
        ],
        {0},
        folded=True,
    )


def _spread(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "SD between trainings": lambda row: (
            f"{100 * row['sd']:.1f} %" if row["ratio"] else number(float(row["sd"]))
        ),
        "single trainings": _bounds("least", "most"),
        "p (no change)": _p("p"),
        "p (Holm)": _p("p_holm"),
        "p (all alike)": _p("p_alike"),
        "policies": _plain_number("policies"),
    }
    return _shown(
        results,
        "spread",
        "The training as the unit of replication",
        "Mean over policies, with a 95 % interval for other trainings and other markets by the t "
        "distribution (two-way random effects, degrees of freedom after Satterthwaite): with five "
        "policies it is wider than the bootstrap's, and more to be trusted. The standard deviation "
        "between trainings has what markets add taken off; of ratios it is of their logarithm. "
        "The first p are of no change on average, the last of the F test that all trainings of an "
        "algorithm do the same.",
        data,
        columns,
        {"measure"},
        shown=data["told"],
        folded=not results.numeric,
    )


def _behaviour(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "what traders do": lambda row: row["label"],
        "seen": lambda row: row["seen"],
        "rank correlation": lambda row: f"{row['rho']:+.2f}",
        "p": _p("p"),
        "p (Holm)": _p("p_holm"),
        "trainings": _plain_number("trainings"),
    }
    primary = results.measure_of(results.primary).label
    return _shown(
        results,
        "behaviour",
        "What sets trainings apart",
        f"How the change of the {named(primary)[0]} that a training brings goes with what its "
        "traders do: Spearman's correlation over trainings, the mean of each algorithm taken off "
        "the ranks (Kendall and Stuart 1973). What is seen in calm is known before any stress; "
        "the rest describes. Exploratory: no behaviour was fixed in advance, and what goes "
        "together need not be cause and effect.",
        data,
        columns,
        {"what traders do", "seen"},
        shown=data.groupby("group").cumcount() < _STRONGEST,
    )


def _trainings(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "policy": lambda row: row["policy"] + (" (selected)" if row["selected"] else ""),
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "pairs": _plain_number("pairs"),
    }
    note = (
        "Every policy by itself against the control; intervals are over markets. Selected ones, "
        "chosen for what they do, are in no other table."
    )
    texts = {"policy", "measure"}
    return _shown(results, "trainings", "Single trainings", note, data, columns, texts, folded=True)


def _unforked(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "from the open": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": _bounds("low", "high"),
        "in matched copies": lambda row: change(row["forked"], row["ratio"]),
        "its 95 % interval": _bounds("forked_low", "forked_high"),
        "p": _p("p"),
        "pairs": _plain_number("pairs"),
        "policies": _plain_number("policies"),
    }
    return _shown(
        results,
        "unforked",
        "Without matched copies",
        "Robustness: the traders are in the market from its open, half an hour or so instead of a "
        "minute before the shock. Market and control have the same seed and, after minutes, little "
        "else in common, so intervals are wider.",
        data,
        columns,
        {"measure"},
    )
