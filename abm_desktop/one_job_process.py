"""The owner's side of a process that does one job and ends with it. No Qt: any asyncio loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Generic, TypeVar

from abm_desktop.host_process import HostProcess
from abm_desktop.json_lines import ProtocolError, Stop, encode

__all__ = ["OneJobClient"]

CLOSE_SECONDS = 3.0
"""How long a close waits for the process before killing it."""

Start = TypeVar("Start")
Message = TypeVar("Message")


class OneJobClient(Generic[Start, Message]):
    """Owns at most one process, which does one job. Use it from one event loop only.

    Args:
        what: the job, as in "an experiment".
        module: what the process runs, by ``python -P -m``.
        log_name: of the file in the data folder's ``logs`` that takes whatever it prints.
        parse: makes a message of a line; raises ProtocolError for any other.
        last: the messages after which nothing comes.
        unknown: the message that a line which is none becomes, given what is wrong with it.
        lost: the last message of a process that ended without one, given exit code and log.
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(
        self,
        what: str,
        module: str,
        log_name: str,
        *,
        parse: Callable[[bytes | str], Message],
        last: tuple[type, ...],
        unknown: Callable[[str], Message],
        lost: Callable[[int, str], Message],
        gives_way: bool = False,
    ) -> None:
        self._what, self._parse, self._last = what, parse, last
        self._unknown, self._lost = unknown, lost
        self._host: HostProcess[Message] = HostProcess(
            module, log_name, read=self._read, ended=self._last_words, gives_way=gives_way
        )
        self._told = False

    @property
    def is_running(self) -> bool:
        """Whether a job was started and has not ended."""
        return self._host.is_running

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._host.pid

    async def start(self, start: Start) -> None:
        """Begin, or go on where it was stopped, in a process of its own.

        Raises RuntimeError while one runs, OSError if no process can be made.
        """
        if self.is_running:
            raise RuntimeError(f"{self._what} runs already; stop it first")
        self._told = False
        await self._host.start()
        await self.send(start)

    async def stop(self) -> None:
        """End in good order; one of the last messages answers. What is finished is kept."""
        await self.send(Stop())

    async def send(self, command: Any) -> None:
        """Send a command, a dataclass of the job's protocol."""
        await self._host.send(encode(command))

    def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, until the process has ended; the last tells how."""
        return self._host.messages()

    async def close(self) -> None:
        """End the process within some seconds, by force if needed; what is finished is kept."""
        await self._host.close(CLOSE_SECONDS)

    def _read(self, line: bytes) -> Message:
        try:
            message = self._parse(line)
        except ProtocolError as error:
            message = self._unknown(str(error))
        self._told = self._told or isinstance(message, self._last)
        return message

    def _last_words(self, code: int | None) -> Iterator[Message]:
        if code is not None and not self._told:
            yield self._lost(code, self._host.log_tail())
