"""Let a rule trade through many held-out market days at once, and measure what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.envs import MarketVectorEnv
from abm_desktop.learning.baselines import Rule
from abm_desktop.scenario import Scenario

HELD_OUT = 900_000_000
"""Base of the seeds of evaluations; trainings take theirs from far below."""

STEP = 5.0
"""Simulated seconds between two decisions."""

SAMPLES = 64
"""Moments of a day of which the observations are kept."""

_MINUTE = round(60.0 / STEP)


@dataclass(frozen=True, slots=True)
class TradingDays:
    """What one rule did in n days. Money in currency, sizes in lots; arrays float64 (n,)."""

    pnl: np.ndarray
    """Profit and loss, the last position valued at the touch."""
    drawdown: np.ndarray
    """Largest fall of the equity from its highest value so far."""
    inventory: np.ndarray
    """Mean absolute inventory."""
    traded: np.ndarray
    """Lots bought and sold."""
    at_limit: np.ndarray
    """Share of the decisions taken with a full position."""
    actions: np.ndarray
    """int64 (3,): decisions to SELL, HOLD and BUY in all days together."""
    hits: int
    """Decisions to trade after which the price went the right way within a minute."""
    misses: int
    """... and the wrong way."""
    observations: np.ndarray
    """float32 (m, 13): a sample of what the rule saw."""

    @property
    def shares(self) -> np.ndarray:
        """Shares of SELL, HOLD and BUY, float64 (3,)."""
        shares: np.ndarray = self.actions / self.actions.sum()
        return shares

    @property
    def accuracy(self) -> float:
        """Share of hits; NaN where the rule never traded."""
        total = self.hits + self.misses
        return self.hits / total if total else float("nan")


def trade_days(
    rule: Rule,
    scenario: Scenario | Path | str,
    *,
    days: int = 32,
    hours: float = 6.5,
    seed: int = 0,
    max_inventory: int = 40,
    on_share: Callable[[float], None] | None = None,
) -> TradingDays:
    """Trade ``days`` days of ``hours`` simulated hours each, one market a day.

    The same ``seed`` gives every rule the same markets at the start of its day. ``on_share`` hears
    the finished share now and then.
    """
    decisions = decisions_of(hours)
    # Longer than needed: an episode that ended inside would begin another day.
    env = MarketVectorEnv(
        days, scenario, episode_seconds=1.5 * hours * 3600.0, max_inventory=max_inventory, step=STEP
    )
    ledger = _Ledger(decisions, days)
    observations, _ = env.reset(seed=HELD_OUT + seed)
    taken = np.empty((decisions, days), np.int8)
    seen = []
    for number in range(decisions):
        if ledger.note(number, env.accounts()):
            seen.append(observations[: min(days, 64)])
            if on_share is not None:
                on_share(number / decisions)
        taken[number] = rule(observations, number)
        observations, *_ = env.step(taken[number])
    account = env.accounts()
    env.close()
    moves = ledger.mids[_MINUTE:] - ledger.mids[:-_MINUTE]
    right = np.sign(moves) * (taken[: len(moves)].astype(np.int64) - 1)
    return ledger.days(
        account,
        max_inventory,
        actions=np.bincount(taken.ravel(), minlength=3),
        hits=int((right > 0).sum()),
        misses=int((right < 0).sum()),
        observations=np.concatenate(seen),
    )


class _Ledger:
    """What is written down at every decision of n days."""

    def __init__(self, decisions: int, days: int) -> None:
        self.mids = np.empty((decisions, days))
        self.held = np.zeros((decisions + 1, days))
        self._peak, self._drawdown = np.zeros(days), np.zeros(days)
        self._every = max(1, decisions // SAMPLES)

    def note(self, number: int, account: dict[str, np.ndarray]) -> bool:
        """Before decision ``number``; returns whether it is one of about 64 of the day."""
        self.mids[number] = account["mid"]
        self._value(number, account)
        return number % self._every == 0

    def _value(self, number: int, account: dict[str, np.ndarray]) -> None:
        self.held[number] = account["inventory"]
        np.maximum(self._peak, account["equity"], out=self._peak)
        np.maximum(self._drawdown, self._peak - account["equity"], out=self._drawdown)

    def days(
        self, account: dict[str, np.ndarray], max_inventory: int, **others: Any
    ) -> TradingDays:
        """The measures, ``account`` being that at the end."""
        self._value(len(self.held) - 1, account)
        pnl = account["liquidation"]
        return TradingDays(
            pnl=pnl,
            drawdown=np.maximum(self._drawdown, self._peak - pnl),
            inventory=np.abs(self.held[1:]).mean(axis=0),
            traded=np.abs(np.diff(self.held, axis=0)).sum(axis=0),
            at_limit=(np.abs(self.held[:-1]) >= max_inventory).mean(axis=0),
            **others,
        )


def decisions_of(hours: float) -> int:
    """Decisions in a day of ``hours`` hours."""
    return max(2 * _MINUTE, round(hours * 3600.0 / STEP))
