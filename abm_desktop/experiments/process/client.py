"""The asyncio side of an experiment's process. No Qt: it runs in any asyncio loop.

::

    client = ExperimentClient()
    await client.start(Start("research_question", workers=2))
    async for message in client.messages():
        ...  # Status, then Done, Ended or Failure

"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    Message,
    Pause,
    ProtocolError,
    Resume,
    Stop,
    encode,
    parse_message,
)
from abm_desktop.experiments.statements import (
    ExperimentProcessEnded,
    UnknownExperimentMessage,
)
from abm_desktop.host_process import HostProcess

__all__ = ["ExperimentClient"]

CLOSE_SECONDS = 3.0
"""How long a close waits for the process before killing it."""


class ExperimentClient:
    """Owns at most one process, which runs one experiment. Use it from one event loop only.

    Args:
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(self, *, gives_way: bool = False) -> None:
        self._host: HostProcess[Message] = HostProcess(
            "abm_desktop.experiments.process.host",
            "experiment.log",
            read=self._read,
            ended=self._last_words,
            gives_way=gives_way,
        )
        self._told = False

    @property
    def is_running(self) -> bool:
        """Whether an experiment was started and has not ended."""
        return self._host.is_running

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._host.pid

    async def start(self, start: ExperimentStart) -> None:
        """Begin an experiment, in a process of its own.

        Raises RuntimeError while one runs, OSError if no process can be made.
        """
        if self.is_running:
            raise RuntimeError("an experiment runs already; stop it first")
        self._told = False
        await self._host.start()
        await self._host.send(encode(start))

    async def pause(self) -> None:
        """Finish the runs under way and wait; the state "paused" answers."""
        await self._host.send(encode(Pause()))

    async def resume(self) -> None:
        """Go on after a pause."""
        await self._host.send(encode(Resume()))

    async def stop(self) -> None:
        """End in good order; Ended answers. What is finished is kept."""
        await self._host.send(encode(Stop()))

    def messages(self) -> AsyncIterator[Message]:
        """Messages as they come, until the process has ended; the last tells how."""
        return self._host.messages()

    async def close(self) -> None:
        """End the process within some seconds, by force if needed; what is finished is kept."""
        await self._host.close(CLOSE_SECONDS)

    def _read(self, line: bytes) -> Message:
        try:
            message = parse_message(line)
        except ProtocolError as error:
            message = ExperimentFailure(UnknownExperimentMessage(), str(error))
        self._told = self._told or isinstance(message, ExperimentDone | Ended | ExperimentFailure)
        return message

    def _last_words(self, code: int | None) -> Iterator[Message]:
        if code is not None and not self._told:
            yield ExperimentFailure(ExperimentProcessEnded(code), self._host.log_tail())
