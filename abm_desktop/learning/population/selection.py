"""Population-based training: the worst of a group go on as changed copies of the best.

Jaderberg, M. et al. (2017). Population based training of neural networks. arXiv:1711.09846.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.population.config import Selection
from abm_desktop.scenario.quantity import described

__all__ = ["Replacement", "explored", "replacements"]

_FROM_ONE = ("gamma", "gae_lambda")
"""Settings of which the distance from 1 is what counts."""
_FARTHEST = 0.5
_NEAREST = 1e-5


@dataclass(frozen=True, slots=True)
class Replacement:
    """A learner that went on as a copy of another."""

    iteration: int
    loser: int
    winner: int
    values: dict[str, float]
    """The settings that were changed, as they are now."""


def replacements(
    scores: Sequence[float], share: float, random: np.random.Generator
) -> list[tuple[int, int]]:
    """(loser, winner) by truncation: each of the worst share gets one drawn from the best share.

    No learner is in both, and there is at least one in each of two or more.

    >>> replacements([3.0, 1.0, 2.0, 4.0], 0.25, np.random.default_rng(0))
    [(1, 3)]
    """
    count = min(max(1, round(share * len(scores))), len(scores) // 2)
    order = np.argsort(np.asarray(scores), kind="stable")
    losers, winners = order[:count], order[len(order) - count :]
    return [(int(loser), int(random.choice(winners))) for loser in losers]


def explored(
    config: TrainingConfig, rules: Selection, random: np.random.Generator
) -> Mapping[str, float]:
    """Settings of ``config`` multiplied or divided by the factor, each at random, in its bounds."""
    values = {}
    for name in rules.explore:
        factor = rules.factor if random.random() < 0.5 else 1.0 / rules.factor
        value = float(getattr(config, name))
        if name in _FROM_ONE:
            value = 1.0 - min(max((1.0 - value) * factor, _NEAREST), _FARTHEST)
        else:
            value *= factor
        bounds = described(TrainingConfig)[name].quantity
        values[name] = min(max(value, bounds.low or 0.0), bounds.high or value)
    return values
