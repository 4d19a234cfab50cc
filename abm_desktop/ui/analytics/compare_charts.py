"""Price, volatility and spread of several runs over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from abm_desktop.desk.analytics.compare import RunReport
from abm_desktop.desk.formats import clock, shorten
from abm_desktop.desk.ranges import CalmRange
from abm_desktop.ui.widgets.chart_export import by_own_names
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["PLACES", "CompareCharts", "OverlayPlot", "run_color"]

_COLORS = ("mid", "series:1", "series:3", "series:2", "series:6", "series:5")
PLACES = len(_COLORS)
"""Runs on show at the most: more colours cannot be told apart."""


def run_color(place: int) -> str:
    """Return the role of the colour of a run: the first stands out."""
    return _COLORS[place]


class OverlayPlot(TimePlot):
    """One measure of several runs over the seconds since the beginning of each."""

    def __init__(self, anchor: float | None = None) -> None:
        """``anchor``: a value that the axis keeps in view."""
        super().__init__()
        self.figure_x = "Simulated time since the beginning of each (h:mm:ss)"
        self._run_lines: list[pg.PlotCurveItem] = [
            self.add_line(run_color(k)) for k in range(PLACES)
        ]
        self._range = CalmRange(anchor=anchor)
        self._shown: list[tuple[str, np.ndarray, np.ndarray]] = []

    def show_curves(
        self, curves: Sequence[tuple[str, np.ndarray, np.ndarray]], left: float = 0.0
    ) -> None:
        """Draw (title, time, values) of each run, from the time ``left`` on."""
        self._shown = list(curves)
        low, high, right = math.inf, -math.inf, left + 10.0
        for k, line in enumerate(self._run_lines):
            if k >= len(curves):
                line.setData(EMPTY, EMPTY)
                continue
            title, time, values = curves[k]
            self.name_curve(line, title)
            known = np.isfinite(values)
            line.setData(time, values, connect="all" if known.all() else "finite")
            right = max(right, float(time[-1])) if len(time) else right
            if known.any():
                low = min(low, float(values[known].min()))
                high = max(high, float(values[known].max()))
        limits = self._range.follow(low, high)
        if limits is not None:
            self.set_y(*limits)
        self.set_x(left, right)
        self.settle()

    def reset_range(self) -> None:
        """Let the next drawing choose the axis of values afresh."""
        self._range.reset()

    def describe(self, time: float) -> str:
        """Return the values of every run at ``time``."""
        lines = [clock(time)]
        for title, at, values in self._shown:
            k = int(np.searchsorted(at, time, side="right")) - 1
            if 0 <= k < len(values) and time <= at[-1] and math.isfinite(values[k]):
                lines.append(f"{shorten(title, 22)} {values[k]:.2f}")
        return "\n".join(lines)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return time and values of every run."""
        out = []
        for title, time, values in self._shown:
            out += [(f"{title} time", time), (title, values)]
        return by_own_names(out)


class CompareCharts(QWidget):
    """The price of all runs above, their volatility and spread below."""

    def __init__(self) -> None:
        super().__init__()
        self.plots = {
            "price": OverlayPlot(),
            "volatility": OverlayPlot(anchor=0.0),
            "spread": OverlayPlot(anchor=0.0),
        }
        titles = {
            "price": ("Price", "% since the beginning of each run"),
            "volatility": ("Realised volatility", "% a year · 5 min"),
            "spread": ("Quoted spread", "bp of mid · 60 s mean"),
        }
        self.legend = Legend()
        panels = {}
        for key, plot in self.plots.items():
            title, unit = titles[key]
            plot.setAccessibleName(f"{title} of the runs")
            panels[key] = ChartPanel(title, plot, unit, chart=plot)
            plot.hovered.connect(self._point)
        panels["price"].add_control(self.legend)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(panels["volatility"], 1)
        below.addWidget(panels["spread"], 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(panels["price"], 5)
        layout.addLayout(below, 4)

    def show_reports(self, titles: Sequence[str], reports: Sequence[RunReport]) -> None:
        """Draw the runs."""
        self.legend.set_entries([(run_color(k), shorten(t, 26)) for k, t in enumerate(titles)])
        for key, plot in self.plots.items():
            plot.show_curves(
                [(t, r.time, r.curves[key]) for t, r in zip(titles, reports, strict=True)]
            )

    def _point(self, time: float, _value: float) -> None:
        for plot in self.plots.values():
            plot.show_cursor(time, "" if math.isnan(time) else plot.describe(time))
