"""Tables of which every column is worded row by row."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from abm_desktop.experiments.report.table import ResultTable, number
from abm_desktop.experiments.report.text import bounds, level_text, p_text
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

__all__ = ["Cell", "interval_cell", "number_cell", "p_cell", "worded"]

Cell = Callable[[pd.Series], str]


def worded(
    results: ExperimentResults,
    name: str,
    title: str,
    note: str,
    data: pd.DataFrame,
    columns: dict[str, Cell],
    texts: set[str],
    folded: bool = False,
    shown: pd.Series | None = None,
) -> ResultTable:
    """A table whose columns are worded; kind, group and level go first if there are such.

    ``shown`` marks the rows to be seen where the exported table has more.
    """
    first: dict[str, Cell] = {}
    if "kind" in data and (data["kind"] != "").any():
        first["traders"] = lambda row: row["kind"] or "–"
    if "group" in data:
        first["group"] = lambda row: row["group"]
    if "level" in data:
        first[results.level_name] = lambda row: level_text(results, row["level"])
    if not results.numeric:
        texts = texts | {results.level_name}
    every = first | columns
    words = texts | {"traders", "group"}
    seen = data if shown is None else data[shown]
    if len(seen) < len(data):
        note += f" {len(data) - len(seen)} more rows: tables/{name}.csv."
    rows = [[cell(row) for cell in every.values()] for _, row in seen.iterrows()]
    where = {k for k, head in enumerate(every) if head in words}
    return ResultTable(name, title, note, data, list(every), rows, where, folded)


def interval_cell(low: str, high: str, ratio: bool | None = None) -> Cell:
    def cell(row: pd.Series) -> str:
        signed = bool(row["ratio"]) if ratio is None else ratio
        return bounds(float(row[low]), float(row[high]), signed)

    return cell


def p_cell(name: str) -> Cell:
    return lambda row: p_text(row[name])


def number_cell(name: str) -> Cell:
    return lambda row: number(row[name])


def policies_cell(row: pd.Series) -> str:
    """How many policies were at work; a dash for traders that follow none."""
    return number(row["policies"]) if row["policies"] else "–"
