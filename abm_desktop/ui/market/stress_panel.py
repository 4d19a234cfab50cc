"""The stress panel: one click injects a flash crash, a volatility spike or a liquidity shock.

Every other kind of stress the program knows is chosen from a list below these three.
"""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import with_capital
from abm_desktop.live import MarketSnapshot, RunState, Ticket
from abm_desktop.live.commands import Inject
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.stress import STRESS_TYPES, AnyStress, FlashCrash
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.market.stress_button import StressButton
from abm_desktop.ui.market.stress_form import StressForm
from abm_desktop.ui.session import Session
from abm_desktop.ui.stress_kinds import MAIN, StressKind, main_stresses, more_stresses, stress_kinds
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.model_input import ModelInput
from abm_desktop.ui.widgets.tall_column import TallColumn

__all__ = ["StressPanel"]


NOW, IN, AT = "now", "in", "at"
MORE = "more"
"""Key of the controls that stand for the kind chosen from the list."""
USUAL_WAIT = 60.0
"""Simulated seconds."""
MINUTE = 60.0
USUAL_WIDTH = 248
BOX_WIDTH = 78
"""Pixels at least: the widest number allowed would take the room of the price chart's legend."""


class StressPanel(QWidget):
    """A row of controls per kind of stress; what became of each is in the list of commands."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        self.buttons: dict[str, QPushButton] = {}
        self.inputs: dict[str, tuple[ModelInput, ModelInput]] = {}
        """Magnitude and duration, by kind or MORE."""
        self.beyond: dict[str, QLabel] = {}
        """What is said of a magnitude that the market cannot be held to, by kind or MORE."""
        self.forms: dict[str, StressForm] = {}
        """The other parameters, by kind."""
        self.openers: dict[str, QToolButton] = {}
        """What shows them, by kind or MORE."""
        self._asked: dict[str, tuple[Ticket, float]] = {}
        """The last order for a stress to begin at once, and when it was given, by kind."""
        self._waiting: dict[str, LedgerEntry] = {}
        """Those that begin with the next event."""
        self._standing: dict[str, StressButton] = {}
        """The buttons that say how the newest stress of their kind stands."""
        grid = QGridLayout()
        grid.setContentsMargins(8, 2, 8, 4)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        for place, caption in enumerate(("Magnitude", "Duration")):
            label = QLabel(caption)
            label.setObjectName("panelNote")
            grid.addWidget(label, 0, place)
        for row, stress in enumerate(main_stresses()):
            self._add_row(grid, 4 * row + 1, stress)
        self._grid = grid
        self.more = QComboBox()
        self._more_ready = False
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.reason = QLabel()
        self.reason.setObjectName("panelNote")
        self.reason.setWordWrap(True)
        self.reason.setContentsMargins(8, 0, 8, 4)
        self.reason.hide()
        self._time = 0.0
        self._paused = False
        self._barred = ("", False)
        """Why no stress can be injected, and whether the market is a recorded day."""
        body = QWidget()
        body.setObjectName("panelBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        # At the top: it holds for all, and what opens below does not move it.
        column.addLayout(self._when_row())
        column.addLayout(grid)
        column.addWidget(self.reason)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(TallColumn(body, usual_width=USUAL_WIDTH))

    @property
    def magnitudes(self) -> dict[str, QWidget]:
        """The widget of each magnitude, by kind or MORE."""
        return {key: magnitude.box for key, (magnitude, _) in self.inputs.items()}

    @property
    def durations(self) -> dict[str, QWidget]:
        """The widget of each duration, by kind or MORE."""
        return {key: duration.box for key, (_, duration) in self.inputs.items()}

    def _when_row(self) -> QHBoxLayout:
        """Return the line that says when a stress begins."""
        self.when = QComboBox()
        for title, key in (
            ("Start now", NOW),
            ("Start in", IN),
            ("Start at", AT),
        ):
            self.when.addItem(title, key)
        self.when.setAccessibleName("When a stress begins")
        self.when.setToolTip("At once, after some simulated time, or at a time of the session")
        self.start = ModelInput(described(FlashCrash)["at"])
        self.seconds = self.start.box
        self.start.show(USUAL_WAIT)
        self.seconds.setToolTip("Simulated seconds; 1:30:00 and 90min can be typed, too")
        self.seconds.setAccessibleName("Seconds until or at which a stress begins")
        self.seconds.setEnabled(False)
        self.when.currentIndexChanged.connect(
            lambda _index: self.seconds.setEnabled(self.when.currentData() != NOW)
        )
        self.seconds.setMinimumWidth(BOX_WIDTH)
        row = QHBoxLayout()
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(6)
        row.addWidget(self.when, 1)
        row.addWidget(self.seconds, 1)
        return row

    def start_at(self, seconds: float) -> None:
        """Let the next stress begin at a time of the session: what a chart was asked for."""
        self.when.setCurrentIndex(self.when.findData(AT))
        self.start.set(round(seconds, 1))

    def start_now(self) -> None:
        """Let the next stress begin at once."""
        self.when.setCurrentIndex(self.when.findData(NOW))

    def _start(self) -> float | None:
        """Return when a stress is to begin; None is now."""
        chosen = self.when.currentData()
        if chosen == NOW:
            return None
        seconds = float(self.start.value())
        return seconds + (self._time if chosen == IN else 0.0)

    def _add_row(self, grid: QGridLayout, row: int, stress: StressKind) -> None:
        action = self._commands[f"market.{stress.kind}"]
        button = self._standing[stress.kind] = StressButton(stress)
        button.setMinimumWidth(2 * BOX_WIDTH - 24)
        button.setToolTip(action.toolTip())
        button.setAccessibleName(f"Inject {stress.title.lower()}")
        button.clicked.connect(lambda: self.inject(stress.kind))
        self.buttons[stress.kind] = button
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(button, 1)
        line.addWidget(self._opener(stress.kind, lambda: stress.kind))
        grid.addLayout(line, row, 0, 1, 2)
        self._add_boxes(grid, row + 1, stress.kind, stress)
        self.forms[stress.kind] = form = self._new_form(stress.kind)
        grid.addWidget(form, row + 3, 0, 1, 2)

    def _opener(self, key: str, kind: Any) -> QToolButton:
        """Return the small button that shows every other parameter."""
        opener = QToolButton()
        opener.setCheckable(True)
        opener.setText("⋯")
        opener.setFixedWidth(26)
        opener.setToolTip("Show every parameter")
        opener.setAccessibleName(f"Show every parameter: {key.replace('_', ' ')}")
        opener.toggled.connect(lambda shown: self._form(kind()).open(shown))
        self.openers[key] = opener
        return opener

    def _form(self, kind: str) -> StressForm:
        """The parameters of a kind; those of the list share one place."""
        form = self.forms.get(kind)
        if form is None:
            form = self.forms[kind] = self._new_form(kind)
            self._grid.addWidget(form, self._more_row, 0, 1, 2)
        return form

    def _new_form(self, kind: str) -> StressForm:
        form = StressForm(kind)
        key = kind if kind in MAIN else MORE
        form.edited.connect(lambda: self._judge(key))
        return form

    def _add_boxes(self, grid: QGridLayout, row: int, key: str, stress: StressKind) -> None:
        magnitude, duration = ModelInput(stress.magnitude), _duration(stress)
        grid.addWidget(magnitude.box, row, 0)
        grid.addWidget(duration.box, row, 1)
        for value in (magnitude, duration):
            value.box.setMinimumWidth(BOX_WIDTH)
        self.inputs[key] = magnitude, duration
        self.beyond[key] = label = QLabel()
        label.setWordWrap(True)
        set_tone(label, "warning")
        label.hide()
        grid.addWidget(label, row + 1, 0, 1, 2)
        magnitude.on_edit(lambda: self._judge(key))
        self._name_boxes(key, stress)

    def _judge(self, key: str) -> None:
        """Say below a magnitude if the market cannot be held to it."""
        kind = self.more.currentData().kind if key == MORE else key
        try:
            told = self._event(key, kind).beyond_aim()
        except ValueError:
            told = ""  # said where it is injected
        label = self.beyond[key]
        label.setText(with_capital(told) + "." if told else "")
        label.setVisible(bool(told))

    def _event(self, key: str, kind: str) -> AnyStress:
        """The stress as it is set. Raises ValueError if two parameters do not go together."""
        magnitude, duration = self.inputs[key]
        form = self.forms.get(kind)
        return STRESS_TYPES[kind](
            magnitude=magnitude.value(),
            duration=duration.value(),
            **({} if form is None else form.values()),
        )

    def _name_boxes(self, key: str, stress: StressKind) -> None:
        magnitude, duration = self.inputs[key]
        title = stress.title
        magnitude.box.setToolTip(stress.meaning)
        magnitude.box.setAccessibleName(f"{title}: magnitude")
        duration.box.setToolTip("How long it acts, in simulated time")
        duration.box.setAccessibleName(f"{title}: duration")

    def _add_more(self) -> None:
        """List the further kinds; done with the first market, when the window stands."""
        self._more_ready = True
        kinds = more_stresses()
        if not kinds:
            return
        for stress in kinds:
            self.more.addItem(stress.title, stress)
            self.more.setItemData(self.more.count() - 1, stress.tip, Qt.ItemDataRole.ToolTipRole)
        self.more.setAccessibleName("Further stress")
        button = QPushButton("Inject")
        button.setAccessibleName("Inject the stress chosen")
        button.clicked.connect(lambda: self.inject(self.more.currentData().kind))
        row = self._grid.rowCount()
        self._more_row = row + 4
        self.more.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.more.setMinimumContentsLength(4)
        # On a line of its own: beside the buttons the longest titles would be cut.
        self._grid.addWidget(self.more, row, 0, 1, 2)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(button, 1)
        line.addWidget(self._opener(MORE, lambda: self.more.currentData().kind))
        self._grid.addLayout(line, row + 1, 0, 1, 2)
        self.buttons[MORE] = button
        self._add_boxes(self._grid, row + 2, MORE, kinds[0])
        self.more.currentIndexChanged.connect(lambda _index: self._choose_more())
        self._choose_more()

    def _choose_more(self) -> None:
        stress: StressKind = self.more.currentData()
        magnitude, duration = self.inputs[MORE]
        magnitude.describe(stress.magnitude)
        duration.describe(stress.duration, **_shown_in(stress))
        self._name_boxes(MORE, stress)
        self._judge(MORE)
        self.more.setToolTip(stress.tip)
        self._allow_more()
        for kind, form in self.forms.items():
            if kind not in MAIN:
                form.open(kind == stress.kind and self.openers[MORE].isChecked())
        if self.openers[MORE].isChecked():
            self._form(stress.kind).open(True)

    def inject(self, kind: str) -> None:
        """Inject the stress ``kind`` as it is set; a second one of a kind that waits is none."""
        key = kind
        if kind not in MAIN:
            self.more.setCurrentIndex(
                next(k for k, s in enumerate(more_stresses()) if s.kind == kind)
            )
            key = MORE
        at = self._start()
        if at is None and self._says_it_waits(kind):
            return
        try:
            event = self._event(key, kind)
        except ValueError as error:  # two parameters that do not go together
            self._session.trouble.emit(Trouble("The stress cannot be so", _why(error)))
            return
        ticket = self._session.do(Inject(stress=event, at=at))
        if at is None and ticket is not None:
            self._asked[kind] = (ticket, time.monotonic())
            if kind in self._standing:
                self._standing[kind].say("taken")

    def _says_it_waits(self, kind: str) -> bool:
        """Whether one of this kind was just asked for; then it is said."""
        title = stress_kinds()[kind].title
        waiting = self._waiting.get(kind)
        if waiting is not None:
            told = (
                f"{title}: one was taken already (No. {waiting.number}) and begins with the next "
                "event. Press Run (F5), or cancel it under Commands."
            )
        elif kind in self._asked and self._is_double_click(*self._asked[kind]):
            told = f"{title}: taken once; a second click this fast is taken for a double-click."
        else:
            return False
        self._session.said.emit(told)
        return True

    def _is_double_click(self, ticket: Ticket, when: float) -> bool:
        if self._paused and ticket.outcome is None:
            return True
        return time.monotonic() - when < QApplication.doubleClickInterval() / 1000.0

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show how the stresses stand, and whether more can be injected."""
        if not self._more_ready:
            self._add_more()
        if snapshot.is_replay:
            reason = "A replay takes no stress. Choose Market, Trade in this recording."
        elif snapshot.state in (RunState.ENDED, RunState.FAILED):
            reason = "The session is over. Reset the market to go on (Ctrl+R)."
        elif snapshot.state is RunState.LOADING:
            reason = "The market is being prepared."
        else:
            reason = ""
        scenario = self._session.scenario
        is_recorded = bool(getattr(scenario, "recording", ""))
        if (reason, is_recorded) != self._barred:
            self._barred = reason, is_recorded
            self.reason.setText(reason)
            self.reason.setVisible(bool(reason))
            for kind in MAIN:
                why = self._why_not(kind)
                self._commands.allow(f"market.{kind}", not why, why)
                self.buttons[kind].setToolTip(why or self._commands[f"market.{kind}"].toolTip())
                self.buttons[kind].setEnabled(not why)
            self._allow_more()
        self._time = snapshot.time
        self._paused = snapshot.state is RunState.PAUSED
        self._follow(snapshot)

    def _why_not(self, kind: str) -> str:
        """Why a stress cannot be injected now; "" if it can."""
        reason, is_recorded = self._barred
        if not reason and is_recorded and not STRESS_TYPES[kind].sends_orders:
            return "Recorded traders do not react: only stresses that send orders act here."
        return reason

    def _allow_more(self) -> None:
        """Let the further kind that is chosen be injected, or say why not."""
        if MORE in self.buttons:
            stress: StressKind = self.more.currentData()
            why = self._why_not(stress.kind)
            self.buttons[MORE].setEnabled(not why)
            self.buttons[MORE].setToolTip(why or stress.tip)

    def _follow(self, snapshot: MarketSnapshot) -> None:
        """Say on each button how the newest stress of its kind stands."""
        self._waiting.clear()
        standing: dict[str, str] = {}
        for entry in snapshot.commands:
            if not isinstance(entry.command, Inject):
                continue
            kind: str = entry.command.stress.type
            if entry.state is EntryState.NEXT:
                self._waiting[kind] = entry
                standing[kind] = "press Run" if self._paused else "begins"
            elif entry.state is EntryState.ACTING:
                standing[kind] = "acting"
            elif entry.state is EntryState.QUEUED and kind not in standing:
                standing[kind] = "queued"
        for asked, (ticket, _when) in self._asked.items():
            if ticket.outcome is None and asked not in standing:
                standing[asked] = "taken"
        for each in MAIN:
            self._standing[each].say(standing.get(each, ""))


def _why(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    found = errors() if callable(errors) else []
    return "; ".join(str(each["msg"]) for each in found) or str(error)


def _shown_in(stress: StressKind) -> dict[str, Any]:
    """Minutes for what usually lasts one or more."""
    return {"scale": 1.0 / MINUTE, "suffix": "min"} if stress.duration.default >= MINUTE else {}


def _duration(stress: StressKind) -> ModelInput:
    return ModelInput(stress.duration, **_shown_in(stress))
