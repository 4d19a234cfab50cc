"""The directional trader: it sells, holds or buys a few lots with immediate orders.

Accepted if its median day earns money, it beats random trading (paired Wilcoxon, p < 0.01),
order-book imbalance and momentum, its mean position stays below half the limit, and half of the
profit at least does not come from leaning to one side: it is left without what the mean position
earned of the market's moves, and to the policy made symmetric. It need not beat the value rule,
which knows what to look at; the ratio is reported. Nor the market maker of Avellaneda and Stoikov
(2008), which earns the spread that immediate orders pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from abm_desktop.market.roles.judged import (
    MAX_INVENTORY,
    MINUTE,
    RANDOM,
    Check,
    Column,
    Contender,
    Judged,
    Rule,
    cell,
    drawdown,
)
from abm_desktop.market.roles.maker import AVELLANEDA_STOIKOV, AvellanedaStoikov
from abm_desktop.market.roles.numbers import BUY_ACTION as BUY
from abm_desktop.market.roles.numbers import DIRECTIONAL, OBSERVATION_NAMES
from abm_desktop.market.roles.numbers import HOLD_ACTION as HOLD
from abm_desktop.market.roles.numbers import SELL_ACTION as SELL
from abm_desktop.market.roles.role import Mirror, Role
from abm_desktop.market.roles.sizes import RoleSizes

__all__ = ["ACTION_NAMES", "Directional", "mirrored_market", "rules"]

ACTION_NAMES = ("SELL", "HOLD", "BUY")

_VALUE = OBSERVATION_NAMES.index("fundamental gap")
_IMBALANCE = OBSERVATION_NAMES.index("order-book imbalance")
_MINUTE_RETURN = OBSERVATION_NAMES.index("return 60 s")
_INVENTORY = OBSERVATION_NAMES.index("inventory")
_NULLS = ("hold", "buy and hold")


class Directional(Role):
    """Sells, holds or buys."""

    name = "directional"
    code = DIRECTIONAL
    noun = "a directional trader"
    summary = "sells, holds or buys"
    is_default = True
    actions: ClassVar[tuple[str, ...]] = ACTION_NAMES
    idle = HOLD
    side_names = ACTION_NAMES
    sides: ClassVar[tuple[int, ...]] = (0, 1, 2)
    side_colors = ("ask", "muted", "bid")
    own_clock = True
    remembers = False
    dose = "taken"
    share_title = "sell/hold/buy"
    own_columns: ClassVar[tuple[Column, ...]] = (("right", cell("accuracy", ".1%")),)
    names_action = False

    def recipe(self, algorithm: str) -> str:
        """Every algorithm has one of its name."""
        return algorithm

    def mirror(self) -> Mirror:
        """SELL becomes BUY."""
        return Mirror(*mirrored_market(len(self.observations)), np.array([BUY, HOLD, SELL]))

    def greedy(self, logits: np.ndarray, symmetric: bool) -> np.ndarray:
        """Who would as soon sell as buy, and rather than hold, holds.

        So nothing is left of a policy that always buys, once it is made symmetric.
        """
        chosen: np.ndarray = logits.argmax(axis=1)
        if symmetric:
            # Sums of other orders: equal but for rounding.
            near = 1e-5 * np.maximum(1.0, np.abs(logits).max(axis=1))
            tied = np.abs(logits[:, SELL] - logits[:, BUY]) <= near
            chosen[tied & (chosen != HOLD)] = HOLD
        return chosen

    def contenders(self, decisions: int, seed: int) -> dict[str, Contender]:
        """Simple rules with the same size, costs and view; a maker is reported beside them."""
        maker = AvellanedaStoikov(max_inventory=MAX_INVENTORY)
        own = {name: Contender(rule) for name, rule in rules(decisions, seed).items()}
        return own | {AVELLANEDA_STOIKOV: Contender(maker, "maker")}

    def measure(
        self,
        accounts: Mapping[str, np.ndarray],
        taken: np.ndarray,
        *,
        lot: float,
        max_inventory: int,
        sizes: RoleSizes,
    ) -> dict[str, Any]:
        """Decisions to SELL, HOLD and BUY, and whether the price then went the right way."""
        held, mid, pnl = accounts["inventory"], accounts["mid"][:-1], accounts["liquidation"][-1]
        moves = mid[MINUTE:] - mid[:-MINUTE]
        right = np.sign(moves) * (taken[: len(moves)] - 1)
        return {
            "pnl": pnl,
            "drawdown": drawdown(accounts["equity"], pnl),
            "traded": np.abs(np.diff(held, axis=0)).sum(axis=0),
            "at_limit": (np.abs(held[:-1]) >= max_inventory).mean(axis=0),
            "actions": np.bincount(taken.ravel(), minlength=3),
            "hits": int((right > 0).sum()),
            "misses": int((right < 0).sum()),
        }

    def checks(self, judged: Judged) -> list[Check]:
        """See the module."""
        return [
            judged.median_day(),
            judged.beats_random(),
            judged.ahead_of("order-book imbalance"),
            judged.ahead_of("momentum 60 s"),
            judged.small_position(),
            *judged.neutral(),
        ]

    def flags(self, judged: Judged) -> tuple[list[str], list[str]]:
        """It hardly trades, is full, or earns what holding earns."""
        agent, random = judged.agent, judged.results[RANDOM]
        first = []
        if agent.pnl.std() < 0.05 * random.pnl.std():
            first.append("the profit hardly varies: it hardly trades")
        if agent.traded.mean() / 2.0 < 6.0 * judged.hours:
            first.append("less than one trade in ten minutes")
        if agent.at_limit.mean() > 0.5:
            first.append("the position is full more than half of the time")
        margin = 0.2 * float(random.pnl.std())
        last = [
            f"its profit cannot be told from that of {name}"
            for name in _NULLS
            if judged.surely_within(agent.pnl - judged.results[name].pnl, margin)
        ]
        return first, last


def mirrored_market(width: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and signs of ``width`` observations in the mirror image of a market.

    Volatility and spread have no sides and stay; all others change their sign.
    """
    signs = np.full(width, -1.0, np.float32)
    signs[2:4] = 1.0
    return np.arange(width), signs


