"""The measures that a market is watched by, as they stream in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.analytics.chart import MeasureChart
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.series import OVERVIEW, ChartMeasure

__all__ = ["ChartGrid", "OverviewPage"]

COLUMNS = 3


class ChartGrid(QWidget):
    """Charts of measures over one axis of time. They are drawn in turn, one in each frame.

    Every chart is then as new as a third of a second, at a fraction of the cost.
    """

    def __init__(self, context: Context, measures: Sequence[ChartMeasure]) -> None:
        super().__init__()
        self._context = context
        self._turn = 0
        self._generation = -1
        self.charts = [MeasureChart(measure, context.session.stress_log) for measure in measures]
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for k, chart in enumerate(self.charts):
            layout.addWidget(chart, k // COLUMNS, k % COLUMNS)
            context.time.add(chart.plot, chart.describe)
        for column in range(COLUMNS):
            layout.setColumnStretch(column, 1)
        for row in range(layout.rowCount()):
            layout.setRowStretch(row, 1)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Draw the next chart in turn, or all of them."""
        everything = everything or snapshot.generation != self._generation
        self._generation = snapshot.generation
        left, right = self._context.time.span(snapshot)
        for k, chart in enumerate(self.charts):
            if everything or k == self._turn:
                chart.show_snapshot(snapshot, self._context.flow, left, right)
        self._turn = (self._turn + 1) % len(self.charts)

    def leave_run(self) -> None:
        """Let go of the curves of a run that is over."""
        for chart in self.charts:
            chart.leave_run()

    def reset_ranges(self) -> None:
        """Let the next drawing choose the value axes afresh."""
        for chart in self.charts:
            chart.reset_range()


class OverviewPage(AnalyticsPage):
    """Nine streaming charts."""

    shows_time = shows_stretch = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.grid = ChartGrid(context, OVERVIEW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)
        context.time.moved.connect(self.grid.reset_ranges)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Draw one chart in turn, or all."""
        self.grid.show_snapshot(snapshot, everything=everything)

    def leave_run(self) -> None:
        """Let go of the charts' curves, too."""
        super().leave_run()
        self.grid.leave_run()
