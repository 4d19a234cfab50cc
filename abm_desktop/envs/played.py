"""The arrays in which markets are played through many steps; see :func:`.steps.play_markets`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.state import MAX_WIDTH

__all__ = [
    "NOBODY",
    "Decider",
    "Plan",
    "Played",
    "Turns",
    "decider_of",
    "given_actions",
    "scratch",
]

Plan = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Actions, noise, blind, logits."""
Decider = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Headers and parameters of networks, who sits where, and working room; see :func:`decider_of`."""


class Turns(NamedTuple):
    """Which markets are to be played: blocks of them, one for each thread."""

    counters: np.ndarray
    """int64 (blocks,): the next market of each, which all threads share."""
    ends: np.ndarray
    """int64 (blocks,): after the last one."""
    mine: int
    """The block that this thread begins with."""
    at: np.ndarray
    """int64 (markets,): the step at which each market stands."""

    @classmethod
    def of(cls, markets: int, blocks: int) -> Turns:
        """All markets, in so many blocks."""
        bounds = np.arange(blocks + 1) * markets // blocks
        return cls(bounds[:-1].copy(), bounds[1:], 0, np.zeros(markets, np.int64))

    @classmethod
    def of_one(cls, markets: int) -> Turns:
        """One market at a time; see :meth:`at_one`."""
        return cls(np.zeros(1, np.int64), np.zeros(1, np.int64), 0, np.zeros(markets, np.int64))

    def begin(self) -> None:
        """Nothing is taken, and every market is at the first step."""
        self.counters[0] = 0
        self.counters[1:] = self.ends[:-1]
        self.at[:] = 0

    def at_one(self, market: int, step: int) -> None:
        """The turn of one market, which stands at ``step``."""
        self.counters[0], self.ends[0], self.at[market] = market, market + 1, step


class Played(NamedTuple):
    """T steps of n markets with A traders each."""

    observations: np.ndarray
    """float32 (T, n, A, width): what was seen after each step."""
    actions: np.ndarray
    """int64 (T, n, A)."""
    logits: np.ndarray
    """float32 (T, n, A, actions): from which each action was drawn."""
    rewards: np.ndarray
    """float64 (T, n, A)."""
    done: np.ndarray
    """bool (T, n): the episode ended with this step."""
    profits: list[tuple[int, int, np.ndarray]]
    """Step, market and the traders' profits (A,) of every episode that ended, in any order."""

    @classmethod
    def of(cls, shape: tuple[int, ...], width: int) -> Played:
        """Room for what is played; ``shape`` is (T, n, A, actions)."""
        return cls(
            np.zeros((*shape[:3], width), np.float32),
            np.zeros(shape[:3], np.int64),
            np.zeros(shape, np.float32),
            np.zeros(shape[:3]),
            np.zeros(shape[:2], np.bool_),
            [],
        )


def scratch() -> np.ndarray:
    """Working room of a network, float32 (2, widest)."""
    return np.zeros((2, MAX_WIDTH), np.float32)


def given_actions(markets: int, traders: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noise, blind and logits of a step whose actions are given: there is none."""
    none = np.zeros((1, markets, traders, 0), np.float32)
    return none, np.zeros((1, markets, traders), np.bool_), none


NOBODY: Decider = (
    np.zeros((1, 8), np.int32),
    np.zeros((1, 0), np.float32),
    np.zeros((1, 1), np.int64),
    scratch(),
)
"""No network: the actions are given."""


def decider_of(policies: Sequence[PolicyNet], seats: np.ndarray) -> Decider:
    """Let ``policies`` decide; ``seats`` int64 (n, A) says which of them does for each trader.

    Each thread needs a working room of its own in place of the last part.
    """
    packed = [policy.packed() for policy in policies]
    parameters = np.zeros((len(packed), max(len(flat) for _, flat in packed)), np.float32)
    for row, (_, flat) in zip(parameters, packed, strict=True):
        row[: len(flat)] = flat
    headers = np.stack([header for header, _ in packed])
    return headers, parameters, np.ascontiguousarray(seats, np.int64), scratch()
