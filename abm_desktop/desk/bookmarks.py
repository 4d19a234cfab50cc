"""Moments that a person has marked, with a few words; a fork keeps those before it."""

from __future__ import annotations

from dataclasses import dataclass

from abm_desktop.live import MarketSnapshot
from abm_desktop.live.types import Mark
from abm_desktop.statements import Statement

__all__ = ["Bookmark", "Bookmarks"]


@dataclass(frozen=True, slots=True)
class Bookmark(Statement):
    """A person marked this moment."""

    TEXTS = ("{words}",)
    words: str


class Bookmarks:
    """The marks of one market, in the order of time."""

    def __init__(self) -> None:
        self.marks: tuple[Mark, ...] = ()
        self._generation = -1

    def add(self, time: float, words: str) -> None:
        """Mark a moment, in simulated seconds; words in place of others take them away if empty."""
        others = [mark for mark in self.marks if mark.time != time]
        if words:
            others.append(Mark(time, Bookmark(words)))
        self.marks = tuple(sorted(others, key=lambda mark: mark.time))

    def clear(self) -> None:
        """Take all marks away."""
        self.marks = ()

    def take(self, snapshot: MarketSnapshot) -> None:
        """Follow the market: another one has none of these marks, a fork those of its past."""
        if snapshot.generation == self._generation:
            return
        past = snapshot.forked_from
        if past is not None and past[0] == self._generation:
            self.marks = tuple(mark for mark in self.marks if mark.time <= past[1])
        else:
            self.marks = ()
        self._generation = snapshot.generation
