"""The market as a Gymnasium environment: one trader, 13 observations, SELL / HOLD / BUY."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from abm_desktop.envs.checks import (
    RESET_AGAIN,
    RESET_FIRST,
    checked_action,
    checked_options,
    checked_seed,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.recorded_days import chosen_start
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import one_trader
from abm_desktop.envs.spaces import action_space, observation_space
from abm_desktop.inputs import UnavailableError
from abm_desktop.scenario import Scenario


class MarketEnv(gym.Env[np.ndarray, Any]):
    """One RL trader in one simulated market.

    Every ``step`` seconds (jittered, because synchronous traders would herd) the trader sells,
    holds or buys ``size`` lots with an immediate order. Observations are described by
    ``OBSERVATION_NAMES``; the reward by :class:`RewardWeights`. An episode is truncated after
    ``episode_seconds``. ``reset(seed=...)`` builds a new market; without a seed the market of the
    last episode goes on, for at most a session.

    Args:
        size: lots of an order.
        max_inventory: position limit, lots.
        weights: of the reward.
        others: see :class:`MarketCore`.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        *,
        recording: Path | str | None = None,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        size: int = 2,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        weights: RewardWeights | None = None,
    ) -> None:
        self._core = MarketCore(
            scenario,
            recording=recording,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            step=step,
            jitter=jitter,
            settings=one_trader(size, max_inventory, weights),
        )
        self.observation_space = observation_space()
        self.action_space = action_space()
        self._actions = np.zeros((1, 1), np.int64)
        self._none = np.zeros(1, np.bool_)
        self._seeded = False
        self._cannot_step = RESET_FIRST

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; a seed makes it, and what follows, repeatable.

        The only option is ``start``, of a recorded day: see :class:`MarketCore`.

        Raises:
            InputError: for what is no seed, and for options that are no mapping.
        """
        seed = checked_seed(seed)
        start = chosen_start(checked_options(options))
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            self._core.seed([int(self.np_random.integers(1 << 62))])
            self._seeded = True
        self._core.reset(0, start=start)
        self._cannot_step = ""
        return self._core.observations[0, 0].copy(), self._core.account(0)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Act, and run on to the next decision. ``info`` is the trader's account.

        Raises:
            InputError: for anything but 0, 1 or 2.
            UnavailableError: before the first reset, and after an episode has ended.
        """
        if self._cannot_step:
            raise UnavailableError(self._cannot_step)
        self._actions[0, 0] = checked_action(action, "action", 3)
        rewards, over = self._core.step(self._actions, self._none)
        if over[0]:
            self._cannot_step = RESET_AGAIN
        return (
            self._core.observations[0, 0].copy(),
            float(rewards[0, 0]),
            False,
            bool(over[0]),
            self._core.account(0),
        )
