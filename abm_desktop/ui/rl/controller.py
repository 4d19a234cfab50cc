"""What the RL tab knows of the training that runs: its state, its history, its last fault.

The controller owns the client of the training process. Widgets read it when they draw, and call
``start`` and ``stop``; nothing here blocks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from enum import StrEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from abm_desktop.learning.client import TrainingClient
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.messages import Checkpoint, Done, Failure, Message, Progress, Status

__all__ = ["ClusterState", "History", "TrainingController"]

IDLE_SECONDS = 120
"""How long the cluster stays after a training, so that the next one starts at once."""

SILENT_SECONDS = 10.0
"""Silence of the training process after which the tab says so."""


class ClusterState(StrEnum):
    """What the training process and its cluster are doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    IDLE = "idle"
    FAILED = "failed"


BUSY = (
    ClusterState.STARTING,
    ClusterState.TRAINING,
    ClusterState.PAUSED,
    ClusterState.STOPPING,
)


class History:
    """The measurements of one training as growing columns; ``version`` grows with every row."""

    COLUMNS = (
        "iteration", "reward_mean", "episode_length_mean", "steps_per_second",
        "sell", "hold", "buy",
    )  # fmt: skip

    def __init__(self) -> None:
        self.version = 0
        self.last: Progress | None = None
        self._rows = np.empty((256, len(self.COLUMNS)))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, progress: Progress) -> None:
        """Add one iteration; what is not known yet is NaN in its column."""
        if self._length == len(self._rows):
            self._rows = np.concatenate((self._rows, np.empty_like(self._rows)))
        self._rows[self._length] = (
            progress.iteration,
            np.nan if progress.reward_mean is None else progress.reward_mean,
            np.nan if progress.episode_length_mean is None else progress.episode_length_mean,
            progress.steps_per_second,
            *progress.action_shares,
        )
        self._length += 1
        self.last = progress
        self.version += 1

    def column(self, name: str) -> np.ndarray:
        """A column as float64 (n,), oldest first."""
        return self._rows[: self._length, self.COLUMNS.index(name)]


class TrainingController(QObject):
    """Starts and stops trainings and keeps what they say."""

    changed = Signal()
    """State, detail or failure changed."""
    checkpoint_written = Signal(str)
    """Name of the model whose checkpoint is on disk."""
    ended = Signal(object)
    """A training ended as asked: :class:`Done`."""
    failed = Signal(object)
    """A training failed: :class:`Failure`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = ClusterState.STOPPED
        self.detail = ""
        self.config: TrainingConfig | None = None
        self.history = History()
        self._client = TrainingClient()
        self._listener: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = 0.0
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_SECONDS * 1000)
        self._idle.timeout.connect(lambda: self._spawn(self._client.close()))

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.state in BUSY

    @property
    def host_pid(self) -> int | None:
        """Process id of the training process, None where there is none."""
        return self._client.pid if self._client.is_running else None

    @property
    def remaining_seconds(self) -> float | None:
        """Expected time to the end, counting down between messages; None before it is known."""
        last = self.history.last
        if last is None or not self.is_training or self.state is ClusterState.PAUSED:
            return None
        return max(0.0, last.eta_seconds - (time.monotonic() - self._heard))

    @property
    def silent_seconds(self) -> float:
        """How long the training process has said nothing, 0 while that is usual."""
        if not self._client.is_running:
            return 0.0
        silence = self._client.silent_seconds
        return silence if silence > SILENT_SECONDS else 0.0

    def start(self, config: TrainingConfig) -> None:
        """Begin a training; nothing happens while one runs."""
        if self.is_training:
            return
        self._idle.stop()
        self.config = config
        self.history = History()
        self._set(ClusterState.STARTING, self.tr("Starting the training process"))
        self._spawn(self._start(config))

    def stop(self) -> None:
        """Ask for an end after the running iteration; the second time, end it at once."""
        if self.state is ClusterState.STOPPING:
            self._spawn(self._client.close())
        elif self.is_training:
            self._set(
                ClusterState.STOPPING, self.tr("Stopping: the running iteration is finished first")
            )
            self._spawn(self._client.stop())

    def pause(self) -> None:
        """Wait after the running iteration, or go on where it waits."""
        if self.state is ClusterState.PAUSED:
            self._spawn(self._client.resume())
        elif self.state is ClusterState.TRAINING:
            self._spawn(self._client.pause())

    def save_now(self) -> None:
        """Write a checkpoint after the running iteration."""
        self._spawn(self._client.save_now())

    async def close(self) -> None:
        """End the training process, within 5 s."""
        self._idle.stop()
        await self._client.close()
        if self._listener is not None:
            await self._listener

    async def _start(self, config: TrainingConfig) -> None:
        try:
            spawned = await self._client.start(config)
        except OSError as error:
            self._fail(
                Failure(
                    f"The training process could not be started: {error}.",
                    "Free some memory and try again.",
                )
            )
            return
        if spawned:
            self._listener = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        async for message in self._client.messages():
            self._take(message)

    def _take(self, message: Message) -> None:
        match message:
            case Progress():
                self._heard = time.monotonic()
                self.history.append(message)
            case Status():
                self._take_status(message)
            case Checkpoint():
                self.checkpoint_written.emit(message.name)
            case Done():
                self._set(ClusterState.IDLE, "")
                self._idle.start()
                self.ended.emit(message)
            case Failure():
                self._fail(message)

    def _take_status(self, status: Status) -> None:
        if status.state == "closed":
            # While one starts, this is the news of the process before it.
            if self.state not in (ClusterState.FAILED, ClusterState.STARTING):
                self._set(ClusterState.STOPPED, "")
        elif self.state is ClusterState.STOPPING:
            pass  # a person asked for the end; what comes before it is no news
        elif status.state in ("starting", "building"):
            self._set(ClusterState.STARTING, status.detail)
        elif status.state == "paused":
            self._set(ClusterState.PAUSED, status.detail)
        elif status.state == "training":
            self._set(ClusterState.TRAINING, status.detail)

    def _fail(self, failure: Failure) -> None:
        self._set(ClusterState.FAILED, failure.message)
        self._idle.start()
        self.failed.emit(failure)

    def _set(self, state: ClusterState, detail: str) -> None:
        self.state, self.detail = state, detail
        self.changed.emit()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
