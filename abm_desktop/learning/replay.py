"""The replay buffer: rollouts in a ring of rectangular arrays, and n-step targets drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.learning.rollout import Rollout


@dataclass(frozen=True, slots=True)
class Transitions:
    """``n`` decisions with what followed, up to n steps later or the end of their episode."""

    observations: np.ndarray
    """float32 (n, D)."""
    actions: np.ndarray
    """int64 (n,)."""
    rewards: np.ndarray
    """float32 (n,): discounted sum of the steps in between."""
    next_observations: np.ndarray
    """float32 (n, D)."""
    discounts: np.ndarray
    """float32 (n,): weight of the value of ``next_observations``; 0 after a termination."""


class ReplayBuffer:
    """The newest decisions of ``markets`` environments.

    A row is one step of all environments, so that what follows a decision is one row further and
    nothing is stored twice. Memory: 4 D + 12 bytes a decision.

    Args:
        capacity: decisions; rounded down to whole rows.
        markets: environments of all workers together.
        width: D, numbers in an observation.
    """

    def __init__(self, capacity: int, markets: int, width: int) -> None:
        rows = capacity // markets
        self._observations = np.zeros((rows, markets, width), np.float32)
        self._actions = np.zeros((rows, markets), np.int64)
        self._rewards = np.zeros((rows, markets), np.float32)
        self._terminated = np.zeros((rows, markets), np.bool_)
        self._done = np.zeros((rows, markets), np.bool_)
        self._valid = np.zeros((rows, markets), np.bool_)
        self._next = 0
        self._filled = 0

    def __len__(self) -> int:
        """Steps held, those that only reset included."""
        return self._filled * self._actions.shape[1]

    def add(self, rollouts: list[Rollout]) -> int:
        """Append one rollout a worker, always in the same order; returns the decisions added."""
        steps = len(rollouts[0].rewards)
        rows = (self._next + np.arange(steps)) % len(self._rewards)
        for ring, parts in (
            (self._observations, [r.observations[:-1] for r in rollouts]),
            (self._actions, [r.actions for r in rollouts]),
            (self._rewards, [r.rewards for r in rollouts]),
            (self._terminated, [r.terminated for r in rollouts]),
            (self._done, [r.done for r in rollouts]),
            (self._valid, [r.valid for r in rollouts]),
        ):
            ring[rows] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        self._next = int(rows[-1] + 1) % len(self._rewards)
        self._filled = min(self._filled + steps, len(self._rewards))
        return sum(len(rollout) for rollout in rollouts)

    def sample(
        self, count: int, n_step: int, gamma: float, random: np.random.Generator
    ) -> Transitions:
        """Draw ``count`` decisions with replacement; the first of an episode twice as often."""
        rows_held = len(self._rewards)
        oldest = (self._next - self._filled) % rows_held
        # The newest n rows have no complete future yet; one more, for the step past a reset.
        row = oldest + random.integers(0, self._filled - n_step - 1, count)
        market = random.integers(0, self._rewards.shape[1], count)
        # A step that only reset is no decision; the one after it always is.
        row = (row + ~self._valid[row % rows_held, market]) % rows_held
        rewards = np.zeros(count, np.float32)
        discounts = np.ones(count, np.float32)
        ahead = row
        running = np.ones(count, np.bool_)
        for _ in range(n_step):
            here = ahead
            rewards += np.where(running, discounts * self._rewards[here, market], 0.0)
            discounts = np.where(running, discounts * gamma, discounts).astype(np.float32)
            discounts[running & self._terminated[here, market]] = 0.0
            # The row after an episode's last, which only resets, holds its last observation.
            ahead = np.where(running, (here + 1) % rows_held, here)
            running &= ~self._done[here, market]
        return Transitions(
            self._observations[row, market],
            self._actions[row, market],
            rewards,
            self._observations[ahead, market],
            discounts,
        )

    def save(self, path: Path) -> None:
        """Write what is held, oldest first."""
        order = (self._next - self._filled + np.arange(self._filled)) % len(self._rewards)
        names = ("observations", "actions", "rewards", "terminated", "done", "valid")
        np.savez(path, **{name: getattr(self, f"_{name}")[order] for name in names})

    def load(self, path: Path) -> None:
        """Take over what :meth:`save` wrote; the newest of it where it is more than fits.

        Raises ValueError where it is from another number of environments.
        """
        with np.load(path, allow_pickle=False) as data:
            if data["rewards"].shape[1] != self._rewards.shape[1]:
                raise ValueError(
                    f"the replay buffer is from {data['rewards'].shape[1]} markets, "
                    f"not {self._rewards.shape[1]}"
                )
            kept = min(len(data["rewards"]), len(self._rewards))
            for name in data.files:
                getattr(self, f"_{name}")[:kept] = data[name][-kept:]
        self._filled, self._next = kept, kept % len(self._rewards)
