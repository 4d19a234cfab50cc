"""Plots side by side, each below its title: one a stress."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from abm_desktop.ui.widgets.plots import Plot

__all__ = ["MOST", "fill_with_plots"]

MOST = 4
"""Plots that there is room for side by side."""

P = TypeVar("P", bound=Plot)


def fill_with_plots(
    row: QWidget, make: Callable[[], P]
) -> tuple[list[P], list[QLabel], list[QWidget]]:
    """Put :data:`MOST` plots into ``row``; returns them, their titles, and what holds both."""
    plots: list[P] = []
    titles: list[QLabel] = []
    places: list[QWidget] = []
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for _ in range(MOST):
        place, plot, title = QWidget(), make(), QLabel()
        title.setObjectName("panelNote")
        title.setContentsMargins(plot.AXIS_WIDTH, 0, 0, 0)
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(plot, 1)
        layout.addWidget(place, 1)
        plots.append(plot)
        titles.append(title)
        places.append(place)
    return plots, titles, places
