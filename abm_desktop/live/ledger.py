"""Every command that a market has taken, with what became of it: one list for all who look.

A row is a number, the command, who asked and when, and how it stands: it begins with the next
event, waits for its time, acts, rests in the book, is over, was taken back. What the scenario
itself brings, its stresses and rules, comes first. How a row stands is read from the market each
time, so that a fork or a step back in time tells the truth without anything being remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from abm_desktop.market.commands import (
    AddTraders,
    CallAuction,
    CancelOrder,
    CancelOrders,
    ChangePopulation,
    EndStress,
    Inject,
    MarketCommand,
    ModifyOrder,
    PlaceOrder,
    RemoveTraders,
    SetRule,
    StepEvents,
)
from abm_desktop.scenario.interventions import RULES

if TYPE_CHECKING:
    from abm_desktop.market.orders_by_hand import OrderReport
    from abm_desktop.scenario import Scenario

__all__ = ["EntryState", "Ledger", "LedgerEntry"]

MOST = 400
"""Rows kept; beyond these the oldest that are finished go, and are counted."""
_SAME = 6
"""Decimals of a second within which two times are one: those of a file and of a clock in ns."""
_TOLD_BY_OTHERS = (CancelOrder, CancelOrders, EndStress, RemoveTraders, StepEvents)
"""What they did is seen in the rows that they did it to."""


class EntryState(StrEnum):
    """How a command stands."""

    NEXT = "next"
    """It begins with the next event of the market."""
    QUEUED = "queued"
    """It waits for its time."""
    ACTING = "acting"
    RESTING = "resting"
    """An order in the book."""
    OVER = "over"
    TAKEN_BACK = "taken_back"
    """Before it began."""
    DONE = "done"
    """At once, when it was asked for."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One command, as it stands at a moment."""

    number: int
    """Names it within its market; a fork keeps the numbers of the run that it left."""
    command: MarketCommand
    asked: float
    """Simulated seconds since the open."""
    begins: float
    """When it begins or began."""
    state: EntryState
    ends: float | None = None
    """When it ends or ended, if that is known."""
    client: str = ""
    """Who asked; "" is the person at the window."""
    is_written: bool = False
    """Whether the scenario brings it; nobody asked then."""
    planned: int | None = None
    """Number in the queue, for :class:`CancelPlanned`."""
    rows: tuple[int, int] | None = None
    """First row and number of the traders that it brought."""
    filled: int = 0
    """Lots traded at once, of an order."""
    order: tuple[int, int] | None = None
    """Names an order that may rest."""
    ended: float | None = None
    """When somebody ended it before its time."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state not in (EntryState.OVER, EntryState.TAKEN_BACK, EntryState.DONE)


class Ledger:
    """The rows of one run; for the thread that runs it."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self._rows: dict[int, LedgerEntry] = {}
        """By number."""
        self._open: set[int] = set()
        """Rows that may stand otherwise the next time; what is finished stays so."""
        self._view: tuple[LedgerEntry, ...] | None = None
        """What was told last; None if a row has come or changed since."""
        self._last = 0
        self.dropped = 0
        """Finished rows that are no longer kept."""
        if scenario is None:
            return
        for name in RULES:
            rule = getattr(scenario.interventions, name)
            if rule is not None and rule.on:
                values = rule.model_dump(exclude={"on"})
                self._write(SetRule(rule=name, values=values), 0.0)
        for stress in scenario.stress:
            self._write(Inject(stress=stress, at=stress.at), stress.at, stress.at + stress.length)

    def _write(self, command: MarketCommand, begins: float, ends: float | None = None) -> None:
        self._add(
            LedgerEntry(
                0, command, 0.0, begins, EntryState.QUEUED, ends, is_written=True
            )
        )  # fmt: skip

    def _add(self, entry: LedgerEntry) -> None:
        self._last += 1
        self._rows[self._last] = replace(entry, number=self._last)
        self._open.add(self._last)
        self._view = None

    # -- what happens ----------------------------------------------------------------------------

    def queue(self, command: Inject, asked: float, begins: float, number: int, client: str) -> None:
        """Note a stress that waits in the queue."""
        ends = begins + command.stress.length
        self._add(
            LedgerEntry(
                0, command, asked, begins, EntryState.QUEUED, ends, client, planned=number
            )
        )  # fmt: skip

    def take(
        self,
        command: MarketCommand,
        now: float,
        client: str = "",
        report: OrderReport | None = None,
        joined: tuple[int, int] | None = None,
    ) -> None:
        """Note a command that the market has carried out.

        Args:
            command: what was done.
            now: simulated seconds since the open.
            client: who asked.
            report: what became of an order.
            joined: first row and number of traders that came in.
        """
        if isinstance(command, EndStress):
            self._end(now, lambda e: self._is_stress(e, command.kind, command.start))
        elif isinstance(command, RemoveTraders):
            self._end(now, lambda e: e.rows == (command.first, command.count))
        elif isinstance(command, SetRule):
            self._end(
                now, lambda e: isinstance(e.command, SetRule) and e.command.rule == command.rule
            )
        if isinstance(command, _TOLD_BY_OTHERS):
            return
        ends = None
        if isinstance(command, Inject):
            ends = now + command.stress.length
        elif isinstance(command, CallAuction):
            ends = now + command.seconds
        filled, order = (0, None) if report is None else (report.filled, report.order)
        entry = LedgerEntry(0, command, now, now, EntryState.DONE, ends, client)
        self._add(replace(entry, rows=joined, filled=filled, order=order))

    def withdraw(self, number: int, now: float) -> None:
        """Note that a stress was taken out of the queue."""
        self._end(now, lambda e: e.planned == number)

    def _end(self, now: float, meant: Callable[[LedgerEntry], bool]) -> None:
        for number, entry in reversed(self._rows.items()):
            if entry.ended is None and meant(entry):
                self._rows[number] = replace(entry, ended=now)
                self._open.add(number)
                self._view = None
                return

    @staticmethod
    def _is_stress(entry: LedgerEntry, kind: str, start: float) -> bool:
        command = entry.command
        return (
            isinstance(command, Inject)
            and command.stress.type == kind
            and round(entry.begins - start, _SAME) == 0.0
        )

    # -- reading ---------------------------------------------------------------------------------

    def withdrawn_stresses(self) -> Iterator[tuple[str, float]]:
        """Kind and start of each stress that was taken back before it began."""
        for entry in self._rows.values():
            if isinstance(entry.command, Inject) and _was_taken_back(entry):
                yield entry.command.stress.type, entry.begins

    def until(self, time: float) -> Ledger:
        """The rows of the same run as they were at an earlier time."""
        other = Ledger()
        other._last, other.dropped = self._last, self.dropped
        other._rows = {
            number: replace(e, ended=None) if e.ended is not None and e.ended > time else e
            for number, e in self._rows.items()
            if e.is_written or e.asked <= time
        }
        other._open = set(other._rows)
        return other

    def view(
        self,
        now: float,
        acting: Collection[tuple[str, float]],
        queued: Collection[int],
        orders: Collection[tuple[int, int]],
    ) -> tuple[LedgerEntry, ...]:
        """The rows as they stand, in the order of their numbers.

        Args:
            now: simulated seconds since the open.
            acting: kind and start of the stresses that act.
            queued: numbers in the queue.
            orders: the orders by hand that rest.
        """
        known = {(kind, round(start, _SAME)) for kind, start in acting}
        for number in sorted(self._open):
            entry = self._rows[number]
            state = _state_of(entry, now, known, queued, orders)
            if state is not entry.state:
                entry = self._rows[number] = replace(entry, state=state)
                self._view = None
            if not entry.is_open:
                self._open.discard(number)
        if len(self._rows) > MOST:
            self._drop(len(self._rows) - MOST)
        if self._view is None:
            self._view = tuple(self._rows.values())
        return self._view

    def _drop(self, count: int) -> None:
        finished = [e.number for e in self._rows.values() if not (e.is_open or e.is_written)]
        for number in finished[:count]:
            del self._rows[number]
            self.dropped += 1
            self._view = None


