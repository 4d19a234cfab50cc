"""The experiment that runs: how far it is, and what can be done with it."""

from __future__ import annotations

import os

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from abm_desktop.desk.busy_machine import BUSY, BUSY_TIP, is_busy
from abm_desktop.desk.formats import shorten, whole
from abm_desktop.experiments.process.messages import ExperimentStatus
from abm_desktop.statements import counted
from abm_desktop.ui.analytics.experiment_controller import ExperimentController, ExperimentState
from abm_desktop.ui.analytics.experiment_words import duration
from abm_desktop.ui.widgets.panel import Panel

__all__ = ["ExperimentStrip"]


class ExperimentStrip(Panel):
    """Follows an :class:`ExperimentController`; hidden while nothing runs."""

    def __init__(self, controller: ExperimentController) -> None:
        body = QWidget()
        body.setObjectName("panelBody")
        super().__init__("", body)
        self.setProperty("level", "accent")
        self._controller = controller
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the experiment")
        self.bar.setMinimumWidth(180)
        self.bar.setFormat("%p\N{NO-BREAK SPACE}%")
        self.told = QLabel()
        self.told.setObjectName("panelNote")
        self.pause_button = QPushButton("Pause")
        self.pause_button.clicked.connect(controller.pause)
        self.stop_button = QPushButton("Cancel")
        self.stop_button.clicked.connect(controller.stop)
        line = QHBoxLayout(body)
        line.setContentsMargins(10, 0, 8, 4)
        line.addWidget(self.bar, 2)
        line.addWidget(self.told, 3)
        line.addWidget(self.pause_button)
        line.addWidget(self.stop_button)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._show_progress)
        controller.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show what the controller knows."""
        running, state = self._controller.is_running, self._controller.state
        self.setVisible(running)
        if running != self._tick.isActive():
            (self._tick.start if running else self._tick.stop)()
        if not running:
            return
        waits = state in (ExperimentState.PAUSED, ExperimentState.PAUSING)
        self.pause_button.setText("Resume" if waits else "Pause")
        self.pause_button.setToolTip("Go on" if waits else "Finish the runs under way, then wait")
        self.pause_button.setEnabled(waits or state is ExperimentState.RUNNING)
        stopping = state is ExperimentState.STOPPING
        self.stop_button.setText("End now" if stopping else "Cancel")
        self.stop_button.setToolTip(
            "End the process at once; finished runs are kept"
            if stopping
            else "End after the runs under way; finished runs are kept, to go on from"
        )
        self.title.setText(self._controller.title)
        self.note.setText(self._doing(state, self._controller.status))
        self._show_progress()

    def _doing(self, state: ExperimentState, status: ExperimentStatus | None) -> str:
        if state is not ExperimentState.STOPPING and status is not None:
            if status.state == "sizing":
                return "finding how many RL traders fill each share"
            if status.state == "facts":
                return "checking stylised facts"
        return {
            ExperimentState.STARTING: "starting",
            ExperimentState.RUNNING: "running",
            ExperimentState.PAUSING: "pausing after the runs under way",
            ExperimentState.PAUSED: "paused",
            ExperimentState.STOPPING: "ending after the runs under way",
            ExperimentState.REPORTING: "writing the report",
        }.get(state, "")

    def _show_progress(self) -> None:
        status = self._controller.status
        # Its workers, its host, and the market.
        busy = is_busy((os.cpu_count() or 1) + 2)
        self.told.setToolTip(BUSY_TIP if busy else "")
        parts = (self._told(status), BUSY if busy else "")
        self.told.setText(" · ".join(filter(None, parts)))

    def _told(self, status: ExperimentStatus | None) -> str:
        """How far it is; moves the bar there."""
        if status is None or status.total == 0 or status.state == "report":
            self.bar.setRange(0, 0)
            note = status.note if status is not None else None
            return shorten(str(note), 60) if note is not None else ""
        self.bar.setRange(0, status.total)
        self.bar.setValue(status.done)
        if status.state in ("sizing", "facts"):
            return f"{status.done} / {status.total}"
        parts = [f"{whole(status.done)} of {whole(status.total)} runs"]
        if status.markets:
            parts.append(f"markets done: {whole(status.markets)}")
        left = self._controller.seconds_left
        if left is not None:
            parts.append(f"{duration(left)} left")
        if status.lost_workers:
            parts.append(f"{counted(status.lost_workers, 'worker')} lost")
        return " · ".join(parts)
