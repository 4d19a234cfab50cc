"""Asks how far the market is to run: to a time, or until something holds of its quotes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import clock
from abm_desktop.live import MarketSnapshot
from abm_desktop.live.commands import AdvanceUntil
from abm_desktop.live.conditions import Condition
from abm_desktop.market.state import PHASES
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.numbers import NumberBox
from abm_desktop.ui.widgets.time_box import TimeBox

__all__ = ["RunUntilDialog"]


@dataclass(frozen=True, slots=True)
class _Goal:
    """Something to wait for."""

    title: str
    measure: str = ""
    comparison: str = ""
    unit: str = ""
    usual: float = 0.0
    scale: float = 1.0
    """Of what is shown over what the condition takes."""


_GOALS = (
    _Goal("the time below"),
    _Goal("the spread is above", "spread_ticks", "above", " ticks", 10.0),
    _Goal("the spread is below", "spread_ticks", "below", " ticks", 3.0),
    _Goal("the price has fallen by", "mid_return", "below", " %", 1.0, -100.0),
    _Goal("the price has risen by", "mid_return", "above", " %", 1.0, 100.0),
    _Goal("the price is above", "mid", "above"),
    _Goal("the price is below", "mid", "below"),
    _Goal("the depth is below", "depth", "below", " lots", 50.0),
    *(_Goal(f"the market is {phase}", "phase", phase) for phase in PHASES),
)
_MOST = 1e9
_PRICES = ("mid",)


class RunUntilDialog(QDialog):
    """A window, not shown yet. *Run* sends :class:`AdvanceUntil`; the status bar says what came."""

    def __init__(self, session: Session, snapshot: MarketSnapshot, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Run until")
        self._session, self._snapshot = session, snapshot
        self.goal = QComboBox()
        self.goal.setAccessibleName("What to wait for")
        for goal in _GOALS:
            self.goal.addItem(goal.title)
        self.value = NumberBox()
        self.value.setRange(0.0, _MOST)
        self.value.setAccessibleName("Value")
        self.latest = TimeBox(" s")
        self.latest.setDecimals(0)
        self.latest.setRange(0.0, _MOST)
        end = snapshot.end
        self.latest.setValue(math.ceil(snapshot.time + 600.0 if end is None else end))
        self.latest.setAccessibleName("Latest time")
        self.latest.setToolTip("Of the session, in seconds, or as 1:30:00, 90min")
        self.shown = QLabel()
        self.shown.setObjectName("panelNote")
        self.fast = QCheckBox("As fast as it goes")
        self.fast.setChecked(True)
        what = QHBoxLayout()
        what.addWidget(self.goal, 1)
        what.addWidget(self.value)
        until = QHBoxLayout()
        until.addWidget(self.latest, 1)
        until.addWidget(self.shown)
        form = QFormLayout()
        form.addRow("Until", what)
        form.addRow("At the latest at", until)
        form.addRow("", self.fast)
        self.note = QLabel(
            "The market pauses there. A condition is looked at every tenth of a simulated second."
        )
        self.note.setObjectName("panelNote")
        self.note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run = buttons.addButton("Run", QDialogButtonBox.ButtonRole.AcceptRole)
        self.run.setDefault(True)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(self.note)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(430)
        self.goal.currentIndexChanged.connect(lambda _index: self._choose())
        self.latest.valueChanged.connect(lambda _value: self._judge())
        self._choose()

    def command(self) -> AdvanceUntil:
        """What is chosen."""
        goal = _GOALS[self.goal.currentIndex()]
        when = None
        if goal.measure == "phase":
            when = Condition(measure="phase", comparison="is", value=goal.comparison)
        elif goal.measure:
            value = self.value.value() / goal.scale
            when = Condition(measure=goal.measure, comparison=goal.comparison, value=value)  # type: ignore[arg-type]
        return AdvanceUntil(until=self.latest.value(), when=when, fast=self.fast.isChecked())

    def _choose(self) -> None:
        goal = _GOALS[self.goal.currentIndex()]
        has_value = bool(goal.measure) and goal.measure != "phase"
        self.value.setVisible(has_value)
        self.value.setSuffix(goal.unit)
        self.value.setValue(round(self._snapshot.mid, 6) if goal.measure in _PRICES else goal.usual)
        self._judge()

    def _judge(self) -> None:
        """Say the time as charts do, and why the market cannot run to it."""
        latest, now = self.latest.value(), self._snapshot.time
        late = latest > now
        self.shown.setText(clock(latest) if late else f"it is {clock(now)} already")
        self.run.setEnabled(late)

    def _accept(self) -> None:
        self._session.do(self.command())
        self.accept()
