"""The rules of the venue: each switched on and off while the market runs, with its parameters."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.venue_rules import Rule, venue_rules
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.commands import CallAuction, SetRule
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.model_input import ModelInput
from abm_desktop.ui.widgets.parameter_rows import ParameterRows

__all__ = ["RulesPanel"]

ANSWER_SECONDS = 1.0
"""A switch whose market has not followed by then shows the market's state again."""


class RulesPanel(QWidget):
    """One line a rule, a form under it, and a button that calls an auction."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        session.rule_set.connect(self._take_values)
        self.rules: dict[str, RuleRow] = {}
        self._seen: tuple[str, ...] | None = None
        self._asked = 0.0
        self._generation = -1
        self._table: object = None
        self.reason = QLabel()
        self.reason.setObjectName("panelNote")
        self.reason.setWordWrap(True)
        self.reason.hide()
        length = ModelInput(described(CallAuction)["seconds"])
        self.seconds = length.box
        self.seconds.setAccessibleName("Length of the auction")
        self.seconds.setFixedWidth(72)
        self.auction = QPushButton("Call an auction")
        self.auction.setToolTip(
            "Stop continuous trading now, and resume at one price that clears the book"
        )
        self.auction.clicked.connect(lambda: session.do(CallAuction(seconds=length.value())))
        call = QHBoxLayout()
        call.setContentsMargins(0, 4, 0, 0)
        call.addWidget(self.auction, 1)
        call.addWidget(self.seconds)
        self._list = QWidget()
        self._list.setObjectName("panelBody")
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(8, 2, 8, 4)
        self._rows.setSpacing(2)
        self._rows.addWidget(self.reason)
        self._rows.addLayout(call)
        self._rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show which rules are on, and whether they can be switched."""
        if not self.rules:
            self._add_rules()
        table = getattr(self._session.scenario, "interventions", None)
        if snapshot.generation != self._generation or table is not self._table:
            self._generation, self._table = snapshot.generation, table
            self._seen = None
            self._fill_from(table)
        if snapshot.is_replay:
            reason = "A replay has the rules of its day. Choose Market, Trade in this recording."
        elif snapshot.state in (RunState.FAILED, RunState.LOADING):
            reason = "There is no market to rule yet."
        else:
            reason = ""
        if reason != self.reason.text():
            self.reason.setText(reason)
            self.reason.setVisible(bool(reason))
            for row in self.rules.values():
                row.switch.setEnabled(not reason)
            self.auction.setEnabled(not reason)
        unanswered = self._asked and time.monotonic() - self._asked > ANSWER_SECONDS
        if snapshot.interventions != self._seen or unanswered:
            self._seen, self._asked = snapshot.interventions, 0.0
            for name, row in self.rules.items():
                row.show_on(name in snapshot.interventions)
        has_rl_traders = any(c.name == "rl" and c.traders for c in snapshot.classes)
        for row in self.rules.values():
            row.show_idle(row.rule.for_rl_traders and not has_rl_traders)

    def _take_values(self, name: str) -> None:
        """Show the parameters that somebody else has given to a rule."""
        if name in self.rules:
            row = self.rules[name]
            row.set_values({**row.values(), **self._session.rules_set.get(name, {})})

    def _add_rules(self) -> None:
        for k, rule in enumerate(venue_rules()):
            row = RuleRow(rule)
            row.changed.connect(self._switch)
            self.rules[rule.name] = row
            self._rows.insertWidget(k + 1, row)

    def _fill_from(self, table: object) -> None:
        """Show the parameters that the open scenario gives to its rules."""
        for name, row in self.rules.items():
            model = getattr(table, name, None)
            row.set_values({} if model is None else model.model_dump(exclude={"on"}))
            self._take_values(name)

    def _switch(self, name: str) -> None:
        row = self.rules[name]
        self._asked = time.monotonic()
        self._session.do(SetRule(rule=name, on=row.switch.isChecked(), values=row.values()))


class RuleRow(QWidget):
    """A switch with the rule's name, and its parameters under it when unfolded."""

    changed = Signal(str)
    """The rule was switched, or a parameter of it changed while it is on."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule
        self.setObjectName("panelBody")
        self.switch = QCheckBox(rule.title)
        self.switch.setToolTip(rule.tip)
        self.switch.clicked.connect(lambda _checked: self.changed.emit(rule.name))
        self.fold = QToolButton()
        self.fold.setProperty("role", "fold")
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setCheckable(True)
        self.fold.setFixedSize(20, 20)
        self.fold.setToolTip("Show the parameters")
        self.fold.setAccessibleName(f"Parameters of {rule.title}")
        self.fold.toggled.connect(self._unfold)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.switch, 1)
        line.addWidget(self.fold)
        self.form = ParameterRows(20)
        self.inputs: dict[str, ModelInput] = {}
        for parameter in rule.parameters:
            given = ModelInput(parameter)
            title = parameter.title
            given.box.setAccessibleName(f"{rule.title}: {title}")
            given.on_edit(self._changed)
            self.form.add(title, given.box)
            self.inputs[parameter.name] = given
        self.form.hide()
        self.idle = QLabel("On, but there are no RL traders: it does nothing.")
        self.idle.setWordWrap(True)
        self.idle.setContentsMargins(20, 0, 2, 2)
        set_tone(self.idle, "warning")
        self.idle.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.idle)
        layout.addWidget(self.form)

    def show_on(self, on: bool) -> None:
        """Show whether the rule is on; that is not a command."""
        self.switch.setChecked(on)

    def show_idle(self, idle: bool) -> None:
        """Say it if the rule is on and there is nobody on whom it acts."""
        told = idle and self.switch.isChecked()
        if told == self.idle.isHidden():
            self.idle.setVisible(told)

    @property
    def boxes(self) -> dict[str, QWidget]:
        """The widget of each parameter."""
        return {name: given.box for name, given in self.inputs.items()}

    def values(self) -> dict[str, float | bool]:
        """Return the parameters as the market takes them."""
        return {name: given.value() for name, given in self.inputs.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these parameters, and the usual value of any other; that is not a command."""
        for name, given in self.inputs.items():
            given.show(values.get(name, given.field.default))

    def _changed(self) -> None:
        if self.switch.isChecked():
            self.changed.emit(self.rule.name)

    def _unfold(self, shown: bool) -> None:
        self.form.setVisible(shown)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
