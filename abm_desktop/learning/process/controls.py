"""What a person may ask of a training that runs, handed from the reading thread to the training."""

from __future__ import annotations

import threading

from abm_desktop.learning.process.messages import (
    Command,
    Pause,
    Resume,
    SaveNow,
    SetLearningRate,
    Stop,
)


class TrainingWishes:
    """Wishes for one training; thread-safe. The training looks between two iterations."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._stop = self._paused = self._save = False
        self._learning_rate: float | None = None

    def take(self, command: Command) -> bool:
        """Note a command; returns whether it was one for a running training."""
        with self._changed:
            match command:
                case Stop():
                    self._stop = True
                case Pause():
                    self._paused = True
                case Resume():
                    self._paused = False
                case SaveNow():
                    self._save = True
                case SetLearningRate(learning_rate):
                    self._learning_rate = learning_rate
                case _:
                    return False
            self._changed.notify_all()
            return True

    @property
    def stop(self) -> bool:
        """Whether the training shall end."""
        with self._changed:
            return self._stop

    def shall_wait(self) -> bool:
        """Whether the training shall wait."""
        with self._changed:
            return self._paused and not self._stop

    def take_learning_rate(self) -> float | None:
        """The new learning rate, once."""
        with self._changed:
            rate, self._learning_rate = self._learning_rate, None
            return rate

    def take_save(self) -> bool:
        """Whether a checkpoint is asked for, once."""
        with self._changed:
            save, self._save = self._save, False
            return save

    def wait(self) -> None:
        """Wait while paused and nothing else is asked for."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop or self._save or not self._paused)
