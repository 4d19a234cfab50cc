"""Dealers who quote at the same time: the best quote gets the orders, of which some know more.

Glosten, L. R. and Milgrom, P. R. (1985). Bid, ask and transaction prices in a specialist market
with heterogeneously informed traders. Journal of Financial Economics 14(1), 71-100.

The value is +-jump / 2 away from the mid, with equal chances. A share ``informed`` of the traders
knows which and trades whenever that pays; the others trade for reasons of their own, each up to a
cost that is uniform over 0 to ``willing``. With informed traders alone to fear, competition leaves
a spread of ``informed * jump``: its half s earns nothing,
(1 - informed) s = informed (jump / 2 - s).
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.inputs import InputError, real, whole

__all__ = ["Dealers"]


class Dealers:
    """``dealers`` dealers at each of ``tables`` tables, who choose half-spreads once an episode.

    They see nothing but a constant. Rewards are mean profits of an arrival, over ``arrivals`` of
    them; dealers with the same best quote share its profit.

    Args:
        spreads: half-spreads to choose from, rising, float64 (K,).
        informed: share of the traders who know the value, 0 to 1.
        jump: how far the two values lie apart.
        willing: the largest cost at which others trade; infinite if they always do.
        seed: of the arrivals.

    Raises:
        InputError: for numbers out of bounds.
    """

    def __init__(
        self,
        tables: int,
        dealers: int,
        spreads: np.ndarray,
        *,
        informed: float = 0.0,
        jump: float = 1.0,
        willing: float = math.inf,
        arrivals: int = 16,
        seed: int = 0,
    ) -> None:
        whole(dealers, "dealers", 1, 64)
        whole(arrivals, "arrivals", 1, 1_000_000)
        real(informed, "informed", 0.0, 1.0)
        real(jump, "jump", 0.0, 1e9)
        if not willing > 0.0:
            raise InputError(f"must be above 0, not {willing}", key="willing")
        self.spreads = np.asarray(spreads, np.float64)
        if self.spreads.ndim != 1 or not (np.diff(self.spreads) > 0.0).all():
            raise InputError("must be rising half-spreads", key="spreads")
        self.tables, self.dealers = tables, dealers
        self.informed, self.jump, self.willing, self.arrivals = informed, jump, willing, arrivals
        self.inputs, self.actions = (1,) * dealers, (len(self.spreads),) * dealers
        self._random = np.random.default_rng([seed, 0x47])

    def profit(self, half_spread: np.ndarray | float) -> np.ndarray:
        """Expected profit of an arrival to whoever has the best quotes, at these half-spreads.

        >>> game = Dealers(1, 2, np.array([0.1, 0.2]), informed=0.5, jump=1.0)
        >>> game.profit(0.25).item()  # half of the jump times the share of the informed
        0.0
        """
        s = np.asarray(half_spread, np.float64)
        others = s * np.clip(1.0 - s / self.willing, 0.0, 1.0)
        lost = np.maximum(0.5 * self.jump - s, 0.0)
        found: np.ndarray = (1.0 - self.informed) * others - self.informed * lost
        return found

    def payoffs(self) -> np.ndarray:
        """Expected profit of one who plays i while all others play j, float64 (K, K).

        Of one dealer, who has no others, all columns are alike.
        """
        alone = self.profit(self.spreads)
        if self.dealers == 1:
            return np.repeat(alone[:, None], len(alone), axis=1)
        one, others = np.indices((len(alone), len(alone)))
        shared = np.where(one == others, alone[one] / self.dealers, 0.0)
        return np.where(one < others, alone[one], shared)

    def observe(self) -> tuple[np.ndarray, np.ndarray]:
        """See :mod:`abm_desktop.envs.games`."""
        shape = (self.tables, self.dealers)
        return np.ones((*shape, 1), np.float32), np.ones(shape, np.bool_)

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See :mod:`abm_desktop.envs.games`."""
        quoted = self.spreads[actions]
        best = quoted.min(axis=1, keepdims=True)
        knowing = self._random.binomial(self.arrivals, self.informed, self.tables)
        chance = np.clip(1.0 - best[:, 0] / self.willing, 0.0, 1.0)
        others = self._random.binomial(self.arrivals - knowing, chance)
        lost = np.maximum(0.5 * self.jump - best[:, 0], 0.0)
        earned = (others * best[:, 0] - knowing * lost) / self.arrivals
        winners = quoted == best
        shares = winners / winners.sum(axis=1, keepdims=True)
        return shares * earned[:, None], np.ones(self.tables, np.bool_)
