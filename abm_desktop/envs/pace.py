"""When the outside traders of an environment decide: on a clock of their own, or in rounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from abm_desktop.envs.rounds import begin, play_rounds
from abm_desktop.envs.steps import begin_episode, play_markets
from abm_desktop.market import arrays, standstill
from abm_desktop.market.kernel import advance

_NANO = 1_000_000_000
_FOREVER = 1 << 61
_NEVER = 1e9
"""Seconds between the wake-ups of traders whose rounds the environment holds."""
_HOLD = 1


class OwnClock:
    """The market wakes its one outside trader every few seconds, and waits for its action."""

    def __init__(self, step: float, jitter: float) -> None:
        self.clock: dict[str, Any] = {"rl_step": step, "rl_jitter": jitter}

    def with_quotes(self, built: arrays.Markets, count: int) -> arrays.Markets:
        """The trader keeps nothing in the book by name."""
        return built

    def run_in(self, state: arrays.Markets, k: int, until: int) -> None:
        """Run market ``k`` to the time ``until`` (ns), and on to a decision."""
        m = state.market[k]
        while m["now"] < until:  # the trader holds until its first episode
            m["action"] = _HOLD
            advance(state, k, until, 0)
            standstill.check(state)
        m["action"] = _HOLD
        advance(state, k, _FOREVER, 0)
        standstill.check(state)

    def begin(
        self, state: arrays.Markets, k: int, first: int, traders: np.ndarray, obs: np.ndarray
    ) -> None:
        """Begin an episode in market ``k``; writes ``obs`` float32 (1, 13)."""
        begin_episode(state, k, first, obs[0])

    def play(self, state: arrays.Markets, first: int, *played: Any) -> None:
        """Play on, by what is ``played`` (see :func:`.steps.play_markets`)."""
        play_markets(state, first, *played)


class Rounds:
    """All traders look at once, every few seconds; their orders set out one after another."""

    def __init__(self, step: float, jitter: float) -> None:
        self.clock: dict[str, Any] = {"rl_step": _NEVER, "rl_jitter": 0.0}
        self._step, self._spread = round(step * _NANO), jitter * step * _NANO

    def with_quotes(self, built: arrays.Markets, count: int) -> arrays.Markets:
        """Give each trader room for two orders that it keeps in the book by name."""
        first, handles = built.agents.shape[1] - count, built.handles.shape[1]
        quotes = np.full((built.handles.shape[0], 2 * count), -1, np.int64)
        built = built._replace(handles=np.concatenate([built.handles, quotes], axis=1))
        built.agents["handles"][:, first:] = handles + 2 * np.arange(count)
        return built

    def run_in(self, state: arrays.Markets, k: int, until: int) -> None:
        """Run market ``k`` to the time ``until`` (ns)."""
        advance(state, k, until, 0)
        standstill.check(state)

    def begin(
        self, state: arrays.Markets, k: int, first: int, traders: np.ndarray, obs: np.ndarray
    ) -> None:
        """Begin an episode in market ``k``: traders TRADER (A,); writes ``obs`` (A, width)."""
        begin(state, k, first, traders, obs)

    def play(self, state: arrays.Markets, first: int, *played: Any) -> None:
        """Play on in rounds, by what is ``played`` (see :func:`.steps.play_markets`)."""
        play_rounds(state, first, *played, self._step, self._spread)
