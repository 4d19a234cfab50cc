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
    episode_seed,
    market_seed,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.day_parts import Moment
from abm_desktop.envs.episodes import EpisodeStatistics
from abm_desktop.envs.recorded_days import chosen_start
from abm_desktop.envs.rendering import RENDER_FPS, RENDER_MODES, Rendering, checked_mode
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
    last episode goes on, for at most a session. ``reset(seed=7, options={"episode": 3})`` begins
    the episode of that name: the same for whoever asks, whatever was played before.

    ``info`` is the trader's account (see :func:`.account_of`), and with an episode's last step has
    ``return`` and ``length`` of the episode too; ``statistics`` puts those under ``episode`` as
    well, the way Gymnasium's ``RecordEpisodeStatistics`` does, which must not be wrapped around
    then.

    Args:
        size: lots of an order.
        max_inventory: position limit, lots.
        weights: of the reward.
        statistics: see above.
        render_mode: "ansi", "rgb_array" (book, prices of the episode, position) or None.
        others: see :class:`MarketCore`.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": RENDER_MODES,
        "render_fps": RENDER_FPS,
    }

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        *,
        recording: Path | str | None = None,
        recording_from: Moment | None = None,
        recording_until: Moment | None = None,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        size: int = 2,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        weights: RewardWeights | None = None,
        statistics: bool = False,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = checked_mode(render_mode)
        self._rendering = Rendering(self.render_mode)
        self._statistics = EpisodeStatistics(1, under_episode=statistics)
        self._core = MarketCore(
            scenario,
            recording=recording,
            recording_from=recording_from,
            recording_until=recording_until,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
            step=step,
            jitter=jitter,
            settings=one_trader(size, max_inventory, weights),
        )
        self.observation_space = observation_space()
        self.action_space = action_space()
        self._actions = np.zeros((1, 1), np.int64)
        self._none = np.zeros(1, np.bool_)
        self._seeded, self._last_seed = False, 0
        self._cannot_step = RESET_FIRST

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; a seed makes it, and what follows, repeatable.

        ``options["episode"]`` names one of the seed's episodes by its number; without a seed, of
        the last one given (0 if there was none). ``options["start"]`` is for a recorded day: see
        :class:`MarketCore`.

        Raises:
            InputError: for what is no seed or number, and for options that are not known.
        """
        seed = checked_seed(seed)
        known = checked_options(options, "episode", "start")
        start, number = chosen_start(known), known.get("episode")
        super().reset(seed=seed)
        if seed is not None:
            self._last_seed = seed
        if number is not None:
            self._core.seed([episode_seed(self._last_seed, number)])
            self._seeded = True
        elif seed is not None or not self._seeded:
            self._core.seed([market_seed(self.np_random)])
            self._seeded = True
        self._core.reset(0, start=start)
        self._cannot_step = ""
        self._statistics.begin(np.ones(1, np.bool_))
        self._rendering.begin()
        account = self._core.account(0)
        self._note(account)
        return self._core.observations[0, 0].copy(), account

    def _note(self, account: dict[str, Any]) -> None:
        self._rendering.note(account["mid"] / self._core.scenario.market.tick_size)

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
        account: dict[str, Any] = self._core.account(0)
        self._note(account)
        self._statistics.add(rewards[:, 0])
        if over[0]:
            account |= self._statistics.of_one()
        return (
            self._core.observations[0, 0].copy(),
            float(rewards[0, 0]),
            False,
            bool(over[0]),
            account,
        )

    def render(self) -> Any:
        """Text or a picture, uint8 (360, 640, 3), of the market now; None without a mode.

        Raises UnavailableError before the first reset.
        """
        if self.render_mode is not None and self._cannot_step == RESET_FIRST:
            raise UnavailableError(RESET_FIRST)
        return self._rendering.draw(self._core.view(0)) if self.render_mode else None
