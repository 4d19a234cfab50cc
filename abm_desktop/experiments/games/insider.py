"""A trader who alone knows what its shares will be worth: how it spreads its trades over time.

After Kyle, A. S. (1985). Continuous auctions and insider trading. Econometrica 53(6), 1315-1335:
one insider, who knows the value v that shares are paid at the end, trades among others who do not,
and moves the price against itself. Here the others are a whole simulated market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from abm_desktop.experiments.games.market_game import Decide, MarketGame, begin_next
from abm_desktop.scenario import Scenario

__all__ = ["RULES", "Insider", "at_once", "evenly", "insider", "play"]

EPISODE = 600.0
"""Simulated seconds from the first trade to the end."""
SPREAD = 20e-4
"""Standard deviation of the log of the value over the price as an episode begins."""
_GAP, _TIME, _HELD, _MOVED = 0, 1, 11, 12
"""Places of the game's own observations."""
_HALF = 1e-4
"""Gap above which the rules trade, as a log: about half a spread of the default market."""


class Insider(MarketGame):
    """One insider a market; ``side`` is the sign of what it knows.

    The value is drawn anew in each episode, log-normal about the price then; nobody else knows it
    and nothing draws the price there. The insider sees how far the price is from it (in
    :data:`SPREAD`), the time left, its position, how far the price has moved, and of the market
    volatility, spread, imbalance and returns. It waits, or trades 10 or 40 lots at once on the side
    of what it knows, up to a position of 480, and is paid the value for them: a round is worth the
    lots traded times the value less what was paid, over 480 lots times the spread of values, in
    tenths.
    """

    size = 20
    limit = 480
    orders = (0.0, 0.5, 2.0)

    def __init__(
        self,
        num_envs: int,
        scenario: Scenario | Path | str = "calm",
        episode_seconds: float = EPISODE,
        seed: int = 0,
    ) -> None:
        self.value = np.ones(num_envs)
        super().__init__(num_envs, scenario, episode_seconds, seed)

    def begin(self, seats: slice, random: np.random.Generator) -> None:
        """Draw what the shares are worth."""
        known = SPREAD * random.standard_normal()
        self.value[seats] = self.mid[seats] * np.exp(known)
        self.side[seats] = 1.0 if known > 0.0 else -1.0

    def look(self, out: np.ndarray) -> None:
        """See the class."""
        out[:, _GAP] = self.side * np.log(self.value / self.mid) / SPREAD
        out[:, _TIME] = 1.0 - self.played / self.rounds
        out[:, _HELD] = self.lots / self.limit
        out[:, _MOVED] = self.side * np.log(self.mid / self.first_mid) / SPREAD

    def rewards(
        self,
        lots: np.ndarray,
        got: np.ndarray,
        at_value: np.ndarray,
        mid: np.ndarray,
        over: np.ndarray,
    ) -> np.ndarray:
        """See the class."""
        worth: np.ndarray = got + self.side * self.value * lots
        return 10.0 * worth / (self.limit * self.value * SPREAD)


def insider(num_envs: int, *, scenario: str, episode_seconds: float, seed: int) -> Insider:
    """For trainings."""
    return Insider(num_envs, scenario, episode_seconds, seed)


def at_once(observations: np.ndarray) -> np.ndarray:
    """Trade the larger order whenever the price is not there yet, until the position is full."""
    wanted = observations[:, _GAP] * SPREAD > _HALF
    return np.where(wanted, 2, 0)


def evenly(observations: np.ndarray) -> np.ndarray:
    """As :func:`at_once`, but no more of the position than the time that is over."""
    behind = observations[:, _HELD] < 1.0 - observations[:, _TIME]
    return np.where(behind, np.minimum(at_once(observations), 1), 0)


RULES: Mapping[str, Decide] = {"at once": at_once, "evenly": evenly}
"""Rules that play beside models, by name."""

EPISODES = 6
"""Of a market."""


def play(decide: Decide, scenario: Scenario, seeds: Sequence[int]) -> pd.DataFrame:
    """A row for each market, of :data:`EPISODES` episodes one after the other.

    ``first_tenth`` and ``first_half`` are the shares of the lots held at the end that were held
    after so much of the time, ``lots`` those at the end of an episode, ``profit_bp`` basis points
    of a full position at its value.

    A share is of sums over episodes: a position of next to nothing has no share to speak of. NaN
    if on the whole nothing is held on the side of what is known.
    """
    env = Insider(len(seeds), scenario)
    tenth, half = env.rounds // 10, env.rounds // 2
    held = np.zeros((3, len(seeds)))
    profit = np.zeros(len(seeds))
    try:
        seen, _ = env.reset(seed=list(seeds))
        for _ in range(EPISODES):
            for now in range(1, env.rounds + 1):
                seen, rewards, *_ = env.step(decide(seen))
                profit += rewards
                for row, at in enumerate((tenth, half, env.rounds)):
                    if now == at:
                        held[row] += env.lots
            seen = begin_next(env)
    finally:
        env.close()
    last = np.where(held[2] > 0.0, held[2], np.nan)
    return pd.DataFrame(
        {
            "seed": list(seeds),
            "first_tenth": held[0] / last,
            "first_half": held[1] / last,
            "lots": held[2] / EPISODES,
            "profit_bp": profit / EPISODES * SPREAD * 1e4 / 10.0,
        }
    )
