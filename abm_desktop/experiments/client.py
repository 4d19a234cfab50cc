"""The asyncio side of an experiment's process. No Qt: it runs in any asyncio loop.

::

    client = ExperimentClient()
    await client.start(Start("research_question", workers=2))
    async for message in client.messages():
        ...  # Status, then Done, Ended or Failure

"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from abm_desktop import paths
from abm_desktop.experiments.messages import (
    Command,
    Done,
    Ended,
    Failure,
    Message,
    Pause,
    ProtocolError,
    Resume,
    Start,
    Stop,
    encode,
    parse_message,
)
from abm_desktop.learning.client import Inbox, host_environment

__all__ = ["ExperimentClient", "log_file"]

CLOSE_SECONDS = 3.0
"""How long a close waits for the process before killing it."""

_LONGEST_LINE = 2**20
_LOG_TAIL = 8000


class ExperimentClient:
    """Owns at most one process, which runs one experiment. Use it from one event loop only."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._inbox: Inbox[Message] = Inbox()
        self._closing = False

    @property
    def is_running(self) -> bool:
        """Whether an experiment was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._process.pid if self._process is not None else None

    async def start(self, start: Start) -> None:
        """Begin an experiment, in a process of its own.

        Raises RuntimeError while one runs, OSError where no process can be made.
        """
        if self.is_running:
            raise RuntimeError("an experiment runs already; stop it first")
        log = log_file()
        log.parent.mkdir(parents=True, exist_ok=True)
        self._closing = False
        self._inbox = Inbox()
        with log.open("wb") as stream:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "abm_desktop.experiments.host",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stream,
                env=host_environment(),
                limit=_LONGEST_LINE,
            )
        self._reader = asyncio.ensure_future(self._read(self._process, self._inbox))
        await self._send(start)

    async def pause(self) -> None:
        """Finish the runs under way and wait; the state "paused" answers."""
        await self._send(Pause())

    async def resume(self) -> None:
        """Go on after a pause."""
        await self._send(Resume())

    async def stop(self) -> None:
        """End in good order; Ended answers. What is finished is kept."""
        await self._send(Stop())

    async def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, until the process has ended; the last tells how."""
        inbox = self._inbox
        while (message := await inbox.get()) is not None:
            yield message

    async def close(self) -> None:
        """End the process within some seconds, by force if needed; what is finished is kept."""
        process = self._process
        if process is None:
            return
        self._closing = True
        if process.returncode is None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), CLOSE_SECONDS)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._reader is not None:
            await self._reader
        self._process = None

    async def _send(self, command: Command) -> None:
        if not self.is_running:
            return
        assert self._process is not None and self._process.stdin is not None
        # A process that has just died cannot be written to; the reader says so.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(encode(command))
            await self._process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process, inbox: Inbox[Message]) -> None:
        assert process.stdout is not None
        ended = False
        while line := await process.stdout.readline():
            try:
                message = parse_message(line)
            except ProtocolError as error:
                message = Failure(
                    "The experiment's process sent an unknown message.", "", str(error)
                )
            ended = ended or isinstance(message, Done | Ended | Failure)
            inbox.put(message)
        code = await process.wait()
        if not ended and not self._closing:
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            inbox.put(
                Failure(
                    f"The experiment's process ended unexpectedly ({how}).",
                    "Start it again: what is finished is kept. Where memory ran out, use fewer "
                    "workers.",
                    _log_tail(),
                )
            )
        inbox.put(None)


def log_file() -> Path:
    """What the newest process printed."""
    return paths.user_data_dir() / "logs" / "experiment.log"


def _log_tail() -> str:
    try:
        with log_file().open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - _LOG_TAIL))
            return stream.read().decode(errors="replace")
    except OSError:
        return ""
