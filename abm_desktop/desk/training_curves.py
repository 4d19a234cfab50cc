"""The measurements of one training as columns, and the same smoothed as TensorBoard does."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from abm_desktop.learning.process.messages import Progress
from abm_desktop.market.roles import DEFAULT_ROLE, find_role, role_with_actions
from abm_desktop.market.roles.judged import RANDOM

__all__ = ["LOSSES", "TrainingHistory"]

LOSSES = (
    "policy_loss", "value_loss", "entropy", "kl", "explained_variance", "gradient_norm",
    "temperature", "mean_value",
)  # fmt: skip
"""Keys of ``Progress.losses`` that become columns; each algorithm has some of them."""


class TrainingHistory:
    """The measurements of one training as growing columns; ``version`` grows with every row."""

    COLUMNS = (
        "iteration", "env_steps", "elapsed_seconds", "reward_mean", "episode_length_mean",
        "steps_per_second", "sell", "hold", "buy", "pnl_mean", "position_mean", "learning_rate",
        *LOSSES,
    )  # fmt: skip

    def __init__(self, rows: Iterable[Progress] = ()) -> None:
        self.version = 0
        self.last: Progress | None = None
        self.role = find_role(DEFAULT_ROLE)
        """Of the trader that is trained; it says what "sell", "hold" and "buy" are the shares of:
        its ``side_names``."""
        self.rules: dict[str, float] = {}
        """Mean return of an episode in the same reward by simple rules; empty if not measured."""
        self._rows = np.empty((256, len(self.COLUMNS)))
        self._length = 0
        self._smoothed: dict[tuple[str, float], _Smoother] = {}
        for row in rows:
            self.append(row)

    def __len__(self) -> int:
        return self._length

    def append(self, progress: Progress) -> None:
        """Add one iteration; what is not known is NaN in its column."""
        self.role = role_with_actions(progress.actions)
        if self._length == len(self._rows):
            self._rows = np.concatenate((self._rows, np.empty_like(self._rows)))
        self._rows[self._length] = (
            progress.iteration,
            progress.env_steps,
            progress.elapsed_seconds,
            _known(progress.reward_mean),
            _known(progress.episode_length_mean),
            progress.steps_per_second,
            *self.role.side_shares(progress.action_shares),
            _known(progress.pnl_mean),
            _known(progress.position_mean),
            _known(progress.learning_rate),
            *(progress.losses.get(key, math.nan) for key in LOSSES),
        )
        self._length += 1
        self.last = progress
        self.version += 1

    def copy(self) -> TrainingHistory:
        """The same measurements, which do not grow with these."""
        other = TrainingHistory()
        other.version, other.last, other.role = self.version, self.last, self.role
        other.rules = dict(self.rules)
        other._rows, other._length = self._rows.copy(), self._length
        return other

    def lines_to_beat(self) -> dict[str, float]:
        """Doing nothing, random decisions, and the best of the other rules; of the rewards."""
        known = [name for name in ("hold", RANDOM) if name in self.rules]
        others = {name: value for name, value in self.rules.items() if name not in known}
        best = [max(others, key=lambda name: others[name])] if others else []
        return {name: self.rules[name] for name in (*known, *best)}

    def column(self, name: str) -> np.ndarray:
        """A column as float64 (n,), oldest first."""
        return self._rows[: self._length, self.COLUMNS.index(name)]

    def smoothed(self, name: str, weight: float) -> np.ndarray:
        """A column as an exponential moving average, float64 (n,).

        ``weight`` in 0..1 is how much of the past each point keeps. The average is freed of its
        bias towards 0 at the start, as TensorBoard does it. NaN stays NaN and is passed over.
        """
        values = self.column(name)
        if weight <= 0.0:
            return values
        key = (name, weight)
        if key not in self._smoothed:
            # One weight at a time is looked at; the averages of the others would only grow old.
            self._smoothed = {k: v for k, v in self._smoothed.items() if k[1] == weight}
            self._smoothed[key] = _Smoother(weight)
        return self._smoothed[key].follow(values)


class _Smoother:
    """An average that goes on from where it stopped: old points are not computed again."""

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._last, self._left = 0.0, 1.0
        self._out = np.empty(0)

    def follow(self, values: np.ndarray) -> np.ndarray:
        fresh = values[len(self._out) :].tolist()
        if not fresh:
            return self._out
        w, last, left, found = self._weight, self._last, self._left, []
        for value in fresh:
            if math.isfinite(value):
                last = w * last + (1.0 - w) * value
                left *= w
                found.append(last / (1.0 - left))
            else:
                found.append(math.nan)
        self._last, self._left = last, left
        self._out = np.concatenate((self._out, found))
        return self._out


def _known(value: float | None) -> float:
    return math.nan if value is None else value
