"""Where a population plays: tables with seats, and what one sample of play is.

A table is a market, or a small game; a seat is a trader in it. Every table has the same seats, and
a *seating* says which of the players sits on each: int64 (tables, seats), places in their list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from abm_desktop.learning.rllib.rollout import Rollout

__all__ = [
    "Game",
    "GameTables",
    "Player",
    "SeatsSample",
    "Tables",
    "log_probabilities",
    "rollout_of",
]


class Player(Protocol):
    """Whoever decides: a network, as of the time when it was copied."""

    def logits(self, observations: np.ndarray) -> np.ndarray:
        """float32 (n, inputs) -> (n, actions)."""


@dataclass(frozen=True, slots=True)
class SeatsSample:
    """T steps of n tables with A seats. W and K are the most that a seat sees and can do."""

    observations: np.ndarray
    """float32 (T + 1, n, A, W): what each action was chosen on, and the last observation."""
    actions: np.ndarray
    """int64 (T, n, A)."""
    log_probabilities: np.ndarray
    """float32 (T, n, A): of the action taken, under the player that took it."""
    rewards: np.ndarray
    """float32 (T, n, A)."""
    terminated: np.ndarray
    """bool (T, n): the episode ended for good; what follows is worth nothing."""
    done: np.ndarray
    """bool (T, n): the episode ended, for good or by its time limit."""
    valid: np.ndarray
    """bool (T, n, A): whether the seat had anything to decide."""
    profits: np.ndarray
    """float64 (episodes, A): of the episodes that ended, in the unit of the tables."""


class Tables(Protocol):
    """n markets or games side by side, each with A seats."""

    tables: int
    inputs: tuple[int, ...]
    """Numbers that each seat sees."""
    actions: tuple[int, ...]
    """Actions that each seat has."""

    def sample(
        self,
        players: Any,
        seating: np.ndarray,
        steps: int,
        random: np.random.Generator,
        greedy: Sequence[bool] = (),
    ) -> SeatsSample:
        """Play on for so many steps from where the last sample ended.

        A player draws its actions, or, if ``greedy`` says so of it, takes the likeliest.
        """

    def close(self) -> None:
        """End its threads, if it has any."""


class Game(Protocol):
    """A small game: n tables at once, whose episodes begin anew by themselves when they end."""

    tables: int
    inputs: tuple[int, ...]
    actions: tuple[int, ...]

    def observe(self) -> tuple[np.ndarray, np.ndarray]:
        """What the seats see now, float32 (n, A, W), and which of them decide, bool (n, A)."""

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Play actions int64 (n, A): rewards (n, A), and which episodes ended, bool (n,)."""


class GameTables:
    """A :class:`Game` as :class:`Tables`. Its episodes end for good, and profits are rewards."""

    def __init__(self, game: Game) -> None:
        self._game = game
        self.tables, self.inputs, self.actions = game.tables, game.inputs, game.actions
        self._returns = np.zeros((game.tables, len(game.inputs)))

    def sample(
        self,
        players: list[Player],
        seating: np.ndarray,
        steps: int,
        random: np.random.Generator,
        greedy: Sequence[bool] = (),
    ) -> SeatsSample:
        """See :class:`Tables`."""
        n, seats = seating.shape
        logits = np.full((steps, n, seats, max(self.actions)), -np.inf, np.float32)
        observations = np.zeros((steps + 1, n, seats, max(self.inputs)), np.float32)
        actions = np.zeros((steps, n, seats), np.int64)
        rewards = np.zeros((steps, n, seats), np.float32)
        done, valid = np.zeros((steps, n), np.bool_), np.zeros((steps, n, seats), np.bool_)
        noise = gumbel(random, logits.shape, seating, greedy)
        profits = [np.zeros((0, seats))]
        observations[0], valid_now = self._game.observe()
        for t in range(steps):
            for who, player in enumerate(players):
                for seat in range(seats):
                    rows = seating[:, seat] == who
                    if rows.any():
                        seen = observations[t, rows, seat, : self.inputs[seat]]
                        logits[t, rows, seat, : self.actions[seat]] = player.logits(seen)
            actions[t] = (logits[t] + noise[t]).argmax(axis=2)
            valid[t] = valid_now
            rewards[t], done[t] = self._game.step(actions[t])
            self._returns += rewards[t]
            profits.append(self._returns[done[t]].copy())
            self._returns[done[t]] = 0.0
            observations[t + 1], valid_now = self._game.observe()
        chances = log_probabilities(logits, actions)
        return SeatsSample(
            observations, actions, chances, rewards, done, done, valid, np.concatenate(profits)
        )

    def close(self) -> None:
        """There is nothing to end."""


def gumbel(
    random: np.random.Generator,
    shape: tuple[int, ...],
    seating: np.ndarray,
    greedy: Sequence[bool],
) -> np.ndarray:
    """Noise of which the largest sum with the logits is a draw from their softmax.

    float32 (T, n, A, K); 0 for the seats of players that are greedy. The draws of the others are
    the same whoever is.
    """
    noise: np.ndarray = random.gumbel(size=shape).astype(np.float32)
    if any(greedy):
        noise[:, np.array(greedy, np.bool_)[seating]] = 0.0
    return noise


def log_probabilities(logits: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """Of the actions, float32, under the softmax of logits (..., K); -inf is no action."""
    peak = logits.max(axis=-1, keepdims=True)
    total = peak[..., 0] + np.log(np.exp(logits - peak).sum(axis=-1))
    chosen: np.ndarray = np.take_along_axis(logits, actions[..., None], axis=-1)[..., 0] - total
    return chosen


def rollout_of(sample: SeatsSample, mine: np.ndarray, inputs: int) -> Rollout:
    """What one player did in the seats that are its own, bool (n, A), as a learner takes it."""
    table = np.nonzero(mine)[0]
    return Rollout(
        observations=np.ascontiguousarray(sample.observations[:, mine, :inputs]),
        actions=sample.actions[:, mine],
        log_probabilities=sample.log_probabilities[:, mine],
        rewards=sample.rewards[:, mine],
        terminated=sample.terminated[:, table],
        done=sample.done[:, table],
        valid=sample.valid[:, mine],
        episodes=(),
    )
