"""How returns are distributed, and how they depend on each other."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from abm_desktop.desk.analytics.returns import INTERVALS, ReturnsReport, report_returns
from abm_desktop.desk.analytics.titles import RETURN_MEASURES, reason_of, write
from abm_desktop.desk.formats import clock
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.ui.analytics.autocorrelation_plot import AutocorrelationPlot
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.plots import EMPTY, Plot
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["ReturnsPage"]

EVERY = 4.0
"""Real seconds between two looks at a running market."""
USUAL = 2
"""Place in ``INTERVALS`` of the interval at first: 10 s."""


class ReturnsPage(AnalyticsPage):
    """Histogram and quantiles against the normal, autocorrelations, signature plot."""

    shows_stretch = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.report: ReturnsReport | None = None
        self._job: Job | None = None
        self._asked: object = None
        self._last = -math.inf

        self.interval = QComboBox()
        for seconds in INTERVALS:
            self.interval.addItem(f"{seconds:g} s", seconds)
        self.interval.setCurrentIndex(USUAL)
        self.interval.setAccessibleName("Interval of the returns")
        self.interval.currentIndexChanged.connect(lambda _k: self._changed())
        self.only_window = QCheckBox("only the measured window")
        self.only_window.setToolTip("Use the stretch shaded in the charts of the Overview")
        self.only_window.toggled.connect(lambda _on: self._changed())
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        line = QHBoxLayout()
        line.setContentsMargins(2, 0, 2, 0)
        label = QLabel("Returns over")
        label.setObjectName("panelNote")
        for widget in (label, self.interval, self.only_window, self.note):
            line.addWidget(widget)
        line.addStretch(1)

        self.histogram = Plot("", "standard deviations", "", log_y=True)
        self._sample = self.histogram.add_line("accent", name="returns")
        self._bins = self.histogram.add_dots("accent", 4.0)
        self._normal = self.histogram.add_line("fundamental", dashed=True, name="normal")
        self.quantiles = Plot("", "normal quantiles", "")
        self._straight = self.quantiles.add_line("fundamental", dashed=True, name="normal")
        self._points = self.quantiles.add_dots("accent", 3.5)
        self.plain = AutocorrelationPlot("lag")
        self.absolute = AutocorrelationPlot("lag")
        self.signature = Plot("", "seconds between prices", "", log_x=True)
        self._signature = self.signature.add_line("accent", name="volatility")
        self._steps = self.signature.add_dots("accent", 6.0)
        self.histogram.figure_y = "Density"
        self.quantiles.figure_y = "Quantiles of returns (standard deviations)"
        self.plain.figure_y = "Autocorrelation of returns"
        self.absolute.figure_y = "Autocorrelation of |returns|"
        self.signature.figure_y = "Volatility (% a year)"
        # Drawn on logarithmic axes, or thinned: the menus ask for the numbers themselves.
        self.histogram.export_columns = self._distribution
        self.quantiles.export_columns = self._quantiles
        self.signature.export_columns = self._signature_columns
        self.table = ReportTable("Measures of the returns", ["Measure", "Value"])
        both = Legend([("accent", "returns"), ("fundamental", "normal")])
        panels = [
            self._panel("Distribution", self.histogram, "density, log scale"),
            self._panel("Quantiles", self.quantiles, "of returns, in sd"),
            self._panel("Measures", self.table, ""),
            self._panel("Autocorrelation", self.plain, "of returns"),
            self._panel("Autocorrelation of |returns|", self.absolute, "clustering"),
            self._panel("Signature plot", self.signature, "volatility, % a year"),
        ]
        panels[0].add_control(both)
        for panel in panels[3:5]:
            panel.setToolTip("Dashed: ±2/√n, within which 95 % of those of independent returns lie")
        panels[5].setToolTip(
            "Flat where the price diffuses; it falls with the interval where the price bounces"
            ", and rises where it trends"
        )
        grid = QGridLayout()
        grid.setSpacing(6)
        for k, panel in enumerate(panels):
            grid.addWidget(panel, k // 3, k % 3)
        for k in range(3):
            grid.setColumnStretch(k, 1)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addLayout(grid, 1)
        context.time.stretch_changed.connect(self._stretch_changed)
        self._stretch_changed()

    @staticmethod
    def _panel(title: str, body: Plot | ReportTable, note: str) -> ChartPanel:
        body.setAccessibleName(title)
        return ChartPanel(title, body, note, chart=body)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Ask for the report again where the run has gone on, every few seconds at most."""
        self._snapshot = snapshot
        if self._job is not None and not self._job.is_over:
            return
        running = snapshot.state is RunState.RUNNING
        if not everything and running and time.monotonic() - self._last < EVERY:
            return
        run = self.context.run(snapshot)
        stretch = self.context.time.stretch if self.only_window.isChecked() else None
        interval = float(self.interval.currentData())
        asked = (snapshot.generation, run.end if stretch is None else stretch, interval)
        if asked == self._asked or len(run.history) < 2:
            if len(run.history) < 2:
                self.note.setText("Run the market (F5) to see its returns.")
            return
        self._asked, self._last = asked, time.monotonic()
        if self.report is None:
            self.note.setText("Measuring …")
        left, right = stretch or (run.start, run.end)
        self._job = self.context.worker.run(
            report_returns,
            run.between(left, right),
            interval,
            done=self._show,
            failed=self._failed,
        )

    def _distribution(self) -> dict[str, np.ndarray]:
        if self.report is None:
            return {}
        return {
            "standard deviations": self.report.centres,
            "density": self.report.density,
            "normal density": self.report.expected,
        }

    def _quantiles(self) -> dict[str, np.ndarray]:
        if self.report is None:
            return {}
        return {
            "normal quantile": self.report.normal_quantiles,
            "quantile of returns": self.report.sample_quantiles,
        }

    def _signature_columns(self) -> dict[str, np.ndarray]:
        if self.report is None:
            return {}
        return {
            "seconds between prices": self.report.steps,
            "volatility in % a year": self.report.signature,
        }

    def _changed(self) -> None:
        if self._job is not None:
            self._job.cancel()
        if self._snapshot is not None and self.isVisible():
            self.show_snapshot(self._snapshot, everything=True)

    def _stretch_changed(self) -> None:
        chosen = self.context.time.stretch is not None
        self.only_window.setEnabled(chosen)
        if not chosen:
            self.only_window.setChecked(False)
        elif self.only_window.isChecked():
            self._changed()

    def _failed(self, error: WorkerError) -> None:
        self.report = None
        self.note.setText(str(error))
        for curve in (self._sample, self._normal, self._straight, self._signature):
            curve.setData(EMPTY, EMPTY)
        for dots in (self._points, self._steps, self._bins):
            dots.setData(EMPTY, EMPTY)
        self.plain.clear_bars()
        self.absolute.clear_bars()
        self.table.setRowCount(0)

    def _show(self, report: ReturnsReport) -> None:
        self.report = report
        count = int(report.values["count"])
        self.note.setText(
            "{n} returns, {left} – {right}".format(
                n=f"{count:,}", left=clock(report.left), right=clock(report.right)
            )
        )
        some = report.density > 0
        height = np.log10(np.where(some, report.density, np.nan))
        # Lines only between neighbours: an empty bin is a gap. Returns of few ticks leave most bins
        # empty; lines between the others would tell of nothing.
        line = height if _mostly_filled(some) else np.full(len(height), np.nan)
        self._sample.setData(report.centres, line, connect="finite")
        self._bins.setData(report.centres[some], height[some])
        seen = report.expected > 0
        self._normal.setData(report.centres[seen], np.log10(report.expected[seen]))
        lowest = math.log10(report.density[some].min()) - 0.5
        self.histogram.set_x(1.06 * float(report.centres[0]), 1.06 * float(report.centres[-1]))
        self.histogram.set_y(lowest, max(0.0, math.log10(report.density.max())) + 0.2)
        reach = float(max(np.abs(report.normal_quantiles).max(), 3.0)) * 1.05
        self._straight.setData(np.array([-reach, reach]), np.array([-reach, reach]))
        self._points.setData(report.normal_quantiles, report.sample_quantiles)
        high = float(max(np.abs(report.sample_quantiles).max() * 1.1, reach))
        self.quantiles.set_x(-reach, reach)
        self.quantiles.set_y(-high, high)
        self.plain.show_bars(report.autocorrelation, report.band)
        self.absolute.show_bars(report.absolute, report.band)
        if len(report.steps):
            x = np.log10(report.steps)
            self._signature.setData(x, report.signature)
            self._steps.setData(x, report.signature)
            self.signature.set_x(-0.1, max(1.0, float(x[-1])) + 0.1)
            self.signature.set_y(0.0, float(report.signature.max()) * 1.15)
        self.table.show_rows(
            [
                [
                    TableCell(m.title, m.tip),
                    TableCell(write(m, report.values), reason_of(m, report.values, {})),
                ]
                for m in RETURN_MEASURES
            ]
        )


def _mostly_filled(some: np.ndarray) -> bool:
    """Whether at most a quarter of the bins from the first to the last filled one are empty."""
    filled = np.flatnonzero(some)
    return len(filled) >= 0.75 * (filled[-1] - filled[0] + 1)
