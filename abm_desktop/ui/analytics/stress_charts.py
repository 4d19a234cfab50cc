"""Price, spread and depth around one stress."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from abm_desktop.desk.analytics.stress import StressReport
from abm_desktop.desk.formats import clock
from abm_desktop.desk.phase_bands import phase_bands
from abm_desktop.desk.ranges import CalmRange
from abm_desktop.live import ActiveStress, MarketSnapshot
from abm_desktop.ui.analytics.page import Context
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["StressCharts"]

BEFORE = 300.0
SHORTEST = 120.0


class PathPlot(TimePlot):
    """Some paths of a report over time."""

    def __init__(self, curves: Sequence[tuple[str, str, str]]) -> None:
        """``curves``: (name in the report, title, colour role)."""
        super().__init__()
        self._curves = {
            name: (title, self.add_line(role, name=title)) for name, title, role in curves
        }
        self._range = CalmRange(anchor=0.0)
        self._shown: dict[str, np.ndarray] = {}
        self._time = EMPTY

    def show_paths(self, report: StressReport) -> None:
        """Draw the paths of a report."""
        self._time = report.path["time"] + report.stress.start
        self._shown = {name: report.path[name] for name in self._curves}
        low, high = math.inf, -math.inf
        for name, (_title, curve) in self._curves.items():
            values = self._shown[name]
            known = np.isfinite(values)
            curve.setData(self._time, values, connect="finite" if not known.all() else "all")
            if known.any():
                low, high = (
                    min(low, float(values[known].min())),
                    max(high, float(values[known].max())),
                )
        limits = self._range.follow(low, high)
        if limits is not None:
            self.set_y(*limits)
        since = max(SHORTEST, report.since)
        self.set_x(report.stress.start - min(BEFORE, since), report.stress.start + 1.03 * since)
        self.settle()

    def clear_paths(self) -> None:
        """Show nothing; the value axis is chosen afresh."""
        for _title, curve in self._curves.values():
            curve.setData(EMPTY, EMPTY)
        self._shown = {}
        self._time = EMPTY
        self._range.reset()

    def describe(self, time: float) -> str:
        """Return the values at ``time``."""
        lines = [clock(time)]
        k = int(np.searchsorted(self._time, time, side="right")) - 1
        for name, values in self._shown.items():
            if 0 <= k < len(values) and math.isfinite(values[k]):
                lines.append(f"{self._curves[name][0]} {values[k]:.2f}")
        return "\n".join(lines)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the paths with their time in seconds since the open."""
        return {"time": self._time, **self._shown}


class StressCharts(QWidget):
    """Three charts with one axis of time: the stress lies in their first third or before."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.price_plot = PathPlot((("price", "mid", "mid"), ("value", "value", "fundamental")))
        self.spread_plot = PathPlot((("spread_ticks", "spread", "accent"),))
        self.depth_plot = PathPlot((("depth", "depth", "bid"),))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for plot, title, unit, stretch in (
            (self.price_plot, "Price", "% of the minute before", 3),
            (self.spread_plot, "Spread", "ticks", 2),
            (self.depth_plot, "Depth", "lots in 5 levels, mean of both sides", 2),
        ):
            plot.setAccessibleName(f"{title} around the stress")
            panel = ChartPanel(title, plot, unit, chart=plot)
            if plot is self.price_plot:
                panel.add_control(Legend([("mid", "mid"), ("fundamental", "value")]))
            layout.addWidget(panel, stretch)
            context.time.add(plot, plot.describe, moves=False)
        self._key: tuple[str, float] | None = None

    def show_report(
        self, report: StressReport, snapshot: MarketSnapshot, spans: Sequence[ActiveStress]
    ) -> None:
        """Draw a report, with the marks and the halts of its market."""
        key = (report.stress.kind, report.stress.start)
        if key != self._key:
            self.clear()
            self._key = key
        self.show_hint("")
        bands = phase_bands(snapshot)
        for plot in (self.price_plot, self.spread_plot, self.depth_plot):
            plot.show_marks(snapshot.marks, spans)
            plot.show_bands(bands)
            plot.show_paths(report)

    def show_hint(self, text: str) -> None:
        """Write ``text`` across the empty charts."""
        for plot in (self.price_plot, self.spread_plot, self.depth_plot):
            plot.show_hint(text)

    def clear(self) -> None:
        """Show nothing."""
        self._key = None
        for plot in (self.price_plot, self.spread_plot, self.depth_plot):
            plot.clear_paths()
