"""Tables of the report with a column for each kind of traders, or of market."""

from __future__ import annotations

import math

import pandas as pd

from abm_desktop.experiments.report.table import CLEAR, ResultTable
from abm_desktop.experiments.report.text import bounds, change, level_text, units
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.metrics.stylized_facts.suite import FAIL, HARD, NONE, NOT_SHOWN, WARN

__all__ = ["facts_table", "failed_facts_table", "glance_table", "measures_table"]


def _matrix(
    results: ExperimentResults, rows: pd.DataFrame, keys: tuple[str, ...]
) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of changes with intervals: a row for each of ``keys``, a column a kind."""
    heads = {"group": "group", "level": results.level_name, "label": "measure"}
    kinds = list(dict.fromkeys(rows["kind"]))
    out = []
    for values, mine in rows.groupby(list(keys), sort=False):
        words = [
            level_text(results, value) if key == "level" else str(value)
            for key, value in zip(keys, values, strict=True)
        ]
        cells = {}
        for _, row in mine.iterrows():
            low, high, ratio = float(row["low"]), float(row["high"]), bool(row["ratio"])
            clear = CLEAR if row["p_holm"] < 0.05 and (low > 0 or high < 0) else ""
            told = f"{change(float(row['change']), ratio)} ({bounds(low, high, ratio)})"
            cells[row["kind"]] = told + clear
        out.append([*words, *(cells.get(kind, "") for kind in kinds)])
    named = [kind or ("no RL traders" if len(kinds) > 1 else "change") for kind in kinds]
    return [*(heads[key] for key in keys), *named], out


def glance_table(results: ExperimentResults, rows: pd.DataFrame) -> ResultTable:
    """The primary measure, every level: what a reader looks for first."""
    columns, cells = _matrix(results, rows, ("group", "level"))
    if (rows["unit"] == "trainings").any():
        unit = units(results)
        where = f" of kinds with several {unit}" if (rows["unit"] == "markets").any() else ""
        interval = (
            f"95 % intervals{where} for other {unit} and other markets, by the t distribution"
        )
        if where:
            interval += ", else by bootstrap for other markets"
    else:
        interval = "95 % intervals by bootstrap of policies and markets"
    return ResultTable(
        "glance",
        f"At a glance: {rows['label'].iloc[0]}",
        "Change against the same market without the treatment, percent for ratios; of calm markets "
        "in the same minutes. In brackets "
        f"{interval}; {CLEAR} where they leave out no change and p is below 0.05 after Holm's "
        "correction. All else is not shown.",
        rows[
            ["kind", "group", "level", "unit", "change", "low", "high", "p_holm", "policies"]
            + ["markets"]
        ],
        columns,
        cells,
        {0, 1} if not results.numeric else {0},
        leads=True,
    )


def measures_table(results: ExperimentResults, effects: pd.DataFrame) -> ResultTable:
    """All measures at the dose that is told, a column a kind of traders."""
    rows = effects[~effects["placebo"] & (effects["level"] == results.told_level())]
    # The primary one is judged in the first table, with the interval that is to be trusted.
    rows = rows.assign(p_holm=rows["p_holm"].where(~rows["primary"]))
    columns, cells = _matrix(results, rows, ("group", "label"))
    return ResultTable(
        "measures",
        f"Every measure at {results.level_name} {level_text(results, results.told_level())}",
        "Percent for ratios, else in the unit of the measure. In brackets 95 % intervals by "
        f"bootstrap of policies, then markets; {CLEAR} where they leave out no change and p of "
        "Wilcoxon's test over markets is below 0.05 after Holm's correction, for these very "
        f"{units(results)}. The primary measure is judged in the first table.",
        rows,
        columns,
        cells,
        {0, 1},
    )


def failed_facts_table(data: pd.DataFrame) -> ResultTable | None:
    """The hard facts that fail in some kind of market; a row a market, a column a fact."""
    hard = data[data["gate"] == HARD]
    failed = hard[hard["verdict"] == FAIL]
    if not len(failed):
        return None
    facts = [name for name in dict.fromkeys(hard["fact"]) if name in set(failed["fact"])]
    accepted = hard.drop_duplicates("fact").set_index("fact")["accepted"]
    rows = []
    for cell, mine in hard.groupby("cell", sort=False):
        found = mine.set_index("fact")
        told = []
        for name in facts:
            value = float(found.loc[name, "value"]) if name in found.index else math.nan
            bad = name in found.index and found.loc[name, "verdict"] == FAIL
            told.append("–" if math.isnan(value) else f"{value:.2g}{' fails' if bad else ''}")
        count = int((mine["verdict"] == FAIL).sum())
        rows.append([str(cell), str(count), *told])
    return ResultTable(
        "failed_facts",
        "Hard stylised facts that fail in some kind of market",
        "Estimates of whole sessions without stress; in brackets the accepted range. "
        f"{hard['fact'].nunique() - len(facts)} more hard facts fail in none.",
        failed,
        ["market", "fail", *(f"{name} ({accepted[name]})" for name in facts)],
        rows,
        {0},
        leads=True,
    )


def verdict_text(verdict: str) -> str:
    """A verdict as it is told: what lies nearly in the range is not shown to be in it."""
    return "" if verdict == NONE else NOT_SHOWN if verdict == WARN else verdict


def facts_table(data: pd.DataFrame) -> ResultTable:
    """A row a fact, a column a kind of market; what is exported has the intervals as well."""
    cells = list(dict.fromkeys(data["cell"]))
    rows = []
    for (row_number, gate, fact, accepted), mine in data.groupby(
        ["#", "gate", "fact", "accepted"], sort=False
    ):
        found = {
            r["cell"]: f"{r['value']:.3g} {verdict_text(r['verdict'])}".strip()
            for _, r in mine.iterrows()
            if math.isfinite(float(r["value"]))
        }
        told = [found.get(cell, "–") for cell in cells]
        rows.append([str(row_number), str(gate), str(fact), str(accepted), *told])
    return ResultTable(
        "facts",
        "Stylised facts by kind of market",
        "Whether each market, without stress, still looks like one: estimate and verdict of whole "
        "sessions with the traders in them from the open on, the policies of an algorithm in turn. "
        "Hard facts bar a market from published results, soft ones do not.",
        data,
        ["#", "gate", "fact", "accepted", *cells],
        rows,
        {1, 2, 3},
        folded=True,
    )
