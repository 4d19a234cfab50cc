"""The report's sentences: the answer in words, and what the results do not tell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from abm_desktop.experiments import effects as of
from abm_desktop.experiments.mixed_model import MixedModel
from abm_desktop.experiments.report_data import ExperimentResults, Level
from abm_desktop.experiments.trainings import spread_table, trainings_table
from abm_desktop.metrics.stylized_facts import FAIL, HARD

__all__ = ["Findings", "answer", "find", "level_text", "limits", "treatment"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Every table of findings, see :mod:`abm_desktop.experiments.effects`; empty where none."""

    effects: pd.DataFrame
    amplification: pd.DataFrame
    trends: pd.DataFrame
    recoveries: pd.DataFrame
    shares: pd.DataFrame
    signs: pd.DataFrame
    mixed: MixedModel | None
    spread: pd.DataFrame
    trainings: pd.DataFrame
    unforked: pd.DataFrame


_TRAININGS = 3
"""Fewest trainings of each algorithm with which they are the unit of what is told in short."""


def find(results: ExperimentResults) -> Findings:
    """Compute everything that the report tells; takes seconds for thousands of runs."""
    effects = of.effects_table(results)
    return Findings(
        effects,
        of.amplification_table(results),
        of.trend_table(results),
        of.recovery_table(results),
        of.share_table(results),
        of.signs_table(results),
        of.mixed_model(results),
        spread_table(results),
        trainings_table(results),
        of.unforked_table(results, effects),
    )


def percent(fraction: float) -> str:
    """A change as signed percent, with as many digits as it deserves."""
    value = 100 * fraction
    if math.isnan(value):
        return "–"
    return f"{value:+.0f} %" if abs(value) >= 10 else f"{value:+.1f} %"


def change(value: float, ratio: bool) -> str:
    """A change in percent for a ratio, else signed in the measure's unit."""
    return percent(value) if ratio else "–" if math.isnan(value) else f"{value:+.3g}"


def p_text(p: float) -> str:
    """A p value, never as 0."""
    return "–" if math.isnan(p) else "<0.0001" if p < 1e-4 else f"{p:.2g}"


def level_text(results: ExperimentResults, level: Level) -> str:
    """A level as it is shown: a share as percent, any other number as it is, a name as a name."""
    if isinstance(level, str):
        return level.replace("_", " ")
    share = "share" in results.level and 0 <= level <= 1
    return f"{100 * level:g} %" if share else f"{level:g}"


def treatment(results: ExperimentResults, kind: str, level: Level) -> str:
    """Kind and level in words, e.g. ``PPO, RL share of taker volume 25 %``."""
    told = f"{results.level_name} {level_text(results, level)}"
    return f"{kind}, {told}" if kind else told


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def answer(results: ExperimentResults, found: Findings) -> list[str]:
    """The answer: in short, the hypothesis, each group, trends, recoveries, placebos, papers."""
    if not len(found.effects):
        return ["There are too few finished pairs to tell anything."]
    out = [
        *_in_short(results, found),
        *_hypothesis(results, found.amplification),
        *_groups(results, found.effects),
        *_trainings(found.spread),
        *_unforked(results, found.unforked),
        *_trends(results, found.trends),
        *_recoveries(results, found.recoveries),
        *_placebos(results, found.effects),
        *_signs(found.signs),
        *_facts(results),
    ]
    secondary = found.effects[~found.effects["primary"] & ~found.effects["placebo"]]
    clear = secondary[secondary["p_holm"] < 0.05]
    if len(secondary):
        out.append(
            f"Of {len(secondary)} secondary comparisons {len(clear)} are clear at 5 % after Holm's "
            "correction; the table has them all."
        )
    return out


