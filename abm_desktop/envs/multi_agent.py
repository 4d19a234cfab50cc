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
    episode_seed,
    market_seed,
)
from abm_desktop.envs.core import MarketCore
from abm_desktop.envs.day_parts import Moment
from abm_desktop.envs.recorded_days import chosen_start
from abm_desktop.envs.rendering import RENDER_FPS, RENDER_MODES, Rendering, checked_mode
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.envs.spaces import OBSERVATION_BOUND, action_space, observation_space
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

    Args:
        render_mode: "ansi", "rgb_array" or None; what is shown of a trader is that of the first.
        others: see :class:`MarketCore`.
    """

    metadata = {  # noqa: RUF012 - PettingZoo declares it so
        "name": "abm_desktop_market_v0",
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
        roles: Sequence[str] = ("directional", "maker", "executor"),
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        step: float = 5.0,
        jitter: float = 0.2,
        settings: RoleSettings | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = checked_mode(render_mode)
        self._rendering = Rendering(self.render_mode)
        self._core = MarketCore(
            scenario,
            roles=roles,
            rounds=True,
            recording=recording,
            recording_from=recording_from,
            recording_until=recording_until,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
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
        widths = [space.shape[0] for space in self.observation_spaces.values()]
        self.state_space = gym.spaces.Box(
            -OBSERVATION_BOUND, OBSERVATION_BOUND, (sum(widths),), np.float32
        )
        self._random = np.random.default_rng()
        self._actions = np.zeros((1, len(roles)), np.int64)
        self._none = np.zeros(1, np.bool_)
        self._seeded, self._last_seed = False, 0
        self._returns = np.zeros(len(roles))
        self._length = 0

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

        ``options["episode"]`` names one of the seed's episodes by its number, as of
        :class:`MarketEnv`; ``options["start"]`` is for a recorded day: see :class:`MarketCore`.

        Raises:
            InputError: for what is no seed or number, and for options that are not known. One
                called ``options`` means nothing: PettingZoo's own tests send it.
        """
        seed = checked_seed(seed)
        known = checked_options(options, "episode", "start", "options")
        start, number = chosen_start(known), known.get("episode")
        if seed is not None:
            self._last_seed = seed
        if number is not None:
            self._core.seed([episode_seed(self._last_seed, number)])
            self._seeded = True
        elif seed is not None or not self._seeded:
            self._random = np.random.default_rng(seed)
            self._core.seed([market_seed(self._random)])
            self._seeded = True
        self._core.reset(0, start=start)
        self.agents = list(self.possible_agents)
        self._returns[:], self._length = 0.0, 0
        self._rendering.begin()
        accounts = self._accounts()
        self._note(accounts)
        return self._observations(), accounts

    def _note(self, accounts: dict[str, dict[str, float]]) -> None:
        mid = accounts[self.possible_agents[0]]["mid"]
        self._rendering.note(mid / self._core.scenario.market.tick_size)

    def state(self) -> np.ndarray:
        """What all traders see, one after another: float32 (sum of their widths,).

        For training with a central critic. Raises UnavailableError before the first reset.
        """
        if not self._seeded:
            raise UnavailableError(RESET_FIRST)
        return np.concatenate(list(self._observations().values()))

    def step(
        self, actions: dict[str, int]
    ) -> tuple[
        dict[str, np.ndarray],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, float]],
    ]:
        """One round; ``infos`` has each trader's account, and at the end return and length.

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
        accounts = self._accounts()
        self._note(accounts)
        self._returns += rewards[0]
        self._length += 1
        if ended:
            self.agents = []
            for agent, value in zip(agents, self._returns.tolist(), strict=True):
                accounts[agent] |= {"return": value, "length": self._length}
        return (
            self._observations(),
            {agent: float(rewards[0, k]) for k, agent in enumerate(agents)},
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, ended),
            accounts,
        )

    def _checked(self, actions: Any) -> list[int]:
        if not isinstance(actions, Mapping):
            raise InputError(f"must be actions by agent, not {shown(actions)}", key="actions")
        missing = [agent for agent in self.possible_agents if agent not in actions]
        unknown = [shown(agent) for agent in actions if agent not in self.possible_agents]
        if missing or unknown:
            told = [f"has none for {', '.join(missing)}"] if missing else []
            told += [f"knows no agent {', '.join(unknown)}"] if unknown else []
            raise InputError(
                " and ".join(told),
                key="actions",
                remedy=f"give one action for each of {', '.join(self.possible_agents)}",
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

    def render(self) -> Any:
        """Text or a picture of the market now, as of :class:`MarketEnv`; None without a mode.

        Raises UnavailableError before the first reset.
        """
        if self.render_mode is None:
            return None
        if not self._seeded:
            raise UnavailableError(RESET_FIRST)
        return self._rendering.draw(self._core.view(0))

    def close(self) -> None:
        """Nothing to close: the market is an array."""
