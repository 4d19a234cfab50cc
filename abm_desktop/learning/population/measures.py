"""What is measured of a population as it learns, from its samples."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from abm_desktop.learning.population.seats import SeatsSample

__all__ = ["Episodes", "LearnerMeasures", "PopulationProgress"]


@dataclass(frozen=True, slots=True)
class LearnerMeasures:
    """One learner in one iteration. What has not been observed is None."""

    name: str
    reward: float
    """Mean sum of its rewards per decision."""
    episode_return: float | None
    """Mean sum of the rewards of its episodes that ended."""
    episode_length: float | None
    """Their mean length in decisions."""
    profit: float | None
    """Their mean profit, currency; in games the same as the return."""
    position: float | None
    """Mean absolute position as a share of the limit; None in games."""
    action_shares: tuple[float, ...]
    learning_rate: float
    losses: dict[str, float]
    score: float
    """What a selection ranks it by: mean reward without the cost of its own inventory."""


@dataclass(frozen=True, slots=True)
class PopulationProgress:
    """One iteration of a population."""

    iteration: int
    iterations: int
    decisions: int
    """Of all learners together, since the beginning."""
    sample_seconds: float
    learn_seconds: float
    learners: tuple[LearnerMeasures, ...]
    replaced: tuple[str, ...] = field(default=())
    """What a selection did after this iteration, in words."""

    @property
    def seconds(self) -> float:
        """Wall time of the iteration."""
        return self.sample_seconds + self.learn_seconds


class Episodes:
    """Sums the rewards of each seat until its episodes end."""

    def __init__(self, tables: int, seats: int) -> None:
        self._returns = np.zeros((tables, seats))
        self._lengths = np.zeros(tables, np.int64)

    def add(self, sample: SeatsSample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of the episodes that ended: tables (e,), returns (e, A), and lengths (e,) in decisions.

        They come in the order of ``sample.profits``.
        """
        # Of all steps: in a game a seat may be rewarded for what it did before, out of its turn.
        rewards = sample.rewards.cumsum(axis=0, dtype=np.float64)
        steps = sample.valid.any(axis=2).cumsum(axis=0)
        returns, lengths = self._returns + rewards, self._lengths + steps
        ends = np.argwhere(sample.done)
        found = np.zeros((len(ends), returns.shape[2]))
        long = np.zeros(len(ends), np.int64)
        gone = np.zeros_like(self._returns)
        spent = np.zeros_like(self._lengths)
        for row, (t, k) in enumerate(ends):
            found[row], long[row] = returns[t, k] - gone[k], lengths[t, k] - spent[k]
            gone[k], spent[k] = returns[t, k], lengths[t, k]
        self._returns, self._lengths = returns[-1] - gone, lengths[-1] - spent
        return ends[:, 1], found, long
