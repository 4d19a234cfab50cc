"""The report's tables, as they are shown and as they are exported."""

from __future__ import annotations

import math

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
from abm_desktop.experiments.report.side_tables import (
    behaviour_shown,
    means_shown,
    mixed_shown,
    recoveries_shown,
    shares_shown,
    signs_shown,
    trainings_shown,
    unforked_shown,
)
from abm_desktop.experiments.report.table import ResultTable, number
from abm_desktop.experiments.report.text import change, p_text, units
from abm_desktop.experiments.report.worded import (
    Cell,
    interval_cell,
    number_cell,
    p_cell,
    policies_cell,
    worded,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

__all__ = ["tables"]


def _factor(name: str) -> Cell:
    def cell(row: pd.Series) -> str:
        if math.isnan(row[name]):
            return "–"
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        told = "no interval" if math.isnan(low + high) else f"{low:.2f} to {high:.2f}"
        return f"{row[name]:.2f} ({told})"

    return cell


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
        out.append(signs_shown(results, found.signs))
    if len(found.doses):
        out.append(doses_shown(results, found.doses))
    if len(found.effects) and results.numeric:
        out.append(measures_table(results, found.effects))
    if len(found.amplification):
        out.append(_amplification(results, found.amplification))
    if len(found.spread):
        out.append(_spread(results, found.spread))
    if len(found.behaviour):
        out.append(behaviour_shown(results, found.behaviour))
    if len(found.trainings):
        out.append(trainings_shown(results, found.trainings))
    if len(found.unforked):
        out.append(unforked_shown(results, found.unforked))
    if len(found.trends):
        out.append(_trends(results, found.trends))
    if len(found.recoveries):
        out.append(recoveries_shown(results, found.recoveries))
    if found.mixed is not None and len(found.mixed.effects):
        out.append(mixed_shown(results, found))
    if len(found.grids):
        out.append(grids_shown(results, found.grids))
    if len(found.counts):
        out.append(counts_shown(results, found.counts))
    if len(found.shares):
        out.append(shares_shown(results, found.shares))
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
    out.append(means_shown(results))
    return out


def _effects(
    results: ExperimentResults, data: pd.DataFrame, name: str, title: str, note: str
) -> ResultTable:
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": interval_cell("low", "high"),
        "Hodges-Lehmann": lambda row: change(row["hl"], row["ratio"]),
        "its 95 % interval": interval_cell("hl_low", "hl_high"),
        "d_z": lambda row: number(round(row["d_z"], 2)),
        "Cliff's δ": lambda row: number(round(row["cliffs_delta"], 2)),
        "p": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
        "within 5 %": lambda row: (
            "–"
            if math.isnan(row["p_equivalent"])
            else f"{'yes' if row['equivalent'] else 'no'} (p {p_text(row['p_equivalent'])})"
        ),
        "pairs": number_cell("pairs"),
        "policies": policies_cell,
    }
    return worded(results, name, title, note, data, columns, {"measure"}, folded=True)


def _amplification(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    columns: dict[str, Cell] = {
        "VAF": _factor("vaf"),
        "Hodges-Lehmann": _factor("vaf_hl"),
        "VAF*": _factor("specific"),
        "VAF*, Hodges-Lehmann": _factor("specific_hl"),
        "p of VAF*": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
        "fixed in advance": lambda row: "yes" if row["hypothesis"] else "",
        "pairs": number_cell("pairs"),
    }
    return worded(
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
        "95 % interval": interval_cell("low", "high"),
        "Jonckheere z": lambda row: number(round(row["z"], 2)),
        "p": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
        "p (Page)": p_cell("page_p"),
        "markets": number_cell("markets"),
    }
    return worded(
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


def _spread(results: ExperimentResults, data: pd.DataFrame) -> ResultTable:
    unit = units(results)
    columns: dict[str, Cell] = {
        "measure": lambda row: row["label"],
        "change": lambda row: change(row["change"], row["ratio"]),
        "95 % interval": interval_cell("low", "high"),
        f"SD between {unit}": lambda row: (
            f"{100 * row['sd']:.1f} %" if row["ratio"] else number(float(row["sd"]))
        ),
        f"single {unit}": interval_cell("least", "most"),
        "p (no change)": p_cell("p"),
        "p (Holm)": p_cell("p_holm"),
        "p (all alike)": p_cell("p_alike"),
        "policies": policies_cell,
    }
    return worded(
        results,
        "spread",
        f"The unit of replication: {unit}",
        f"Mean over {unit}, with a 95 % interval for other {unit} and other markets by the t "
        "distribution (two-way random effects, degrees of freedom after Satterthwaite): with five "
        "policies it is wider than the bootstrap's, and more to be trusted. The standard deviation "
        f"between {unit} has what markets add taken off; of ratios it is of their logarithm. "
        "The first p are of no change on average, the last of the F test that all of a kind do the "
        "same.",
        data,
        columns,
        {"measure"},
        shown=data["told"],
        folded=not results.numeric,
    )
