"""Markets with several RL traders of one role each, as one vector environment: a shared policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from abm_desktop.envs.checks import (
    MAX_SEED,
    MAX_TRADERS,
    check_begun,
    checked_actions,
    checked_options,
    market_seeds,
    reset_mask,
)
from abm_desktop.envs.multi_agent import action_space, observation_space
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import RoleSettings, check_role
from abm_desktop.envs.shared_core import SharedMarketCore
from abm_desktop.inputs import InputError, whole
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario


class SharedMarketVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """``markets`` markets with ``traders`` traders each: ``markets * traders`` slots, by market.

    A slot is one trader; the slots of a market trade with each other in the same book and end
    their episodes together. Rounds are those of :class:`MultiAgentMarketEnv`, autoreset is
    NEXT_STEP as in :class:`MarketVectorEnv`.

    Args:
        role: of every trader.
        seed, stagger: see :class:`MarketVectorEnv`.
        others: see :class:`SharedMarketCore`.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        markets: int = 1,
        scenario: Scenario | Path | str = "calm",
        *,
        traders: int = 8,
        role: str = "directional",
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        seed: int = 0,
        stagger: bool = False,
        step: float = 5.0,
        jitter: float = 0.2,
        settings: RoleSettings | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
    ) -> None:
        whole(traders, "traders", 1, MAX_TRADERS)
        role = check_role(role)
        self._core = SharedMarketCore(
            scenario,
            markets,
            roles=(role,) * traders,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            step=step,
            jitter=jitter,
            settings=settings,
            opponent=opponent,
            opponents=opponents,
        )
        self.markets, self.traders = markets, traders
        self.num_envs = markets * traders
        self.single_observation_space = observation_space(role)
        self.single_action_space = action_space(role)
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._choices = int(self.single_action_space.n)
        self._width = self.single_observation_space.shape[0]
        whole(seed, "seed", 0, MAX_SEED)
        self._base_seed, self._stagger, self._seeded = seed, stagger, False
        self._begun = np.zeros(markets, np.bool_)
        self._all_begun = False
        self._over = np.zeros(markets, np.bool_)
        self._never = np.zeros(self.num_envs, np.bool_)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode in every market; a list of seeds has one a market.

        ``options["reset_mask"]``, one a slot, limits it to some markets.

        Raises:
            InputError: for seeds, options or a mask that are none, and for a mask that parts the
                slots of a market, whose episodes end together.
        """
        chosen_markets = self._of_markets(reset_mask(checked_options(options), self.num_envs))
        if seed is not None or not self._seeded:
            chosen = self._base_seed if seed is None else seed
            self._core.seed(market_seeds(chosen, self.markets))
            self._seeded = True
        for k in np.flatnonzero(chosen_markets).tolist():
            self._core.reset(k, self._core.first_episode_seconds(k) if self._stagger else None)
        self._over[chosen_markets] = False
        self._begun[chosen_markets] = True
        self._all_begun = bool(self._begun.all())
        return self._observations(), {}

    def _of_markets(self, mask: np.ndarray | None) -> np.ndarray:
        """Which markets a mask of slots names, bool (markets,)."""
        if mask is None:
            return np.ones(self.markets, np.bool_)
        slots = mask.reshape(self.markets, self.traders)
        if (slots.any(axis=1) != slots.all(axis=1)).any():
            raise InputError("must take all slots of a market or none", key="options['reset_mask']")
        return slots[:, 0].copy()

    def _observations(self) -> np.ndarray:
        seen = self._core.observations[:, :, : self._width]
        return seen.reshape(self.num_envs, self._width).copy()

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One round: actions int (slots,) -> observations, rewards, terminated, truncated.

        Raises:
            InputError: for another shape, and for actions that the role has not.
            UnavailableError: if a market was never reset.
        """
        actions = checked_actions(actions, self.num_envs, self._choices)
        check_begun(self._all_begun)
        resetting = self._over
        rewards, over = self._core.step(actions.reshape(self.markets, self.traders), resetting)
        over = over & ~resetting
        for k in np.flatnonzero(resetting):
            self._core.reset(int(k))
        self._over = over
        return (
            self._observations(),
            rewards.ravel().copy(),
            self._never.copy(),
            np.repeat(over, self.traders),
            {},
        )

    def set_weights(self, weights: RewardWeights) -> None:
        """Reward the steps from now on by other weights."""
        self._core.set_weights(weights)

    def set_opponent(self, policy: PolicyNet) -> None:
        """Let the frozen opponents follow another policy; see :class:`SharedMarketCore`."""
        self._core.set_opponent(policy)

    def accounts(self) -> dict[str, np.ndarray]:
        """The traders' accounts as they are now, float64 (slots,) each."""
        return {name: values.ravel() for name, values in self._core.accounts().items()}

    def close_extras(self, **kwargs: Any) -> None:
        """Nothing to close: the markets are arrays."""
