"""An environment that costs next to nothing, so that the trainer is what is measured."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

_WIDTH = 13
_POOL = 4096


class LightVectorEnv(VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """Reward 1 for BUY if the first number is positive, for SELL if it is negative.

    The shapes are a market's: 13 observations, SELL / HOLD / BUY, NEXT_STEP autoreset, episodes
    cut by their time limit. Observations come from a pool of ready-made rows. Where ``continuous``,
    an action is one number in -1..1 in place of one of three, for algorithms that know no others.

    Args:
        length: decisions of an episode.
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012 - as Gymnasium has it

    def __init__(
        self, num_envs: int, length: int = 100, seed: int = 0, *, continuous: bool = False
    ) -> None:
        self.num_envs = num_envs
        self.single_observation_space = spaces.Box(-5.0, 5.0, (_WIDTH,), np.float32)
        self.single_action_space = (
            spaces.Box(-1.0, 1.0, (1,), np.float32) if continuous else spaces.Discrete(3)
        )
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._length = length
        self._continuous = continuous
        self._begin(seed)

    def _begin(self, seed: int) -> None:
        rows = np.random.default_rng(seed).normal(size=(_POOL + self.num_envs, _WIDTH))
        self._pool = rows.astype(np.float32).clip(-5.0, 5.0)
        self._at = 0
        # Episodes end spread in time, as those of markets do.
        self._age = np.arange(self.num_envs) % self._length
        self._over = np.zeros(self.num_envs, np.bool_)
        self._never = np.zeros(self.num_envs, np.bool_)

    def _observe(self) -> np.ndarray:
        self._at = (self._at + 37) % _POOL
        self._seen = self._pool[self._at : self._at + self.num_envs]
        return self._seen.copy()

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode everywhere; ``options["reset_mask"]`` limits it to some."""
        mask = None if options is None else options.get("reset_mask")
        if mask is not None:
            self._age[mask] = 0
            self._over[mask] = False
            return self._seen.copy(), {}
        if isinstance(seed, int):
            self._begin(seed)
        return self._observe(), {}

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Actions int (n,), or float (n, 1) if continuous."""
        sides = actions[:, 0] if self._continuous else actions - 1
        rewards = (sides * np.sign(self._seen[:, 0])).astype(np.float32)
        rewards[self._over] = 0.0
        self._age = np.where(self._over, 0, self._age + 1)
        self._over = self._age >= self._length
        return self._observe(), rewards, self._never.copy(), self._over.copy(), {}


def light(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> LightVectorEnv:
    """For ``TrainingConfig.environment``; the episode length is ``episode_seconds``."""
    return LightVectorEnv(num_envs, int(episode_seconds), seed)
