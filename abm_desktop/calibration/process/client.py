"""The asyncio side of a calibration's process. No Qt: it runs in any asyncio loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from abm_desktop.calibration.process.messages import (
    CalibrationDone,
    CalibrationFailed,
    CalibrationStart,
    Halted,
    Message,
    ProtocolError,
    Stop,
    encode,
    parse_message,
)
from abm_desktop.host_process import HostProcess

__all__ = ["CalibrationClient"]

CLOSE_SECONDS = 3.0
"""How long a close waits for the process before killing it."""


class CalibrationClient:
    """Owns at most one process, which calibrates. Use it from one event loop only.

    Args:
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(self, *, gives_way: bool = False) -> None:
        self._host: HostProcess[Message] = HostProcess(
            "abm_desktop.calibration.process.host",
            "calibration.log",
            read=self._read,
            ended=self._last_words,
            gives_way=gives_way,
        )
        self._told = False

    @property
    def is_running(self) -> bool:
        """Whether a calibration was started and has not ended."""
        return self._host.is_running

    @property
    def pid(self) -> int | None:
        """Process id."""
        return self._host.pid

    async def start(self, start: CalibrationStart) -> None:
        """Begin, or go on where it was stopped, in a process of its own.

        Raises RuntimeError while one runs, OSError if no process can be made.
        """
        if self.is_running:
            raise RuntimeError("a calibration runs already; stop it first")
        self._told = False
        await self._host.start()
        await self._host.send(encode(start))

    async def stop(self) -> None:
        """End in good order; Halted answers. What is finished is kept."""
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
            message = CalibrationFailed(
                "The process of the calibration said something unknown.", str(error)
            )
        self._told = self._told or isinstance(message, CalibrationDone | Halted | CalibrationFailed)
        return message

    def _last_words(self, code: int | None) -> Iterator[Message]:
        if code is not None and not self._told:
            yield CalibrationFailed(
                f"The process of the calibration ended by itself (exit code {code}; out of memory, "
                "perhaps). What is finished is kept: start it again to go on.",
                self._host.log_tail(),
            )