def _in_short(results: ExperimentResults, found: Findings) -> Iterator[str]:
    """How many comparisons come out which way: of the hypothesis, else of the primary measure."""
    level = level_text(results, results.told_level())
    table = found.amplification
    fixed = table[table["hypothesis"]] if len(table) else table
    if len(fixed) and results.hypothesis_level is not None:
        above, below = fixed["specific_low"] > 1, fixed["specific_high"] < 1
        unit = ""
        if len(found.spread):
            single = found.spread[found.spread["measure"] == "specific"]
            if len(single) == len(fixed) and single["policies"].min() >= _TRAININGS:
                # More markets cost nothing, and would make anything clear: what counts is whether
                # another training would do the same.
                clear, unit = single["p_holm"] < 0.05, "with the training as the unit, "
                fixed = single
                above, below = clear & (single["change"] > 0), clear & (single["change"] < 0)
        yield (
            f"In short: {unit}at {results.level_name} {level} volatility is amplified more under "
            f"stress than in calm in {_some(fixed, above)}, and less in {_some(fixed, below)}, of "
            f"{len(fixed)} comparisons fixed in advance."
        )
        return
    main = found.effects[found.effects["primary"] & ~found.effects["placebo"]]
    main = main[[not results.is_calm(g) for g in main["group"]]] if len(main) else main
    if len(main) > 1:
        ups, downs = int((main["low"] > 0).sum()), int((main["high"] < 0).sum())
        yield (
            f"In short: of {len(main)} comparisons under stress the {main['label'].iloc[0]} rises "
            f"in {ups}, falls in {downs}, and stays within 5 % in {int(main['equivalent'].sum())}; "
            "in the others nothing can be told."
        )


def _some(table: pd.DataFrame, which: pd.Series) -> str:
    names = [
        f"{row['group']} with {row['kind']}" if row["kind"] else row["group"]
        for _, row in table[which].iterrows()
    ]
    return f"{len(names)} ({'; '.join(names)})" if names else "none"


def _who(row: pd.Series) -> str:
    return row["kind"] or "RL traders"


