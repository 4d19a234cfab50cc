"""What runs in the process beside the window. No Qt, so that it starts quickly."""

from __future__ import annotations

import contextlib
import os
import signal
import traceback
from functools import partial
from multiprocessing.connection import Connection

from abm_desktop.heap import keep_little
from abm_desktop.statements import Fault, FaultError

__all__ = ["WorkerError", "work_for_ever"]

_NICE = 5


class WorkerError(Exception):
    """A job failed in the other process."""

    def __init__(self, message: str, details: str = "", fault: Fault | None = None) -> None:
        super().__init__(message, details, fault)
        self.details = details
        """Its traceback."""
        self.fault = fault
        """What went wrong, if it is known as a value."""

    def __str__(self) -> str:
        return str(self.args[0])


def work_for_ever(connection: Connection) -> None:
    """Carry out jobs, (function, arguments, whether it tells its progress), until the pipe ends."""
    keep_little()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which ends this
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICE)
    with contextlib.suppress(EOFError, OSError):
        while True:
            work, arguments, tells = connection.recv()
            named = {"progress": partial(_tell_progress, connection)} if tells else {}
            try:
                answer = ("done", work(*arguments, **named))
            except Exception as error:
                text = str(error) or type(error).__name__
                fault = error.fault if isinstance(error, FaultError) else None
                answer = ("failed", WorkerError(text, traceback.format_exc(), fault))
            connection.send(answer)
            # The next may come in an hour.
            del work, arguments, answer


def _tell_progress(connection: Connection, share: float, what: object) -> None:
    connection.send(("progress", (share, what)))
