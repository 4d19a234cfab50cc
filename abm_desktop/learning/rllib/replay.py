"""The replay buffer: rollouts in a ring of rectangular arrays, and n-step targets drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError
from abm_desktop.learning.rllib.rollout import Rollout

LARGEST = 8 << 30
"""Bytes of a saved buffer: those of 50 million decisions, the most that a training may keep."""
_RINGS = ("observations", "actions", "rewards", "terminated", "done", "valid")


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
        self._gap = 1
        """Most steps in a row that are no decisions: one resets, two where a worker was lost."""

    def __len__(self) -> int:
        """Steps held, those that only reset included."""
        return self._filled * self._actions.shape[1]

    def add(self, rollouts: list[Rollout]) -> int:
        """Append one rollout a worker, always in the same order; returns the decisions added."""
        self._part_from(rollouts)
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

    def _part_from(self, rollouts: list[Rollout]) -> None:
        """Let no transition lead from what is held into new environments.

        What followed the last decision of the old ones is not known: it becomes the step after an
        episode's end, whose observation is that episode's last.
        """
        widths = [rollout.rewards.shape[1] for rollout in rollouts]
        new = np.repeat([rollout.fresh for rollout in rollouts], widths)
        if not self._filled or not new.any():
            return
        rows_held = len(self._rewards)
        last, before = (self._next - 1) % rows_held, (self._next - 2) % rows_held
        self._done[before, new] = True
        for ring in (self._terminated, self._done, self._valid):
            ring[last, new] = False
        self._gap = 2

    def reaches(self, n_step: int) -> bool:
        """Whether there is a decision whose next ``n_step`` steps are known."""
        return self._filled > n_step + self._gap

    def sample(
        self, count: int, n_step: int, gamma: float, random: np.random.Generator
    ) -> Transitions:
        """Draw ``count`` decisions with replacement; the first of an episode twice as often.

        Only where the buffer :meth:`reaches` that far.
        """
        rows_held = len(self._rewards)
        oldest = (self._next - self._filled) % rows_held
        # The newest n rows have no complete future yet; one or two more, for steps past a reset.
        row = oldest + random.integers(0, self._filled - n_step - self._gap, count)
        market = random.integers(0, self._rewards.shape[1], count)
        # A step that only reset is no decision; the one after it is, or after two.
        for _ in range(self._gap):
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
        np.savez(path, **{name: getattr(self, f"_{name}")[order] for name in _RINGS})

    def load(self, path: Path, actions: int) -> None:
        """Take over what :meth:`save` wrote; see :meth:`take`. Raises ``ArchiveError`` as well."""
        self.take(load_arrays(path, max_arrays=len(_RINGS), max_bytes=LARGEST), actions)

    def take(self, data: Mapping[str, np.ndarray], actions: int) -> None:
        """Take over the arrays that :meth:`save` wrote, the newest if they are more than fits.

        Raises :class:`~abm_desktop.inputs.InputError` if they are from another number of
        environments or another role, or tell of other than ``actions`` actions.
        """
        rings = {name: getattr(self, f"_{name}") for name in _RINGS}
        rows = {len(data[name]) for name in _RINGS if name in data and data[name].ndim}
        for name, ring in rings.items():
            array = data.get(name)
            if array is None or array.ndim < 2 or array.dtype != ring.dtype:
                raise InputError(f"the replay buffer has no {name} of {ring.dtype}")
            if array.shape[1] != ring.shape[1]:
                raise InputError(
                    f"the replay buffer is from {array.shape[1]} markets, not {ring.shape[1]}",
                    remedy="train with as many workers and markets a worker as before",
                )
            if array.shape[2:] != ring.shape[2:] or len(rows) != 1:
                raise InputError(f"the {name} of the replay buffer do not fit: {array.shape}")
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise InputError(f"the {name} of the replay buffer are not all finite")
        taken = data["actions"]
        # What learns from them runs without bounds checks.
        if taken.size and not 0 <= taken.min() <= taken.max() < actions:
            raise InputError(f"the replay buffer has actions beyond the {actions} there are")
        kept = min(len(taken), len(self._rewards))
        for name, ring in rings.items():
            ring[:kept] = data[name][len(taken) - kept :]
        self._filled, self._next = kept, kept % len(self._rewards)
        if not (self._valid[: kept - 1] | self._valid[1:kept]).all():
            self._gap = 2
