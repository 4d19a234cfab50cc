"""One market with several RL traders, of one or several roles, as a PettingZoo parallel env."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from pettingzoo import ParallelEnv

from abm_desktop.envs.checks import (
    RESET_AGAIN,
    RESET_FIRST,
    checked_action,
    checked_options,
    checked_seed,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.recorded_days import chosen_start
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.envs.spaces import action_space, observation_space
from abm_desktop.inputs import InputError, UnavailableError, shown
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario


class MultiAgentMarketEnv(ParallelEnv[str, np.ndarray, int]):
    """Several RL traders in one simulated market.

    A step is a round of ``step`` simulated seconds. All traders observe at the same moment; each
    one's orders set out after a delay of its own, uniform over the first ``jitter * step``
    seconds, so they come one after another in an order that changes. So a trader's decisions are
    ``step`` seconds apart and take effect within +-``jitter`` of that. What the others do between
    its look and its order it does not see. An episode of all traders is truncated together.

    Agents are named by role and number: ``directional_0``, ``maker_0``, ``executor_1``.

    Args: see :class:`MarketCore`.
    """

    metadata = {"name": "abm_desktop_market_v0", "render_modes": []}  # noqa: RUF012

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        *,
        recording: Path | str | None = None,
        roles: Sequence[str] = ("directional", "maker", "executor"),
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        step: float = 5.0,
        jitter: float = 0.2,
        settings: RoleSettings | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
    ) -> None:
        self._core = MarketCore(
            scenario,
            roles=roles,
            rounds=True,
            recording=recording,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            step=step,
            jitter=jitter,
            settings=settings,
            opponent=opponent,
            opponents=opponents,
        )
        roles = self._core.roles
        self.possible_agents = [f"{role}_{roles[:k].count(role)}" for k, role in enumerate(roles)]
        self.agents: list[str] = []
        self.roles = dict(zip(self.possible_agents, roles, strict=True))
        self.observation_spaces = {a: observation_space(r) for a, r in self.roles.items()}
        self.action_spaces = {a: action_space(r) for a, r in self.roles.items()}
        self.render_mode = None
        self._random = np.random.default_rng()
        self._actions = np.zeros((1, len(roles)), np.int64)
        self._none = np.zeros(1, np.bool_)
        self._seeded = False

    def observation_space(self, agent: str) -> gym.spaces.Space[np.ndarray]:
        """The same object at every call."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gym.spaces.Space[Any]:
        """The same object at every call."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, dict[str, float]]]:
        """Begin an episode; a seed makes it, and what follows, repeatable.

        The only option is ``start``, of a recorded day: see :class:`MarketCore`.

        Raises:
            InputError: for what is no seed, and for options that are no mapping.
        """
        seed = checked_seed(seed)
        start = chosen_start(checked_options(options))
        if seed is not None or not self._seeded:
            self._random = np.random.default_rng(seed)
            self._core.seed([int(self._random.integers(1 << 62))])
            self._seeded = True
        self._core.reset(0, start=start)
        self.agents = list(self.possible_agents)
        return self._observations(), self._accounts()

    def step(
        self, actions: dict[str, int]
    ) -> tuple[
        dict[str, np.ndarray],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, float]],
    ]:
        """One round; ``infos`` has each trader's account.

        Raises:
            InputError: unless every trader has an action, and one that its role knows.
            UnavailableError: before the first reset, and after an episode has ended.
        """
        if not self.agents:
            raise UnavailableError(RESET_AGAIN if self._seeded else RESET_FIRST)
        self._actions[0] = self._checked(actions)
        rewards, over = self._core.step(self._actions, self._none)
        agents = self.possible_agents
        ended = bool(over[0])
        if ended:
            self.agents = []
        return (
            self._observations(),
            {agent: float(rewards[0, k]) for k, agent in enumerate(agents)},
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, ended),
            self._accounts(),
        )

    def _checked(self, actions: Any) -> list[int]:
        if not isinstance(actions, Mapping) or set(actions) != set(self.possible_agents):
            given = sorted(map(shown, actions)) if isinstance(actions, Mapping) else shown(actions)
            raise InputError(
                f"must have one action for each of {', '.join(self.possible_agents)}, not "
                f"{shown(given)}",
                key="actions",
            )
        return [
            checked_action(actions[agent], f"actions[{agent!r}]", int(self.action_spaces[agent].n))
            for agent in self.possible_agents
        ]

    def _observations(self) -> dict[str, np.ndarray]:
        rows = self._core.observations[0]
        return {
            agent: rows[k, : self.observation_spaces[agent].shape[0]].copy()
            for k, agent in enumerate(self.possible_agents)
        }

    def _accounts(self) -> dict[str, dict[str, float]]:
        table = self._core.accounts()
        return {
            agent: {name: float(values[0, k]) for name, values in table.items()}
            for k, agent in enumerate(self.possible_agents)
        }

    def set_opponent(self, policy: PolicyNet) -> None:
        """Let the frozen opponents follow another policy; see :class:`MarketCore`."""
        self._core.set_opponent(policy)

    def render(self) -> None:
        """Nothing: the window shows markets."""

    def close(self) -> None:
        """Nothing to close: the market is an array."""
