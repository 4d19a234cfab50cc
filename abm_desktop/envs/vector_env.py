"""Many markets at once as a Gymnasium vector environment: one compiled call a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from abm_desktop.envs.checks import (
    MAX_SEED,
    check_begun,
    checked_actions,
    checked_options,
    market_seeds,
    reset_mask,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.market_env import observation_space
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.inputs import whole
from abm_desktop.scenario import Scenario


class MarketVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """``num_envs`` independent markets with one RL trader each; see :class:`MarketEnv`.

    Autoreset is NEXT_STEP: the step after an episode's last ignores the action, begins the next
    episode and has reward 0. Returned arrays are copies; ``infos`` is empty on the hot path.

    Args:
        seed: base of the markets' seeds where ``reset`` is not given one.
        stagger: give every market a first episode of random length, so that the markets' episodes
            do not all end at once.
        others: see :class:`MarketCore`.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        scenario: Scenario | Path | str = "calm",
        *,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        seed: int = 0,
        stagger: bool = False,
        size: int = 2,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        weights: RewardWeights | None = None,
    ) -> None:
        self._core = MarketCore(
            scenario,
            num_envs,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            size=size,
            max_inventory=max_inventory,
            step=step,
            jitter=jitter,
            weights=weights,
        )
        self.num_envs = num_envs
        self.single_observation_space = observation_space()
        self.single_action_space = gym.spaces.Discrete(3)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        whole(seed, "seed", 0, MAX_SEED)
        self._base_seed = seed
        self._stagger = stagger
        self._seeded = False
        self._begun = np.zeros(num_envs, np.bool_)
        self._all_begun = False
        self._over = np.zeros(num_envs, np.bool_)
        self._never = np.zeros(num_envs, np.bool_)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode in every market; ``options["reset_mask"]`` limits it to some.

        Raises:
            InputError: for seeds, options or a mask that are none.
        """
        mask = reset_mask(checked_options(options), self.num_envs)
        if seed is not None or not self._seeded:
            chosen = self._base_seed if seed is None else seed
            self._core.seed(market_seeds(chosen, self.num_envs))
            self._seeded = True
        for k in range(self.num_envs):
            if mask is None or mask[k]:
                self._core.reset(k, self._core.first_episode_seconds(k) if self._stagger else None)
                self._over[k] = False
                self._begun[k] = True
        self._all_begun = bool(self._begun.all())
        return self._core.observations.copy(), {}

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Step every market: actions int (n,) -> observations, rewards, terminated, truncated.

        Raises:
            InputError: for another shape, and for anything but 0, 1 or 2.
            UnavailableError: if a market was never reset.
        """
        actions = checked_actions(actions, self.num_envs, 3)
        check_begun(self._all_begun)
        resetting = self._over
        rewards, over = self._core.step(actions, resetting)
        if resetting.any():
            for k in np.flatnonzero(resetting):
                self._core.reset(int(k))
        self._over = over.copy()
        return (
            self._core.observations.copy(),
            rewards.copy(),
            self._never.copy(),
            self._over.copy(),
            {},
        )

    def set_weights(self, weights: RewardWeights) -> None:
        """Reward the steps from now on by other weights."""
        self._core.set_weights(weights)

    @property
    def events(self) -> np.ndarray:
        """Book events of every market so far, int64 (num_envs,)."""
        return self._core.events

    def accounts(self) -> dict[str, np.ndarray]:
        """The traders' accounts as they are now; see :meth:`MarketCore.accounts`."""
        return self._core.accounts()

    def close_extras(self, **kwargs: Any) -> None:
        """Nothing to close: the markets are arrays."""
