"""The report's tables beside its answer: recoveries, papers, trainings, checks, means."""

from __future__ import annotations

import pandas as pd

from abm_desktop.experiments.report.findings import Findings
from abm_desktop.experiments.report.table import ResultTable, number
from abm_desktop.experiments.report.text import bounds, change, level_text, named, units
from abm_desktop.experiments.report.worded import (
    Cell,
    interval_cell,
    number_cell,
    p_cell,
    policies_cell,
    worded,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

__all__ = [
    "behaviour_shown",
    "means_shown",
    "mixed_shown",
    "recoveries_shown",
    "shares_shown",
    "signs_shown",
    "trainings_shown",
    "unforked_shown",
]

_STRONGEST = 4
"""Behaviours of each group that are shown."""


def recoveries_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "until": lambda row: row["duration"],
        "median, s": number_cell("median_s"),
        "three quarters, s": number_cell("three_quarters_s"),
        "not recovered": lambda row: f"{row['not_recovered']} of {row['runs']}",
        "later, s": lambda row: change(row["later_s"], False),
        "95 % interval": lambda row: bounds(row["low"], row["high"], False),
        "p": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
    }
    return worded(
        results,
        "recoveries",
        "Time to recover",
        "Counted from the shock, since traders also change when the low comes. Median and three "
        "quarters by Kaplan and Meier; a dash where too few runs recovered. Later: mean paired "
        "difference from the control, a run that did not recover counting as long as it was "
        f"watched; 95 % intervals for other {units(results)} and markets where there are three "
        f"{units(results)} or more.",
        data,
        columns,
        {"until"},
        shown=data["duration"] == data["duration"].iloc[0],
    )


def mixed_shown(results: ExperimentResults, found: Findings) -> ResultTable:
    assert found.mixed is not None
    model = found.mixed
    columns: dict[str, Cell] = {
        "term": lambda row: row["term"],
        "estimate": lambda row: f"{row['estimate']:+.3f}",
        "95 % interval": lambda row: f"{row['low']:+.3f} to {row['high']:+.3f}",
        "p": p_cell("p"),
    }
    spreads = model.spreads | {"the rest": model.residual_sd}
    parts = [f"{name} {value:.3f}" for name, value in spreads.items()]
    return worded(
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


def shares_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "reached": lambda row: f"{row['whole_pct']:.1f} %",
        "mean of runs": lambda row: f"{row['mean_pct']:.1f} %",
        "middle 90 % of runs": lambda row: f"{row['low_pct']:.1f} to {row['high_pct']:.1f} %",
        "runs": number_cell("runs"),
    }
    note = (
        "What RL traders really took of all that was taken in the window of the stress, against "
        "the share that was aimed at; and the shares of single runs, where quiet markets count as "
        "much as busy ones."
    )
    return worded(results, "shares", "Realised share of volume", note, data, columns, set())


def signs_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "paper": lambda row: row["paper"],
        "expected": lambda row: f"{row['says']} ({row['expected']})",
        "found": lambda row: row["found"],
        "agrees": lambda row: row["agrees"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": interval_cell("low", "high"),
        "markets": number_cell("markets"),
    }
    note = (
        "Does the sign agree with the paper's? Not told: the interval holds both no change and one."
    )
    return worded(
        results,
        "signs",
        "Against the literature",
        note,
        data,
        columns,
        {"paper", "expected", "found", "agrees"},
    )


def means_shown(results: ExperimentResults) -> ResultTable:
    runs = results.grouped
    keys = ["kind", "group", "level"]
    factors = {results.level, *results.group, *results.pair, *results.kinds, results.policy}
    factors |= {"learning_rate", "copy"}
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


def behaviour_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "what traders do": lambda row: row["label"],
        "seen": lambda row: row["seen"],
        "rank correlation": lambda row: f"{row['rho']:+.2f}",
        "p": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
        "trainings": number_cell("trainings"),
    }
    primary = results.measure_of(results.primary).label
    return worded(
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


def trainings_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "policy": lambda row: row["policy"] + (" (selected)" if row["selected"] else ""),
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": interval_cell("low", "high"),
        "pairs": number_cell("pairs"),
    }
    note = (
        "Every policy by itself against the control; intervals are over markets. Selected ones, "
        "chosen for what they do, are in no other table."
    )
    texts = {"policy", "measure"}
    title = f"Single {units(results)}"
    return worded(results, "trainings", title, note, data, columns, texts, folded=True)


def unforked_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "from the open": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": interval_cell("low", "high"),
        "in matched copies": lambda row: change(row["forked"], row["ratio"]),
        "its 95 % interval": interval_cell("forked_low", "forked_high"),
        "p": p_cell("p"),
        "pairs": number_cell("pairs"),
        "policies": policies_cell,
    }
    return worded(
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
