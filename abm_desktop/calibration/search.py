"""The search: generations of candidates, each better placed than the last (CMA-ES).

Covariance matrix adaptation (Hansen and Ostermeier 2001) needs no derivatives, bears noise, and
learns which parameters go together. On a recorded day it was as good as others in few simulations,
and went on getting better in many (docs/realism.md).
The search is a function of its seed and of what the candidates were worth: told the same again, it
asks the same again. So it is resumed by telling it the trials that are kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from abm_desktop.calibration.space import Space

__all__ = ["IMPOSSIBLE", "Search", "population_of"]

IMPOSSIBLE = 3.0
"""What a candidate is worth that makes no market: more than any that does."""
_SIGMA = 0.2
"""First spread of the candidates, of the width between the bounds."""
_SIGMA_CONTINUED = 0.07
"""The same about values of an earlier search."""
_EDGE = 0.05
"""So far from its bounds the search begins."""


def population_of(dimensions: int) -> int:
    """Candidates of a generation: Hansen's rule, rounded up to an even number."""
    return 2 * math.ceil(0.5 * (4 + 3 * math.log(max(dimensions, 1))))


class Search:
    """Asks for candidates, generation by generation, and is told what each is worth.

    Example::

        search = Search(space, seed=0)
        vectors = search.ask()
        search.tell(vectors, [worth(vector) for vector in vectors])
    """

    def __init__(self, space: Space, seed: int) -> None:
        from cmaes import CMA  # a moment, which the command's --help need not wait for

        self._make = CMA
        self._bounds = np.tile([0.0, 1.0], (len(space), 1))
        self._seed = seed
        self._starts = 0
        self._sigma = _SIGMA_CONTINUED if space.is_continued else _SIGMA
        self.population = population_of(len(space))
        self.best: tuple[float, np.ndarray] = (math.inf, space.beginning())
        self._optimiser = self._begin()
        self._first = True

    def ask(self) -> list[np.ndarray]:
        """The candidates of the next generation; the first has the beginning among them."""
        vectors = [self._optimiser.ask() for _ in range(self.population)]
        if self._first:
            vectors[0] = self.best[1].copy()
        return vectors

    def tell(self, vectors: Sequence[np.ndarray], worths: Sequence[float]) -> None:
        """What the candidates of :meth:`ask` are worth; less is better."""
        self._first = False
        for vector, worth in zip(vectors, worths, strict=True):
            if worth < self.best[0]:
                self.best = (float(worth), np.array(vector))
        self._optimiser.tell(list(zip(vectors, map(float, worths), strict=True)))
        if self._optimiser.should_stop():
            self._starts += 1
            self._optimiser = self._begin()

    @property
    def middle(self) -> np.ndarray:
        """The mean of the distribution: what noise has averaged out of, unlike the best."""
        return np.clip(self._optimiser.mean, 0.0, 1.0)

    def _begin(self) -> Any:
        middle = np.clip(self.best[1], _EDGE, 1.0 - _EDGE)
        return self._make(
            mean=middle,
            sigma=self._sigma if self._starts == 0 else _SIGMA,
            bounds=self._bounds,
            seed=1000 * self._seed + self._starts,
            population_size=self.population,
        )
