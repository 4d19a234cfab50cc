"""Returns and lengths of episodes, told in infos as loggers of other libraries expect them."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

__all__ = ["EpisodeStatistics"]


class EpisodeStatistics:
    """What the running episodes of n slots have come to.

    Args:
        slots: n.
        under_episode: put them under ``episode`` too, with the keys of Gymnasium's
            ``RecordEpisodeStatistics``: ``r``, ``l`` and ``t`` (real seconds).
    """

    def __init__(self, slots: int, *, under_episode: bool) -> None:
        self._returns = np.zeros(slots)
        self._lengths = np.zeros(slots, np.int64)
        self._began = np.zeros(slots)
        self._under_episode = under_episode

    def begin(self, slots: np.ndarray) -> None:
        """New episodes in some slots, bool (n,)."""
        self._returns[slots], self._lengths[slots] = 0.0, 0
        self._began[slots] = time.perf_counter()

    def add(self, rewards: np.ndarray) -> None:
        """One step everywhere, with its rewards (n,)."""
        self._returns += rewards
        self._lengths += 1

    def add_many(self, rewards: np.ndarray, done: np.ndarray, was_over: np.ndarray) -> None:
        """T steps everywhere, with rewards and ends (T, n); episodes begin after each end."""
        taken = np.ones_like(done)
        taken[0], taken[1:] = ~was_over, ~done[:-1]
        # Of the running episode: an end neither now nor later.
        taken &= ~np.logical_or.accumulate(done[::-1])[::-1]
        self.begin(was_over | done.any(axis=0))
        self._returns += np.where(taken, rewards, 0.0).sum(axis=0)
        self._lengths += taken.sum(axis=0)

    def of_one(self) -> dict[str, Any]:
        """For the info of the one slot there is, whose episode is over."""
        found: dict[str, Any] = {
            "return": float(self._returns[0]),
            "length": int(self._lengths[0]),
        }
        if self._under_episode:
            seconds = round(time.perf_counter() - float(self._began[0]), 6)
            found["episode"] = {"r": found["return"], "l": found["length"], "t": seconds}
        return found

    def of_ended(self, over: np.ndarray, account: dict[str, np.ndarray]) -> dict[str, Any]:
        """For the infos of all slots, with the ``account`` of each, if episodes are over there.

        As Gymnasium has it: one array a key, and under ``_key`` for which slots it holds.
        """
        final = {name: np.where(over, values, 0.0) for name, values in account.items()}
        final["return"] = np.where(over, self._returns, 0.0)
        final["length"] = np.where(over, self._lengths, 0)
        found = {"final_info": final | {f"_{name}": over for name in final}, "_final_info": over}
        if self._under_episode:
            seconds = np.where(over, np.round(time.perf_counter() - self._began, 6), 0.0)
            found["episode"] = {"r": final["return"], "l": final["length"], "t": seconds}
            found["_episode"] = over
        return found
