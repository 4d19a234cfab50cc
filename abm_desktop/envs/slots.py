"""Many traders of many markets at once as a Gymnasium vector environment: one slot each."""

from __future__ import annotations

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
    episode_seeds,
    market_seeds,
    reset_mask,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.episodes import EpisodeStatistics
from abm_desktop.envs.played import Played
from abm_desktop.envs.recorded_days import chosen_start
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.spaces import action_space, observation_space
from abm_desktop.inputs import InputError, whole
from abm_desktop.market.policy import PolicyNet


class SlotVectorEnv(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """``markets`` markets with ``traders`` traders of one role each: slots, ordered by market.

    The slots of a market trade with each other in the same book and end their episodes together.
    Autoreset is NEXT_STEP: the step after an episode's last ignores the actions, begins the next
    episode and has reward 0. Returned arrays are copies. ``infos`` is empty but if episodes ended
    with the step: then it has ``final_info``, as Gymnasium has it, of account, return and length.

    Args:
        core: the markets.
        seed: base of the markets' seeds if ``reset`` is not given one.
        statistics: put returns and lengths under ``episode`` too, as Gymnasium's
            ``RecordEpisodeStatistics`` does, which must not be wrapped around then.
        stagger: give every market a first episode of random length, so that the markets' episodes
            do not all end at once.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self, core: MarketCore, *, seed: int, stagger: bool, statistics: bool = False
    ) -> None:
        self._core = core
        self.markets, self.traders = core.num_envs, len(core.roles)
        self.num_envs = self.markets * self.traders
        self.single_observation_space = observation_space(core.roles[0])
        self.single_action_space = action_space(core.roles[0])
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._choices = int(self.single_action_space.n)
        self._width = self.single_observation_space.shape[0]
        whole(seed, "seed", 0, MAX_SEED)
        self._base_seed, self._stagger, self._seeded = seed, stagger, False
        self._begun = np.zeros(self.markets, np.bool_)
        self._all_begun = False
        self._over = np.zeros(self.markets, np.bool_)
        self._never = np.zeros(self.num_envs, np.bool_)
        self._statistics = EpisodeStatistics(self.num_envs, under_episode=statistics)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode in every market; a list of seeds has one a market.

        ``options["reset_mask"]``, one a slot, limits it to some markets. ``options["episode"]``
        names one of the episodes of every market's seed by its number (see :class:`MarketEnv`); a
        single seed is that of the first market, and the others' follow it. ``options["start"]`` is
        when the episodes of a recorded day begin, see :class:`MarketCore`.

        Raises:
            InputError: for seeds, options or a mask that are none, and for a mask that parts the
                slots of a market, whose episodes end together.
        """
        options = dict(checked_options(options, "episode", "start", "reset_mask"))
        start = chosen_start(options)
        chosen_markets = self._of_markets(reset_mask(options, self.num_envs))
        if options.get("episode") is not None:
            named = self._base_seed if seed is None else seed
            seeds = episode_seeds(named, options["episode"], self.markets)
            self._core.seed(seeds, chosen_markets)
            self._seeded = True
        elif seed is not None or not self._seeded:
            chosen = self._base_seed if seed is None else seed
            self._core.seed(market_seeds(chosen, self.markets))
            self._seeded = True
        self._core.reset_all(
            {
                k: self._core.first_episode_seconds(k) if self._stagger else None
                for k in np.flatnonzero(chosen_markets).tolist()
            },
            start,
        )
        self._over[chosen_markets] = False
        self._begun[chosen_markets] = True
        self._statistics.begin(np.repeat(chosen_markets, self.traders))
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
        """All that is seen now, float32 (slots, width), a copy."""
        seen = self._core.observations[:, :, : self._width].copy()
        return seen.reshape(self.num_envs, self._width)

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Step every market: actions int (slots,) -> observations, rewards, terminated, truncated.

        Raises:
            InputError: for another shape, and for actions that the role has not.
            UnavailableError: if a market was never reset.
        """
        actions = checked_actions(actions, self.num_envs, self._choices)
        check_begun(self._all_begun)
        resetting = self._over
        rewards, over = self._core.step(actions.reshape(self.markets, self.traders), resetting)
        over = over & ~resetting
        self._core.reset_all(dict.fromkeys(np.flatnonzero(resetting).tolist()))
        self._over = over
        rewards, ended = rewards.ravel().copy(), np.repeat(over, self.traders)
        self._statistics.add(rewards)
        if resetting.any():
            self._statistics.begin(np.repeat(resetting, self.traders))
        infos = self._statistics.of_ended(ended, self.accounts()) if over.any() else {}
        return self._observations(), rewards, self._never.copy(), ended, infos

    def play_policy(self, policy: PolicyNet, noise: np.ndarray, blind: np.ndarray) -> Played:
        """Let a policy decide in all slots through T steps: as T calls of :meth:`step`, but faster.

        A market is played through all steps at a stretch, on one of the threads, so that none waits
        for the others in between.

        Args:
            policy: of the slots' role; its ``greedy`` means nothing.
            noise: float32 (T, slots, actions). The action is that of the largest logit plus noise;
                Gumbel noise makes that a draw from the policy.
            blind: bool (T, slots): the largest noise alone decides.

        Raises:
            InputError: for other shapes, or a policy of another role.
            UnavailableError: if a market was never reset.
        """
        check_begun(self._all_begun)
        wanted = (len(noise), self.num_envs, self._choices)
        if noise.shape != wanted or blind.shape != wanted[:2] or not len(noise):
            raise InputError(f"must have the shape {wanted}, not {noise.shape}", key="noise")
        if policy.role != self._core.roles[0]:
            raise InputError(f"is one of a {policy.role}, not of a {self._core.roles[0]}")
        shape = (len(noise), self.markets, self.traders)
        played = self._core.play(
            [policy],
            np.zeros(shape[1:], np.int64),
            np.ascontiguousarray(noise, np.float32).reshape(*shape, self._choices),
            np.ascontiguousarray(blind, np.bool_).reshape(shape),
            self._over,
        )
        was_over = np.repeat(self._over, self.traders)
        ended = np.repeat(played.done, self.traders, axis=1)
        self._statistics.add_many(played.rewards.reshape(ended.shape), ended, was_over)
        self._over = played.done[-1].copy()
        return played

    def policy_states(self, width: int) -> np.ndarray:
        """What a recurrent policy that plays here remembers now, float32 (slots, width)."""
        return self._core.states.reshape(self.num_envs, -1)[:, :width]

    def set_weights(self, weights: RewardWeights) -> None:
        """Reward the steps from now on by other weights."""
        self._core.set_weights(weights)

    def accounts(self) -> dict[str, np.ndarray]:
        """The traders' accounts as they are now, float64 (slots,) each."""
        return {name: values.ravel() for name, values in self._core.accounts().items()}

    @property
    def events(self) -> np.ndarray:
        """Book events of every market so far, int64 (markets,)."""
        return self._core.events

    def close_extras(self, **kwargs: Any) -> None:
        """End the threads; all else are arrays."""
        if hasattr(self, "_core"):  # Gymnasium closes what was refused in the making, too
            self._core.close()
