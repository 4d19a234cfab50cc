"""The report's sentences: the answer in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from abm_desktop.experiments.report.findings import Findings, primary_rows
from abm_desktop.experiments.report.part_words import dose_words, part_words
from abm_desktop.experiments.report.side_words import (
    FEW_LEVELS,
    facts_words,
    placebos_words,
    recoveries_words,
    selected_words,
    signs_words,
)
from abm_desktop.experiments.report.text import (
    bounds,
    capital,
    change,
    level_text,
    named,
    p_text,
    some,
    treatment,
    units,
)
from abm_desktop.experiments.statistics.behaviour import IN_CALM
from abm_desktop.experiments.statistics.experiment_results import FEWEST, ExperimentResults

__all__ = ["answer"]


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
        *recoveries_words(results, found.recoveries),
        *placebos_words(results, found.effects),
        *selected_words(results, found.trainings),
        *signs_words(found.signs),
        *facts_words(results),
    ]
    secondary = found.effects[~found.effects["primary"] & ~found.effects["placebo"]]
    clear = secondary[secondary["p_holm"] < 0.05]
    if len(secondary):
        out.append(
            f"Of {len(secondary)} secondary comparisons {len(clear)} are clear at 5 % after Holm's "
            f"correction (Wilcoxon's test over markets, for these very {units(results)})."
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
        f"What sets {units(results)} apart: how much one raises the {name} goes with what its "
        f"traders do there: {told} (rank correlation over {int(clear['trainings'].min())} "
        f"{units(results)} within kinds of traders, p after Holm; exploratory)."
    )


def _who(row: pd.Series) -> str:
    return row["kind"] or "RL traders"


def _of_unit(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """What the intervals of these rows are of."""
    of_trainings = rows["unit"] == "trainings"
    if not of_trainings.any():
        return "95 % intervals"
    where = "" if of_trainings.all() else " where there are several"
    least = int(rows.loc[of_trainings, "policies"].min())
    unit = units(results)
    return f"95 % intervals for other {unit} and markets{where} ({least} {unit})"


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
        clear = int(((stressed["way"] != 0) & (stressed["p_holm"] < 0.05)).sum())
        yield (
            f"In short: by 95 % intervals one by one, of {len(stressed)} comparisons under stress "
            f"the {name} rises in {ups}, falls in {downs}{within}; in the others nothing can be "
            f"told. Clear after Holm's correction: {clear} of these {ups + downs}."
        )


def _groups(results: ExperimentResults, main: pd.DataFrame) -> Iterator[str]:
    for group in dict.fromkeys(main["group"]):
        rows = main[main["group"] == group]
        if not results.numeric and (len(rows) > FEW_LEVELS or rows["kind"].nunique() > 1):
            yield f"{capital(group)}. {_by_way(results, rows)}"
        elif rows["kind"].nunique() > 1:
            rows = rows[rows["level"] == results.told_level()]
            if len(rows):
                yield f"{capital(group)}. {_in_line(results, rows)}"
        else:
            told = " ".join(_sentence(results, row) for _, row in rows.iterrows())
            yield f"{capital(group)}. {told}"


def _in_line(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """Several kinds of traders at one level in one sentence."""
    name, unit = named(rows["label"].iloc[0])
    parts = []
    for _, row in rows.iterrows():
        ratio = bool(row["ratio"])
        told = [bounds(row["low"], row["high"], ratio, unit)]
        if row["unit"] == "trainings":
            told.append(f"p {p_text(row['p_holm'])}")
            ends = bounds(row["least"], row["most"], ratio, unit)
            told.append(f"single {units(results)} {ends}")
        elif row["equivalent"]:
            told.append("within 5 %")
        parts.append(f"{_who(row)} {change(row['change'], ratio, unit)} ({'; '.join(told)})")
    after = ", p after Holm" if (rows["unit"] == "trainings").any() else ""
    level = level_text(results, rows["level"].iloc[0])
    return (
        f"{capital(results.level_name)} {level}: {', '.join(parts)}. Change of the {name}, "
        f"{_of_unit(results, rows)}{after}."
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
    return f"The {name} {'. It '.join(parts)}. By {_of_unit(results, rows)}, one by one."


def _sentence(results: ExperimentResults, row: pd.Series) -> str:
    low, high, ratio = float(row["low"]), float(row["high"]), bool(row["ratio"])
    name, unit = named(row["label"])
    by = f"{row['policies']} {'policy' if row['policies'] == 1 else 'policies'}"
    if row["unit"] == "trainings":
        by += f", single {units(results)} {bounds(row['least'], row['most'], ratio, unit)}"
    told = f"(95 % interval {bounds(low, high, ratio, unit)}; {row['pairs']} matched runs, {by})"
    level = f"{capital(treatment(results, row['kind'], row['level']))}:"
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
        unit = f"95 % intervals for other {units(results)} and markets"
    if results.hypothesis_level is not None:
        more = sum(low > 1 and p < 0.05 for _, low, _, p in factors.values())
        less = sum(high < 1 and p < 0.05 for _, _, high, p in factors.values())
        yield (
            "Hypothesis fixed in advance, that volatility is amplified more under stress than in "
            f"calm (VAF* above 1) at {results.level_name} "
            f"{level_text(results, results.hypothesis_level)}: clear in {more} of {len(factors)} "
            f"comparisons, the contrary in {less}. {capital(_factors(factors, unit))}"
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
