"""The report's sentences on removal, addition and total, on grids, and on equal dose."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from abm_desktop.experiments.report.text import (
    bounds,
    capital,
    change,
    level_text,
    named,
    some,
    units,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.parts import ADDITION, REMOVAL, TOTAL

__all__ = ["dose_words", "part_words"]

CLEAR = 0.05


def part_words(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """In short, then the numbers of the primary and the second measure, group by group."""
    rows = table[(table["level"] == results.told_level()) & ~table["placebo"]]
    if not len(rows):
        return
    level = f"{results.level_name} {level_text(results, results.told_level())}"
    parts = [f"{group}: {_short(results, mine)}" for group, mine in _by(rows, "group")]
    primary = named(results.measure_of(results.primary).label)[0]
    yield (
        f"In short, {primary} at {level}, told in two parts: {'. '.join(parts)}. What is not shown "
        "is not shown to be nothing either."
    )
    for label, mine in _by(rows, "label"):
        for group, here in _by(mine, "group"):
            yield f"{capital(group)}, {label}. {_numbers(results, here)}"


def _by(rows: pd.DataFrame, column: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for name, mine in rows.groupby(column, sort=False):
        yield str(name), mine


def _short(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """What Holm's correction carries of one group, in words."""
    main = rows[rows["measure"] == results.primary]
    (removal,) = (row for _, row in main[main["part"] == REMOVAL].iterrows())
    told = [f"room made and nobody coming {_verdict(removal)}"]
    told.append(f"RL traders who come {_verdicts(main[main['part'] == ADDITION])}")
    other = rows[(rows["measure"] != results.primary) & (rows["part"] == ADDITION)]
    if len(other):
        told.append(f"of {named(other['label'].iloc[0])[0]} they {_verdicts(other)}")
    told.append(f"together {_verdicts(main[main['part'] == TOTAL])}")
    return "; ".join(told)


def _verdict(row: pd.Series) -> str:
    size = f"({change(row['change'], bool(row['ratio']))})"
    if not row["p_holm"] < CLEAR:
        return f"is not shown to change it {size}"
    return f"{'raises' if row['change'] > 0 else 'lowers'} it {size}"


def _verdicts(rows: pd.DataFrame) -> str:
    parts = []
    for way, word in ((1, "raise it"), (-1, "lower it"), (0, "are not shown to change it")):
        clear = rows["p_holm"] < CLEAR
        mine = rows[~clear] if way == 0 else rows[clear & ((rows["change"] > 0) == (way > 0))]
        if len(mine):
            ends = sorted([float(mine["change"].min()), float(mine["change"].max())])
            ratio = bool(mine["ratio"].all())
            size = change(ends[0], ratio) if len(mine) == 1 else bounds(ends[0], ends[1], ratio)
            who = f" with {some(list(mine['kind']))}" if mine["kind"].any() else ""
            parts.append(f"{word}{who} ({size})")
    return ", ".join(parts) if parts else "are not told"


def _numbers(results: ExperimentResults, rows: pd.DataFrame) -> str:
    named_units = units(results)
    (removal,) = (row for _, row in rows[rows["part"] == REMOVAL].iterrows())
    told = [f"Room made and nobody coming: {_told(removal)}"]
    for part, words in ((ADDITION, "RL traders added to that room"), (TOTAL, "together")):
        mine = rows[rows["part"] == part]
        told.append(f"{words}: " + ", ".join(_of(row, named_units) for _, row in mine.iterrows()))
    few = rows.loc[rows["unit"] == "trainings", "policies"]
    unit = "over markets"
    if len(few):
        unit = (
            f"for other {named_units} and markets, {int(few.min())} {named_units}; the first over "
            "markets"
        )
    return f"{'; '.join(told)} (95 % intervals {unit})."


def _of(row: pd.Series, named_units: str) -> str:
    single = ""
    if row["unit"] == "trainings" and row["part"] == ADDITION:
        single = f"; single {named_units} {bounds(row['least'], row['most'], bool(row['ratio']))}"
    return f"{row['kind']} {_told(row, single)}".lstrip()


def _told(row: pd.Series, more: str = "") -> str:
    ratio = bool(row["ratio"])
    shown = "" if row["p_holm"] < CLEAR else ", not shown"
    interval = bounds(row["low"], row["high"], ratio)
    return f"{change(row['change'], ratio)} ({interval}{shown}{more})"


def dose_words(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """Effects on the primary measure at equal realised share."""
    rows = table[table["measure"] == results.primary] if len(table) else table
    if not len(rows):
        return
    told = []
    for group, mine in _by(rows, "group"):
        sizes = ", ".join(_of(row, "") for _, row in mine.assign(unit="").iterrows())
        reached = f"{mine['least_pct'].min():.0f} to {mine['most_pct'].max():.0f} %"
        explained = f"{100 * mine['explained'].iloc[0]:.0f} %"
        told.append(
            f"{group} {sizes}; {units(results)} reached {reached}, which explains {explained} of "
            "their differences within kinds of traders"
        )
    level = level_text(results, results.told_level())
    base = "the market with room made" if (rows["part"] == ADDITION).all() else "the control"
    yield (
        f"At an equal realised share of {level}, against {base}: {'. '.join(map(capital, told))}. "
        f"Analysis of covariance over {units(results)}."
    )
