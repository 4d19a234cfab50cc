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
import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Generic, TypeVar

from abm_desktop import paths
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.messages import (
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

CLOSE_SECONDS = 4.0
"""How long a close waits for the host before killing it."""

_LONGEST_LINE = 2**20
_LOG_TAIL = 8000


Item = TypeVar("Item")


class Inbox(Generic[Item]):
    """Messages of one process, oldest first; None ends them.

    Not an ``asyncio.Queue``: that one insists on a running loop, and Qt's loop steps tasks also
    while it only processes events.
    """

    def __init__(self) -> None:
        self._messages: deque[Item | None] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, message: Item | None) -> None:
        self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Item | None:
        while not self._messages:
            self._waiter = asyncio.get_event_loop().create_future()
            await self._waiter
        return self._messages.popleft()


class TrainingClient:
    """Owns at most one host process. Use it from one event loop only."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._inbox: Inbox[Message] = Inbox()
        self._gate = asyncio.Lock()
        self._closing = False
        self._training = False
        self._last_heard = 0.0

    @property
    def is_running(self) -> bool:
        """Whether a host process lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def is_training(self) -> bool:
        """Whether a training was started and has neither ended nor failed."""
        return self._training

    @property
    def pid(self) -> int | None:
        """Process id of the host."""
        return self._process.pid if self._process is not None else None

    @property
    def silent_seconds(self) -> float:
        """Time since the host was last heard of; it speaks at least once a second."""
        if not self.is_running:
            return 0.0
        return time.monotonic() - self._last_heard

    async def start(self, config: TrainingConfig) -> bool:
        """Begin a training, in a new host process where none lives.

        Returns whether a process was made: its messages are read with a new :meth:`messages`.
        Raises RuntimeError while a training runs, OSError where no process can be made.
        """
        async with self._gate:
            if self._training:
                raise RuntimeError("a training runs already; stop it first")
            spawn = not self.is_running
            if spawn:
                await self._spawn()
            self._training = True
            await self._send(Start(config))
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
        if not 0.0 < learning_rate <= 1.0:
            raise ValueError(f"a learning rate lies between 0 and 1, not at {learning_rate}")
        await self._ask(SetLearningRate(learning_rate))

    async def _ask(self, command: Command) -> None:
        if self._training:
            await self._send(command)

    async def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, without heartbeats, until the host has ended."""
        inbox = self._inbox
        while (message := await inbox.get()) is not None:
            yield message

    async def close(self) -> None:
        """End the host within 5 s, by force if needed; a training that runs is abandoned."""
        async with self._gate:
            process = self._process
            if process is None:
                return
            self._closing = True
            if process.returncode is None:
                await self._send(Close())
                try:
                    await asyncio.wait_for(process.wait(), CLOSE_SECONDS)
                except TimeoutError:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
            if self._reader is not None:
                await self._reader
            self._process = None

    async def _spawn(self) -> None:
        log = log_file()
        log.parent.mkdir(parents=True, exist_ok=True)
        self._closing = False
        self._inbox = Inbox()
        with log.open("wb") as stream:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "abm_desktop.learning.host",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stream,
                env=host_environment(),
                limit=_LONGEST_LINE,
            )
        self._last_heard = time.monotonic()
        self._reader = asyncio.ensure_future(self._read(self._process))

    async def _send(self, command: Command) -> None:
        assert self._process is not None and self._process.stdin is not None
        # A host that has just died cannot be written to; the reader says so.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(encode(command))
            await self._process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        inbox = self._inbox
        while line := await process.stdout.readline():
            self._last_heard = time.monotonic()
            try:
                message = parse_message(line)
            except ProtocolError as error:
                message = Failure("The training process sent an unknown message.", "", str(error))
            if isinstance(message, Heartbeat):
                continue
            if isinstance(message, Done | Failure):
                self._training = False
            inbox.put(message)
        code = await process.wait()
        was_training, self._training = self._training, False
        if not self._closing:
            inbox.put(_unexpected_end(code, was_training))
        inbox.put(Status("closed"))
        inbox.put(None)


def log_file() -> Path:
    """What the newest host process printed."""
    return paths.user_data_dir() / "logs" / "training.log"


def host_environment() -> dict[str, str]:
    """The host's environment: it finds this very package, and uses one thread for small arrays."""
    package_parent = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(part for part in (package_parent, path) if part),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _unexpected_end(code: int, was_training: bool) -> Failure:
    how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
    message = f"The training process ended unexpectedly ({how})."
    remedy = "Start the training again; the last checkpoint is whole."
    if code == -9:
        remedy = (
            "Most often memory ran out: use fewer workers or fewer markets per worker. "
            "The last checkpoint is whole."
        )
    return Failure(message, remedy if was_training else "", _log_tail())


def _log_tail() -> str:
    try:
        with log_file().open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - _LOG_TAIL))
            return stream.read().decode(errors="replace")
    except OSError:
        return ""
