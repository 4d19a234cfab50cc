"""What became of commands: a ticket for whoever asked, and an outcome for everybody who listens."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from abm_desktop.fan_out import FanOut
from abm_desktop.live.commands import Command
from abm_desktop.live.refusals import CommandRefusal, OrderRefused
from abm_desktop.live.types import PlannedStress
from abm_desktop.scenario.base import LaterBuiltModel

if TYPE_CHECKING:
    from abm_desktop.market.orders_by_hand import OrderReport

__all__ = ["CommandOutcome", "Outcomes", "Ticket", "answer_fields"]

log = logging.getLogger(__name__)


class CommandOutcome(LaterBuiltModel):
    """What became of one command."""

    sequence: int
    """Counts the outcomes of a live market, from 1."""
    ticket: int
    """Number of the :class:`Ticket`; 0 for what nobody asked for: time stands still."""
    command: Command | None = None
    """What was asked for; None for keeping a session, and for what nobody asked for."""
    time: float | None = None
    """Simulated second in which it was carried out; None if there is no market."""
    generation: int
    """Of the market that was there afterwards; grows with every load, reset and fork."""
    refusal: CommandRefusal | None = None
    """Why it was not carried out; None if it was."""
    message: str = ""
    """The refusal and what to do about it, in words; empty if it was carried out."""
    filled: int | None = None
    """Lots traded at once, for a command of an order."""
    order: tuple[int, int] | None = None
    """Names the order while it rests."""
    planned: int | None = None
    """Number of a stress that was queued."""
    reached: bool | None = None
    """Whether a market that was to run towards something has come there; of
    :class:`AdvanceUntil` only, whose outcome is told, with the time and state of then, when it is
    there, or another command or the end of the session has ended it."""
    client: str = ""
    """Who asked for it; "" is the person at the window."""
    checksum: str = ""
    """Of the market's state afterwards (:meth:`Simulator.checksum`), if it was asked for; "" if
    there is no market, or it is a replay: its state is that of its file."""

    @property
    def accepted(self) -> bool:
        """Whether it was carried out."""
        return self.refusal is None


class Ticket:
    """A command that was asked for; any thread may wait for its outcome, or be called back.

    Args:
        number: names it in its outcome, from 1.
        command: what was asked for; None for ``work``, which is called in its place.
        generation: of the market that it is meant for; None is any.
        client: who asked.
        checksum: whether the outcome is to tell the state of the market.
    """

    def __init__(
        self,
        number: int,
        command: Any = None,
        work: Callable[[], object] | None = None,
        *,
        generation: int | None = None,
        client: str = "",
        checksum: bool = False,
    ) -> None:
        self.number, self.command, self.work = number, command, work
        self.generation, self.client, self.checksum = generation, client, checksum
        self.outcome: CommandOutcome | None = None
        """What became of it; None before that is known."""
        self._settled = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[CommandOutcome], object]] = []

    def settle(self, outcome: CommandOutcome) -> None:
        """Tell what became of it; for the market's thread."""
        with self._lock:
            self.outcome = outcome
            callbacks, self._callbacks = self._callbacks, []
        self._settled.set()
        for callback in callbacks:
            self._call(callback, outcome)

    def when_done(self, callback: Callable[[CommandOutcome], object]) -> None:
        """Have ``callback`` called with the outcome, once; at once if it is known already.

        It is called by the market's thread, or by the caller's own if the outcome is known, and
        must return at once: in asyncio, ``loop.call_soon_threadsafe(future.set_result, outcome)``.
        What it raises is logged, and disturbs nobody. Any number may be called back.
        """
        with self._lock:
            if self.outcome is None:
                self._callbacks.append(callback)
                return
        self._call(callback, self.outcome)

    @staticmethod
    def _call(callback: Callable[[CommandOutcome], object], outcome: CommandOutcome) -> None:
        try:
            callback(outcome)
        except Exception:
            log.exception("whoever waited for command %d could not be told", outcome.ticket)

    def wait(self, timeout: float | None = None) -> CommandOutcome:
        """Wait for the outcome. Raises TimeoutError after ``timeout`` real seconds."""
        self._settled.wait(timeout)
        if self.outcome is None:
            raise TimeoutError(f"command {self.number} was not carried out in {timeout:g} s")
        return self.outcome


class Outcomes(FanOut[CommandOutcome]):
    """Publishes outcomes to all who listen; any thread may publish."""

    def publish(self, **fields: Any) -> CommandOutcome:
        """Give the next number to an outcome with these fields, and tell everybody."""
        if fields.get("refusal") is not None:
            fields["message"] = fields["refusal"].told
        # Made of values that were checked when they were made: not looked at twice.
        return self.tell(
            lambda number: CommandOutcome.model_construct(
                **{"sequence": number, "ticket": 0, **fields}
            )
        )


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
