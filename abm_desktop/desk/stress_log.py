"""The stresses a market has seen, so that every chart can shade them, also when they are over."""

from __future__ import annotations

from dataclasses import replace

from abm_desktop.live import ActiveStress, MarketSnapshot
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.market.commands import Inject

__all__ = ["StressLog"]

_SAME = 1e-6
"""Seconds within which two times are one."""


class StressLog:
    """Gathers the stresses of one market from its snapshots.

    They tell what acts now, and in the list of commands what has acted: one that was over between
    two snapshots, as happens at full speed, is known from there alone.
    """

    def __init__(self) -> None:
        self._spans: dict[tuple[str, float], ActiveStress] = {}
        self._active: set[tuple[str, float]] = set()
        self._generation = -1
        self._commands: tuple[LedgerEntry, ...] | None = None

    @property
    def spans(self) -> tuple[ActiveStress, ...]:
        """Every stress so far, in the order of their beginning; one cut short ends when it did."""
        return tuple(sorted(self._spans.values(), key=lambda span: span.start))

    def begin(self, generation: int, spans: tuple[ActiveStress, ...]) -> None:
        """Start with a market that has seen these stresses before it came here."""
        if spans:
            self._spans = {(stress.kind, stress.start): stress for stress in spans}
            self._active.clear()
            self._generation = generation

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add what this snapshot tells; a new generation starts afresh."""
        if snapshot.generation != self._generation:
            past = snapshot.forked_from
            if past is not None and past[0] == self._generation:
                # A fork shares the past of the run that it left.
                self._spans = {k: s for k, s in self._spans.items() if s.start <= past[1]}
            else:
                self._spans.clear()
            self._active.clear()
            self._generation = snapshot.generation
        now = {(stress.kind, stress.start): stress for stress in snapshot.stresses}
        for key in self._active - set(now):
            span = self._spans[key]
            if span.end > snapshot.time:
                self._spans[key] = replace(span, end=snapshot.time)
        self._spans.update(now)
        self._active = set(now)
        if snapshot.commands is not self._commands:
            self._commands = snapshot.commands
            for entry in snapshot.commands:
                self._take_over(entry)

    def _take_over(self, entry: LedgerEntry) -> None:
        """Add a stress that is over, unless it was seen while it acted."""
        if entry.state is not EntryState.OVER or not isinstance(entry.command, Inject):
            return
        stress, start = entry.command.stress, entry.begins
        if any(k == stress.type and abs(at - start) < _SAME for k, at in self._spans):
            return
        ended = entry.ends if entry.ended is None else entry.ended
        end = start + float(stress.length) if ended is None else ended
        self._spans[stress.type, start] = ActiveStress(stress.type, stress.strength, start, end)
