"""An environment that a server steps, as Gymnasium has it."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from abm_desktop.remote.connection import Connection

__all__ = ["RemoteEnv"]


class RemoteEnv(gymnasium.Env[np.ndarray, int]):
    """A market of the server's in which one trader is yours: observations float32 (13,), actions
    0 (sell), 1 (hold), 2 (buy). A step is a request, about a millisecond on this machine.

    ::

        env = market.environment("calm", episode_seconds=600.0)
        observation, info = env.reset(seed=1)
        observation, reward, terminated, truncated, info = env.step(2)

    Args:
        connection: to the server.
        scenario: name of the market; None is calm, or with ``recording`` the plain day.
        **settings: of ``MarketEnv``: recording (a name of the server's folder ``recordings``),
            episode_seconds, stress_probability, size, step, ...
    """

    metadata = {"render_modes": []}  # noqa: RUF012  (Gymnasium's own)

    def __init__(
        self, connection: Connection, scenario: str | None = None, **settings: Any
    ) -> None:
        self._connection = connection
        made = connection.send("POST", "/environments", {"scenario": scenario, **settings})
        self.number = int(made.id)
        """Names it at the server."""
        spaces = connection.get(f"/environments/{self.number}/spaces")
        seen = spaces.observation
        self.observation_space = gymnasium.spaces.Box(
            seen.low, seen.high, tuple(seen.shape), np.float32
        )
        self.observation_names: tuple[str, ...] = tuple(seen.names)
        self.action_space = gymnasium.spaces.Discrete(int(spaces.action.n))
        self.action_names: tuple[str, ...] = tuple(spaces.action.names)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; equal seeds give equal episodes."""
        super().reset(seed=seed)
        body = {"seed": seed, "options": options}
        begun = self._connection.send("POST", f"/environments/{self.number}/reset", body)
        return np.array(begun.observation, np.float32), dict(begun.info)

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Act, and run on to the next decision."""
        body = {"action": int(action)}
        done = self._connection.send("POST", f"/environments/{self.number}/step", body)
        return (
            np.array(done.observation, np.float32),
            float(done.reward),
            bool(done.terminated),
            bool(done.truncated),
            dict(done.info),
        )

    def close(self) -> None:
        """Let the server close it."""
        self._connection.send("DELETE", f"/environments/{self.number}")