def _hypothesis(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """Every stress-specific factor that the hypothesis is about, at one level if it names none."""
    if not len(table):
        return
    rows = table[table["hypothesis"] & (table["level"] == results.told_level())]
    if results.hypothesis_level is not None and len(rows):
        groups = " and ".join(dict.fromkeys(rows["group"]))
        yield (
            f"Hypothesis fixed in advance: at {results.level_name} "
            f"{level_text(results, results.hypothesis_level)} volatility is amplified more under "
            f"{groups} than in calm (VAF* above 1)."
        )
    for group in dict.fromkeys(rows["group"]):
        mine = rows[rows["group"] == group]
        if len(mine) > 1:
            told = "; ".join(
                f"{_who(row)} {row['specific']:.2f} ({row['specific_low']:.2f} to "
                f"{row['specific_high']:.2f}, p {p_text(row['p_holm'])})"
                for _, row in mine.iterrows()
            )
            yield (
                f"{_capital(group)}, {results.level_name} "
                f"{level_text(results, results.told_level())}: amplification over that in calm, "
                f"with 95 % intervals and p after Holm: {told}."
            )
            continue
        (row,) = (r for _, r in mine.iterrows())
        low, high = row["specific_low"], row["specific_high"]
        told = "not clearly more or less than"
        if low > 1 or high < 1:
            told = "more than" if low > 1 else "less than"
        yield (
            f"{_capital(group)}, {treatment(results, row['kind'], row['level'])}: the "
            f"amplification of volatility is {row['specific']:.2f} times that in calm (95 % "
            f"interval {low:.2f} to {high:.2f}; Hodges-Lehmann {row['specific_hl']:.2f}, p "
            f"{p_text(row['p_holm'])} after Holm), so the treatment acts {told} in calm."
        )


def _groups(results: ExperimentResults, effects: pd.DataFrame) -> Iterator[str]:
    main = effects[effects["primary"] & ~effects["placebo"]]
    for group in dict.fromkeys(main["group"]):
        rows = main[main["group"] == group]
        if rows["kind"].nunique() > 1:
            if results.numeric:
                rows = rows[rows["level"] == results.told_level()]
            yield f"{_capital(group)}. {_in_line(results, rows)}"
        else:
            told = " ".join(_sentence(results, row) for _, row in rows.iterrows())
            yield f"{_capital(group)}. {told}"


def _in_line(results: ExperimentResults, rows: pd.DataFrame) -> str:
    """Several kinds of traders in one sentence, a level each."""
    parts = []
    for level in dict.fromkeys(rows["level"]):
        told = "; ".join(
            f"{_who(row)} {change(row['change'], row['ratio'])} "
            f"({change(row['low'], row['ratio'])} to {change(row['high'], row['ratio'])}"
            f"{', within 5 %' if row['equivalent'] else ''})"
            for _, row in rows[rows["level"] == level].iterrows()
        )
        parts.append(f"{_capital(results.level_name)} {level_text(results, level)}: {told}.")
    label = rows["label"].iloc[0] if len(rows) else ""
    return f"Change of the {label}, with 95 % intervals. " + " ".join(parts)


def _sentence(results: ExperimentResults, row: pd.Series) -> str:
    low, high, ratio = float(row["low"]), float(row["high"]), bool(row["ratio"])
    bounds = (
        f"(95 % interval {change(low, ratio)} to {change(high, ratio)}; {row['pairs']} matched "
        f"runs, {row['policies']} {'policy' if row['policies'] == 1 else 'policies'})"
    )
    level = f"{_capital(treatment(results, row['kind'], row['level']))}:"
    size = change(float(row["change"]), ratio)
    if low > 0 or high < 0:
        way = "raises" if low > 0 else "lowers"
        small = " (less than 5 %)" if row["equivalent"] else ""
        return f"{level} {way} the {row['label']} by {size.lstrip('+-')}{small} {bounds}."
    if row["equivalent"]:
        return f"{level} leaves the {row['label']} as it is, within 5 %: {size} {bounds}."
    return f"{level} no difference in the {row['label']} can be told: {size} {bounds}."


def _trainings(table: pd.DataFrame) -> Iterator[str]:
    """How much policies of one algorithm differ, a sentence a group and measure."""
    if not len(table):
        return
    for (group, label), rows in table.groupby(["group", "label"], sort=False):
        told = "; ".join(
            f"{_who(row)} {change(row['change'], row['ratio'])} "
            f"({change(row['low'], row['ratio'])} to {change(row['high'], row['ratio'])}, p "
            f"{p_text(row['p_holm'])}; single trainings {change(row['least'], row['ratio'])} to "
            f"{change(row['most'], row['ratio'])}, alike with p {p_text(row['p_alike'])})"
            for _, row in rows.iterrows()
        )
        yield (
            f"{_capital(str(group))}, {label}, with the training as the unit "
            f"({int(rows['policies'].min())} policies): mean change with 95 % intervals for other "
            f"trainings and markets and p after Holm, by the t distribution: {told}."
        )


def _unforked(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    if not len(table):
        return
    told = "; ".join(
        f"{row['group']}{', ' + row['kind'] if row['kind'] else ''} "
        f"{change(row['change'], row['ratio'])} ({change(row['low'], row['ratio'])} to "
        f"{change(row['high'], row['ratio'])}), in matched copies "
        f"{change(row['forked'], row['ratio'])}"
        for _, row in table.iterrows()
    )
    yield (
        f"Without matched copies, the traders in the market from its open, {results.level_name} "
        f"{level_text(results, table['level'].iloc[0])}: change of the {table['label'].iloc[0]} "
        f"against the same seeds in {told}."
    )


def _facts(results: ExperimentResults) -> Iterator[str]:
    """In how many checks of stylised facts the hard ones hold."""
    facts = results.facts
    if facts is None or not len(facts):
        return
    hard = facts[facts["gate"] == HARD]
    told = []
    for cell, rows in hard.groupby("cell", sort=False):
        failed = [str(name) for name in rows.loc[rows["verdict"] == FAIL, "fact"]]
        if failed:
            told.append(f"{cell}: {', '.join(failed)}")
    whole = hard["cell"].nunique() - len(told)
    rest = f" Failed: {'; '.join(told)}." if told else ""
    yield (
        f"Stylised facts: in {whole} of {hard['cell'].nunique()} kinds of markets, in sessions "
        f"without stress, no hard fact fails.{rest}"
    )


def _trends(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    if not len(table):
        return
    main = table[table["measure"] == results.primary]
    for group in dict.fromkeys(main["group"]):
        told = []
        for _, row in main[main["group"] == group].iterrows():
            way = "rises with the dose" if row["z"] > 0 else "falls with the dose"
            if not row["p_holm"] < 0.05:
                way = "shows no clear trend"
            who = f"{row['kind']} " if row["kind"] else ""
            told.append(f"{who}{way} (z {row['z']:.1f}, p {p_text(row['p_holm'])})")
        yield (
            f"{_capital(group)}, trend of the {main['label'].iloc[0]} over the dose, by "
            f"Jonckheere's test within markets with p after Holm: {'; '.join(told)}."
        )


def _recoveries(results: ExperimentResults, table: pd.DataFrame) -> Iterator[str]:
    """Half of the fall made up: the control and the level that the words are about."""
    if not len(table):
        return
    half = table[table["duration"] == of.DURATIONS[0][1]]
    for group in dict.fromkeys(half["group"]):
        rows = half[half["group"] == group]
        usual = rows[rows["level"] == results.control]
        wanted = rows["level"] != results.control
        if results.numeric:
            wanted = rows["level"] == results.told_level()
        told = "; ".join(
            f"{_seconds(row['median_s'])} with {treatment(results, row['kind'], row['level'])} "
            f"(p {p_text(row['p_holm'])})"
            for _, row in rows[wanted].iterrows()
        )
        if told and len(usual):
            yield (
                f"{_capital(group)}, median time until half of the fall is made up, with p of the "
                f"log-rank test after Holm: {_seconds(usual['median_s'].iloc[0])} without the "
                f"treatment; {told}."
            )


def _seconds(value: float) -> str:
    return "longer than was simulated" if math.isnan(value) else f"{value:.0f} s"


def _placebos(results: ExperimentResults, effects: pd.DataFrame) -> Iterator[str]:
    for kind in results.placebo_names():
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
        told = "; ".join(
            f"{row['group']} {change(row['change'], row['ratio'])} "
            f"({change(row['low'], row['ratio'])} to {change(row['high'], row['ratio'])})"
            for _, row in rows[rows["level"] == rows["level"].iloc[-1]].iterrows()
        )
        level = level_text(results, rows["level"].iloc[-1])
        yield (
            f"Placebo, {kind}, {results.level_name} {level}: change of the "
            f"{rows['label'].iloc[0]} in {told}."
        )


def _signs(table: pd.DataFrame) -> Iterator[str]:
    for paper in dict.fromkeys(table["paper"]) if len(table) else ():
        rows = table[table["paper"] == paper]
        counts = rows["agrees"].value_counts()
        yes, no, open_ = (int(counts.get(name, 0)) for name in ("yes", "no", "not told"))
        yield (
            f"{paper}: of {len(rows)} expected signs {yes} agree, {no} do not, and {open_} cannot "
            "be told from these runs."
        )


def limits(results: ExperimentResults, found: Findings) -> list[str]:
    """What the results do not tell: the given sentences, and those that follow from the numbers."""
    out = list(results.limits)
    effects = found.effects
    if len(effects):
        real = effects[~effects["placebo"]]
        policies, markets = int(real["policies"].min()), int(real["markets"].min())
        if policies < 5:
            out.append(
                f"Only {policies} trained {'policy' if policies == 1 else 'policies'} per cell: "
                "the intervals tell little about what other trainings would give."
            )
        elif policies < 10:
            out.append(
                f"With {policies} policies per cell a 95 % interval covers the truth in 85 to 95 % "
                "of experiments, the less the more policies differ."
            )
        if markets < 64:
            out.append(f"Some cells have only {markets} markets; 64 are usual for a screening.")
    if found.mixed is not None and found.mixed.note:
        out.append(f"Mixed model: {found.mixed.note}")
    if len(found.shares):
        off = (found.shares["mean_pct"] - found.shares["aimed_pct"]).abs()
        worst = found.shares.loc[off.idxmax()]
        if off.max() > 5:
            out.append(
                f"The realised share missed the aimed one by up to {off.max():.0f} points: "
                f"{worst['mean_pct']:.0f} % for {worst['aimed_pct']:.0f} %."
            )
    if len(found.recoveries):
        out.append("Log-rank tests of recovery times do not use that the runs are matched.")
    if results.facts is None:
        out.append("The stylised facts were not checked in these cells.")
    out.append("All of this is a simulated market; no real one was traded.")
    return out
