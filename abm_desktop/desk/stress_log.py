"""The stresses a market has seen, so that every chart can shade them, also when they are over."""

from __future__ import annotations

from dataclasses import replace

from abm_desktop.live import ActiveStress, MarketSnapshot

__all__ = ["StressLog"]


class StressLog:
    """Gathers the stresses of one market from its snapshots, which tell only what acts now."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, float], ActiveStress] = {}
        self._active: set[tuple[str, float]] = set()
        self._generation = -1

    @property
    def spans(self) -> tuple[ActiveStress, ...]:
        """Every stress so far, in the order of their beginning; one cut short ends when it did."""
        return tuple(self._spans.values())

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
