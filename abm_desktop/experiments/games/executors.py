"""Two executors who trade the same way at the same time, each at a cost to the other.

After Koulouris, C. and Campajola, C. (2026). Memory-induced supra-competitive outcomes between deep
reinforcement learning agents in optimal trade execution, arXiv 2605.20348: two learners share an
Almgren-Chriss game, and with a memory of prices and own trades they get below the shortfall of its
Nash equilibrium. Here the impact is that of a simulated market. The competitive shortfall is that
of the equilibrium among schedules that trade evenly over the first part of the time, which
:func:`costs_of` tells, own schedule against the other's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from abm_desktop.experiments.games.market_game import PLACES, Decide, MarketGame, begin_next
from abm_desktop.scenario import Scenario

__all__ = [
    "COMPETITIVE",
    "PARTS",
    "RULES",
    "Executors",
    "costs_of",
    "forgetful",
    "play",
    "remembering",
    "schedule",
]

EPISODE = 300.0
"""Simulated seconds that both have."""
LEFT_OVER = 2.0
"""What a parent order not traded at all costs, in the unit of the rewards."""
_OWN, _TIME, _LAST, _LEFT, _MOVED = 0, 1, 2, 11, 12
"""Places of the game's own observations."""
_RETURNS = slice(5, 11)
_RECENT = 6
"""Rounds over which an executor remembers what it traded itself."""
_MOVE = 10e-4
"""Unit of the price's move, as a log."""
PARTS = (1.0, 0.75, 0.5, 0.375, 0.25)
"""Parts of the time over which schedules trade evenly."""
COMPETITIVE = 1.0
"""The part of the equilibrium among them."""


class Executors(MarketGame):
    """Two executors a market, on one side, which is drawn in each episode.

    Each has to trade 240 lots in five minutes, and waits or trades 4 lots (which is an even
    schedule) or 16 at once; who could not be done otherwise trades 16. It sees the time left and
    the lots left. With ``memory`` it also sees returns over 5 to 300 seconds, how far the price has
    moved since the beginning, and what it traded itself in the last round and the last six. A round
    is worth the value of the lots less what was paid for them, per lot of the whole order and
    standard deviation of the price in a round: minus the cost, but for what the value itself moves,
    which is luck.
    """

    seats = 2
    size = 8
    limit = 240
    orders = (0.0, 0.5, 2.0)

    def __init__(
        self,
        num_envs: int,
        scenario: Scenario | Path | str = "calm",
        episode_seconds: float = EPISODE,
        seed: int = 0,
        *,
        memory: bool = True,
    ) -> None:
        self.memory = memory
        self._before = np.zeros((_RECENT, num_envs))
        super().__init__(num_envs, scenario, episode_seconds, seed)

    def allowed(self, actions: np.ndarray) -> np.ndarray:
        """The largest order, where all the time left is needed for it."""
        most = self.size * self.orders[-1]
        late = self.limit - self.lots > most * (self.rounds - 1 - self.played)
        return np.where(late, len(self.orders) - 1, actions)

    def begin(self, seats: slice, random: np.random.Generator) -> None:
        """Draw the side."""
        self.side[seats] = 1.0 if random.random() < 0.5 else -1.0
        self._before[:, seats] = 0.0

    def look(self, out: np.ndarray) -> None:
        """See the class."""
        returns = out[:, _RETURNS].copy()
        out[:, PLACES] = 0.0
        out[:, _TIME] = 1.0 - self.played / self.rounds
        out[:, _LEFT] = 1.0 - self.lots / self.limit
        if not self.memory:
            return
        most = self.size * self.orders[-1]
        out[:, _RETURNS] = returns
        out[:, _OWN] = self._before.mean(axis=0) / most
        out[:, _LAST] = self._before[0] / most
        out[:, _MOVED] = self.side * np.log(self.mid / self.first_mid) / _MOVE

    def rewards(
        self,
        lots: np.ndarray,
        got: np.ndarray,
        at_value: np.ndarray,
        mid: np.ndarray,
        over: np.ndarray,
    ) -> np.ndarray:
        """See the class."""
        self._before = np.roll(self._before, 1, axis=0)
        self._before[0] = lots
        left = np.where(over, 1.0 - self.lots / self.limit, 0.0)
        worth: np.ndarray = at_value - LEFT_OVER * left
        return worth


def remembering(num_envs: int, *, scenario: str, episode_seconds: float, seed: int) -> Executors:
    """For trainings with memory."""
    return Executors(num_envs, scenario, episode_seconds, seed)


def forgetful(num_envs: int, *, scenario: str, episode_seconds: float, seed: int) -> Executors:
    """For trainings without."""
    return Executors(num_envs, scenario, episode_seconds, seed, memory=False)


def schedule(part: float) -> Decide:
    """Trade evenly over the first part of the time."""

    def decide(observations: np.ndarray) -> np.ndarray:
        wanted = np.minimum((1.0 - observations[:, _TIME]) / part, 1.0)
        behind = Executors.limit * (wanted - (1.0 - observations[:, _LEFT]))
        return np.where(behind >= 12.0, 2, np.where(behind >= 0.0, 1, 0))

    return decide


RULES: Mapping[str, Decide] = {"competitive": schedule(COMPETITIVE)}
"""Rules that play beside models, by name."""

EPISODES = 12
"""Of a market."""


def play(
    decide: Decide, scenario: Scenario, seeds: Sequence[int], other: Decide | None = None
) -> pd.DataFrame:
    """A row for each market, over both seats and episodes: ``seed`` and means.

    ``cost`` is that at the value, in standard deviations of the price in a round;
    ``shortfall_bp`` the implementation shortfall in basis points of the arrival price;
    ``first_half`` the share of the lots traded in the first half of the time. If the second seat
    follows ``other``, all are of the first seat alone.
    """
    env = Executors(2 * len(seeds), scenario)
    cost, paid, half = (np.zeros(env.num_envs) for _ in range(3))
    second = np.arange(env.num_envs) % 2 == 1
    try:
        seen, _ = env.reset(seed=list(seeds))
        for _ in range(EPISODES):
            for now in range(1, env.rounds + 1):
                actions = decide(seen)
                if other is not None:
                    actions = np.where(second, other(seen), actions)
                before, first = env.cash.copy(), env.first_mid.copy()
                seen, rewards, *_ = env.step(actions)
                cost -= rewards
                paid -= (env.cash - before) / env.lot / first * 1e4 / env.limit
                if now == env.rounds // 2:
                    half += env.lots / env.limit
            paid -= env.side * env.lots / env.limit * 1e4
            seen = begin_next(env)
    finally:
        env.close()
    table = np.stack([cost, paid, half]).reshape(3, len(seeds), 2) / EPISODES
    cost, paid, half = table[:, :, 0] if other is not None else table.mean(axis=2)
    return pd.DataFrame(
        {"seed": list(seeds), "cost": cost, "shortfall_bp": paid, "first_half": half}
    )


def costs_of(scenario: Scenario, seeds: Sequence[int]) -> pd.DataFrame:
    """Mean ``cost`` of the schedules of :data:`PARTS` (rows) against another's (columns)."""
    return pd.DataFrame(
        {
            theirs: {
                own: play(schedule(own), scenario, seeds, schedule(theirs))["cost"].mean()
                for own in PARTS
            }
            for theirs in PARTS
        }
    )
