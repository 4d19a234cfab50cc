"""The market with several RL traders for RLlib's own multi-agent training.

Policies may be shared or independent, as RLlib's ``multi_agent`` settings say; a policy shared by
all traders trains much faster through ``TrainingConfig.traders_per_market``.
"""

from __future__ import annotations

from typing import Any

from ray.rllib.env.multi_agent_env import MultiAgentEnv

from abm_desktop.envs.multi_agent import MultiAgentMarketEnv


class RLlibMarketEnv(MultiAgentEnv):
    """:class:`MultiAgentMarketEnv` as RLlib wants it; ``env_config`` holds its arguments."""

    def __init__(self, env_config: dict[str, Any] | None = None) -> None:
        super().__init__()
        self._env = MultiAgentMarketEnv(**dict(env_config or {}))
        self.possible_agents = list(self._env.possible_agents)
        self.agents = list(self.possible_agents)
        self.observation_spaces = self._env.observation_spaces
        self.action_spaces = self._env.action_spaces

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Begin an episode of all traders."""
        self.agents = list(self.possible_agents)
        return self._env.reset(seed, options)

    def step(
        self, action_dict: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """One round; "__all__" tells whether the episode is over."""
        observations, rewards, terminated, truncated, infos = self._env.step(action_dict)
        terminated["__all__"] = False
        truncated["__all__"] = not self._env.agents
        self.agents = list(self._env.agents)
        return observations, rewards, terminated, truncated, infos
