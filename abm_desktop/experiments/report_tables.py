"""The report's words and tables, computed from the results."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from abm_desktop.experiments.report_data import ExperimentResults, stress_specific
from abm_desktop.experiments.report_figures import level_text

__all__ = ["Table", "answer", "limits", "tables"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is shown, and ``data`` as it is exported."""

    name: str
    title: str
    note: str
    data: pd.DataFrame
    columns: list[str]
    rows: list[list[str]]
    texts: set[int]
    """Columns that are words."""


def percent(fraction: float) -> str:
    """A change as signed percent, with as many digits as it deserves."""
    value = 100 * fraction
    return f"{value:+.0f} %" if abs(value) >= 10 else f"{value:+.1f} %"


def number(value: object) -> str:
    """A cell: four digits, a dash where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.4g}"
    return str(value)


def change(value: float, ratio: bool) -> str:
    """A change in percent for a ratio, else signed in the measure's unit."""
    return percent(value) if ratio else f"{value:+.3g}"


def answer(results: ExperimentResults, effects: pd.DataFrame) -> list[str]:
    """The answer in words: for every group what the most of the treatment does, and the doses."""
    if not len(effects):
        return ["There are too few finished pairs to tell anything."]
    out = []
    main = effects[effects["primary"]]
    for group in dict.fromkeys(main["group"]):
        rows = main[main["group"] == group].sort_values("level")
        sentences = [_sentence(results, row) for _, row in rows.iterrows()]
        out.append(f"{group[:1].upper()}{group[1:]}. " + " ".join(sentences))
    for _, row in stress_specific(results, results.levels()[1:]).iterrows():
        told = (
            "more than"
            if row["low"] > 1
            else "less than"
            if row["high"] < 1
            else "not clearly more or less than"
        )
        out.append(
            f"{row['group'][:1].upper()}{row['group'][1:]}, {results.level_name} "
            f"{level_text(results, row['level'])}: the amplification of volatility is "
            f"{row['factor']:.2f} times that in calm (95 % interval {row['low']:.2f} to "
            f"{row['high']:.2f}), so the treatment acts {told} in calm."
        )
    secondary = effects[~effects["primary"]]
    clear = secondary[secondary["p_holm"] < 0.05]
    if len(secondary):
        out.append(
            f"Of {len(secondary)} secondary comparisons {len(clear)} are clear at 5 % after Holm's "
            "correction; the table has them all."
        )
    return out


def _sentence(results: ExperimentResults, row: pd.Series) -> str:
    low, high = float(row["low"]), float(row["high"])
    ratio = bool(row["ratio"])
    bounds = (
        f"(95 % interval {change(low, ratio)} to {change(high, ratio)}; {row['pairs']} matched "
        f"runs, {row['policies']} {'policy' if row['policies'] == 1 else 'policies'})"
    )
    level = f"{results.level_name} {level_text(results, float(row['level']))}:"
    if low > 0 or high < 0:
        way = "raises" if low > 0 else "lowers"
        size = change(abs(float(row["change"])), ratio).lstrip("+")
        if ratio and low <= 0:
            size = percent(float(row["change"])).lstrip("-")
        return f"{level} {way} the {row['label']} by {size} {bounds}."
    return (
        f"{level} no difference in the {row['label']} can be told: "
        f"{change(float(row['change']), ratio)} {bounds}."
    )


def tables(results: ExperimentResults, effects: pd.DataFrame) -> list[Table]:
    """Effects, amplification beyond calm, means of every measure by cell, and facts."""
    out = []
    if len(effects):
        shown = [
            [
                row["group"],
                level_text(results, row["level"]),
                row["label"],
                change(row["change"], row["ratio"]),
                f"{change(row['low'], row['ratio'])} to {change(row['high'], row['ratio'])}",
                str(row["pairs"]),
                str(row["policies"]),
                f"{row['p']:.2g}",
                f"{row['p_holm']:.2g}",
            ]
            for _, row in effects.iterrows()
        ]
        heads = ["group", results.level_name, "measure", "change", "95 % interval", "pairs"]
        out.append(
            Table(
                "effects",
                "Changes against the same market without the treatment",
                "Percent for ratios, else in the unit of the measure. Intervals by a hierarchical "
                "bootstrap of policies, then markets; p of Wilcoxon's signed-rank test, and after "
                "Holm's correction among the secondary measures.",
                effects,
                [*heads, "policies", "p", "p (Holm)"],
                shown,
                {0, 2},
            )
        )
    beyond = stress_specific(results, results.levels()[1:])
    if len(beyond):
        note = "Volatility amplification under stress over that in calm; above 1 it is specific."
        out.append(_plain("amplification", "Amplification beyond calm", note, beyond))
    runs = results.grouped()
    keys = ["group", results.level]
    numeric = [
        c
        for c in runs.columns
        if pd.api.types.is_numeric_dtype(runs[c]) and c not in {*keys, *results.pair}
    ]
    means = runs.groupby(keys, sort=False)[numeric].mean().reset_index()
    long = means.melt(keys, var_name="measure", value_name="mean")
    cells = [
        f"{row['group']}, {level_text(results, float(row[results.level]))}"
        for _, row in means.iterrows()
    ]
    wide = means[numeric].T
    wide = wide[~wide.index.str.startswith("traded_")]
    out.append(
        Table(
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
        )
    )
    if results.facts is not None and len(results.facts):
        note = "Whether each cell's market still looks like one."
        out.append(_plain("facts", "Stylised facts by cell", note, results.facts))
    return out


def _plain(name: str, title: str, note: str, data: pd.DataFrame) -> Table:
    texts = {k for k, c in enumerate(data.columns) if not pd.api.types.is_numeric_dtype(data[c])}
    rows = [[number(cell) for cell in row] for row in data.itertuples(index=False)]
    return Table(name, title, note, data, [str(c) for c in data.columns], rows, texts)


def limits(results: ExperimentResults, effects: pd.DataFrame) -> list[str]:
    """What the results do not tell: the given sentences, and those that follow from the numbers."""
    out = list(results.limits)
    if len(effects):
        policies, pairs = int(effects["policies"].min()), int(effects["pairs"].min())
        if policies < 5:
            out.append(
                f"Only {policies} trained {'policy' if policies == 1 else 'policies'} per cell: "
                "the intervals tell little about what other trainings would give."
            )
        if pairs < 64:
            out.append(f"Some cells have only {pairs} matched runs; 64 are usual for a screening.")
    if results.facts is None:
        out.append("The stylised facts were not checked in these cells.")
    out.append("All of this is a simulated market; no real one was traded.")
    return out
