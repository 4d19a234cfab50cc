"""Trainings that wait for their turn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from abm_desktop.learning.config import TrainingConfig

__all__ = ["RunQueue", "title_of"]


class RunQueue(QObject):
    """Configurations in the order in which they will be trained."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[TrainingConfig] = []
        self.is_held = False
        """The next does not start by itself: a person stopped the one before."""

    def __len__(self) -> int:
        return len(self._waiting)

    def __getitem__(self, place: int) -> TrainingConfig:
        return self._waiting[place]

    def add(self, config: TrainingConfig) -> None:
        """Put a training at the end."""
        self._waiting.append(config)
        self.changed.emit()

    def remove(self, place: int) -> None:
        """Take a training out; nothing happens if there is none."""
        if 0 <= place < len(self._waiting):
            del self._waiting[place]
            self.changed.emit()

    def move(self, place: int, by: int) -> int:
        """Let a training wait ``by`` places longer (negative: shorter); return its new place."""
        goal = min(max(place + by, 0), len(self._waiting) - 1)
        if 0 <= place < len(self._waiting) and goal != place:
            self._waiting.insert(goal, self._waiting.pop(place))
            self.changed.emit()
            return goal
        return place

    def hold(self, held: bool) -> None:
        """Let the next start by itself, or not."""
        if held != self.is_held:
            self.is_held = held
            self.changed.emit()

    def take(self) -> TrainingConfig | None:
        """Take the next out; None if none waits."""
        if not self._waiting:
            return None
        config = self._waiting.pop(0)
        self.changed.emit()
        return config


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
        parts.append(f"{config.workers} workers")
    if config.resume_from:
        parts.append(f"goes on from {config.resume_from}")
    return " · ".join(parts)
