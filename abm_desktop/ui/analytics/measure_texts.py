"""The measures of the reports in the language of the window: title, meaning, value and unit."""

from __future__ import annotations

from dataclasses import replace

from abm_desktop.desk.analytics.titles import Shown, write
from abm_desktop.ui.analytics.report_table import TableCell

__all__ = ["title_cell", "value_of"]


def title_cell(measure: Shown, *, bold: bool = False) -> TableCell:
    """Return the cell that names a measure and tells what it means."""
    return TableCell(measure.title, measure.tip, bold=bold)


def value_of(measure: Shown, values: dict[str, float], *, signed: bool = False) -> str:
    """Write a value with its unit, see :func:`~.compute.titles.write`."""
    return write(replace(measure, unit=measure.unit), values, signed=signed)
