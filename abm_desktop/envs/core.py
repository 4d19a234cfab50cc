"""Many markets with one external RL trader each, stepped in one compiled call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.envs.checks import check_pace, check_sizes, market_seeds
from abm_desktop.envs.policy_traders import with_traders_of
from abm_desktop.envs.reward import RewardWeights, checked_weights
from abm_desktop.envs.room import check_room
from abm_desktop.envs.steps import begin_episode, step_markets
from abm_desktop.inputs import InputError, shown
from abm_desktop.market import arrays, opening, standstill, state
from abm_desktop.market.kernel import advance
from abm_desktop.market.named_policies import policies_of
from abm_desktop.scenario import Scenario, find_scenario, load_scenario
from abm_desktop.scenario.stress import STRESS_TYPES, stress_of_severity

__all__ = ["MarketCore", "as_scenario", "market_seeds"]

_NANO = 1_000_000_000
_FOREVER = 1 << 61
_MAX_ORDERS = 8192
_FRESH_AFTER = 23_400.0
"""Simulated seconds after which an environment's market is built anew with another seed."""
_START_SPREAD = 600.0
"""A fresh market runs on for up to this long after the warm-up, so that starts differ."""


def as_scenario(scenario: Scenario | Path | str) -> Scenario:
    """A scenario from itself, a file, or the name of a shipped one.

    Raises :class:`InputError` for anything else.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if not isinstance(scenario, str | Path):
        raise InputError(
            f"must be a Scenario, a file or a name, not {shown(scenario)}", key="scenario"
        )
    return load_scenario(find_scenario(str(scenario)))


class MarketCore:
    """The markets behind the environments; no Gymnasium here.

    Args:
        scenario: what each market is; its own stress events happen at their times after the open,
            and the traders of its ``[[rl]]`` groups trade along with the policies they have.
        num_envs: number of markets.
        episode_seconds: simulated length of an episode.
        stress_probability: chance that an episode has a random stress event of random severity.
        size, max_inventory, step, jitter: the external trader (lots, lots, s, share of the step).
        weights: the reward's weights.

    Raises:
        InputError: for a size or time out of its bounds, or of another type.
    """

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        num_envs: int = 1,
        *,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        size: int = 2,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        weights: RewardWeights | None = None,
    ) -> None:
        check_sizes(
            num_envs=num_envs,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            size=size,
            max_inventory=max_inventory,
        )
        check_pace(step, jitter, up_to=0.999)
        self._weights = checked_weights(weights).packed()
        self.scenario = as_scenario(scenario)
        self.num_envs = num_envs
        self.episode_seconds = episode_seconds
        self.stress_probability = stress_probability
        self._trader: dict[str, Any] = {
            "rl_size": size,
            "rl_max_inventory": max_inventory,
            "rl_step": step,
            "rl_jitter": jitter,
        }
        self._policies = policies_of(self.scenario)
        self._orders = min(self.scenario.market.max_orders, _MAX_ORDERS)
        self._blank = self._build(1)
        check_room(self._blank, num_envs)
        self._state = self._build(num_envs)
        self.agent = self._blank.agents.shape[1] - self._followers - 1
        self.observations = np.zeros((num_envs, state.N_FEATURES), np.float32)
        self._rewards = np.zeros(num_envs)
        self._over = np.zeros(num_envs, np.bool_)
        self._ends = np.zeros(num_envs, np.int64)
        self._fresh_at = np.zeros(num_envs, np.int64)
        self._random = [np.random.default_rng(k) for k in range(num_envs)]
        self._open = np.zeros(num_envs, np.bool_)

    def _build(self, markets: int) -> arrays.Markets:
        """The arrays of this many markets, none of them open."""
        built = opening.build(
            self.scenario,
            markets=markets,
            external=1,
            sample_rows=1,
            trade_rows=self._orders,
            max_orders=self._orders,
            **self._trader,
        )
        return with_traders_of(self.scenario, built, self._policies)

    @property
    def _followers(self) -> int:
        """Number of the scenario's own RL traders, which stand behind the external ones."""
        return sum(group.count for group in self.scenario.rl)

    def set_weights(self, weights: RewardWeights) -> None:
        """Reward the steps from now on by other weights."""
        self._weights = checked_weights(weights).packed()

    def seed(self, seeds: list[int]) -> None:
        """Give every market its own seed; the next reset builds them anew."""
        self._random = [np.random.default_rng(s) for s in seeds]
        self._open[:] = False

    def reset(self, k: int, seconds: float | None = None) -> None:
        """Begin an episode, of ``seconds`` where given; writes row ``k`` of ``observations``."""
        if not self._open[k] or self._state.market[k]["now"] >= self._fresh_at[k]:
            self._open_market(k)
        m = self._state.market[k]
        self._ends[k] = m["now"] + round((seconds or self.episode_seconds) * _NANO)
        if self.stress_probability and self._random[k].random() < self.stress_probability:
            self._plan_stress(k)
        self._begin(k)
        self._over[k] = False

    def _begin(self, k: int) -> None:
        begin_episode(self._state, k, self.agent, self.observations[k])

    def _open_market(self, k: int) -> None:
        for blank, array in zip(self._blank, self._state, strict=True):
            array[k] = blank[0]
        random = self._random[k]
        opening.open_market(self._state, k, random.integers(1 << 62, dtype=np.uint64), _FOREVER)
        m = self._state.market[k]
        m["record_trades"] = 0
        m["next_sample"] = _FOREVER
        warm_up = round(self.scenario.market.warm_up * _NANO)
        for event in self.scenario.stress:
            opening.plan_stress(self._state, k, event, warm_up + round(event.at * _NANO))
        until = warm_up + round(random.uniform(0.0, _START_SPREAD) * _NANO)
        self._run_in(k, until)
        self._fresh_at[k] = until + round(_FRESH_AFTER * _NANO)
        self._open[k] = True

    def _run_in(self, k: int, until: int) -> None:
        """Run market ``k`` to the time ``until`` (ns), and on to a decision."""
        m = self._state.market[k]
        while m["now"] < until:  # the external trader holds until its first episode
            m["action"] = 1
            advance(self._state, k, until, 0)
            standstill.check(self._state)
        m["action"] = 1
        advance(self._state, k, _FOREVER, 0)  # on to a decision
        standstill.check(self._state)

    def _plan_stress(self, k: int) -> None:
        random = self._random[k]
        kind = list(STRESS_TYPES)[random.integers(len(STRESS_TYPES))]
        event = stress_of_severity(kind, random.uniform(0.25, 1.0))
        at = random.uniform(0.0, 0.6) * self.episode_seconds
        start = int(self._state.market[k]["now"]) + round(at * _NANO)
        opening.plan_stress(self._state, k, event, start)
        # The market after a crash is not a usual one: the next episode gets another.
        self._fresh_at[k] = 0

    def step(self, actions: np.ndarray, skip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Act in every market that is not skipped: actions int (n,) -> rewards, over, both (n,)."""
        self._rewards[:] = 0.0
        step_markets(
            self._state,
            self.agent,
            actions,
            skip,
            self._weights,
            self._ends,
            self.observations,
            self._rewards,
            self._over,
        )
        standstill.check(self._state)
        return self._rewards, self._over

    @property
    def events(self) -> np.ndarray:
        """Book events of every market so far, int64 (n,)."""
        return self._state.market["messages"].copy()

    def first_episode_seconds(self, k: int) -> float:
        """A random length for market ``k``'s first episode, so that episodes end spread in time."""
        return float(self._random[k].uniform(0.1, 1.0)) * self.episode_seconds

    def accounts(self) -> dict[str, np.ndarray]:
        """Every external trader's account, float64 (n,) each, money in currency.

        ``equity`` values the inventory (lots) at the middle, ``liquidation`` at the touch: what
        closing it would bring.
        """
        a, m = self._state.agents[:, self.agent], self._state.market
        tick = self.scenario.market.tick_size
        unit = tick * self.scenario.market.lot
        cash, held = a["cash"].astype(np.float64), a["inventory"].astype(np.float64)
        mid = m["mid"].astype(np.float64)
        bid = np.where(m["best_bid"] >= 0, m["best_bid"], mid)
        ask = np.where(m["best_ask"] < m["ladder"], m["best_ask"], mid)
        return {
            "mid": mid * tick,
            "inventory": held,
            "equity": (cash + held * mid) * unit,
            "liquidation": (cash + held * np.where(held > 0, bid, ask)) * unit,
        }

    def account(self, k: int) -> dict[str, float]:
        """The external trader of market ``k``: cash and equity in currency, inventory in lots."""
        a, m = self._state.agents[k, self.agent], self._state.market[k]
        unit = self.scenario.market.tick_size * self.scenario.market.lot
        return {
            "time": float(m["now"]) / _NANO - self.scenario.market.warm_up,
            "mid": float(m["mid"]) * self.scenario.market.tick_size,
            "inventory": float(a["inventory"]),
            "cash": float(a["cash"]) * unit,
            "equity": (float(a["cash"]) + float(a["inventory"]) * float(m["mid"])) * unit,
        }
