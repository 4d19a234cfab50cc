"""The time bar: any past moment of the session is looked at again by moving its slider."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton

from abm_desktop.desk.formats import clock
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.market.jump_slider import JumpSlider
from abm_desktop.ui.widgets.steady_label import SteadyLabel

__all__ = ["TimeBar"]

PER_SECOND = 10
"""Notches of the slider for a simulated second."""


class TimeBar(QFrame):
    """A slider over the session. In the past it says so; the ways on from there keep their places.

    Nothing comes or goes: what came would move the slider below the mouse.
    """

    looked = Signal(float)
    """A moment was chosen: simulated seconds since the open."""

    def __init__(self, commands: CommandTable) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.time: float | None = None
        """The moment that is looked at; None is the present."""
        self._now = 0.0
        self.slider = JumpSlider()
        self.slider.setSingleStep(PER_SECOND)
        self.slider.setPageStep(60 * PER_SECOND)
        self.slider.setAccessibleName("Moment of the session")
        self.slider.setToolTip(
            "Look at any past moment again: ladder, depth, heatmap and trades as they were. "
            "The market goes on meanwhile."
        )
        self.slider.setMinimumWidth(160)
        self.text = SteadyLabel("Looking at 0:00:00, now 0:00:00")
        self.live_button = _button(commands, "market.back_to_live", "Back to live")
        self.fork_button = _button(commands, "market.fork", "Fork from here")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 8, 3)
        layout.setSpacing(8)
        caption = QLabel("Time")
        caption.setObjectName("panelNote")
        caption.setBuddy(self.slider)
        layout.addWidget(caption)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.text)
        layout.addWidget(self.live_button)
        layout.addWidget(self.fork_button)
        self._commands = commands
        self.slider.valueChanged.connect(self._moved)
        self._show_banner()

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Follow the market; the slider stays where a past moment is looked at."""
        self._now = snapshot.time
        usable = not snapshot.is_replay and snapshot.time > 0
        if self.isEnabled() != usable:
            self.setEnabled(usable)
        self.slider.blockSignals(True)
        self.slider.setRange(0, round(max(snapshot.time, 0.0) * PER_SECOND))
        at = self._now if self.time is None else self.time
        self.slider.setValue(round(at * PER_SECOND))
        self.slider.blockSignals(False)
        self._show_text()

    def look_at(self, time: float | None) -> None:
        """Show that this moment is looked at; None is the present."""
        self.time = None if time is None else min(max(time, 0.0), self._now)
        self.slider.blockSignals(True)
        self.slider.setValue(round((self._now if self.time is None else self.time) * PER_SECOND))
        self.slider.blockSignals(False)
        self._show_banner()
        self._show_text()

    def _moved(self, value: int) -> None:
        self.looked.emit(value / PER_SECOND)

    def _show_text(self) -> None:
        if self.time is None:
            text = clock(self._now, tenths=True)
        else:
            text = f"Looking at {clock(self.time)}, now {clock(self._now)}"
        if text != self.text.text():
            self.text.show_text(text)
            self.setAccessibleName(text)

    def _show_banner(self) -> None:
        past = self.time is not None
        for name in ("market.back_to_live", "market.fork"):
            self._commands.allow(name, past, "Look at a past moment first: click on this line.")
        if self.property("level") != ("accent" if past else ""):
            self.setProperty("level", "accent" if past else "")
            self.style().unpolish(self)
            self.style().polish(self)


def _button(commands: CommandTable, command_id: str, title: str) -> QToolButton:
    button = QToolButton()
    action = commands[command_id]
    action.setIconText(title)
    button.setDefaultAction(action)
    button.setAccessibleName(title)
    return button
