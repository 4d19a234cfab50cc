"""The stress panel: one click injects a flash crash, a volatility spike or a liquidity shock.

Every other kind of stress the program knows is chosen from a list below these three.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.commands import Inject
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.stress import STRESS_TYPES, FlashCrash
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.market.stress_list import StressList
from abm_desktop.ui.session import Session
from abm_desktop.ui.stress_kinds import MAIN, StressKind, main_stresses, more_stresses
from abm_desktop.ui.widgets.icons import icon
from abm_desktop.ui.widgets.model_input import ModelInput

__all__ = ["StressPanel"]


NOW, IN, AT = "now", "in", "at"
MORE = "more"
"""Key of the controls that stand for the kind chosen from the list."""
USUAL_WAIT = 60.0
"""Simulated seconds."""
MINUTE = 60.0
BOX_WIDTH = 84
"""Pixels at least: the widest number allowed would take the room of the price chart's legend."""


class StressPanel(QWidget):
    """A row of controls per kind of stress, and below them those that act, wait and are over."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        self.buttons: dict[str, QPushButton] = {}
        self.inputs: dict[str, tuple[ModelInput, ModelInput]] = {}
        """Magnitude and duration, by kind or MORE."""
        grid = QGridLayout()
        grid.setContentsMargins(8, 2, 8, 4)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        for row, stress in enumerate(main_stresses()):
            self._add_row(grid, row, stress)
        self._grid = grid
        self.more = QComboBox()
        self._more_ready = False
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.reason = QLabel()
        self.reason.setObjectName("panelNote")
        self.reason.setWordWrap(True)
        self.reason.setContentsMargins(8, 0, 8, 0)
        self.reason.hide()
        self.list = StressList(session)
        self._time = 0.0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(grid)
        layout.addLayout(self._when_row())
        layout.addWidget(self.reason)
        layout.addWidget(self.list, 1)

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
        self.seconds.setToolTip("Simulated seconds")
        self.seconds.setAccessibleName("Seconds until or at which a stress begins")
        self.seconds.setEnabled(False)
        self.when.currentIndexChanged.connect(
            lambda _index: self.seconds.setEnabled(self.when.currentData() != NOW)
        )
        self.seconds.setMinimumWidth(BOX_WIDTH)
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 2)
        row.setSpacing(6)
        row.addWidget(self.when, 1)
        row.addWidget(self.seconds, 1)
        return row

    def _start(self) -> float | None:
        """Return when a stress is to begin; None is now."""
        chosen = self.when.currentData()
        if chosen == NOW:
            return None
        seconds = float(self.start.value())
        return seconds + (self._time if chosen == IN else 0.0)

    def _add_row(self, grid: QGridLayout, row: int, stress: StressKind) -> None:
        action = self._commands[f"market.{stress.kind}"]
        button = QPushButton(icon(stress.kind, "warning"), stress.title)
        button.setProperty("role", "stress")
        button.setToolTip(action.toolTip())
        button.setAccessibleName(f"Inject {stress.title.lower()}")
        button.clicked.connect(lambda: self.inject(stress.kind))
        grid.addWidget(button, 2 * row, 0, 1, 2)
        self.buttons[stress.kind] = button
        self._add_boxes(grid, 2 * row + 1, stress.kind, stress)

    def _add_boxes(self, grid: QGridLayout, row: int, key: str, stress: StressKind) -> None:
        magnitude, duration = ModelInput(stress.magnitude), _duration(stress)
        grid.addWidget(magnitude.box, row, 0)
        grid.addWidget(duration.box, row, 1)
        for value in (magnitude, duration):
            value.box.setMinimumWidth(BOX_WIDTH)
        self.inputs[key] = magnitude, duration
        self._name_boxes(key, stress)

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
        self._grid.addWidget(self.more, row, 0)
        self._grid.addWidget(button, row, 1)
        self.buttons[MORE] = button
        self._add_boxes(self._grid, row + 1, MORE, kinds[0])
        self.more.currentIndexChanged.connect(lambda _index: self._choose_more())
        self._choose_more()

    def _choose_more(self) -> None:
        stress: StressKind = self.more.currentData()
        magnitude, duration = self.inputs[MORE]
        magnitude.describe(stress.magnitude)
        duration.describe(stress.duration, **_shown_in(stress))
        self._name_boxes(MORE, stress)
        for widget in (self.more, self.buttons[MORE]):
            widget.setToolTip(stress.tip)

    def inject(self, kind: str) -> None:
        """Inject the stress ``kind`` with the magnitude and duration shown."""
        key = kind
        if kind not in MAIN:
            self.more.setCurrentIndex(
                next(k for k, s in enumerate(more_stresses()) if s.kind == kind)
            )
            key = MORE
        magnitude, duration = self.inputs[key]
        event = STRESS_TYPES[kind](magnitude=magnitude.value(), duration=duration.value())
        self._session.live.do(Inject(stress=event, at=self._start()))

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the active stresses, and whether more can be injected."""
        if not self._more_ready:
            self._add_more()
        if snapshot.is_replay:
            reason = "A replay repeats what happened: it takes no stress."
        elif snapshot.state in (RunState.ENDED, RunState.FAILED):
            reason = "The session is over. Reset the market to go on (Ctrl+R)."
        elif snapshot.state is RunState.LOADING:
            reason = "The market is being prepared."
        else:
            reason = ""
        if reason != self.reason.text() or bool(reason) != self.reason.isVisibleTo(self):
            self.reason.setText(reason)
            self.reason.setVisible(bool(reason))
            for kind in MAIN:
                self._commands.allow(f"market.{kind}", not reason, reason)
                self.buttons[kind].setToolTip(reason or self._commands[f"market.{kind}"].toolTip())
            for button in self.buttons.values():
                button.setEnabled(not reason)
        self._time = snapshot.time
        self.list.show_snapshot(snapshot, idle_hint=not reason)


def _shown_in(stress: StressKind) -> dict[str, Any]:
    """Minutes for what usually lasts one or more."""
    return {"scale": 1.0 / MINUTE, "suffix": "min"} if stress.duration.default >= MINUTE else {}


def _duration(stress: StressKind) -> ModelInput:
    return ModelInput(stress.duration, **_shown_in(stress))
