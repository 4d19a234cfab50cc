"""One experiment's file: its question, cells, cost and power, and what this start may change."""

from __future__ import annotations

import os

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.experiment_plan import PlanReport
from abm_desktop.experiments.design import Design, experiments_dir
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.analytics.experiment_words import (
    cost_text,
    plan_text,
    power_rows,
    trader_rows,
)
from abm_desktop.ui.analytics.report_table import ReportTable
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.model_input import whole_box
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["ExperimentSetup"]

SETTLE_MS = 300
"""A number that is being typed is taken after this pause."""


class ExperimentSetup(QWidget):
    """Shows a :class:`PlanReport`; its fields hold for the next start."""

    seeds_changed = Signal(int)
    """Another number of markets: the plan is to be read again."""
    start_requested = Signal()
    timing_requested = Signal()
    edit_requested = Signal()
    duplicate_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.plan: PlanReport | None = None
        self._run_seconds: float | None = None
        self._is_timing = False
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.cost = QLabel()
        self.cost.setObjectName("panelNote")
        self.cost.setWordWrap(True)
        self.time_button = QPushButton("Time some runs")
        self.time_button.setToolTip(
            "Make and time a few runs in another process; takes a minute or two"
        )
        self.time_button.clicked.connect(self.timing_requested)

        self.seeds = whole_box(described(Design)["seeds"])
        self.seeds.setAccessibleName("Markets")
        self.seeds.setToolTip(
            "Matched markets, each with a seed of its own; more tell smaller effects"
        )
        self.workers = WholeBox()
        self.workers.setRange(0, 1024)
        self.workers.setValue(os.cpu_count() or 1)
        self.workers.setAccessibleName("Workers")
        self.workers.setToolTip(
            "Markets at a time, on a local Ray cluster; 0: one after the other, without"
        )
        self.address = QLineEdit()
        self.address.setPlaceholderText("local cluster")
        self.address.setAccessibleName("Address of a Ray cluster")
        self.address.setToolTip("HOST:6379 of a running Ray cluster; empty: one on this machine")
        self.start_button = QPushButton("Start")
        self.start_button.setProperty("role", "primary")
        self.start_button.clicked.connect(self.start_requested)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._seeds_settled)
        self.seeds.valueChanged.connect(lambda _value: self._settle.start())
        self.workers.valueChanged.connect(lambda _value: self._show_cost())

        body = QWidget()
        body.setObjectName("panelBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(10, 2, 10, 6)
        column.setSpacing(6)
        column.addWidget(self.question)
        column.addWidget(self.facts)
        cost = QHBoxLayout()
        cost.addWidget(self.cost, 1)
        cost.addWidget(self.time_button)
        column.addLayout(cost)
        column.addLayout(self._fields())
        self.panel = Panel("", body)
        self.edit_button = QPushButton("Edit")
        self.edit_button.setToolTip("Change this file")
        self.edit_button.clicked.connect(self.edit_requested)
        self.duplicate_button = QPushButton("Duplicate and change…")
        self.duplicate_button.setToolTip("Make another experiment of this one; the file stays")
        self.duplicate_button.clicked.connect(self.duplicate_requested)
        self.panel.add_control(self.edit_button)
        self.panel.add_control(self.duplicate_button)

        self.cells = ReportTable(
            "Cells",
            ["Traders", "RL share", "Cells"],
        )
        self.power = ReportTable(
            "Power",
            ["Effect", "Markets needed", "Power"],
            whole_titles=True,
        )
        power_panel = ChartPanel(
            "Power", self.power, "what the planned markets can tell",
            chart=self.power,
        )  # fmt: skip
        tables = QSplitter()
        tables.setChildrenCollapsible(False)
        tables.setHandleWidth(6)
        tables.addWidget(ChartPanel("Cells", self.cells, chart=self.cells))
        tables.addWidget(power_panel)
        tables.setSizes([420, 380])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.panel)
        layout.addWidget(tables, 1)

    def _fields(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        fields = (
            ("&Markets", self.seeds),
            ("&Workers", self.workers),
            ("&Cluster", self.address),
        )
        for k, (title, widget) in enumerate(fields):
            label = QLabel(title)
            label.setBuddy(widget)
            label.setObjectName("panelNote")
            grid.addWidget(label, 0, k)
            grid.addWidget(widget, 1, k)
        self.address.setMaximumWidth(200)
        grid.addWidget(self.start_button, 1, len(fields))
        grid.setColumnStretch(len(fields) + 1, 1)
        return grid

    def show_plan(self, plan: PlanReport, run_seconds: float | None) -> None:
        """Show a file; ``run_seconds`` of a core is what a run is known to take."""
        self.plan = plan
        self._run_seconds = run_seconds
        self.panel.title.setText(plan.name)
        self.panel.note.setText(plan.path.name)
        self.panel.note.setToolTip(str(plan.path))
        self.edit_button.setVisible(plan.path.parent != experiments_dir())
        self.question.setText(plan.question or "The file asks no question in words.")
        if not self.seeds.hasFocus():
            self.seeds.blockSignals(True)
            self.seeds.setValue(plan.seeds)
            self.seeds.blockSignals(False)
        self.facts.setText(plan_text(plan))
        self.cells.show_rows(trader_rows(plan))
        self.power.show_rows(power_rows(plan))
        self._show_cost()

    def show_timing(self, timing: bool) -> None:
        """Show whether some runs are being timed."""
        self._is_timing = timing
        self.time_button.setText("Stop timing" if timing else "Time some runs")
        self._show_cost()

    def _show_cost(self) -> None:
        plan = self.plan
        if plan is None:
            return
        left = plan.total - plan.finished
        seconds, workers = self._run_seconds, self.workers.value()
        self.cost.setText(cost_text(plan, seconds, workers, timing=self._is_timing))
        self.time_button.setVisible(bool(left) and seconds is None)
        self.start_button.setText(
            "Start" if not plan.finished else "Resume" if left else "Write the report again"
        )

    def _seeds_settled(self) -> None:
        if self.plan is not None and self.seeds.value() != self.plan.seeds:
            self.seeds_changed.emit(self.seeds.value())

    def allow_start(self, allowed: bool, reason: str = "") -> None:
        """Enable the start; ``reason`` tells why not."""
        self.start_button.setEnabled(allowed)
        self.start_button.setToolTip(
            reason or "Make the runs that are not there yet, then write the report"
        )