class _Random:
    """Every action with the same chance."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = np.random.default_rng(seed)

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        if number == 0:
            self._random = np.random.default_rng(self._seed)
        return self._random.integers(0, 3, len(observations))


class _ValueWithMemory:
    """Follows the running mean of the fundamental gap, over forty seconds.

    A single look at the value is off by more than there is to be earned. Both numbers are from
    the middle of the best of seventy pairs, on days of trainings (docs/learning.md).
    """

    DECISIONS = 8
    """Over which the mean runs."""
    THRESHOLD = 0.8

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        if number == 0:
            self._mean = np.zeros(len(observations))
        self._mean += (observations[:, _VALUE] - self._mean) / self.DECISIONS
        return _follow(self._mean, self.THRESHOLD)


def _follow(signal: np.ndarray, threshold: float) -> np.ndarray:
    """BUY above the threshold, SELL below its negative, else HOLD."""
    actions = np.full(len(signal), HOLD)
    actions[signal > threshold] = BUY
    actions[signal < -threshold] = SELL
    return actions


def rules(decisions: int, seed: int = 0) -> dict[str, Rule]:
    """Simple traders by name, for days of ``decisions`` decisions."""

    def hold(observations: np.ndarray, number: int) -> np.ndarray:
        return np.full(len(observations), HOLD)

    def buy_and_hold(observations: np.ndarray, number: int) -> np.ndarray:
        return np.full(len(observations), BUY)

    def in_and_out(observations: np.ndarray, number: int) -> np.ndarray:
        # Evenly in over the first half, evenly out over the second, 20 orders each.
        every = max(1, decisions // 40)
        if number % every:
            return hold(observations, number)
        action = BUY if number < decisions // 2 else SELL
        held = observations[:, _INVENTORY] > 0.0
        return np.where((action == BUY) | held, action, HOLD)

    return {
        "hold": hold,
        RANDOM: _Random(seed),
        "buy and hold": buy_and_hold,
        "TWAP in and out": in_and_out,
        "momentum 60 s": lambda o, _: _follow(o[:, _MINUTE_RETURN], 1.0),
        "mean reversion 60 s": lambda o, _: _follow(-o[:, _MINUTE_RETURN], 1.0),
        "order-book imbalance": lambda o, _: _follow(o[:, _IMBALANCE], 0.3),
        # Buys below and sells above the noisy fundamental value, the less the more it holds.
        "value with memory": _ValueWithMemory(),
        "value": lambda o, _: _follow(o[:, _VALUE] - 2.0 * o[:, _INVENTORY], 3.0),
    }
