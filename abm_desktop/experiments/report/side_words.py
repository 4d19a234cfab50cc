"""The report's sentences beside its answer: recoveries, placebos, papers, facts, the selected."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from abm_desktop.experiments.report.text import (
    bounds,
    capital,
    change,
    level_text,
    named,
    p_text,
    treatment,
)
from abm_desktop.experiments.statistics.experiment_results import ROOM_ONLY, ExperimentResults
from abm_desktop.experiments.statistics.recoveries import DURATIONS
from abm_desktop.metrics.stylized_facts.suite import FAIL, HARD, NOT_SHOWN, WARN

__all__ = ["facts_words", "placebos_words", "recoveries_words", "selected_words", "signs_words"]

FEW_LEVELS = 5
"""So many levels with one kind of traders have a sentence of their own each."""


def recoveries_words(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """Half of the fall made up: the control and the level that the words are about."""
    if not len(table):
        return
    half = table[table["duration"] == DURATIONS[0][1]]
    for group in dict.fromkeys(half["group"]):
        rows = half[half["group"] == group]
        usual = rows[rows["level"] == results.control]
        wanted = rows[rows["level"] != results.control]
        if results.numeric:
            wanted = wanted[wanted["level"] == results.told_level()]
        shown = wanted if len(wanted) <= FEW_LEVELS else wanted[wanted["p_holm"] < 0.05]
        if not len(usual) or not len(wanted):
            continue
        told = [
            f"{_seconds(row['median_s'])} with {_treated(results, row)} (in the mean "
            f"{change(row['later_s'], False, ' s')}, {bounds(row['low'], row['high'], False)}, "
            f"p {p_text(row['p_holm'])})"
            for _, row in shown.iterrows()
        ]
        if len(shown) < len(wanted):
            rest = len(wanted) - len(shown)
            told.append(f"no clear difference in {rest} of {len(wanted)} comparisons")
        yield (
            f"{capital(group)}, half of the fall is made up, counted from the shock, after a "
            f"median of {_seconds(usual['median_s'].iloc[0])} without the treatment; "
            f"{', '.join(told)} (paired means with 95 % intervals, what did not recover counting "
            "as long as it was watched; p after Holm)."
        )


def _treated(results: ExperimentResults, row: pd.Series) -> str:
    """The kind of traders if the level is clear, else kind and level."""
    if results.numeric and row["kind"]:
        return str(row["kind"])
    if results.numeric:
        return treatment(results, "", row["level"])
    return ", ".join(filter(None, (row["kind"], level_text(results, row["level"]))))


def _seconds(value: float) -> str:
    return "longer than was simulated" if math.isnan(value) else f"{value:.0f} s"


def placebos_words(results: ExperimentResults, effects: pd.DataFrame) -> Iterator[str]:
    for kind in results.placebo_names():
        if kind == ROOM_ONLY:
            continue
        every = effects[effects["kind"] == kind]
        rows = every[every["primary"]]
        if not len(rows):
            continue
        if kind == "zero size":
            same = (every[["change", "low", "high"]] == 0).all(axis=None)
            yield (
                "Placebo of zero size: exactly as the control in every measure, as it must be."
                if same
                else "Placebo of zero size: the markets differ from the control, which they must "
                "not. Do not trust these results."
            )
            continue
        name, unit = named(rows["label"].iloc[0])
        rows = rows[rows["level"] == rows["level"].iloc[-1]]
        told = "; ".join(
            f"{row['group']} {change(row['change'], row['ratio'], unit)} "
            f"({bounds(row['low'], row['high'], row['ratio'], unit)})"
            for _, row in rows.iterrows()
        )
        level = level_text(results, rows["level"].iloc[-1])
        yield f"Placebo, {kind} at {level}: change of the {name} in {told}."


def signs_words(table: pd.DataFrame) -> Iterator[str]:
    for paper in dict.fromkeys(table["paper"]) if len(table) else ():
        rows = table[table["paper"] == paper]
        counts = rows["agrees"].value_counts()
        yes, no, open_ = (int(counts.get(name, 0)) for name in ("yes", "no", "not told"))
        yield (
            f"{paper}: of {len(rows)} expected signs {yes} agree, {no} do not, and {open_} cannot "
            "be told from these runs."
        )


def facts_words(results: ExperimentResults) -> Iterator[str]:
    """In how many checks of stylised facts the hard ones hold; the table has which do not."""
    facts = results.facts
    if facts is None or not len(facts):
        return
    hard = facts[facts["gate"] == HARD]
    every = set(hard["cell"])
    failed = set(hard.loc[hard["verdict"] == FAIL, "cell"])
    open_ = set(hard.loc[hard["verdict"].isin((NOT_SHOWN, WARN)), "cell"])
    rest = " What is said of the others is said of markets that are not in all respects like real"
    yield (
        f"Stylised facts: in {len(every - failed - open_)} of {len(every)} kinds of markets, in "
        f"sessions without stress, every hard fact is shown; in {len(failed)} one fails or more, "
        f"in {len(open_ - failed)} none fails and one is not shown or more."
        f"{rest + ' ones; the table has which.' if failed else ''}"
    )


def selected_words(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """Trainings that were chosen for what they do, apart."""
    if not len(table) or not table["selected"].any():
        return
    rows = table[table["selected"] & (table["measure"] == results.primary)]
    name, unit = named(rows["label"].iloc[0])
    told = "; ".join(
        f"{group} "
        + ", ".join(
            f"{row['policy']} {change(row['change'], row['ratio'], unit)}"
            for _, row in mine.iterrows()
        )
        for group, mine in rows.groupby("group", sort=False)
    )
    yield (
        "Selected trainings, which are in no interval, against the untouched market: change of "
        f"the {name} in {told}."
    )
