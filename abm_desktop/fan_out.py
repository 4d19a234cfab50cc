"""What happened, told to everybody who listens: in order, numbered, and waiting for nobody.

Any number of listeners hear the same events in the same order. Each has a queue of its own, so that
a slow one holds up neither who tells nor the others; what it misses is counted.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["FanOut", "Listener"]

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Events that wait for one listener; what is older goes, and is counted."""

Event = TypeVar("Event")


class Listener(Generic[Event]):
    """Hears events from when it was made on. Close it, or use it in a ``with`` block."""

    def __init__(self, source: FanOut[Event], ready: Callable[[], None] | None, most: int) -> None:
        self._source, self._ready = source, ready
        self._waiting: deque[Event] = deque(maxlen=most)
        self._some = threading.Condition()
        self.lost = 0
        """Events that went before they were taken, because too many waited."""

    def take(self) -> list[Event]:
        """All events since the last call, the oldest first; does not wait."""
        with self._some:
            found = list(self._waiting)
            self._waiting.clear()
        return found

    def wait(self, timeout: float | None = None) -> Event:
        """The next event. Raises TimeoutError after ``timeout`` real seconds."""
        with self._some:
            if not self._some.wait_for(lambda: self._waiting, timeout):
                raise TimeoutError(f"nothing was told in {timeout} s")
            return self._waiting.popleft()

    def close(self) -> None:
        """Hear no more."""
        self._source.forget(self)

    def __enter__(self) -> Listener[Event]:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def put(self, event: Event) -> None:
        """Queue an event; for :class:`FanOut`."""
        with self._some:
            self.lost += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(event)
            self._some.notify()

    def wake(self) -> None:
        """Say that there is something to take; for :class:`FanOut`."""
        if self._ready is not None:
            try:
                self._ready()
            except Exception:
                log.exception("a listener could not be woken")


class FanOut(Generic[Event]):
    """Tells events to all who listen; any thread may tell, and any may listen.

    Example::

        news: FanOut[tuple[int, str]] = FanOut()
        with news.listen() as listener:
            news.tell(lambda number: (number, "begun"))
            listener.take()  # [(1, "begun")]
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener[Event]] = []
        self._sequence = 0

    def listen(
        self, ready: Callable[[], None] | None = None, most: int = MOST_WAITING
    ) -> Listener[Event]:
        """Hear all events from now on.

        Args:
            ready: called by the thread that tells when there is one to take; it must return at
                once (an event set, a queued Qt signal, ``loop.call_soon_threadsafe``).
            most: events that wait; beyond them the oldest goes, and is counted.
        """
        listener = Listener(self, ready, most)
        with self._lock:
            self._listeners = [*self._listeners, listener]
        return listener

    def forget(self, listener: Listener[Event]) -> None:
        """Tell this listener nothing more."""
        with self._lock:
            self._listeners = [each for each in self._listeners if each is not listener]

    def tell(self, make: Callable[[int], Event]) -> Event:
        """Give the next number, from 1, to the event that ``make`` returns, and tell everybody."""
        with self._lock:
            event = make(self._sequence + 1)
            self._sequence += 1
            listeners = self._listeners
            for listener in listeners:
                listener.put(event)
        # Without the lock: who is woken may close itself.
        for listener in listeners:
            listener.wake()
        return event
