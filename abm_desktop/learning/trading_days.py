"""Let a rule trade through many held-out market days at once, and measure what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.envs import MarketVectorEnv
from abm_desktop.learning.baselines import Rule
from abm_desktop.scenario import Scenario

HELD_OUT = 900_000_000
"""Base of the seeds of evaluations; trainings take theirs from far below."""

STEP = 5.0
"""Simulated seconds between two decisions."""

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
    observations, _ = env.reset(seed=HELD_OUT + seed)
    taken = np.empty((decisions, days), np.int8)
    mids = np.empty((decisions, days))
    held = np.zeros((decisions + 1, days))
    peak, drawdown = np.zeros(days), np.zeros(days)
    seen = []
    account = env.accounts()
    for number in range(decisions):
        if number % max(1, decisions // 64) == 0:
            seen.append(observations[: min(days, 64)])
            if on_share is not None:
                on_share(number / decisions)
        taken[number] = rule(observations, number)
        mids[number] = account["mid"]
        observations, *_ = env.step(taken[number])
        account = env.accounts()
        held[number + 1] = account["inventory"]
        np.maximum(peak, account["equity"], out=peak)
        np.maximum(drawdown, peak - account["equity"], out=drawdown)
    pnl = account["liquidation"]
    env.close()
    moves = mids[_MINUTE:] - mids[:-_MINUTE]
    right = np.sign(moves) * (taken[: len(moves)].astype(np.int64) - 1)
    return TradingDays(
        pnl=pnl,
        drawdown=np.maximum(drawdown, peak - pnl),
        inventory=np.abs(held[1:]).mean(axis=0),
        traded=np.abs(np.diff(held, axis=0)).sum(axis=0),
        at_limit=(np.abs(held[:-1]) >= max_inventory).mean(axis=0),
        actions=np.bincount(taken.ravel(), minlength=3),
        hits=int((right > 0).sum()),
        misses=int((right < 0).sum()),
        observations=np.concatenate(seen),
    )


def decisions_of(hours: float) -> int:
    """Decisions in a day of ``hours`` hours."""
    return max(2 * _MINUTE, round(hours * 3600.0 / STEP))
