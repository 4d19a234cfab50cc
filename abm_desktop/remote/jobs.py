"""Long work of a server, seen from here."""

from __future__ import annotations

import time
from typing import Any

from abm_desktop.remote.connection import Connection
from abm_desktop.remote.errors import error_of
from abm_desktop.remote.replies import Reply

__all__ = ["RemoteJob"]

_AT_ONCE = 30.0
"""Seconds that one request waits for the end; the server takes up to 60."""


class RemoteJob:
    """A job: it has a state and a progress, and can be waited for and cancelled."""

    def __init__(self, connection: Connection, state: Reply) -> None:
        self._connection = connection
        self.last: Reply = state
        """As it was seen last."""

    def __repr__(self) -> str:
        return f"RemoteJob({self.number}, {self.last.kind!r}, {self.last.state!r})"

    @property
    def number(self) -> int:
        """Names it."""
        return int(self.last.id)

    @property
    def is_over(self) -> bool:
        """Whether it had ended when it was seen last."""
        return self.last.state not in ("waiting", "running")

    def look(self, wait: float = 0.0) -> Reply:
        """How it stands: state, progress (0 to 1), doing, seconds, result, problem.

        With ``wait`` the answer comes when it has ended, or after so many real seconds.
        """
        self.last = self._connection.get(f"/jobs/{self.number}", wait=wait)
        return self.last

    def wait(self, timeout: float | None = None) -> Any:
        """What came of it, when it has ended.

        Raises:
            InputError, UnavailableError: what it ended with.
            TimeoutError: if it runs on after so many real seconds; it is not cancelled.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while not self.is_over:
            left = _AT_ONCE if end is None else max(end - time.monotonic(), 0.0)
            self.look(min(left, _AT_ONCE))
            if not self.is_over and end is not None and time.monotonic() >= end:
                raise TimeoutError(f"job {self.number} ({self.last.kind}) still runs")
        if self.last.problem is not None:
            raise error_of(self.last.problem)
        if self.last.state == "cancelled":
            raise error_of(
                {"status": 409, "code": "cancelled", "detail": f"Job {self.number} was cancelled."}
            )
        return self.last.result

    def cancel(self) -> Reply:
        """End it as soon as it can."""
        self.last = self._connection.send("DELETE", f"/jobs/{self.number}")
        return self.last
