"""Who holds what, who earns, and who trades with what share of the volume."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.analytics.class_table import ClassTable
from abm_desktop.ui.analytics.overview_page import ChartGrid
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.series import TRADERS
from abm_desktop.ui.widgets.chart_panel import ChartPanel

__all__ = ["TradersPage"]

TABLE_EVERY = 6
"""Frames between two looks at the accounts."""


class TradersPage(AnalyticsPage):
    """Six charts by trader type, and the table of their accounts."""

    shows_time = shows_stretch = True

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._frames = 0
        self.grid = ChartGrid(context, TRADERS)
        self.table = ClassTable()
        panel = ChartPanel("Trader types", self.table, "since the open", chart=self.table)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(self.grid)
        splitter.addWidget(panel)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([1000, self.table.fitting_height() + 30])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        context.time.moved.connect(self.grid.reset_ranges)

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Draw one chart in turn, or all; the table a few times a second."""
        self.grid.show_snapshot(snapshot, everything=everything)
        if everything or self._frames % TABLE_EVERY == 0:
            self.table.show_snapshot(snapshot, self.context.flow)
        self._frames += 1

    def leave_run(self) -> None:
        """Let go of the charts' curves, too."""
        super().leave_run()
        self.grid.leave_run()
