"""What became of commands: a ticket for whoever asked, and an outcome for everybody who listens.

Any number of listeners hear the same outcomes in the same order. Each has a queue of its own, so
that a slow one holds up neither the market nor the others.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from abm_desktop.live.commands import Command
from abm_desktop.live.refusals import CommandRefusal, OrderRefused
from abm_desktop.live.types import PlannedStress
from abm_desktop.scenario.base import LaterBuiltModel

if TYPE_CHECKING:
    from abm_desktop.market.orders_by_hand import OrderReport

__all__ = ["CommandOutcome", "Listener", "Outcomes", "Ticket", "answer_fields"]

log = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Outcomes that wait for one listener; what is older goes, and is counted."""


class CommandOutcome(LaterBuiltModel):
    """What became of one command."""

    sequence: int
    """Counts the outcomes of a live market, from 1."""
    ticket: int
    """Number of the :class:`Ticket`; 0 for what nobody asked for: time stands still."""
    command: Command | None = None
    """What was asked for; None for loading, reading and keeping a session."""
    time: float | None = None
    """Simulated second in which it was carried out; None if there is no market."""
    generation: int
    """Of the market that was there afterwards; grows with every load, reset and fork."""
    refusal: CommandRefusal | None = None
    """Why it was not carried out; None if it was."""
    message: str = ""
    """The refusal and what to do about it, in English; the window makes words of its own."""
    filled: int | None = None
    """Lots traded at once, for a command of an order."""
    order: tuple[int, int] | None = None
    """Names the order while it rests."""
    planned: int | None = None
    """Number of a stress that was queued."""

    @property
    def accepted(self) -> bool:
        """Whether it was carried out."""
        return self.refusal is None


class Ticket:
    """A command that was asked for; any thread may wait for its outcome."""

    def __init__(
        self, number: int, command: Any = None, work: Callable[[], object] | None = None
    ) -> None:
        self.number, self.command, self.work = number, command, work
        self.outcome: CommandOutcome | None = None
        """What became of it; None before that is known."""
        self._settled = threading.Event()

    def settle(self, outcome: CommandOutcome) -> None:
        """Tell what became of it; for the market's thread."""
        self.outcome = outcome
        self._settled.set()

    def wait(self, timeout: float | None = None) -> CommandOutcome:
        """Wait for the outcome. Raises TimeoutError after ``timeout`` real seconds."""
        self._settled.wait(timeout)
        if self.outcome is None:
            raise TimeoutError(f"command {self.number} was not carried out in {timeout:g} s")
        return self.outcome


class Listener:
    """Hears outcomes from when it was made on. Close it, or use it in a ``with`` block."""

    def __init__(self, outcomes: Outcomes, ready: Callable[[], None] | None, most: int) -> None:
        self._outcomes, self._ready = outcomes, ready
        self._waiting: deque[CommandOutcome] = deque(maxlen=most)
        self._some = threading.Condition()
        self.lost = 0
        """Outcomes that went before they were taken, because too many waited."""

    def take(self) -> list[CommandOutcome]:
        """All outcomes since the last call, the oldest first; does not wait."""
        with self._some:
            found = list(self._waiting)
            self._waiting.clear()
        return found

    def wait(self, timeout: float | None = None) -> CommandOutcome:
        """The next outcome. Raises TimeoutError after ``timeout`` real seconds."""
        with self._some:
            if not self._some.wait_for(lambda: self._waiting, timeout):
                raise TimeoutError(f"no outcome in {timeout} s")
            return self._waiting.popleft()

    def close(self) -> None:
        """Hear no more."""
        self._outcomes.forget(self)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def put(self, outcome: CommandOutcome) -> None:
        """Queue an outcome; for :class:`Outcomes`."""
        with self._some:
            self.lost += len(self._waiting) == self._waiting.maxlen
            self._waiting.append(outcome)
            self._some.notify()
        if self._ready is not None:
            try:
                self._ready()
            except Exception:
                log.exception("a listener could not be woken")


class Outcomes:
    """Publishes outcomes to all who listen; any thread may publish."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._sequence = 0

    def listen(self, ready: Callable[[], None] | None = None, most: int = MOST_WAITING) -> Listener:
        """Hear all outcomes from now on.

        Args:
            ready: called by the market's thread when there is one to take; it must return at once
                (an event set, ``loop.call_soon_threadsafe``).
            most: outcomes that wait; beyond them the oldest goes, and is counted.
        """
        listener = Listener(self, ready, most)
        with self._lock:
            self._listeners.append(listener)
        return listener

    def forget(self, listener: Listener) -> None:
        """Tell this listener nothing more."""
        with self._lock:
            self._listeners = [each for each in self._listeners if each is not listener]

    def publish(self, **fields: Any) -> CommandOutcome:
        """Give the next number to an outcome with these fields, and tell everybody."""
        with self._lock:
            self._sequence += 1
            if fields.get("refusal") is not None:
                fields["message"] = fields["refusal"].told
            # Made of values that were checked when they were made: not looked at twice.
            outcome = CommandOutcome.model_construct(
                **{"sequence": self._sequence, "ticket": 0, **fields}
            )
            for listener in self._listeners:
                listener.put(outcome)
        return outcome


def answer_fields(report: OrderReport | PlannedStress | None) -> dict[str, Any]:
    """The fields of an outcome that tell what came of an order, or of a stress that waits."""
    if report is None:
        return {}
    if isinstance(report, PlannedStress):
        return {"planned": report.number}
    answer: dict[str, Any] = {"filled": report.filled, "order": report.order}
    if not report.accepted:
        answer["refusal"] = OrderRefused(report.reason)
    return answer
