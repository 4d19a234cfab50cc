"""A process beside the program that works on one thing and talks in JSON lines: both its ends.

The owner starts it through :class:`HostProcess`, sends commands to its standard input and reads
messages from its standard output, in any asyncio loop (no Qt). The host begins with
:func:`take_streams` and :func:`serve_commands`. It ends with its work, or when its standard input
ends, that is, when its owner does, however that happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from abm_desktop import child_python, paths
from abm_desktop.json_lines import ProtocolError

__all__ = ["HostProcess", "serve_commands", "take_streams", "write_line"]

_LONGEST_LINE = 2**20
_LOG_TAIL = 8000
_PR_SET_PDEATHSIG = 1
_NICENESS = 10
"""Where the system has no scheduling class for work that takes only what others leave."""

EQUAL_SHARES = "ABM_DESKTOP_EQUAL_SHARES"
"""If it is 1, no process gives way: on a machine that others keep busy it might get nothing."""

log = logging.getLogger(__name__)

Message = TypeVar("Message")


class _Inbox(Generic[Message]):
    """Messages of one process, oldest first; None ends them.

    Not an ``asyncio.Queue``: that one insists on a running loop, and Qt's loop steps tasks also
    while it only processes events.
    """

    def __init__(self) -> None:
        self._messages: deque[Message | None] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, message: Message | None) -> None:
        self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Message | None:
        while not self._messages:
            self._waiter = asyncio.get_event_loop().create_future()
            await self._waiter
        return self._messages.popleft()


class HostProcess(Generic[Message]):
    """The owner's side of at most one process at a time. Use it from one event loop only.

    Args:
        module: what the process runs, by ``python -P -m``.
        log_name: of the file in the data folder's ``logs`` that takes whatever it prints.
        read: makes a message of any line; None for one that is not passed on.
        ended: the last messages, given the exit code, or None if the owner has closed it.
        gives_way: whether a market that is watched has the cores before it, and before all that it
            starts; where nothing else wants them it is as fast as without.
    """

    def __init__(
        self,
        module: str,
        log_name: str,
        *,
        read: Callable[[bytes], Message | None],
        ended: Callable[[int | None], Iterable[Message]],
        gives_way: bool = False,
    ) -> None:
        self._module, self._log_name = module, log_name
        self._read, self._ended, self._gives_way = read, ended, gives_way
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._inbox: _Inbox[Message] = _Inbox()
        self._closing = False
        self._marked = 0

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._process.pid if self._process is not None else None

    @property
    def log_file(self) -> Path:
        """What the newest process printed."""
        return paths.user_data_dir() / "logs" / self._log_name

    async def start(self) -> None:
        """Make the process. Raises OSError if that cannot be done."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        self._closing, self._marked = False, 0
        self._inbox = _Inbox()
        with self.log_file.open("wb") as stream:
            self._process = await asyncio.create_subprocess_exec(
                *child_python.command(self._module),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=stream,
                env=_environment(),
                limit=_LONGEST_LINE,
            )
        gives_way = self._gives_way and os.environ.get(EQUAL_SHARES) != "1"
        if gives_way and sys.platform != "win32":
            # It has one thread yet, and what comes later inherits from it. It may have died.
            with contextlib.suppress(OSError):
                _give_way(self._process.pid)
        self._reader = asyncio.ensure_future(self._listen(self._process, self._inbox))

    async def send(self, line: bytes) -> None:
        """Send a command; nothing happens where no process lives."""
        if not self.is_running:
            return
        assert self._process is not None and self._process.stdin is not None
        # A process that has just died cannot be written to; the reader says so.
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(line)
            await self._process.stdin.drain()

    async def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, until the process has ended; the last tell how."""
        inbox = self._inbox
        while (message := await inbox.get()) is not None:
            yield message

    async def close(self, seconds: float, farewell: bytes | None = None) -> None:
        """End the process within ``seconds``, by force if needed.

        It is told by the line ``farewell``, or by the end of its standard input if there is
        none.
        """
        process = self._process
        if process is None:
            return
        self._closing = True
        if process.returncode is None:
            if farewell is not None:
                await self.send(farewell)
            else:
                self.end_input()
            try:
                await asyncio.wait_for(process.wait(), seconds)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._reader is not None:
            await self._reader
        self._process = None

    def end_input(self) -> None:
        """What the owner's death does to the process: its standard input ends."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.close()

    def mark_log(self) -> None:
        """Another piece of work begins: what was printed before says nothing of how it ends."""
        with contextlib.suppress(OSError):
            self._marked = self.log_file.stat().st_size

    def log_tail(self) -> str:
        """The end of what the process printed, since the mark; "" if nothing is known of it."""
        try:
            with self.log_file.open("rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(self._marked, stream.tell() - _LOG_TAIL))
                return stream.read().decode(errors="replace")
        except OSError:
            return ""

    async def _listen(self, process: asyncio.subprocess.Process, inbox: _Inbox[Message]) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            message = self._read(line)
            if message is not None:
                inbox.put(message)
        code = await process.wait()
        for message in self._ended(None if self._closing else code):
            inbox.put(message)
        inbox.put(None)


def _give_way(pid: int) -> None:
    """Let a process have only what the rest of this program leaves of the processors.

    A lower priority is not enough: a market's thread that wakes has to wait for the other's slice
    to end, and is not moved to the core on which only such work runs.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, pid, _NICENESS)


def _environment() -> dict[str, str]:
    """The process finds this very package, and uses one thread for small arrays."""
    return child_python.environment(
        PYTHONUNBUFFERED="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1"
    )


# -- in the process itself ---------------------------------------------------------------------


def take_streams() -> BinaryIO:
    """Make this process a host; returns the stream for its messages.

    The protocol gets standard output for itself; prints of anybody else go to standard error.
    """
    _die_with_owner()
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    # A crash in compiled code, or a person's question (SIGUSR1), writes all stacks into the log.
    faulthandler.enable()
    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, all_threads=True)
    # An interrupt typed in a terminal, and the end of the terminal, reach the whole process group:
    # the owner decides. What this process starts inherits it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return messages


def serve_commands(
    parse: Callable[[bytes], Any],
    take: Callable[[Any], None],
    refuse: Callable[[ProtocolError], None],
) -> None:
    """Hand every command on standard input to ``take``, on a thread of its own.

    Where the input ends, the process does: at once and without ceremony, because the owner is dead
    and nobody may be left behind. What is finished is on disk, and a cluster's reaper sees the end
    of this process and ends Ray.
    """

    def serve() -> None:
        for line in sys.stdin.buffer:
            try:
                command = parse(line)
            except ProtocolError as error:
                refuse(error)
            else:
                take(command)
        os._exit(0)

    threading.Thread(target=serve, daemon=True).start()


def write_line(stream: BinaryIO, line: bytes) -> None:
    """Write a message of the protocol."""
    try:
        stream.write(line)
        stream.flush()
    except OSError:
        # The owner is gone. Standard input ends as well, which ends this process.
        log.debug("nobody reads the messages any more")


def _die_with_owner() -> None:
    """Ask Linux to kill this process when its parent dies, even if it is too busy to notice."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
