"""A league: past copies of learners as opponents, and who of them sits where."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from abm_desktop.learning.population.config import League

__all__ = ["PastCopies"]


class PastCopies:
    """What a :class:`.config.League` remembers of each learner; its rule is told there.

    Args:
        rules: the league.
        learners: number of learners.
        groups: of each seat of the league, the learners whose copies may sit there.
    """

    def __init__(self, rules: League, learners: int, groups: Sequence[Sequence[int]]) -> None:
        self.rules = rules
        self._copies: list[deque[Any]] = [deque(maxlen=rules.keep) for _ in range(learners)]
        self._groups = [list(group) for group in groups]
        self._sitting: list[list[Any]] = []

    def is_due(self, iteration: int) -> bool:
        """Whether copies are kept and seats drawn before this iteration, the first being 0.

        They are as well if there are none yet: a population that goes on has lost its own.
        """
        return not self._sitting or iteration % self.rules.interval == 0

    def keep(self, players: Sequence[Any]) -> None:
        """Keep a copy of each learner; the oldest are forgotten."""
        for copies, player in zip(self._copies, players, strict=True):
            copies.append(player)

    def draw(self, tables: int, random: np.random.Generator) -> None:
        """Draw who sits at each table. There must be a copy of each learner."""
        self._sitting = [
            [self._one_of(group, random) for group in self._groups] for _ in range(tables)
        ]

    def _one_of(self, group: list[int], random: np.random.Generator) -> Any:
        copies = self._copies[group[random.integers(len(group))]]
        if len(copies) == 1 or random.random() < self.rules.newest:
            return copies[-1]
        return copies[random.integers(len(copies) - 1)]

    def seat(self, first: int) -> tuple[list[Any], np.ndarray]:
        """The players that sit anywhere, and their seating (tables, seats), counted from ``first``.

        >>> league = PastCopies(League(seats=2, newest=1.0), 2, [[0], [1]])
        >>> league.keep(["old a", "old b"]); league.keep(["new a", "new b"])
        >>> league.draw(3, np.random.default_rng(0))
        >>> league.seat(2)[0], league.seat(2)[1].tolist()
        (['new a', 'new b'], [[2, 3], [2, 3], [2, 3]])
        """
        players: list[Any] = []
        places: dict[int, int] = {}
        seating = np.zeros((len(self._sitting), len(self._groups)), np.int64)
        for table, sitting in enumerate(self._sitting):
            for seat, player in enumerate(sitting):
                if id(player) not in places:
                    places[id(player)] = len(players)
                    players.append(player)
                seating[table, seat] = first + places[id(player)]
        return players, seating
