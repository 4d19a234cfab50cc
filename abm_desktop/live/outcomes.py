"""What became of commands: a ticket for whoever asked, and an outcome for everybody who listens."""

from __future__ import annotations

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
