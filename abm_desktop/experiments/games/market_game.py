"""Learners in simulated markets, in episodes with an end that they know: what games share.

A slot is one seat in one market; slots are ordered by market. Autoreset is NEXT_STEP, as of
:class:`.SlotVectorEnv`, which holds the markets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.envs.core import as_scenario
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.envs.spaces import OBSERVATION_BOUND, action_space, observation_space
from abm_desktop.inputs import InputError
from abm_desktop.market.roles import RoleSizes
from abm_desktop.market.roles.numbers import MULTIPLES
from abm_desktop.scenario import Scenario

__all__ = ["PLACES", "STEP", "Decide", "MarketGame", "begin_next"]

Decide = Callable[[np.ndarray], np.ndarray]
"""From what is seen, float32 (slots, 13), to actions, int (slots,)."""

STEP = 5.0
"""Simulated seconds between two decisions."""
_ROLE = "sizing"
PLACES = slice(2, 11)
"""What a seat sees of the market at most, by its place among the 13 observations of a directional
trader, which it keeps: volatility, spread, imbalance and six returns. The others are the game's."""
_SIGNED = slice(4, 11)
"""Those of them that change their sign for who sells."""


class MarketGame(gym.vector.VectorEnv[np.ndarray, np.ndarray, np.ndarray]):
    """``num_envs`` seats in markets of ``seats`` each. A game says what they see and are paid.

    Everything is turned to a seat's own side: ``side`` is 1 or -1, a lot traded is one bought by
    who buys and one sold by who sells, and a price that rose for a buyer fell for a seller.

    Args:
        num_envs: slots, a multiple of ``seats``.
        scenario: the market.
        episode_seconds: simulated length of an episode.
        seed: of the markets, and of what a game draws.

    Raises:
        InputError: for another number of slots, or what the markets refuse.
    """

    seats: ClassVar[int] = 1
    size: ClassVar[int]
    """Lots of the usual order."""
    limit: ClassVar[int]
    """Lots of the largest position."""
    orders: ClassVar[tuple[float, float, float]]
    """What the three actions trade on the own side, in usual orders: of -2, -1, -0.5, 0, 0.5, 1
    and 2."""

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int,
        scenario: Scenario | Path | str = "calm",
        episode_seconds: float = 600.0,
        seed: int = 0,
    ) -> None:
        if num_envs % self.seats:
            raise InputError(
                f"must be a multiple of {self.seats}, the seats of a market, not {num_envs}",
                key="num_envs",
            )
        market = as_scenario(scenario)
        self.lot = float(market.market.lot)
        weights = RewardWeights(inventory_cost=0.0, clip=1e12, at_value=True)
        self._market = SharedMarketVectorEnv(
            num_envs // self.seats,
            market,
            traders=self.seats,
            role=_ROLE,
            episode_seconds=episode_seconds,
            seed=seed,
            step=STEP,
            threads=1,
            settings=RoleSettings(
                RoleSizes(quote_size=self.size), self.limit, rewards={_ROLE: weights}
            ),
        )
        self.num_envs, self.markets = num_envs, num_envs // self.seats
        self.rounds = round(episode_seconds / STEP)
        self.single_observation_space = observation_space()
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seed = seed
        self._random = [np.random.default_rng([seed, k]) for k in range(self.markets)]
        self._orders = np.array(self.orders)
        self.side = np.ones(num_envs)
        self.played = np.zeros(num_envs, np.int64)
        """Rounds since the episode began."""
        self.lots = np.zeros(num_envs)
        """Lots traded on the own side since then."""
        self.mid = np.ones(num_envs)
        self.first_mid = np.ones(num_envs)
        self.cash = np.zeros(num_envs)
        self._over = np.zeros(num_envs, np.bool_)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode everywhere; a list of seeds has one a market."""
        seeds = [self._seed if seed is None else seed] if not isinstance(seed, list) else seed
        if len(seeds) == 1:
            seeds = [int(seeds[0] or 0) + k for k in range(self.markets)]
        self._random = [np.random.default_rng([int(s or 0), 0x6A]) for s in seeds]
        seen, _ = self._market.reset(seed=list(seeds))
        self._begin(np.ones(self.num_envs, np.bool_))
        return self._observed(seen), {}

    def step(
        self, actions: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """One decision of every seat; actions int (slots,)."""
        resetting = self._over
        times = self._orders[self.allowed(np.asarray(actions))] * self.side
        chosen = np.searchsorted(MULTIPLES, times)
        before, mid = self.lots.copy(), self.mid
        seen, at_value, _, over, _ = self._market.step(chosen)
        accounts = self._market.accounts()
        self.mid, cash = accounts["mid"].copy(), accounts["cash"].copy()
        self.lots = self.side * accounts["inventory"]
        got = (cash - self.cash) / self.lot
        self.cash = cash
        self.played += 1
        rewards = np.where(
            resetting, 0.0, self.rewards(self.lots - before, got, at_value, mid, over)
        )
        self._over = over
        if resetting.any():
            self._begin(resetting)
        return (
            self._observed(seen),
            rewards.astype(np.float32),
            over,  # the end is one of the game, and nothing comes after it
            np.zeros(self.num_envs, np.bool_),
            {},
        )

    def _begin(self, slots: np.ndarray) -> None:
        accounts = self._market.accounts()
        self.mid = accounts["mid"].copy()
        self.first_mid = np.where(slots, self.mid, self.first_mid)
        self.played = np.where(slots, 0, self.played)
        self.lots = np.where(slots, 0.0, self.lots)
        self.cash = np.where(slots, accounts["cash"], self.cash)
        for k in np.flatnonzero(slots[:: self.seats]):
            self.begin(slice(k * self.seats, (k + 1) * self.seats), self._random[k])

    def _observed(self, seen: np.ndarray) -> np.ndarray:
        out = np.zeros((self.num_envs, 13), np.float32)
        out[:, PLACES] = seen[:, PLACES]
        out[:, _SIGNED] *= self.side[:, None]
        self.look(out)
        np.clip(out, -OBSERVATION_BOUND, OBSERVATION_BOUND, out=out)
        return out

    def allowed(self, actions: np.ndarray) -> np.ndarray:
        """The actions that are carried out in the place of these, int (slots,)."""
        return actions

    def begin(self, seats: slice, random: np.random.Generator) -> None:
        """Draw what is drawn for the seats of one market, as an episode begins."""
        raise NotImplementedError

    def look(self, out: np.ndarray) -> None:
        """Write the game's own observations into float32 (slots, 13), or take others out."""
        raise NotImplementedError

    def rewards(
        self,
        lots: np.ndarray,
        got: np.ndarray,
        at_value: np.ndarray,
        mid: np.ndarray,
        over: np.ndarray,
    ) -> np.ndarray:
        """What the seats are paid for a round, (slots,).

        Args:
            lots: traded on the own side.
            got: change of the cash, in prices times lots; below 0 for who bought.
            at_value: what the trades were worth at the value, per unit of risk.
            mid: before the round.
            over: whether the episode ends with it.
        """
        raise NotImplementedError

    def close_extras(self, **kwargs: Any) -> None:
        """End the threads of the markets."""
        if hasattr(self, "_market"):
            self._market.close()


def begin_next(game: MarketGame) -> np.ndarray:
    """Let the step pass that begins the next episode; what is seen then."""
    seen: np.ndarray = game.step(np.zeros(game.num_envs, np.int64))[0]
    return seen
