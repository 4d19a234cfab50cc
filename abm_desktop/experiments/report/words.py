"""The report's sentences: the answer in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from abm_desktop.experiments.report.findings import Findings, primary_rows
from abm_desktop.experiments.report.part_words import dose_words, part_words
from abm_desktop.experiments.report.text import (
    bounds,
    change,
    level_text,
    named,
    p_text,
    some,
    treatment,
)
from abm_desktop.experiments.statistics.behaviour import IN_CALM
from abm_desktop.experiments.statistics.experiment_results import ROOM_ONLY, ExperimentResults
from abm_desktop.experiments.statistics.recoveries import DURATIONS
from abm_desktop.experiments.statistics.trainings import FEWEST
from abm_desktop.metrics.stylized_facts.suite import FAIL, HARD, NOT_SHOWN, WARN

__all__ = ["answer"]


_FEW_LEVELS = 5
"""Of so many levels with one kind of traders each has a sentence of its own."""


def answer(results: ExperimentResults, found: Findings) -> list[str]:
    """The answer: in short, each group, the hypothesis, trends, recoveries, placebos, papers."""
    if not len(found.effects):
        return ["There are too few finished pairs to tell anything."]
    main = primary_rows(results, found)
    split = len(found.parts) > 0
    out = [
        *(part_words(results, found.parts) if split else _in_short(results, main)),
        *(() if split else _groups(results, main)),
        *dose_words(results, found.doses),
        *_hypothesis(results, found),
        *_behaviour(results, found.behaviour),
        *_trends(results, found.trends),
        *_unforked(results, found.unforked),
        *_recoveries(results, found.recoveries),
        *_placebos(results, found.effects),
        *_selected(results, found.trainings),
        *_signs(found.signs),
        *_facts(results),
    ]
    secondary = found.effects[~found.effects["primary"] & ~found.effects["placebo"]]
    clear = secondary[secondary["p_holm"] < 0.05]
    if len(secondary):
        out.append(
            f"Of {len(secondary)} secondary comparisons {len(clear)} are clear at 5 % after Holm's "
            "correction (Wilcoxon's test over markets, for these very trainings)."
        )
    return out


def _behaviour(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """What sets trainings apart, if something does."""
    clear = table[table["p_holm"] < 0.05]
    if not len(clear):
        return
    name = named(results.measure_of(results.primary).label)[0]
    told = "; ".join(
        f"{group}, "
        + some(
            [
                f"{named(row['label'])[0]}{' in calm' if row['seen'] == IN_CALM else ''} "
                f"({row['rho']:+.2f}, p {p_text(row['p_holm'])})"
                for _, row in rows.iterrows()
            ]
        )
        for group, rows in clear.groupby("group", sort=False)
    )
    yield (
        f"What sets trainings apart: how much a training raises the {name} goes with what its "
        f"traders do there: {told} (rank correlation over {int(clear['trainings'].min())} "
        "trainings within algorithms, p after Holm; exploratory)."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _who(row: pd.Series) -> str:
    return row["kind"] or "RL traders"


def _of_unit(rows: pd.DataFrame) -> str:
    """What the intervals of these rows are of."""
    of_trainings = rows["unit"] == "trainings"
    if not of_trainings.any():
        return "95 % intervals"
    where = "" if of_trainings.all() else " where there are several"
    least = int(rows.loc[of_trainings, "policies"].min())
    return f"95 % intervals for other trainings and markets{where} ({least} trainings)"


def _in_short(results: ExperimentResults, main: pd.DataFrame) -> Iterator[str]:
    """What comes out clearly, group by group, at the level that is told; of rules, how many."""
    name, unit = named(main["label"].iloc[0])
    if results.numeric:
        rows = main[main["level"] == results.told_level()]
        told = []
        for group in dict.fromkeys(rows["group"]):
            mine = rows[rows["group"] == group]
            parts = []
            held = (mine["unit"] == "markets") | (mine["p_holm"] < 0.05)
            for way, sure, word in (
                (1, True, "up"),
                (-1, True, "down"),
                (1, False, "up, but not clear after Holm,"),
                (-1, False, "down, but not clear after Holm,"),
                (0, True, "no clear change"),
            ):
                there = mine[(mine["way"] == way) & ((held == sure) | (way == 0))]
                if len(there):
                    ends = sorted([there["change"].min(), there["change"].max()])
                    size = bounds(ends[0], ends[1], bool(there["ratio"].all()), unit)
                    if len(there) == 1:
                        size = change(ends[0], bool(there["ratio"].all()), unit)
                    parts.append(
                        f"{word} with {some([_who(r) for _, r in there.iterrows()])} ({size})"
                    )
            told.append(f"{group}: {', '.join(parts)}")
        yield (
            f"In short, {name} at {results.level_name} "
            f"{level_text(results, results.told_level())}: {'; '.join(told)}."
        )
        return
    stressed = main[[not results.is_calm(group) for group in main["group"]]]
    if len(stressed) > 1:
        ups, downs = int((stressed["way"] > 0).sum()), int((stressed["way"] < 0).sum())
        same = int((stressed["equivalent"] & (stressed["way"] == 0)).sum())
        within = f", stays within 5 % in {same}" if stressed["ratio"].any() else ""
        yield (
            f"In short: of {len(stressed)} comparisons under stress the {name} clearly rises in "
            f"{ups}, falls in {downs}{within}; in the others nothing can be told."
        )


def _groups(results: ExperimentResults, main: pd.DataFrame) -> Iterator[str]:
    for group in dict.fromkeys(main["group"]):
        rows = main[main["group"] == group]
        if not results.numeric and (len(rows) > _FEW_LEVELS or rows["kind"].nunique() > 1):
            yield f"{_capital(group)}. {_by_way(results, rows)}"
        elif rows["kind"].nunique() > 1:
            rows = rows[rows["level"] == results.told_level()]
            if len(rows):
                yield f"{_capital(group)}. {_in_line(results, rows)}"
        else:
            told = " ".join(_sentence(results, row) for _, row in rows.iterrows())
            yield f"{_capital(group)}. {told}"


def _in_line(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """Several kinds of traders at one level in one sentence."""
    name, unit = named(rows["label"].iloc[0])
    parts = []
    for _, row in rows.iterrows():
        ratio = bool(row["ratio"])
        told = [bounds(row["low"], row["high"], ratio, unit)]
        if row["unit"] == "trainings":
            told.append(f"p {p_text(row['p_holm'])}")
            told.append(f"single trainings {bounds(row['least'], row['most'], ratio, unit)}")
        elif row["equivalent"]:
            told.append("within 5 %")
        parts.append(f"{_who(row)} {change(row['change'], ratio, unit)} ({'; '.join(told)})")
    after = ", p after Holm" if (rows["unit"] == "trainings").any() else ""
    level = level_text(results, rows["level"].iloc[0])
    return (
        f"{_capital(results.level_name)} {level}: {', '.join(parts)}. Change of the {name}, "
        f"{_of_unit(rows)}{after}."
    )


def _by_way(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """Many levels: which of them clearly raise the measure, which lower it, and the rest."""
    name, unit = named(rows["label"].iloc[0])
    kinds = rows["kind"].nunique()
    parts = []
    for way, word in ((1, "rises"), (-1, "falls")):
        there = rows[rows["way"] == way]
        told = []
        for level in dict.fromkeys(there["level"]):
            mine = there[there["level"] == level]
            sizes = ", ".join(
                (f"{row['kind']} " if kinds > 1 else "")
                + change(row["change"], bool(row["ratio"]), unit)
                for _, row in mine.iterrows()
            )
            told.append(f"{level_text(results, level)} ({sizes})")
        if told:
            parts.append(f"clearly {word} with {'; '.join(told)}")
    quiet = [
        level_text(results, level)
        for level in dict.fromkeys(rows["level"])
        if not rows.loc[rows["level"] == level, "way"].any()
    ]
    if quiet:
        parts.append(f"does not clearly change with {some(quiet)}")
    return f"The {name} {'. It '.join(parts)}. By {_of_unit(rows)}, one by one."


def _sentence(results: ExperimentResults, row: pd.Series) -> str:
    low, high, ratio = float(row["low"]), float(row["high"]), bool(row["ratio"])
    name, unit = named(row["label"])
    by = f"{row['policies']} {'policy' if row['policies'] == 1 else 'policies'}"
    if row["unit"] == "trainings":
        by += f", single trainings {bounds(row['least'], row['most'], ratio, unit)}"
    told = f"(95 % interval {bounds(low, high, ratio, unit)}; {row['pairs']} matched runs, {by})"
    level = f"{_capital(treatment(results, row['kind'], row['level']))}:"
    size = change(float(row["change"]), ratio, unit)
    if row["way"]:
        way = "raises" if low > 0 else "lowers"
        small = " (less than 5 %)" if row["equivalent"] else ""
        return f"{level} {way} the {name} by {size.lstrip('+-')}{small} {told}."
    if row["equivalent"]:
        return f"{level} leaves the {name} as it is, within 5 %: {size} {told}."
    return f"{level} no difference in the {name} can be told: {size} {told}."


def _hypothesis(results: ExperimentResults, found: Findings) -> Iterator[str]:
    """Every stress-specific factor at the level that is told, and whether the hypothesis holds."""
    table = found.amplification
    if not len(table) or not results.numeric:
        return
    rows = table[table["hypothesis"] & (table["level"] == results.told_level())]
    if not len(rows):
        return
    factors = {
        (row["kind"], row["group"]): (
            row["specific"],
            row["specific_low"],
            row["specific_high"],
            row["p_holm"],
        )
        for _, row in rows.iterrows()
    }
    unit = "95 % intervals"
    single = found.spread
    if len(single):
        single = single[(single["measure"] == "specific") & single["told"]]
        single = single[(single["policies"] >= FEWEST) & single["low"].notna()]
    if len(single) == len(rows):
        # More markets cost nothing, and would make anything clear: what counts is whether another
        # training would do the same.
        factors = {
            (row["kind"], row["group"]): (
                1 + row["change"],
                1 + row["low"],
                1 + row["high"],
                row["p_holm"],
            )
            for _, row in single.iterrows()
        }
        unit = "95 % intervals for other trainings and markets"
    if results.hypothesis_level is not None:
        more = sum(low > 1 and p < 0.05 for _, low, _, p in factors.values())
        less = sum(high < 1 and p < 0.05 for _, _, high, p in factors.values())
        yield (
            "Hypothesis fixed in advance, that volatility is amplified more under stress than in "
            f"calm (VAF* above 1) at {results.level_name} "
            f"{level_text(results, results.hypothesis_level)}: clear in {more} of {len(factors)} "
            f"comparisons, the contrary in {less}. {_capital(_factors(factors, unit))}"
        )
    else:
        yield (
            f"Amplification of volatility over that in calm (VAF*), {results.level_name} "
            f"{level_text(results, results.told_level())}: {_factors(factors, unit)}"
        )


def _factors(factors: dict[tuple[str, str], tuple[float, float, float, float]], unit: str) -> str:
    groups = dict.fromkeys(group for _, group in factors)
    told = []
    for group in groups:
        mine = [
            f"{kind or 'RL traders'} {_factor(middle)} ({_factor(low)} to {_factor(high)}, "
            f"p {p_text(p)})"
            for (kind, there), (middle, low, high, p) in factors.items()
            if there == group
        ]
        told.append(f"{group}: {', '.join(mine)}")
    return f"{'; '.join(told)} ({unit}, p after Holm)."


def _factor(value: float) -> str:
    return "over 100" if value > 100 else f"{value:.2f}"


def _trends(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    if not len(table):
        return
    main = table[table["measure"] == results.primary]
    told: dict[str, list[str]] = {"rises": [], "falls": [], "shows no clear trend": []}
    for group in dict.fromkeys(main["group"]):
        ways: dict[str, list[str]] = {}
        for _, row in main[main["group"] == group].iterrows():
            way = "rises" if row["z"] > 0 else "falls"
            if not row["p_holm"] < 0.05:
                way = "shows no clear trend"
            ways.setdefault(way, []).append(row["kind"])
        for way, kinds in ways.items():
            who = f" with {some(kinds)}" if any(kinds) else ""
            told[way].append(f"{group}{who}")
    parts = [f"{way} in {'; '.join(where)}" for way, where in told.items() if where]
    if parts:
        name, _ = named(main["label"].iloc[0])
        yield (
            f"Over the dose the {name} {', '.join(parts)} (Jonckheere's test within markets, 5 % "
            "after Holm)."
        )


def _unforked(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    if not len(table):
        return
    name, unit = named(table["label"].iloc[0])
    same = int(((table["change"] > 0) == (table["forked"] > 0)).sum())
    meet = int(
        ((table["low"] <= table["forked_high"]) & (table["forked_low"] <= table["high"])).sum()
    )
    ratio = bool(table["ratio"].all())
    told = "; ".join(
        f"{group}: "
        + ", ".join(
            f"{_who(row)} {change(row['change'], ratio, unit)}" for _, row in mine.iterrows()
        )
        for group, mine in table.groupby("group", sort=False)
    )
    yield (
        f"Without matched copies, the traders in the market from its open, the {name} changes by "
        f"{told}: in {same} of {len(table)} comparisons the same way as with copies, and in {meet} "
        "the two 95 % intervals overlap."
    )


def _facts(results: ExperimentResults) -> Iterator[str]:
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


def _selected(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
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


def _recoveries(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
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
        shown = wanted if len(wanted) <= _FEW_LEVELS else wanted[wanted["p_holm"] < 0.05]
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
            f"{_capital(group)}, half of the fall is made up, counted from the shock, after a "
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


def _placebos(results: ExperimentResults, effects: pd.DataFrame) -> Iterator[str]:
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


def _signs(table: pd.DataFrame) -> Iterator[str]:
    for paper in dict.fromkeys(table["paper"]) if len(table) else ():
        rows = table[table["paper"] == paper]
        counts = rows["agrees"].value_counts()
        yes, no, open_ = (int(counts.get(name, 0)) for name in ("yes", "no", "not told"))
        yield (
            f"{paper}: of {len(rows)} expected signs {yes} agree, {no} do not, and {open_} cannot "
            "be told from these runs."
        )
