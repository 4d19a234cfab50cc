"""What an environment runner hands to a learner: arrays, one row per step, one column per market.

RLlib's episodes are one Python object per market with lists inside; taking them apart costs more
than the whole update of a small network. A rollout is a rectangle of arrays instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Rollout:
    """``T`` steps in ``N`` environments with NEXT_STEP autoreset.

    The step after the end of an episode only resets: its action is ignored and its reward means
    nothing. Such steps are marked invalid and take no part in learning.
    """

    observations: np.ndarray
    """float32 (T + 1, N, D): what each action was chosen on, and the last observation."""
    actions: np.ndarray
    """int64 (T, N)."""
    log_probabilities: np.ndarray
    """float32 (T, N): of the action taken, under the policy that took it."""
    rewards: np.ndarray
    """float32 (T, N)."""
    terminated: np.ndarray
    """bool (T, N): the episode ended for good; what follows is worth nothing."""
    done: np.ndarray
    """bool (T, N): the episode ended, for good or by its time limit."""
    valid: np.ndarray
    """bool (T, N): False if the step only reset."""
    episodes: tuple[tuple[int, float], ...]
    """Length in decisions and return of every episode that ended, in the order of their ends."""
    fresh: bool = False
    """The environments are new ones: nothing that was sampled before leads here."""
    states: np.ndarray | None = None
    """float32 (N, width): what a recurrent policy remembered before the first step."""

    def __len__(self) -> int:
        """Decisions taken."""
        return int(self.valid.sum())


def advantages(
    rollout: Rollout, values: np.ndarray, gamma: float, gae_lambda: float
) -> tuple[np.ndarray, np.ndarray]:
    """Generalised advantage estimation.

    ``values`` is the value function at ``rollout.observations``, (T + 1, N). At a time limit the
    value of the last observation stands for what would have followed; at a termination 0 does.
    Returns advantages and value targets, both float32 (T, N); invalid steps hold numbers that
    must not be used.
    """
    steps = len(rollout.rewards)
    estimates = np.empty_like(rollout.rewards)
    goes_on = 1.0 - rollout.done.astype(np.float32)
    lives = 1.0 - rollout.terminated.astype(np.float32)
    errors = rollout.rewards + gamma * lives * values[1:] - values[:-1]
    running = np.zeros(rollout.rewards.shape[1], np.float32)
    for t in range(steps - 1, -1, -1):
        running = errors[t] + gamma * gae_lambda * goes_on[t] * running
        estimates[t] = running
    return estimates, estimates + values[:-1]
