"""The asyncio side of the host process: start, stop and close a training, and read its messages.

::

    client = TrainingClient()
    await client.start(TrainingConfig(iterations=10))
    async for message in client.messages():
        ...                       # Status, Progress, Checkpoint, Failure, Done, Heartbeat
    await client.close()

No Qt, no Ray, no torch: it runs on any asyncio loop, the window's among them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from abm_desktop.host_process import HostProcess
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.faults import fault_of_end
from abm_desktop.learning.process.messages import (
    Close,
    Command,
    Done,
    Failure,
    Heartbeat,
    Message,
    Pause,
    ProtocolError,
    Resume,
    SaveNow,
    SetLearningRate,
    Start,
    Status,
    Stop,
    encode,
    parse_message,
)
from abm_desktop.learning.statements import UnknownMessage
from abm_desktop.scenario.bounds import within

CLOSE_SECONDS = 4.0
"""How long a close waits for the host before killing it."""
HURRY_SECONDS = 0.5
"""The same if nothing can be lost: what is left, Ray's reaper cleans up."""


def check_learning_rate(rate: float) -> None:
    """Raise InputError for a rate that no training can have."""
    within(TrainingConfig, "learning_rate", rate)


class TrainingClient:
    """Owns at most one host process. Use it from one event loop only.

    Args:
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(self, *, gives_way: bool = False) -> None:
        self._host: HostProcess[Message] = HostProcess(
            "abm_desktop.learning.process.host",
            "training.log",
            read=self._read,
            ended=self._last_words,
            gives_way=gives_way,
        )
        self._gate = asyncio.Lock()
        self._training = False
        self._last_heard = 0.0

    @property
    def is_running(self) -> bool:
        """Whether a host process lives."""
        return self._host.is_running

    @property
    def is_training(self) -> bool:
        """Whether a training was started and has neither ended nor failed."""
        return self._training

    @property
    def pid(self) -> int | None:
        """Process id of the host."""
        return self._host.pid

    @property
    def silent_seconds(self) -> float:
        """Time since the host was last heard of; it speaks at least once a second."""
        if not self.is_running:
            return 0.0
        return time.monotonic() - self._last_heard

    async def start(self, config: TrainingConfig) -> bool:
        """Begin a training, in a new host process where none lives.

        Returns whether a process was made: its messages are read with a new :meth:`messages`.
        Raises RuntimeError while a training runs, OSError if no process can be made.
        """
        async with self._gate:
            if self._training:
                raise RuntimeError("a training runs already; stop it first")
            spawn = not self.is_running
            if spawn:
                await self._host.start()
                self._last_heard = time.monotonic()
            self._host.mark_log()
            self._training = True
            await self._host.send(encode(Start(config)))
            return spawn

    async def stop(self) -> None:
        """Ask for an end after the running iteration; Done comes once the checkpoint is written."""
        await self._ask(Stop())

    async def pause(self) -> None:
        """Ask for a wait after the running iteration; the state "paused" answers."""
        await self._ask(Pause())

    async def resume(self) -> None:
        """Go on after a pause."""
        await self._ask(Resume())

    async def save_now(self) -> None:
        """Ask for a checkpoint after the running iteration; Checkpoint answers."""
        await self._ask(SaveNow())

    async def set_learning_rate(self, learning_rate: float) -> None:
        """Learn at another rate from the next iteration on. Raises ValueError outside (0, 1]."""
        check_learning_rate(learning_rate)
        await self._ask(SetLearningRate(learning_rate))

    async def _ask(self, command: Command) -> None:
        if self._training:
            await self._host.send(encode(command))

    def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, without heartbeats, until the host has ended."""
        return self._host.messages()

    async def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End the host within ``seconds``, by force if needed; a training is abandoned."""
        async with self._gate:
            await self._host.close(seconds, farewell=encode(Close()))

    def _read(self, line: bytes) -> Message | None:
        self._last_heard = time.monotonic()
        try:
            message = parse_message(line)
        except ProtocolError as error:
            message = Failure(UnknownMessage(), str(error))
        if isinstance(message, Heartbeat):
            return None
        if isinstance(message, Done | Failure):
            self._training = False
        return message

    def _last_words(self, code: int | None) -> Iterator[Message]:
        was_training, self._training = self._training, False
        if code is not None:
            printed = self._host.log_tail()
            yield Failure(fault_of_end(code, was_training, printed), printed)
        yield Status("closed")
