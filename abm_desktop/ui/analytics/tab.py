"""The Analytics tab: six streaming measures and the accounts of the trader classes."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.ui.analytics.chart import MeasureChart
from abm_desktop.ui.analytics.class_table import ClassTable
from abm_desktop.ui.analytics.series import MEASURES, class_title, present_classes
from abm_desktop.ui.market.price_chart import time_span
from abm_desktop.ui.stress_log import StressLog
from abm_desktop.ui.widgets.panel import Legend, Panel

__all__ = ["AnalyticsTab"]

WINDOWS: tuple[tuple[str, float | None], ...] = (
    ("10 min", 600.0),
    ("1 h", 3600.0),
    ("All", None),
)
COLUMNS = 3


class AnalyticsTab(QWidget):
    """Charts with one time axis, and a table."""

    def __init__(self, stress_log: StressLog) -> None:
        super().__init__()
        self._window: float | None = None
        self._snapshot: MarketSnapshot | None = None
        self._turn = 0
        self._span: tuple[float, float] | None = None
        self.charts = [
            MeasureChart(measure, stress_log, show_legend=measure.key not in ("pnl", "inventory"))
            for measure in MEASURES
        ]
        for chart in self.charts:
            chart.plot.hovered.connect(self._point)
        self.table = ClassTable()
        self.class_legend = Legend()

        top = QHBoxLayout()
        top.setContentsMargins(2, 0, 2, 0)
        label = QLabel(self.tr("Time shown"))
        label.setObjectName("panelNote")
        top.addWidget(label)
        self.window_buttons = QButtonGroup(self)
        for k, (title, _seconds) in enumerate(WINDOWS):
            button = QToolButton()
            button.setText(self.tr(title))
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setAccessibleName(self.tr("Analytics window {title}").format(title=title))
            button.setToolTip(self.tr("Time shown in every chart of this page"))
            self.window_buttons.addButton(button, k)
            top.addWidget(button)
        self.window_buttons.button(len(WINDOWS) - 1).setChecked(True)
        self.window_buttons.idClicked.connect(self.set_window)
        top.addStretch(1)
        top.addWidget(self.class_legend)

        grid_box = QWidget()
        grid = QGridLayout(grid_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for k, chart in enumerate(self.charts):
            grid.addWidget(chart, k // COLUMNS, k % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self.table_panel = Panel(self.tr("Trader types"), self.table)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(grid_box)
        splitter.addWidget(self.table_panel)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([1000, self.table.fitting_height() + 30])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(splitter, 1)

    def _point(self, time: float, _value: float) -> None:
        """Show the cursor at this time on every chart, with the values there."""
        for chart in self.charts:
            chart.plot.show_cursor(time, "" if math.isnan(time) else chart.describe(time))

    def set_window(self, index: int) -> None:
        """Choose the time shown by its place in ``WINDOWS``."""
        self._window = WINDOWS[index][1]
        for chart in self.charts:
            chart.reset_range()
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot, everything=True)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool = False) -> None:
        """Draw the page. One chart in turn per call, unless ``everything`` is asked for.

        Every chart is then as new as a fifth of a second, at a sixth of the cost.
        """
        fresh = self._snapshot is None or snapshot.generation != self._snapshot.generation
        self._snapshot = snapshot
        left, right = time_span(snapshot, self._window)
        everything = everything or fresh
        for k, chart in enumerate(self.charts):
            if everything or k == self._turn:
                chart.show_snapshot(snapshot, left, right)
        if everything or self._turn == 0:
            self.table.show_snapshot(snapshot)
            self.class_legend.set_entries(
                [(f"series:{k}", class_title(TRADER_CLASSES[k])) for k in present_classes(snapshot)]
            )
        self._turn = (self._turn + 1) % len(self.charts)
