"""The transport bar: run, pause, step, reset, speed and seed."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QWidget,
)

from abm_desktop.desk.choices import Asked
from abm_desktop.desk.formats import compact, speed
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.scenario.quantity import described
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.session import LARGEST_SEED, Session
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.icons import icon
from abm_desktop.ui.widgets.model_input import number_box
from abm_desktop.ui.widgets.numbers import SeedBox, read_number
from abm_desktop.ui.widgets.steady_label import SteadyLabel

__all__ = ["SpeedBox", "Transport", "slider_to_speed", "speed_to_slider"]

SLOWEST, FASTEST = 0.1, 10_000.0
NOTCHES_PER_DECADE = 20
LAST_NOTCH = round(NOTCHES_PER_DECADE * math.log10(FASTEST / SLOWEST))
MAX_NOTCH = LAST_NOTCH + 4
"""Slider position that means "as fast as it goes": a little beyond the fastest number."""


def slider_to_speed(position: int) -> float | None:
    """Return the speed at a slider position; None (as fast as it goes) beyond the last notch."""
    if position > LAST_NOTCH:
        return None
    value = SLOWEST * 10 ** (position / NOTCHES_PER_DECADE)
    digits = 1 - math.floor(math.log10(value))
    return round(value, max(1, digits) if value < 10 else 0)


def speed_to_slider(value: float | None) -> int:
    """Return the slider position nearest to a speed."""
    if value is None:
        return MAX_NOTCH
    clamped = min(max(value, SLOWEST), FASTEST)
    return round(NOTCHES_PER_DECADE * math.log10(clamped / SLOWEST))


class SpeedBox(QDoubleSpinBox):
    """A multiple of real time; the largest value is written "max"."""

    UNLIMITED = FASTEST + 1

    def __init__(self) -> None:
        super().__init__()
        self.setRange(SLOWEST, self.UNLIMITED)
        self.setDecimals(1)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.setKeyboardTracking(False)

    def textFromValue(self, value: float) -> str:
        """Write the speed."""
        return "max" if value > FASTEST else speed(value)

    def valueFromText(self, text: str) -> float:
        """Read "×12", "12x", "12" or "max"."""
        if text.strip().lower() == "max":
            return self.UNLIMITED
        number = read_number(text.strip().strip("×xX "))
        return float(self.value()) if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let any text be typed; what cannot be read leaves the old value."""
        return QValidator.State.Acceptable, text, position


class Transport(QFrame):
    """One line of controls above the Market tab."""

    seed_entered = Signal(object)

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._commands = commands
        self._generation = -1
        self._target = session.settings.speed
        """The speed that the market was asked for when it was last looked at."""
        self.run_button = self._button(commands, "market.toggle", "run")
        self.run_button.setProperty("role", "primary")
        self.run_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.run_button.setMinimumWidth(84)
        self.step_button = self._button(commands, "market.step_event", "step")
        self.interval_button = self._button(commands, "market.step_interval", "leap")
        self.reset_button = self._button(commands, "market.reset", "reset")

        self.interval = number_box(described(Asked)["step_seconds"])
        self.interval.setAccessibleName("Length of a step")
        self.interval.setToolTip("Simulated seconds that one step of an interval takes")

        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, MAX_NOTCH)
        self.slider.setPageStep(NOTCHES_PER_DECADE // 2)
        self.slider.setMinimumWidth(110)
        self.slider.setMaximumWidth(260)
        self.slider.setAccessibleName("Speed")
        self.slider.setToolTip("Speed, from a tenth of real time to as fast as it goes")
        self.box = SpeedBox()
        self.box.setAccessibleName("Speed as a multiple of real time")
        self.box.setToolTip("Simulated seconds per real second; type “max” for no limit")
        self.achieved = SteadyLabel("×10,000 · 1000k events/s")
        self.achieved.setObjectName("panelNote")
        self.achieved.setToolTip("Speed reached lately, and book events per real second")

        self.seed = SeedBox(LARGEST_SEED)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip(
            "The same scenario and seed give the same market. Enter starts it again."
        )
        self.seed.setMinimumWidth(150)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 5, 8, 5)
        layout.setSpacing(5)
        for widget in (self.run_button, self.step_button, self.interval_button, self.interval):
            layout.addWidget(widget)
        layout.addWidget(self.reset_button)
        layout.addSpacing(10)
        layout.addWidget(self._caption("Speed", self.slider))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)
        layout.addWidget(self.achieved)
        layout.addStretch(1)
        layout.addWidget(self._caption("Seed", self.seed))
        layout.addWidget(self.seed)

        self.slider.valueChanged.connect(lambda at: self.set_speed(slider_to_speed(at)))
        self.box.valueChanged.connect(
            lambda value: self.set_speed(None if value > FASTEST else float(value))
        )
        self.seed.entered.connect(self.seed_entered)
        self.seed.refused.connect(self._refuse_seed)
        self._show_speed(session.settings.speed)

    def set_speed(self, value: float | None) -> None:
        """Ask the market for this speed, and show it on both controls."""
        self._show_speed(value)
        self._session.set_speed(value)

    def nudge_speed(self, notches: int) -> None:
        """Move the speed by so many notches of the slider; a notch is a twentieth of a decade."""
        self.slider.setValue(min(MAX_NOTCH, max(0, self.slider.value() + notches)))

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the state of the market."""
        running = snapshot.state is RunState.RUNNING
        title = "Pause" if running else "Run"
        if self.run_button.text() != title:
            action = self._commands["market.toggle"]
            action.setText("&" + title)
            action.setIconText(title)
            action.setIcon(icon("pause" if running else "run", "on_accent"))
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.seed.setValue(snapshot.seed)
        self.seed.setEnabled(not snapshot.is_replay)
        if snapshot.speed_target != self._target:
            # Others set it too. Not while a person does: what they ask for is a frame ahead.
            self._target = snapshot.speed_target
            if not (self.slider.isSliderDown() or self.box.hasFocus()):
                self._show_speed(snapshot.speed_target)
        text = (
            f"{speed(snapshot.speed)} · {compact(snapshot.events_per_second)} events/s"
            if running
            else ""
        )
        self.achieved.show_text(text)

    def _refuse_seed(self, typed: str) -> None:
        text = f"It stays {self.seed.value()}. A seed is a whole number from 0 to {LARGEST_SEED:,}."
        self._session.trouble.emit(Trouble(f"“{typed}” is not a seed", text))

    def _show_speed(self, value: float | None) -> None:
        for widget in (self.slider, self.box):
            widget.blockSignals(True)
        self.slider.setValue(speed_to_slider(value))
        self.box.setValue(SpeedBox.UNLIMITED if value is None else value)
        for widget in (self.slider, self.box):
            widget.blockSignals(False)

    def _button(self, commands: CommandTable, command_id: str, icon_name: str) -> QToolButton:
        action = commands[command_id]
        role = "on_accent" if command_id == "market.toggle" else "text"
        action.setIcon(icon(icon_name, role))
        action.setIconVisibleInMenu(False)  # it is of the colour of the button
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    @staticmethod
    def _caption(text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setObjectName("panelNote")
        label.setBuddy(buddy)
        return label
