"""One streaming chart of the Analytics tab: a measure, its newest values, its curves."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg

from abm_desktop.desk.formats import clock
from abm_desktop.desk.glossary import meaning
from abm_desktop.desk.ranges import CalmRange, decimate, visible
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.analytics.series import BY_CLASS, ChartMeasure, Curve, curves, present_classes
from abm_desktop.ui.widgets.chart_export import by_own_names
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["MeasureChart"]


class MeasurePlot(TimePlot):
    """The chart itself; saved as data it tells every sample on show, not only what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Curve] = []

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the curves on show, each behind its times, or all behind those they share."""
        out: list[tuple[str, np.ndarray]] = []
        left, right = self.span_x or (-math.inf, math.inf)
        last: np.ndarray | None = None
        for curve in self.shown:
            part = visible(curve.time, left, right, 1 << 30)
            if last is None or not np.array_equal(curve.time[part], last):
                out.append(("time" if last is None else f"time {curve.name}", curve.time[part]))
            last = curve.time[part]
            out.append((curve.name, curve.values[part]))
        return by_own_names(out)


class MeasureChart(ChartPanel):
    """A panel with the curves of one measure; the newest values stand in its title line."""

    def __init__(self, measure: ChartMeasure, stress_log: StressLog) -> None:
        self.plot = MeasurePlot()
        self.plot.setAccessibleName(measure.title)
        super().__init__(measure.title, self.plot, measure.unit, chart=self.plot)
        self.measure = measure
        self._stress_log = stress_log
        self.setToolTip(
            "\n".join(t for t in (measure.tip or meaning(measure.title), measure.unit) if t)
        )
        self.legend = Legend()
        if measure.key not in BY_CLASS:
            self.add_control(self.legend, optional=True)
        self._curves: dict[str, pg.PlotCurveItem] = {}
        self._values = CalmRange(anchor=None)
        self._generation = -1

    def reset_range(self) -> None:
        """Let the next drawing choose the value axis afresh."""
        self._values.reset()

    def show_snapshot(
        self, snapshot: MarketSnapshot, flow: TraderFlow, left: float, right: float
    ) -> None:
        """Draw the measure from ``left`` to ``right`` simulated seconds."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self._values.reset()
            self.plot.clear_marks()
        self.plot.show_marks(snapshot.marks, self._stress_log.spans)
        self.plot.set_x(left, right)
        classes = present_classes(snapshot)
        shown = curves(self.measure.key, snapshot.history, flow, classes, left, snapshot.lot)
        self.plot.shown = shown
        low, high = math.inf, -math.inf
        for curve in shown:
            part = visible(curve.time, left, right, self.plot.pixel_width)
            values = curve.values[part]
            self._draw(curve, curve.time[part], values)
            if len(values) and np.isfinite(values).any():
                low = min(low, float(np.nanmin(values)))
                high = max(high, float(np.nanmax(values)))
        for name in set(self._curves) - {c.name for c in shown}:
            self._curves[name].setData(EMPTY, EMPTY)
        if low <= high:
            if self.measure.zero:
                low, high = min(low, 0.0), max(high, 0.0)
            limits = self._values.follow(low, high)
            if limits is not None:
                # Measures that cannot be negative stand on the zero line.
                self.plot.set_y(0.0 if low == 0.0 and high > 0 else limits[0], limits[1])
        self.plot.settle()
        self._show_newest(shown)
        if len(snapshot.history) > 1 and any(len(curve.values) > 1 for curve in shown):
            self.plot.show_hint("")
        elif snapshot.is_replay and self.measure.key in BY_CLASS:
            self.plot.show_hint("Recorded order flow does not tell who traded.")
        elif self.measure.wait and len(snapshot.history) > 1:
            self.plot.show_hint(self.measure.wait)
        else:
            self.plot.show_hint("Run the market (F5) to see this.")

    def leave_run(self) -> None:
        """Let go of the curves: some are views of the series of a run that is over."""
        self.plot.shown = []
        for item in self._curves.values():
            item.setData(EMPTY, EMPTY)

    def describe(self, time: float) -> str:
        """Return the values of the curves at ``time``, a line each, with the time above."""
        lines = [clock(time)]
        for curve in self.plot.shown:
            k = int(np.searchsorted(curve.time, time, side="right")) - 1
            if k >= 0 and time <= curve.time[-1] and math.isfinite(curve.values[k]):
                value = float(curve.values[k])
                text = self._text(value)
                lines.append(f"{curve.name} {text}" if len(self.plot.shown) > 1 else text)
        return "\n".join(lines)

    def _draw(self, curve: Curve, time: np.ndarray, values: np.ndarray) -> None:
        item = self._curves.get(curve.name)
        if item is None:
            item = self._curves[curve.name] = self.plot.add_line(curve.role, name=curve.name)
        x, y = decimate(time, values, self.plot.pixel_width)
        if np.isfinite(y).all():
            item.setData(x, y, skipFiniteCheck=True, connect="all")
        else:
            item.setData(x, y, connect="finite")

    def _text(self, value: float) -> str:
        # An imbalance of next to nothing is none: its exponent would only be read for a number.
        none = self.measure.key == "imbalance" and abs(value) < 0.005
        return "0.00" if none else _number(value)

    def _show_newest(self, shown: list[Curve]) -> None:
        if self.measure.key in BY_CLASS:
            return
        entries = []
        for curve in shown:
            newest = curve.values[-1] if len(curve.values) else math.nan
            text = self._text(newest)
            name = f"{curve.name} " if len(shown) > 1 else ""
            entries.append((curve.role, name + (text if math.isfinite(newest) else "–")))
        self.legend.set_entries(entries)


def _number(value: float) -> str:
    """Write a value with three digits or more: 0.00451, 1.23, 12.3, 1,234."""
    size = abs(value)
    if size >= 10:
        text = f"{value:,.0f}" if size >= 100 else f"{value:.1f}"
    else:
        text = f"{value:.3g}" if 0 < size < 0.1 else f"{value:.2f}"
    return text.replace("-", "−")
