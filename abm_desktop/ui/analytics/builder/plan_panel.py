"""Beside the form: what the design would run, how long, what it could tell, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from abm_desktop.desk.analytics.experiment_plan import PlanReport
from abm_desktop.ui.analytics.experiment_words import (
    cost_text,
    plan_text,
    power_rows,
    power_text,
    trader_rows,
)
from abm_desktop.ui.analytics.report_table import ReportTable
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["PlanPanel"]

COUNTING = "Counting …"
NOTES_SHOWN = 12


class PlanPanel(QWidget):
    """Never shows the plan of another design than the one in the form."""

    timing_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.notes = _text()
        self.notes_panel = _panel("What became of it", self.notes)
        self.notes_panel.hide()
        self.problems = _text()
        self.problems_panel = _panel("To be mended", self.problems)
        self.problems_panel.setProperty("level", "danger")
        self.problems_panel.hide()
        self.plan: PlanReport | None = None
        self.facts = _text()
        self.cost = _text()
        self.told = _text()
        self.time_button = QPushButton("Time some runs")
        self.time_button.setToolTip(
            "Make and time a few runs in another process; takes a minute or two"
        )
        self.time_button.clicked.connect(self.timing_requested)
        self.plan_panel = _panel("Plan", self.facts, self.told, self.cost, self.time_button)
        self.cells = ReportTable("Cells", ["Traders", "RL share", "Cells"])
        self.power = ReportTable("Power", ["Effect", "Markets", "Power"], whole_titles=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for panel in (self.problems_panel, self.notes_panel, self.plan_panel):
            layout.addWidget(panel)
        layout.addWidget(ChartPanel("Power", self.power, chart=self.power), 1)
        layout.addWidget(ChartPanel("Cells", self.cells, chart=self.cells), 1)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Say what became of each thing that the design was made from; nothing without any."""
        shown = list(notes[:NOTES_SHOWN])
        if len(notes) > NOTES_SHOWN:
            shown.append(f"and {len(notes) - NOTES_SHOWN} more")
        self.notes.setText("\n".join(shown))
        self.notes_panel.setVisible(bool(notes))

    def show_counting(self) -> None:
        """The plan is being made."""
        self._clear(COUNTING)
        self.show_problems(())

    def show_problems(self, texts: Sequence[str]) -> None:
        """List what is wrong; there is no plan then."""
        self.problems_panel.setVisible(bool(texts))
        self.problems.setText("\n".join(texts))
        if texts:
            self._clear("There is a plan as soon as this is mended.")

    def show_plan(
        self, plan: PlanReport, seconds: float | None, workers: int, *, timing: bool
    ) -> None:
        """Show the plan of what the form says; ``seconds`` of a core are known of a run."""
        self.show_problems(())
        self.plan = plan
        self.facts.setText(plan_text(plan))
        self.told.setText(power_text(plan))
        self.cost.setText(cost_text(plan, seconds, workers, timing=timing))
        self.cells.show_rows(trader_rows(plan))
        self.power.show_rows(power_rows(plan))
        self.time_button.setText("Stop timing" if timing else "Time some runs")
        self.time_button.setVisible(plan.finished < plan.total and seconds is None)

    def _clear(self, text: str) -> None:
        self.plan = None
        self.facts.setText(text)
        for label in (self.told, self.cost):
            label.clear()
        for table in (self.cells, self.power):
            table.show_rows([])
        self.time_button.hide()


def _text() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    return label


def _panel(title: str, *widgets: QWidget) -> Panel:
    body = QWidget()
    body.setObjectName("panelBody")
    column = QVBoxLayout(body)
    column.setContentsMargins(10, 2, 10, 6)
    column.setSpacing(6)
    for widget in widgets:
        column.addWidget(widget)
    return Panel(title, body)
