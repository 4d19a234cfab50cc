"""The report's tables of removal, addition and total, of grids, equal dose and counts."""

from __future__ import annotations

import math

import pandas as pd

from abm_desktop.experiments.report.table import CLEAR, ResultTable, number
from abm_desktop.experiments.report.text import bounds, change, level_text, p_text, units
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.parts import ADDITION, PARTS, REMOVAL, TOTAL

__all__ = ["counts_shown", "doses_shown", "grids_shown", "interval_text", "parts_shown"]

HEADS = {
    REMOVAL: "room made, nobody comes",
    ADDITION: "traders added to that room",
    TOTAL: "together",
}


def interval_text(row: pd.Series) -> str:
    """A change with its interval, and a mark if Holm's correction carries it."""
    ratio = bool(row["ratio"])
    told = f"{change(float(row['change']), ratio)} "
    told += f"({bounds(float(row['low']), float(row['high']), ratio)})"
    marked = not row.get("placebo", False) and row.get("p_holm", math.nan) < 0.05
    return told + (CLEAR if marked else "")


def parts_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    """Removal, addition and total side by side: what a reader looks for first."""
    rows = []
    data = data.reset_index(drop=True)
    for (group, level, label), mine in data.groupby(["group", "level", "label"], sort=False):
        removal = mine[mine["part"] == REMOVAL].iloc[0]
        for kind, of_kind in mine[mine["part"] != REMOVAL].groupby("kind", sort=False):
            cells = {row["part"]: row for _, row in of_kind.iterrows()}
            added = cells.get(ADDITION)
            single = "–"
            if added is not None and added["policies"] > 1:
                single = bounds(added["least"], added["most"], bool(added["ratio"]))
            who = str(kind) or "RL traders"
            if of_kind["placebo"].any():
                who += " (placebo)"
            rows.append(
                [
                    str(group),
                    str(label),
                    level_text(results, level),
                    who,
                    interval_text(removal),
                    *(interval_text(cells[p]) if p in cells else "–" for p in PARTS[1:]),
                    single,
                    "–" if added is None else str(int(added["policies"])),
                ]
            )
    return ResultTable(
        "parts",
        "Removal, addition and total",
        "A share of RL traders is two changes: the displaced traders make room (first column, "
        "nobody comes), and RL traders come into that room (second, against the first, market by "
        "market); together it is the change against the untouched market. In logarithms the first "
        f"two add up to the third. In brackets 95 % intervals: for other {units(results)} and "
        f"other markets where there are three {units(results)} or more (t distribution, "
        f"Satterthwaite's degrees of freedom), else over markets. {CLEAR} where p is below 0.05 "
        "after Holm's correction within the column and measure; all else is not shown. Placebos "
        "are not part of that.",
        data,
        [
            "group",
            "measure",
            results.level_name,
            "traders",
            *(HEADS[part] for part in PARTS),
            f"single {units(results)}, added",
            units(results),
        ],
        rows,
        {0, 1, 3},
        leads=True,
    )


def grids_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    """The first figure as numbers: a row a window, grid and group."""
    windows = {"stress": "stress window", "recovery": "until the end"}
    split = (data["part"] == ADDITION).any()
    shown = data[data["part"].isin((REMOVAL, ADDITION) if split else (TOTAL,))]
    kinds = list(dict.fromkeys(shown.loc[shown["part"] != REMOVAL, "kind"]))
    rows = []
    for (window, step, group), mine in shown.groupby(["window", "step", "group"], sort=False):
        cells = [windows[window], str(step), str(group)]
        if split:
            cells.append(interval_text(mine[mine["part"] == REMOVAL].iloc[0]))
        for kind in kinds:
            row = mine[(mine["part"] != REMOVAL) & (mine["kind"] == kind)]
            cells.append(interval_text(row.iloc[0]) if len(row) else "–")
        rows.append(cells)
    first = [HEADS[REMOVAL]] if split else []
    named = [f"{kind or 'RL traders'}{' added' if split else ''}" for kind in kinds]
    return ResultTable(
        "grids",
        "Volatility by grid",
        "Change of the realised volatility of returns over so many seconds, from every start "
        "(Zhang, Mykland and Ait-Sahalia 2005), in the window of the stress and from the shock to "
        f"the end of what is simulated, at {results.level_name} "
        f"{level_text(results, results.told_level())}. 95 % intervals as in the first table.",
        data,
        ["window", "grid, s", "group", *first, *named],
        rows,
        {0, 2},
        folded=True,
    )


def doses_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    """Effects at equal realised share beside those at the share that was reached."""
    rows = []
    for _, row in data.iterrows():
        ratio = bool(row["ratio"])
        rows.append(
            [
                str(row["group"]),
                str(row["label"]),
                str(row["kind"]) or "RL traders",
                f"{row['reached_pct']:.0f} % ({row['least_pct']:.0f} to {row['most_pct']:.0f})",
                change(float(row["at_reached"]), ratio),
                interval_text(row),
                f"{change(float(row['slope']), ratio)} "
                f"({bounds(row['slope_low'], row['slope_high'], ratio)})",
                "–" if math.isnan(row["explained"]) else f"{100 * row['explained']:.0f} %",
                p_text(row["p_holm"]),
            ]
        )
    against = "the market with room made" if (data["part"] == ADDITION).all() else "the control"
    return ResultTable(
        "doses",
        "At equal realised share",
        f"What {results.level_name} {level_text(results, results.told_level())} would do if all "
        f"{units(results)} reached just that, against {against}: analysis of covariance over them, "
        "a mean for each kind of traders and one slope on the realised share, which every run "
        f"records. {CLEAR} as in the first table. The share is not assigned at random within a "
        "kind, so the slope need not be cause and effect; beyond the shares that were reached it "
        "extrapolates.",
        data,
        [
            "group",
            "measure",
            "traders",
            f"share reached (single {units(results)})",
            "change as reached",
            "at equal share",
            "per 10 points of share",
            "differences explained",
            "p (Holm)",
        ],
        rows,
        {0, 1, 2},
    )


def counts_shown(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    """Runs with a crash."""
    rows = [
        [
            str(row["group"]),
            level_text(results, row["level"]),
            str(row["kind"]) or ("control" if row["level"] == results.control else "RL traders"),
            f"{row['events']} of {row['runs']}",
            f"{number(round(float(row['low_pct']), 1))} to "
            f"{number(round(float(row['high_pct']), 1))} %",
        ]
        for _, row in data.iterrows()
    ]
    return ResultTable(
        "counts",
        "Runs with a crash",
        "A fall of three daily standard deviations within 15 minutes of which half is made up "
        "within 30. Exact 95 % intervals (Clopper and Pearson 1934) as if runs were independent; "
        "those of the same traders or one market are not quite.",
        data,
        ["group", results.level_name, "traders", "runs", "95 % interval"],
        rows,
        {0, 2},
        folded=True,
    )
