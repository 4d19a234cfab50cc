"""One experiment's file: its question, cells, cost and power, and what this start may change."""

from __future__ import annotations

import math
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

from abm_desktop.desk.analytics.experiments import PlanReport
from abm_desktop.desk.formats import whole
from abm_desktop.experiments.design import Design
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.analytics.chart_panel import ChartPanel
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.model_input import whole_box
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["ExperimentSetup", "duration"]

SETTLE_MS = 300
"""A number that is being typed is taken after this pause."""


class ExperimentSetup(QWidget):
    """Shows a :class:`PlanReport`; its fields hold for the next start."""

    seeds_changed = Signal(int)
    """Another number of markets: the plan is to be read again."""
    start_requested = Signal()
    timing_requested = Signal()

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

        self.cells = ReportTable(
            "Cells",
            ["Traders", "RL share", "Cells"],
        )
        self.power = ReportTable(
            "Power",
            ["Effect", "Markets needed", "Power"],
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
        self.question.setText(plan.question or "The file asks no question in words.")
        if not self.seeds.hasFocus():
            self.seeds.blockSignals(True)
            self.seeds.setValue(plan.seeds)
            self.seeds.blockSignals(False)
        self.facts.setText(self._facts(plan))
        self.cells.show_rows(
            [
                [TableCell(who), TableCell(shares), TableCell(str(n))]
                for who, shares, n in plan.traders
            ]
        )
        self.power.show_rows([self._power_row(*row, plan) for row in sorted(plan.power)])
        self._show_cost()

    def _facts(self, plan: PlanReport) -> str:
        stresses = ", ".join(name for name, _ in plan.stresses)
        product = (
            "{cells} cells in {seeds} markets with {forks} shocks each: {total} runs"
            if plan.forks > 1
            else "{cells} cells in {seeds} markets: {total} runs"
        )
        text = (product + " of the market “{scenario}”. Stress: {stresses}.").format(
            cells=plan.cells,
            seeds=whole(plan.seeds),
            forks=plan.forks,
            total=whole(plan.total),
            scenario=plan.scenario,
            stresses=stresses,
        )
        if plan.rules:
            text += f" Rules: {', '.join(plan.rules)}."
        text += f" Primary measure: {plan.primary}"
        if plan.hypothesis:
            text += f", hypothesis at {plan.hypothesis}"
        return text + "."

    def _power_row(
        self, effect: float, needed: int | None, power: float, plan: PlanReport
    ) -> list[TableCell]:
        enough = needed is not None and needed <= plan.seeds * plan.forks
        least = " · the smallest" if (effect, needed, power) == plan.power[-1] else ""
        return [
            TableCell(
                f"{100 * effect:.0f} %{least}",
                "A change of the ratio of this size, told at 5 % with a power of 80 %",
                bold=bool(least),
            ),
            TableCell("more policies" if needed is None else whole(needed)),
            TableCell(f"{100 * power:.0f} %", color="good" if enough else "warning"),
        ]

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
        parts = []
        if plan.finished:
            parts.append(f"{whole(plan.finished)} of {whole(plan.total)} runs are there already.")
        seconds = self._run_seconds
        if left and seconds is not None:
            workers = max(1, self.workers.value())
            parts.append(
                f"About {duration(left * seconds / workers)} on {workers} idle cores, "
                f"{round(1000 * seconds)} ms a run."
            )
        elif self._is_timing:
            parts.append("Timing some runs …")
        elif left:
            parts.append("How long it takes is not known yet.")
        self.cost.setText(" ".join(parts))
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


def duration(seconds: float) -> str:
    """Write a long time in words of one unit: 40 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
