"""What streams tell: events, kept for whoever comes late, and states, of which the newest counts.

A client holds no queue: it holds how far it has read. Events lie in one ring per topic, bounded in
number and bytes, so that a client that is slow, or was away, costs nothing and holds up nobody;
what went before it was read is told by its numbers. Each event and each state is written as JSON
once, for all clients.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

__all__ = ["Events", "Missed", "State", "encoded"]

MOST_EVENTS = 20_000
MOST_BYTES = 16 * 2**20
"""Of one topic, kept for those who come late."""


def encoded(values: dict[str, Any]) -> bytes:
    """One message as JSON; what is no finite number is null.

    >>> encoded({"price": float("nan")})
    b'{"price":null}'
    """
    try:
        return to_json(values, inf_nan_mode="null", serialize_unknown=True)
    except ValueError:
        # A name of a file, say, that is no Unicode: told with question marks.
        plain = json.dumps(values, default=str).encode()
        return json.dumps(json.loads(plain), ensure_ascii=False).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Missed:
    """Events that went before a client has read them."""

    topic: str
    first: int
    last: int

    def encoded(self) -> bytes:
        """As a message."""
        return encoded({"topic": self.topic, "missed": [self.first, self.last]})


class Events:
    """One topic of which every event counts; any thread may tell and read.

    >>> trades = Events("trades")
    >>> trades.tell({"price": 100.0})
    1
    >>> trades.since(0)
    (None, [(1, b'{"topic":"trades","sequence":1,"data":{"price":100.0}}')])
    """

    def __init__(self, topic: str, most: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self.topic = topic
        self._most, self._most_bytes = most, most_bytes
        self._kept: deque[bytes] = deque()
        self._bytes = 0
        self._next = 1
        self._lock = threading.Lock()

    @property
    def newest(self) -> int:
        """Number of the newest event; 0 before the first."""
        return self._next - 1

    @property
    def kept_bytes(self) -> int:
        """Bytes that are held for those who come late."""
        return self._bytes

    def tell(self, data: Any) -> int:
        """Add an event; returns its number."""
        with self._lock:
            number = self._next
            message = encoded({"topic": self.topic, "sequence": number, "data": data})
            self._kept.append(message)
            self._bytes += len(message)
            self._next += 1
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popleft())
            return number

    def since(self, number: int, most: int = 1000) -> tuple[Missed | None, list[tuple[int, bytes]]]:
        """The events after a number, the oldest first, and those of them that are gone."""
        with self._lock:
            first = self._next - len(self._kept)
            begin = max(number + 1, first)
            missed = Missed(self.topic, number + 1, first - 1) if number + 1 < first else None
            at = begin - first
            found = [self._kept[at + i] for i in range(min(most, len(self._kept) - at))]
        return missed, [(begin + i, message) for i, message in enumerate(found)]


class State:
    """One topic of which only the newest counts; written as JSON when somebody asks, once."""

    def __init__(self, topic: str, make: Callable[[], Any]) -> None:
        self.topic = topic
        self._make = make
        self._version = 0
        self._written: tuple[int, bytes | None] = (-1, None)
        self._lock = threading.Lock()

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def changed(self) -> None:
        """There is something newer."""
        self._version += 1

    def newest(self) -> tuple[int, bytes | None]:
        """The version, and its message; None if there is nothing to tell."""
        with self._lock:
            version = self._version
            if self._written[0] != version:
                data = self._make()
                message = None
                if data is not None:
                    message = encoded({"topic": self.topic, "version": version, "data": data})
                self._written = (version, message)
            return self._written
