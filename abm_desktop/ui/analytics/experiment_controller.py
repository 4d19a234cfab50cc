"""What the page Experiments knows of the experiment that runs. Nothing here blocks."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
    Message,
)
from abm_desktop.experiments.statements import ExperimentNotStarted
from abm_desktop.ui.work import Work

__all__ = ["ExperimentController", "ExperimentState"]

log = logging.getLogger(__name__)


class ExperimentState(StrEnum):
    """What the process of the experiment is doing."""

    NONE = "none"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    REPORTING = "reporting"


class ExperimentController(QObject):
    """Starts, pauses and ends one experiment at a time, and keeps what it says."""

    changed = Signal()
    """State or progress changed."""
    ended = Signal(object)
    """It is over: :class:`ExperimentDone`, :class:`Ended` or :class:`ExperimentFailure`."""

    def __init__(self, parent: QObject | None = None, client: Any = None) -> None:
        super().__init__(parent)
        self.state = ExperimentState.NONE
        self.title = ""
        self.folder: Path | None = None
        """Where the results of the one that runs, or ran last, lie."""
        self.status: ExperimentStatus | None = None
        """The newest; None before the first."""
        self._heard = 0.0
        self._client = client
        self._listener: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        """Whether an experiment is being started, runs, waits, or is being stopped."""
        return self.state is not ExperimentState.NONE

    @property
    def seconds_left(self) -> float | None:
        """Expected time to the end, counting down between messages; None before it is known."""
        status = self.status
        if (
            status is None
            or status.seconds_left is None
            or self.state is not ExperimentState.RUNNING
        ):
            return None
        return max(0.0, status.seconds_left - (time.monotonic() - self._heard))

    @property
    def work(self) -> Work | None:
        """The experiment that runs, for the window; None if none does."""
        if not self.is_running:
            return None
        status = self.status
        # Steps of its preparation are no runs.
        counts = status is not None and status.state not in ("starting", "sizing", "facts")
        notes = {
            ExperimentState.STARTING: "starting",
            ExperimentState.PAUSING: "pausing",
            ExperimentState.PAUSED: "paused",
            ExperimentState.STOPPING: "stopping",
            ExperimentState.REPORTING: "writing the report",
        }
        return Work(
            self.title,
            status.done if status is not None and counts else 0,
            status.total if status is not None and counts else 0,
            self.seconds_left,
            notes.get(self.state, ""),
        )

    def start(self, start: ExperimentStart, title: str, folder: Path) -> None:
        """Begin an experiment, or go on with it; nothing happens while one runs."""
        if self.is_running:
            return
        self.title, self.folder, self.status = title, folder, None
        self._set(ExperimentState.STARTING)
        self._spawn(self._start(start))

    def pause(self) -> None:
        """Wait after the runs under way, or go on where it waits."""
        if self.state in (ExperimentState.PAUSED, ExperimentState.PAUSING):
            self._set(ExperimentState.RUNNING)
            self._spawn(self._client.resume())
        elif self.state is ExperimentState.RUNNING:
            self._set(ExperimentState.PAUSING)
            self._spawn(self._client.pause())

    def stop(self) -> None:
        """End after the runs under way; the second time, end at once. What is finished is kept."""
        if self.state is ExperimentState.STOPPING:
            self._spawn(self._end_now())
        elif self.is_running:
            self._set(ExperimentState.STOPPING)
            self._spawn(self._client.stop())

    async def close(self) -> None:
        """End the process within some seconds; what is finished is kept."""
        if self._client is not None:
            await self._client.close()
        if self._listener is not None:
            await self._listener

    async def _start(self, start: ExperimentStart) -> None:
        if self._client is None:
            from abm_desktop.experiments.process.client import ExperimentClient

            self._client = ExperimentClient()
        try:
            await self._client.start(start)
        except OSError as error:
            self._end(ExperimentFailure(ExperimentNotStarted(str(error))))
            return
        self._listener = asyncio.ensure_future(self._listen())

    async def _end_now(self) -> None:
        await self._client.close()
        if self.is_running:
            self._end(Ended(str(self.folder or "")))

    async def _listen(self) -> None:
        async for message in self._client.messages():
            self.take(message)

    def take(self, message: Message) -> None:
        """Take in a message of the process."""
        if not isinstance(message, ExperimentStatus):
            self._end(message)
            return
        self.status, self._heard = message, time.monotonic()
        if self.state is ExperimentState.STOPPING:
            self.changed.emit()  # a person asked for the end; that stays on show
        elif message.state in ("starting", "sizing"):
            self._set(ExperimentState.STARTING)
        elif message.state == "paused":
            self._set(ExperimentState.PAUSED)
        elif message.state in ("report", "facts"):
            self._set(ExperimentState.REPORTING)
        elif self.state is ExperimentState.PAUSING and message.state == "running":
            self.changed.emit()  # the runs under way are finished first
        else:
            self._set(ExperimentState.RUNNING)

    def _end(self, message: ExperimentDone | Ended | ExperimentFailure) -> None:
        if isinstance(message, ExperimentFailure):
            log.warning("experiment: %s", message.fault.told)
        self._set(ExperimentState.NONE)
        self.ended.emit(message)

    def _set(self, state: ExperimentState) -> None:
        self.state = state
        self.changed.emit()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
