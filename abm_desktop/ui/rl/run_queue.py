"""Trainings that wait for their turn."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from abm_desktop.desk.statements import NotNowError
from abm_desktop.desk.trainings import Trainings
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.statements import counted

__all__ = ["RunQueue", "title_of"]


class RunQueue(QObject):
    """Configurations in the order in which they will be trained; places are those last told."""

    changed = Signal()

    def __init__(
        self, trainings: Trainings, poll: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._trainings, self._poll = trainings, poll
        self._waiting: tuple[int, ...] = trainings.waiting
        self.is_held = trainings.is_held
        """The next does not start by itself: a person stopped the one before."""

    def __len__(self) -> int:
        return len(self._waiting)

    def __getitem__(self, place: int) -> TrainingConfig:
        return self._trainings.read(self._waiting[place]).config

    def add(self, config: TrainingConfig) -> None:
        """Put a training at the end."""
        self._trainings.enqueue(config)
        self._poll()

    def remove(self, place: int) -> None:
        """Take a training out; nothing happens if there is none."""
        if 0 <= place < len(self._waiting):
            # It may have begun meanwhile.
            with contextlib.suppress(NotNowError):
                self._trainings.remove(self._waiting[place])
            self._poll()

    def move(self, place: int, by: int) -> int:
        """Let a training wait ``by`` places longer (negative: shorter); return its new place."""
        if 0 <= place < len(self._waiting):
            with contextlib.suppress(NotNowError):
                place = self._trainings.move(self._waiting[place], by)
            self._poll()
        return place

    def follow(self) -> None:
        """Show the queue as it is now."""
        self._waiting, self.is_held = self._trainings.waiting, self._trainings.is_held
        self.changed.emit()


def title_of(config: TrainingConfig) -> str:
    """What a training is, in one line."""
    scenario = config.scenario.rpartition("/")[2]
    parts = [
        config.algorithm,
        config.model_name or f"{scenario}, name chosen at its start",
        f"{config.iterations:,} iterations",
        f"{config.total_steps:,} decisions",
        f"seed {config.seed}",
    ]
    if config.workers:
        parts.append(counted(config.workers, "worker"))
    if config.resume_from:
        parts.append(f"goes on from {config.resume_from}")
    return " · ".join(parts)
