"""The line above the charts: is it running, how far, how long still, how fast."""

from __future__ import annotations

import os

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from abm_desktop.desk.busy_machine import BUSY, BUSY_TIP, is_busy
from abm_desktop.desk.formats import clock, compact, percent, speed, whole
from abm_desktop.desk.training_news import TrainingInfo
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.ui import theme
from abm_desktop.ui.rl.controller import ClusterState, TrainingController
from abm_desktop.ui.widgets.elided_label import ElidedLabel

__all__ = ["ProgressStrip"]

TITLES = {
    ClusterState.STOPPED: "Cluster stopped",
    ClusterState.STARTING: "Cluster starting",
    ClusterState.TRAINING: "Training",
    ClusterState.PAUSED: "Paused",
    ClusterState.STOPPING: "Stopping",
    ClusterState.IDLE: "Cluster ready",
    ClusterState.FAILED: "Failed",
}
COLORS = {
    ClusterState.STOPPED: "muted",
    ClusterState.STARTING: "warning",
    ClusterState.TRAINING: "good",
    ClusterState.PAUSED: "warning",
    ClusterState.STOPPING: "warning",
    ClusterState.IDLE: "accent",
    ClusterState.FAILED: "danger",
}
HINTS = {
    ClusterState.STOPPED: "It starts with the training and ends with the window.",
    ClusterState.IDLE: "It ends after two idle minutes.",
    ClusterState.FAILED: "Why is told under Cluster, and among the notices",
}


class ProgressStrip(QFrame):
    """A view of a :class:`TrainingController`."""

    def __init__(self, controller: TrainingController) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._controller = controller
        self.state = QLabel()
        self.detail = ElidedLabel()
        self.detail.setObjectName("panelNote")
        self.numbers = QLabel()
        self.numbers.setFont(theme.mono_font(9.0))
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Training progress")
        # The count stands beside it: no text colour can be read on both halves of a bar.
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(14)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.state)
        top.addWidget(self.detail, 1)
        top.addWidget(self.numbers)
        self.market = QLabel()
        self.market.setObjectName("panelNote")
        self.market.setToolTip(
            "The live market goes on beside the training; each has threads of its own"
        )
        top.addWidget(self.market)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 8)
        layout.setSpacing(5)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        theme.signals.changed.connect(self._restyle)
        self._snapshot: MarketSnapshot | None = None
        self.refresh()

    def refresh(self, snapshot: MarketSnapshot | None = None) -> None:
        """Show the controller, and the live market beside it, as they are now."""
        self._snapshot = snapshot
        self._write(self.market, self._market_text(snapshot))
        controller = self._controller
        state = controller.state
        color = theme.current().colors[COLORS[state]]
        self._write(self.state, f'<span style="color:{color}">●</span>&nbsp; {TITLES[state]}')
        silence = controller.silent_seconds
        # A failure has a notice of its own right above.
        told = "" if state is ClusterState.FAILED else controller.detail
        detail = told or HINTS.get(state, "")
        if state is ClusterState.TRAINING:
            detail = controller.model_name or detail
        if silence and controller.is_training:
            detail = f"The training process has not answered for {silence:.0f} s"
        judging = controller.judging
        if judging is not None and controller.is_training:
            if judging.stage != "evaluation":
                stage = "Trained; stress test"
            elif judging.what == "agent":
                stage = "Trained; its own held-out days"
            else:
                stage = "Trained; on held-out days against {what}"
            detail = stage.format(what=judging.what) + f": {percent(judging.share)}"
        if others := controller.beside:
            detail += f" · beside it {_beside(others)}"
        tip = detail
        if controller.is_training and is_busy((os.cpu_count() or 1) + 1):
            detail, tip = f"{detail} · {BUSY}", f"{detail}\n{BUSY_TIP}"
        self._write(self.detail, detail)
        self.detail.setToolTip(tip)
        self._write(self.numbers, self._numbers())
        self._show_bar()

    def _restyle(self, _theme: object = None) -> None:
        self.refresh(self._snapshot)

    def _market_text(self, snapshot: MarketSnapshot | None) -> str:
        if snapshot is None:
            return ""
        running = snapshot.state is RunState.RUNNING
        color = theme.current().colors["good" if running else "muted"]
        rl = next((c.traders for c in snapshot.classes if c.name == "rl"), 0)
        many = ", {n} RL traders" if rl > 1 else ", {n} RL trader"
        traders = many.format(n=whole(rl)) if rl else ""
        state = f"Market runs {speed(snapshot.speed)}" if running else "Market paused"
        return f'<span style="color:{color}">●</span>&nbsp; {state}{traders}'

    def _numbers(self) -> str:
        last, config = self._controller.history.last, self._controller.config
        if last is None or config is None or self._controller.judging is not None:
            return ""
        parts = [
            f"{whole(last.iteration)} of {whole(config.iterations)} iterations",
            f"{compact(last.env_steps)} decisions",
            f"{clock(last.elapsed_seconds)} elapsed",
        ]
        remaining = self._controller.remaining_seconds
        if remaining is not None:
            parts.append(f"{clock(remaining)} left")
        return "   ".join(parts)

    def _show_bar(self) -> None:
        controller = self._controller
        config, last = controller.config, controller.history.last
        total = config.iterations if config is not None else 100
        done = last.iteration if last is not None else 0
        # An endless bar while there is nothing to count yet.
        waiting = controller.is_training and last is None
        judging = controller.judging
        if judging is not None and controller.is_training:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * judging.share))
            return
        self.bar.setRange(0, 0 if waiting else total)
        if not waiting:
            self.bar.setValue(done)

    @staticmethod
    def _write(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)


def _beside(others: list[TrainingInfo]) -> str:
    """Which trainings run beside the one on show, and how far they are."""
    if len(others) == 1:
        (other,) = others
        return f"{other.model or f'seed {other.config.seed}'}, {_done(others)} iterations"
    return f"{whole(len(others))} others, {_done(others)} iterations"


def _done(others: list[TrainingInfo]) -> str:
    done = [other.iteration for other in others]
    low, high = min(done), max(done)
    many = whole(low) if low == high else f"{whole(low)} to {whole(high)}"
    return f"{many} of {whole(others[0].iterations)}"
