"""The status bar: state, time, speed, stress, training and alarms, at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QToolButton

from abm_desktop.desk.formats import clock, compact, shorten, speed, with_capital
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.statements import counted
from abm_desktop.ui import theme
from abm_desktop.ui.stress_kinds import stress_title
from abm_desktop.ui.widgets.steady_label import SteadyLabel
from abm_desktop.ui.work import Work

__all__ = ["StatusBar"]

MESSAGE_MS = 8000
_GAP = 14
"""Pixels between two texts."""

_STATES: dict[RunState, tuple[str, str]] = {
    RunState.LOADING: ("Preparing", "accent"),
    RunState.PAUSED: ("Paused", "muted"),
    RunState.RUNNING: ("Running", "good"),
    RunState.ENDED: ("Session over", "muted"),
    RunState.FAILED: ("Stopped by an error", "danger"),
}


class _Cell(SteadyLabel):
    """A text with a coloured dot before it."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self._name = name
        self._shown: tuple[str, str, bool] | None = None
        self._short = ""
        self._is_short = False
        self.setToolTip(tip)
        theme.signals.changed.connect(self._restyle)

    def say(self, text: str, role: str = "text", dot: bool = False, short: str = "") -> None:
        """Show ``text``, or ``short`` if there is no room; behind a dot in the role's colour."""
        if self._shown == (text, role, dot) and self._short == short:
            return
        self._shown, self._short = (text, role, dot), short
        self.setAccessibleName(f"{self._name}: {text}")
        self._restyle()

    def _restyle(self, _theme: object = None) -> None:
        if self._shown is None:
            return
        _, role, dot = self._shown
        text = self._text(self._is_short)
        colors = theme.current().colors
        if dot:
            self.show_text(f"● {text}", f'<span style="color:{colors[role]}">●</span>&nbsp;{text}')
        else:
            self.show_text(text, f'<span style="color:{colors[role]}">{text}</span>')

    def _text(self, short: bool) -> str:
        if self._shown is None:
            return ""
        return (short and self._short) or self._shown[0]

    def room(self, short: bool) -> int:
        """Pixels that it takes, in full or shortened."""
        dot = "● " if self._shown is not None and self._shown[2] else ""
        return self.needed(dot + self._text(short))

    def make_short(self, short: bool) -> None:
        """Show the short text, or the full one."""
        if short != self._is_short:
            self._is_short = short
            self._restyle()

    @property
    def words(self) -> str:
        """Return the text without its colours."""
        return self._shown[0] if self._shown else ""


