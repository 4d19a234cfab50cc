"""Let a rule trade through many held-out market days at once, and measure what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from abm_desktop.envs import MarketVectorEnv, SharedMarketVectorEnv
from abm_desktop.envs.core import as_scenario
from abm_desktop.learning.judging.baselines import Rule
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
    position: np.ndarray
    """Mean signed inventory: below 0 it was short."""
    move: np.ndarray
    """What a lot held from the first decision to the end earned."""

    @property
    def lean(self) -> float:
        """Mean signed inventory over all days: what it holds whatever the market does, lots."""
        return float(self.position.mean())

    @property
    def pnl_without_lean(self) -> np.ndarray:
        """Profit less what :attr:`lean`, held all day, earned of the market's move."""
        rest: np.ndarray = self.pnl - self.lean * self.move
        return rest

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


class Traded(NamedTuple):
    """What was noted while a rule traded n days of k decisions."""

    accounts: dict[str, np.ndarray]
    """float64 (k + 1, n) by name: before every decision, and at the end."""
    taken: np.ndarray
    """int64 (k, n): the actions."""
    observations: np.ndarray
    """float32 (m, width): a sample of what the rule saw."""


def trade(
    env: MarketVectorEnv | SharedMarketVectorEnv,
    rule: Rule,
    decisions: int,
    seed: int,
    on_share: Callable[[float], None] | None,
) -> Traded:
    """Let ``rule`` trade in every market of ``env``, which is closed afterwards.

    Episodes must be longer than ``decisions``: one that ended inside would begin another day.
    ``on_share`` hears the finished share now and then.
    """
    observations, _ = env.reset(seed=HELD_OUT + seed)
    rows, taken, seen = [], np.empty((decisions, env.num_envs), np.int64), []
    every = max(1, decisions // SAMPLES)
    for number in range(decisions):
        rows.append(env.accounts())
        if number % every == 0:
            seen.append(observations[: min(env.num_envs, 64)])
            if on_share is not None:
                on_share(number / decisions)
        taken[number] = rule(observations, number)
        observations, *_ = env.step(taken[number])
    rows.append(env.accounts())
    env.close()
    accounts = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return Traded(accounts, taken, np.concatenate(seen))


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
    market = as_scenario(scenario)
    env = MarketVectorEnv(
        days, market, episode_seconds=1.5 * hours * 3600.0, max_inventory=max_inventory, step=STEP
    )
    accounts, taken, seen = trade(env, rule, decisions_of(hours), seed, on_share)
    held, mid, pnl = accounts["inventory"], accounts["mid"][:-1], accounts["liquidation"][-1]
    moves = mid[_MINUTE:] - mid[:-_MINUTE]
    right = np.sign(moves) * (taken[: len(moves)] - 1)
    return TradingDays(
        pnl=pnl,
        drawdown=drawdown(accounts["equity"], pnl),
        inventory=np.abs(held[1:]).mean(axis=0),
        traded=np.abs(np.diff(held, axis=0)).sum(axis=0),
        at_limit=(np.abs(held[:-1]) >= max_inventory).mean(axis=0),
        actions=np.bincount(taken.ravel(), minlength=3),
        hits=int((right > 0).sum()),
        misses=int((right < 0).sum()),
        observations=seen,
        position=held[1:].mean(axis=0),
        move=move_of(accounts, market.market.lot),
    )


def move_of(accounts: dict[str, np.ndarray], lot: float) -> np.ndarray:
    """What a lot held from the first decision to the end earned, currency, float64 (n,)."""
    move: np.ndarray = (accounts["mid"][-1] - accounts["mid"][0]) * lot
    return move


def drawdown(path: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Largest fall below the highest value so far, (n,), of a path (k, n) and its ``end``."""
    values = np.concatenate([path, end[None]])
    fallen: np.ndarray = (np.maximum.accumulate(np.maximum(values, 0.0)) - values).max(axis=0)
    return fallen


def decisions_of(hours: float) -> int:
    """Decisions in a day of ``hours`` hours."""
    return max(2 * _MINUTE, round(hours * 3600.0 / STEP))
