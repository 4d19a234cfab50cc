"""What happens in a session, as it happens: a WebSocket that comes back after it broke."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from abm_desktop.remote.connection import Connection
from abm_desktop.remote.errors import RemoteUnavailableError, error_of
from abm_desktop.remote.replies import Reply
from abm_desktop.remote.sockets import close, open_socket, opened_for

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

__all__ = ["RemoteStream"]

EVENTS = ("trades", "outcomes", "alarms", "log")
"""Topics of which every message comes; of all others only the newest counts."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Real seconds between two tries to come back."""


class RemoteStream:
    """Messages of some topics, one :class:`Reply` each; iterate over it, from one thread.

    A connection that breaks is made again, and events go on after the last one that was read: each
    comes once, or a message with ``missed`` tells the numbers of those that are gone.

    Args:
        connection: to the server.
        topics: of snapshot, book, training, experiment (the newest counts), trades, outcomes,
            alarms, log (every one comes).
        rate: most messages of each state a real second.
        since: number of the last event read, by topic, to go on after it; without, from now on.
        patience: real seconds in which a broken connection must be made again.
    """

    def __init__(
        self,
        connection: Connection,
        topics: Sequence[str],
        *,
        rate: float = 10.0,
        since: dict[str, int] | None = None,
        patience: float = 60.0,
    ) -> None:
        self._connection, self._topics = connection, tuple(topics)
        self._rate, self._patience = rate, patience
        self.read = dict(since or {})
        """Number of the last event read, by topic: give it as ``since`` to go on another time."""
        self.connections = 0
        """How often it was connected."""
        self._socket: ClientConnection | None = None
        self._open = opened_for(self)
        self._is_closed = False
        fresh = [name for name in self._topics if name in EVENTS and name not in self.read]
        if fresh:
            self.read |= self._newest(fresh)
        self._connect()

    def __iter__(self) -> Iterator[Reply]:
        return self

    def __next__(self) -> Reply:
        message = self.take()
        if message is None:
            raise StopIteration
        return message

    def __enter__(self) -> RemoteStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more; may be called from another thread, and ends an iteration there."""
        self._is_closed = True
        self._hang_up()

    def take(self, timeout: float | None = None) -> Reply | None:
        """The next message; None if it was closed.

        Raises:
            TimeoutError: if none has come after so many real seconds.
            UnavailableError: if the server is gone for longer than ``patience``.
        """
        from websockets.exceptions import ConnectionClosed

        while not self._is_closed:
            try:
                assert self._socket is not None
                text = self._socket.recv(timeout)
            except (ConnectionClosed, OSError) as error:
                if isinstance(error, TimeoutError):
                    raise
                if not self._is_closed:
                    self._come_back()
                continue
            message: Reply = json.loads(text, object_hook=Reply)
            if "problem" in message:
                self.close()
                raise error_of(message.problem)
            if "sequence" in message:
                self.read[message.topic] = message.sequence
            elif "missed" in message:
                self.read[message.topic] = message.missed[1]
            return message
        return None

    def _newest(self, topics: list[str]) -> dict[str, int]:
        """Numbers of the newest events, so that none is lost before the first is read."""
        with self._connection.lines("/events", topics=topics) as lines:
            for line in lines:
                if line.startswith("id: "):
                    pairs = (part.partition(":") for part in line[4:].split(","))
                    return {name: int(number) for name, _, number in pairs}
        return {}

    def _come_back(self) -> None:
        end, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while not self._is_closed:
            try:
                self._connect()
                return
            except RemoteUnavailableError:
                if time.monotonic() + pause > end:
                    raise
            time.sleep(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE)

    def _hang_up(self) -> None:
        close(self._open)

    def _connect(self) -> None:
        self._hang_up()
        self._socket = self._open.enter_context(open_socket(self._connection, self._patience))
        self.connections += 1
        wish = {"subscribe": list(self._topics), "rate": self._rate, "since": self.read}
        self._socket.send(json.dumps(wish))