def _was_taken_back(entry: LedgerEntry) -> bool:
    return entry.ended is not None and entry.ended <= entry.begins


def _state_of(
    entry: LedgerEntry,
    now: float,
    acting: Collection[tuple[str, float]],
    queued: Collection[int],
    orders: Collection[tuple[int, int]],
) -> EntryState:
    command = entry.command
    if isinstance(command, Inject):
        if (command.stress.type, round(entry.begins, _SAME)) in acting:
            return EntryState.ACTING
        if _was_taken_back(entry):
            return EntryState.TAKEN_BACK
        if entry.planned in queued or now < entry.begins:
            return EntryState.QUEUED
        return EntryState.NEXT if now <= entry.begins else EntryState.OVER
    if isinstance(command, PlaceOrder | ModifyOrder):
        if entry.order is None:
            return EntryState.DONE
        return EntryState.RESTING if entry.order in orders else EntryState.OVER
    if isinstance(command, SetRule | AddTraders) or (
        isinstance(command, ChangePopulation) and entry.rows is not None
    ):
        if isinstance(command, SetRule) and not command.on:
            return EntryState.DONE
        return EntryState.ACTING if entry.ended is None else EntryState.OVER
    if isinstance(command, CallAuction):
        assert entry.ends is not None
        return EntryState.ACTING if now < entry.ends else EntryState.OVER
    return EntryState.DONE