class _Message(QLabel):
    """What happened last: it takes the room that is left, and is cut off where that ends."""

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.words = ""
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        theme.signals.changed.connect(self._show)

    def say(self, text: str) -> None:
        """Show ``text``."""
        if text != self.words:
            self.words = text
            self.setAccessibleName(f"Message: {text}")
            self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it off where the room ends now."""
        super().resizeEvent(event)
        self._show()

    def _show(self, _theme: object = None) -> None:
        room = max(0, self.width() - 8)
        text = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideRight, room)
        color = theme.current().colors.accent
        self.setText(f'<span style="color:{color}">{escape(text)}</span>' if text else "")


class StatusBar(QStatusBar):
    """Says what is going on, always in the same places."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.state = _Cell("State", "State of the market")
        self.time = _Cell("Time", "Simulated time since the open, and the end")
        self.speed = _Cell("Speed", "Simulated seconds per real second")
        self.stress = _Cell("Stress", "Stress that acts now")
        self.training = _Cell("Training", "Training of RL agents")
        self.alarms = _Cell("Alarms", "")
        self.remote = _Cell("Remote control", "")
        """How many clients there are; hidden while no server runs."""
        self.remote.hide()
        self.message = _Message("What happened last; see the log (Ctrl+J)")
        self._message_timer = QTimer(self)
        self._message_timer.setSingleShot(True)
        self._message_timer.timeout.connect(lambda: self.message.say(""))
        self._experiment = ("", "")
        """What is said of it, in full and in short."""
        self.experiment = QToolButton()
        """The experiment that runs; a click shows it."""
        self.experiment.setProperty("role", "flat")
        self.experiment.setToolTip("The experiment that runs: show it (Ctrl+Alt+7)")
        self.experiment.setAccessibleName(self.experiment.toolTip())
        self.experiment.hide()
        for cell in (self.state, self.time, self.speed):
            self.addWidget(cell)
        self.addWidget(self.message, 1)
        for widget in (self.remote, self.stress, self.training, self.experiment, self.alarms):
            self.addPermanentWidget(widget)
        self.notices = QToolButton()
        self.notices.setProperty("role", "flat")
        self.notices.setToolTip("Every notice of this session (Ctrl+Shift+J)")
        self.addPermanentWidget(self.notices)
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(8, 0, 2, 0)
        self.show_unread(0)
        self.state.say("Starting", "accent", dot=True)
        self.show_training(False)
        self.stress.say("No stress", "muted")
        self.alarms.say("No alarms", "muted")

    def show_progress(self, text: str) -> None:
        """Say what is being prepared."""
        self.state.say(shorten(with_capital(text), 64), "accent", dot=True)

    def show_message(self, text: str) -> None:
        """Show ``text`` for some seconds, beside the state of the market."""
        self.message.say(text)
        self._message_timer.start(MESSAGE_MS)

    def show_unread(self, count: int) -> None:
        """Say how many notices nobody has looked at."""
        text = f"Notices: {count}" if count else "Notices"
        self.notices.setText(text)
        self.notices.setAccessibleName(text)

    def show_state(self, snapshot: MarketSnapshot) -> None:
        """Show whether the market runs, and which."""
        title, role = _STATES[snapshot.state]
        if snapshot.goal is not None:
            goal = snapshot.goal
            title += f" until {goal.when}" if goal.when else f" to {clock(goal.until)}"
        self.state.say(f"{title} · {shorten(snapshot.source, 32)}", role, dot=True)

    def show_training(self, is_training: bool, work: Work | None = None) -> None:
        """Say whether an agent is being trained, and how far that is if it is known."""
        if is_training:
            words = work.words if work is not None else ""
            short = f"Training {work.percent} %" if work is not None else ""
            self.training.say(f"Training {words}".strip(), "good", dot=True, short=short)
        else:
            self.training.say("No training", "muted")
        self._fit()

    def show_experiment(self, work: Work | None) -> None:
        """Say which experiment runs, and how far it is; None takes it away."""
        if work is None:
            if not self.experiment.isHidden():
                self.experiment.hide()
            return
        self._experiment = (f"Experiment {work.words}", f"Experiment {work.percent} %")
        if self.experiment.isHidden():
            self.experiment.show()
        self._fit()

    def show_remote(self, address: str, clients: Sequence[str] = ()) -> None:
        """Say how many clients are connected, each a line of the tool tip; "" hides it all."""
        if bool(address) == self.remote.isHidden():
            self.remote.setVisible(bool(address))
        if address:
            role = "accent" if clients else "muted"
            self.remote.say(f"remote: {counted(len(clients), 'client')}", role)
            self.remote.setToolTip("\n".join((f"Remote control at {address}", *clients)))

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the state of the market."""
        s = snapshot
        self.show_state(s)
        end = f" / {clock(s.end)}" if s.end is not None else ""
        # A second counts when it is over, as on the line of time.
        self.time.say(f"{clock(math.floor(s.time + 1e-6))}{end}")
        if s.state is RunState.RUNNING:
            rate = compact(s.events_per_second) + " events/s"
            self.speed.say(f"{speed(s.speed)} · {rate}")
        else:
            wanted = "max" if s.speed_target is None else speed(s.speed_target)
            self.speed.say(f"speed set to {wanted}", "muted")
        if s.stresses:
            names = [
                f"{stress_title(a.kind)} {clock(max(0.0, a.end - s.time))}" for a in s.stresses
            ]
            short = names[0] if len(names) == 1 else f"{len(names)} stresses"
            self.stress.say(", ".join(names), "warning", dot=True, short=short)
            self.stress.setToolTip("\n".join(names))
        else:
            self.stress.say("No stress", "muted")
            self.stress.setToolTip("Stress that acts now")
        if s.error:
            self.alarms.say("Failed", "danger", dot=True)
            self.alarms.setToolTip(s.error)
        elif s.alarms:
            many = f"{len(s.alarms)} alarms"
            alarms = [str(alarm) for alarm in s.alarms]
            text = alarms[-1] if len(alarms) == 1 else many
            short = counted(len(alarms), "alarm")
            self.alarms.say(shorten(text, 40), "danger", dot=True, short=short)
            self.alarms.setToolTip("\n".join(alarms))
        else:
            self.alarms.say("No alarms", "muted")
            self.alarms.setToolTip("Nothing was refused or lost")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Shorten what can be said in fewer words until all of it fits, the longest first."""
        cells = [
            cell
            for cell in (
                self.state, self.time, self.speed, self.remote, self.stress, self.training,
                self.alarms,
            )
            if not cell.isHidden()
        ]  # fmt: skip
        metrics = self.experiment.fontMetrics()
        full, brief = self._experiment if not self.experiment.isHidden() else ("", "")
        longer = metrics.horizontalAdvance(full) - metrics.horizontalAdvance(brief)
        needed = (
            sum(cell.room(False) for cell in cells)
            + metrics.horizontalAdvance(full)
            + self.notices.sizeHint().width()
            + _GAP * (len(cells) + 3)
        )
        is_brief = needed > self.width() and longer > 0
        needed -= longer if is_brief else 0
        text = brief if is_brief else full
        if text and self.experiment.text() != text:
            self.experiment.setText(text)
            self.experiment.setAccessibleName(full)
        for cell in (self.training, self.stress, self.alarms):
            saved = cell.room(False) - cell.room(True)
            is_short = needed > self.width() and saved > 0 and not cell.isHidden()
            needed -= saved if is_short else 0
            cell.make_short(is_short)
