"""A table of the report."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

__all__ = ["CLEAR", "ResultTable", "number"]

CLEAR = "*"
"""Behind what Holm's correction carries."""


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table as it is shown, and ``data`` as it is exported."""

    name: str
    title: str
    note: str
    data: pd.DataFrame
    columns: list[str]
    rows: list[list[str]]
    texts: set[int]
    """Columns that are words."""
    folded: bool = False
    """Shown only when it is opened, and not on paper: long, or of little use to most readers."""
    leads: bool = False
    """Shown right below the answer."""


def number(value: object) -> str:
    """A cell: four digits, a dash if there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if math.isnan(value):
            return "–"
        return f"{value:.0f}" if 9999.5 <= abs(value) < 1e9 else f"{value:.4g}"
    return str(value)
