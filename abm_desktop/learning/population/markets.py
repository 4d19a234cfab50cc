"""Simulated markets in which a population trades: one seat for each trader, of its role."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from abm_desktop.envs.checks import market_seeds
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.learning.population.seats import SeatsSample, gumbel, log_probabilities
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import RoleSizes, find_role
from abm_desktop.scenario import Scenario

__all__ = ["MarketTables"]

_INVENTORY = 11
"""Place of the position among what every trader sees, as a share of its limit."""


class MarketTables:
    """n markets with the same traders in each; see :class:`.seats.Tables`.

    All traders of a market decide in rounds and their episodes end together; the step after an
    episode's last only begins the next one and is not valid.

    Args:
        scenario: what each market is.
        tables: markets.
        roles: role of each seat.
        weights: reward of each seat.
        sizes: of orders, quotes and parent orders.
        seed: of the markets, or one for each.
        episode_seconds, stress_probability, held_out_stress, threads: see
            :class:`.core.MarketCore`.
        stagger: whether first episodes have random lengths, so that not all end at once.
    """

    def __init__(
        self,
        scenario: Scenario | Path | str,
        tables: int,
        roles: Sequence[str],
        weights: Sequence[RewardWeights],
        *,
        sizes: RoleSizes,
        seed: int | Sequence[int],
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        threads: int | None = None,
        stagger: bool = True,
    ) -> None:
        self._core = MarketCore(
            scenario,
            tables,
            roles=roles,
            rounds=True,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
            settings=RoleSettings(sizes),
            threads=threads,
        )
        for seat, own in enumerate(weights):
            self._core.set_weights(own, seat)
        self.tables, self.roles = tables, tuple(roles)
        self.inputs = tuple(len(find_role(role).observations) for role in roles)
        self.actions = tuple(len(find_role(role).actions) for role in roles)
        self._over = np.zeros(tables, np.bool_)
        self._core.seed(market_seeds(seed, tables))
        self._core.reset_all(
            {k: self._core.first_episode_seconds(k) if stagger else None for k in range(tables)}
        )

    def set_weights(self, seat: int, weights: RewardWeights) -> None:
        """Reward a seat by other weights from now on."""
        self._core.set_weights(weights, seat)

    def accounts(self) -> dict[str, np.ndarray]:
        """Every trader's account now, float64 (n, A) each; see :class:`MarketCore`."""
        return self._core.accounts()

    def sample(
        self,
        players: Sequence[PolicyNet],
        seating: np.ndarray,
        steps: int,
        random: np.random.Generator,
        greedy: Sequence[bool] = (),
    ) -> SeatsSample:
        """See :class:`.seats.Tables`; profits are in currency, closed at the touch."""
        core, most = self._core, max(self.actions)
        shape = (steps, *seating.shape)
        noise = gumbel(random, (*shape, most), seating, greedy)
        before, was_over = core.observations.copy(), self._over.copy()
        played = core.play(players, seating, noise, np.zeros(shape, np.bool_), self._over)
        self._over = played.done[-1].copy()
        logits = played.logits
        for seat, actions in enumerate(self.actions):
            logits[:, :, seat, actions:] = -np.inf
        valid = np.empty((steps, self.tables), np.bool_)
        valid[0], valid[1:] = ~was_over, ~played.done[:-1]
        ends = sorted(played.profits, key=lambda end: end[:2])
        profits = [np.zeros((0, seating.shape[1])), *(end[2][None] for end in ends)]
        return SeatsSample(
            np.concatenate([before[None], played.observations]),
            played.actions,
            log_probabilities(logits, played.actions),
            played.rewards.astype(np.float32),
            np.zeros(played.done.shape, np.bool_),
            played.done,
            np.repeat(valid[:, :, None], seating.shape[1], axis=2),
            np.concatenate(profits),
        )

    def close(self) -> None:
        """End the threads."""
        self._core.close()


def loads(sample: SeatsSample) -> np.ndarray:
    """Positions after each step as shares of the limit, (T, n, A), if the tables are markets."""
    held: np.ndarray = sample.observations[1:, :, :, _INVENTORY]
    return held
