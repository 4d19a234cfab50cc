"""What the RL tab knows of the training that runs: its state, its history, its last fault.

The controller owns the client of the training process. Widgets read it when they draw, and call
``start`` and ``stop``; nothing here blocks.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.client import (
    HURRY_SECONDS,
    TrainingClient,
    check_learning_rate,
)
from abm_desktop.learning.process.messages import (
    Checkpoint,
    ClusterInfo,
    Done,
    Failure,
    Judging,
    Message,
    Progress,
    Status,
)
from abm_desktop.learning.statements import NotStarted
from abm_desktop.ui.rl.run_queue import RunQueue
from abm_desktop.ui.rl.runs import Runs

__all__ = ["BUSY", "ClusterState", "Incident", "TrainingController"]

log = logging.getLogger(__name__)

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


_SHOWN_AS: dict[str, ClusterState] = {
    "starting": ClusterState.STARTING,
    "building": ClusterState.STARTING,
    "paused": ClusterState.PAUSED,
    "training": ClusterState.TRAINING,
}
"""What the process says of itself, and how that is shown."""

MOST_WARNINGS = 200
SHORT_OF_MEMORY = 400 * 2**20
"""Free bytes below which the system is likely to kill a process."""
FULL_STORE = 0.9


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong in a training or its cluster, kept for the whole session."""

    moment: datetime
    text: str
    is_fault: bool
    """It ended a training."""


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

    cluster_changed = Signal()
    """A new measurement of the cluster, or a warning."""

    def __init__(self, parent: QObject | None = None, client: TrainingClient | None = None) -> None:
        super().__init__(parent)
        self.state = ClusterState.STOPPED
        self.detail = ""
        self.config: TrainingConfig | None = None
        self.runs = Runs(self)
        self.queue = RunQueue(self)
        self.cluster: ClusterInfo | None = None
        """How the cluster is doing; None while there is none."""
        self.incidents: list[Incident] = []
        """The newest last."""
        self.judging: Judging | None = None
        """What the finished policy is put to; None while it is trained."""
        self._empty = TrainingHistory()
        self._client = client or TrainingClient()
        self._listener: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard = 0.0
        self._restarts = 0
        self._told: set[str] = set()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_SECONDS * 1000)
        self._idle.timeout.connect(lambda: self._spawn(self._client.close()))

    @property
    def history(self) -> TrainingHistory:
        """The measurements of the training that runs, or ran last."""
        return self._empty if self.runs.current is None else self.runs.current.history

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.state in BUSY

    @property
    def model_name(self) -> str:
        """Name of the model that is trained now; empty if none is, or it has no name yet."""
        current = self.runs.current
        return current.name if current is not None and self.is_training else ""

    @property
    def host_pid(self) -> int | None:
        """Process id of the training process, None if there is none."""
        return self._client.pid if self._client.is_running else None

    @property
    def remaining_seconds(self) -> float | None:
        """Expected time to the end, counting down between messages; None before it is known."""
        last = self.history.last
        if last is None or not self.is_training or self.state is ClusterState.PAUSED:
            return None
        if self.judging is not None:
            return None  # all iterations are done; how long the rest takes is not known
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
        self.queue.hold(False)
        self._restarts = 0
        self.judging = None
        self.runs.begin(config.algorithm, config.iterations).name = config.model_name
        self._set(ClusterState.STARTING, "Starting the training process")
        self._spawn(self._start(config))

    def start_next(self) -> None:
        """Begin the training that waits first; nothing happens while one runs or none waits."""
        if self.is_training:
            return
        config = self.queue.take()
        if config is not None:
            self.start(config)

    def stop(self) -> None:
        """Ask for an end after the running iteration; the second time, end it at once.

        A training that has not begun ends at once the first time: there is nothing to keep. What
        waits in the queue waits on: who stops a training is at the desk.
        """
        if self.is_training:
            self.queue.hold(True)
        if self.state is ClusterState.STARTING:
            # Ray's start and the compiler do not listen meanwhile.
            self._set(ClusterState.STOPPING, "")
            self._spawn(self._abandon())
        elif self.state is ClusterState.STOPPING:
            self._spawn(self._client.close())
        elif self.is_training:
            self._set(ClusterState.STOPPING, "Stopping: the running iteration is finished first")
            self._spawn(self._client.stop())

    async def _abandon(self) -> None:
        await self._client.close(HURRY_SECONDS)
        self.ended.emit(Done("stopped", 0, self.model_name, ""))

    def pause(self) -> None:
        """Wait after the running iteration, or go on where it waits."""
        if self.state is ClusterState.PAUSED:
            self._spawn(self._client.resume())
        elif self.state is ClusterState.TRAINING:
            self._spawn(self._client.pause())

    def save_now(self) -> None:
        """Write a checkpoint after the running iteration."""
        self._spawn(self._client.save_now())

    def set_learning_rate(self, rate: float) -> None:
        """Learn at another rate from the next iteration on; nothing happens if none is done.

        Raises ValueError outside (0, 1].
        """
        check_learning_rate(rate)
        if self.state not in (ClusterState.TRAINING, ClusterState.PAUSED):
            return
        last = self.history.last
        log.info(
            "training: learning rate set to %g after iteration %d",
            rate,
            last.iteration if last is not None else 0,
        )
        self._spawn(self._client.set_learning_rate(rate))

    async def close(self) -> None:
        """End the training process, within 5 s."""
        self._idle.stop()
        self.runs.close()
        await self._client.close()
        if self._listener is not None:
            await self._listener

    async def _start(self, config: TrainingConfig) -> None:
        try:
            spawned = await self._client.start(config)
        except OSError as error:
            self._fail(Failure(NotStarted(str(error))))
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
            case ClusterInfo():
                self._take_cluster(message)
            case Checkpoint():
                if self.runs.current is not None:
                    self.runs.current.name = message.name
                self.checkpoint_written.emit(message.name)
            case Judging():
                self.judging = message
            case Done():
                self.judging = None
                if message.warnings:
                    self._warn(" ".join(map(str, message.warnings)))
                self._set(ClusterState.IDLE, "")
                self._idle.start()
                self.ended.emit(message)
                self._go_on()
            case Failure():
                self._fail(message)

    def _go_on(self) -> None:
        """Start the next of the queue, once the process has said all it has to say."""
        if len(self.queue) and not self.queue.is_held:
            QTimer.singleShot(0, self, self.start_next)

    def _take_cluster(self, info: ClusterInfo) -> None:
        self.cluster = info
        if info.restarts > self._restarts:
            self._warn(
                f"A sampling worker ended and was started again ({info.restarts} so far). "
                "If that goes on, use fewer workers or fewer markets per worker."
            )
        self._restarts = info.restarts
        if info.machine_memory_free < SHORT_OF_MEMORY:
            self._warn_once(
                "Less than 400 MB of memory is free. Close other programs, or train with "
                "fewer workers or fewer markets per worker."
            )
        if info.store_size and info.store_used > FULL_STORE * info.store_size:
            self._warn_once("Ray's object store is almost full; use shorter rollouts.")
        self.cluster_changed.emit()

    def _warn(self, text: str, *, is_fault: bool = False) -> None:
        if not is_fault:
            log.warning("training: %s", text)
        self.incidents = [*self.incidents, Incident(datetime.now(), text, is_fault)][
            -MOST_WARNINGS:
        ]
        self.cluster_changed.emit()

    def _warn_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._warn(text)

    def _take_status(self, status: Status) -> None:
        if status.model and self.runs.current is not None:
            self.runs.current.name = status.model
        if status.state == "closed":
            self.cluster = None
            self.cluster_changed.emit()
            # While one starts, this is the news of the process before it.
            if self.state not in (ClusterState.FAILED, ClusterState.STARTING):
                self._set(ClusterState.STOPPED, "")
        elif self.state is ClusterState.STOPPING:
            pass  # a person asked for the end; what comes before it is no news
        elif status.state in _SHOWN_AS:
            note = status.note
            self._set(_SHOWN_AS[status.state], str(note) if note is not None else "")

    def _fail(self, failure: Failure) -> None:
        self.judging = None
        text = str(failure.fault)
        self._warn(text, is_fault=True)
        self._set(ClusterState.FAILED, text)
        self._idle.start()
        if not len(self.history):
            # What could not even begin would take the whole queue with it.
            self.queue.hold(True)
        self.failed.emit(failure)
        self._go_on()

    def _set(self, state: ClusterState, detail: str) -> None:
        self.state, self.detail = state, detail
        self.changed.emit()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
