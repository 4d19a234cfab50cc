"""Simple traders with the size, the costs and the view of an RL trader, to compare it with.

A rule is called with the observations of all markets, float32 (n, 13), and the number of the
decision, and returns actions, int64 (n,): 0 SELL, 1 HOLD, 2 BUY. The first call of an evaluation
has number 0, at which a rule that remembers begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.policy import BUY_ACTION, HOLD_ACTION, SELL_ACTION, PolicyNet

Rule = Callable[[np.ndarray, int], np.ndarray]

_VALUE = OBSERVATION_NAMES.index("fundamental gap")
_IMBALANCE = OBSERVATION_NAMES.index("order-book imbalance")
_MINUTE = OBSERVATION_NAMES.index("return 60 s")
_INVENTORY = OBSERVATION_NAMES.index("inventory")


def _follow(signal: np.ndarray, threshold: float) -> np.ndarray:
    """BUY above the threshold, SELL below its negative, else HOLD."""
    actions = np.full(len(signal), HOLD_ACTION)
    actions[signal > threshold] = BUY_ACTION
    actions[signal < -threshold] = SELL_ACTION
    return actions


@dataclass
class Random:
    """Every action with the same chance."""

    seed: int = 0
    _random: np.random.Generator = field(init=False)

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        if number == 0:
            self._random = np.random.default_rng(self.seed)
        return self._random.integers(0, 3, len(observations))


@dataclass(frozen=True)
class Policy:
    """A trained policy; with ``sampled`` it draws its actions as it did in training."""

    policy: PolicyNet
    sampled: bool = False
    seed: int = 0

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        logits = self.policy.logits(observations)
        if self.sampled:
            random = np.random.default_rng([self.seed, number])
            logits = logits + random.gumbel(size=logits.shape)
        return logits.argmax(axis=1)


def baselines(decisions: int, seed: int = 0) -> dict[str, Rule]:
    """The rules by name, for episodes of ``decisions`` decisions."""

    def hold(observations: np.ndarray, number: int) -> np.ndarray:
        return np.full(len(observations), HOLD_ACTION)

    def buy_and_hold(observations: np.ndarray, number: int) -> np.ndarray:
        return np.full(len(observations), BUY_ACTION)

    def in_and_out(observations: np.ndarray, number: int) -> np.ndarray:
        # Evenly in over the first half, evenly out over the second, 20 orders each.
        every = max(1, decisions // 40)
        if number % every:
            return hold(observations, number)
        action = BUY_ACTION if number < decisions // 2 else SELL_ACTION
        held = observations[:, _INVENTORY] > 0.0
        return np.where((action == BUY_ACTION) | held, action, HOLD_ACTION)

    return {
        "hold": hold,
        "random": Random(seed),
        "buy and hold": buy_and_hold,
        "TWAP in and out": in_and_out,
        "momentum 60 s": lambda o, _: _follow(o[:, _MINUTE], 1.0),
        "mean reversion 60 s": lambda o, _: _follow(-o[:, _MINUTE], 1.0),
        "order-book imbalance": lambda o, _: _follow(o[:, _IMBALANCE], 0.3),
        # Buys below and sells above the noisy fundamental value, the less the more it holds.
        "value": lambda o, _: _follow(o[:, _VALUE] - 2.0 * o[:, _INVENTORY], 3.0),
    }
