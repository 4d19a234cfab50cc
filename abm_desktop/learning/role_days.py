"""Let a maker or executor trade through many held-out market days at once, and measure it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.envs import RoleSettings, SharedMarketVectorEnv
from abm_desktop.envs.core import as_scenario
from abm_desktop.learning.role_baselines import RoleRule
from abm_desktop.learning.trading_days import (
    HELD_OUT,
    SAMPLES,
    STEP,
    TradingDays,
    decisions_of,
)
from abm_desktop.market.roles import (
    ASK_DISTANCES,
    BID_DISTANCES,
    CLOSE_ACTION,
    PARENT,
    Role,
    action_names,
    action_sides,
)
from abm_desktop.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RoleDays(TradingDays):
    """What one maker or executor did in n days.

    A maker's ``actions`` are the decisions after which its inventory had fallen, stayed and risen;
    an executor's those to trade slower than an even schedule, on it, and faster. Neither predicts
    anything, so there are no hits. An executor's ``pnl`` is minus its implementation shortfall.
    """

    taken: np.ndarray
    """int64 (actions,): how often it took each action of its role."""
    measures: dict[str, float]
    """What only this role has, by name; NaN where it is not known.

    Maker: ``spread``, currency a day that its trades earned, valued at the mid at the end of their
    step of 5 s; ``position``, currency a day that its positions earned; ``skew``, slope of the mean
    of its quotes (halves of the average spread off the mid) on its inventory (share of the limit);
    ``closes``, share of the decisions to close at market. Executor: ``shortfall``, ticks a lot;
    ``unfinished``, share of the lots.
    """


def role_days(
    rule: RoleRule,
    role: Role,
    scenario: Scenario | Path | str,
    *,
    days: int = 32,
    hours: float = 6.5,
    seed: int = 0,
    max_inventory: int = 40,
    on_share: Callable[[float], None] | None = None,
) -> RoleDays:
    """Trade ``days`` days of ``hours`` simulated hours each, one market a day.

    The same ``seed`` gives every rule the same markets at the start of its day, and executors the
    same sides of their parent orders. A maker has the position limit of a directional trader.
    """
    decisions = decisions_of(hours)
    market = as_scenario(scenario)
    # Longer than needed: an episode that ended inside would begin another day.
    env = SharedMarketVectorEnv(
        days,
        market,
        traders=1,
        role=role,
        episode_seconds=1.5 * hours * 3600.0,
        step=STEP,
        settings=RoleSettings(max_inventory=max_inventory),
    )
    accounts = {
        name: np.empty((decisions + 1, days))
        for name in ("mid", "inventory", "cash", "equity", "profit")
    }
    taken = np.empty((decisions, days), np.int64)
    seen, every = [], max(1, decisions // SAMPLES)
    observations, _ = env.reset(seed=HELD_OUT + seed)
    for number in range(decisions):
        _note(accounts, number, env.accounts())
        if number % every == 0:
            seen.append(observations[: min(days, 64)])
            if on_share is not None:
                on_share(number / decisions)
        taken[number] = rule(observations, number)
        observations, *_ = env.step(taken[number])
    last = env.accounts()
    _note(accounts, decisions, last)
    env.close()
    lot = float(market.market.lot)
    if role == "maker":
        own = _of_maker(accounts, last, taken, lot, max_inventory)
    else:
        own = _of_executor(accounts, last, taken, lot * market.market.tick_size)
    return RoleDays(
        inventory=np.abs(accounts["inventory"][1:]).mean(axis=0),
        hits=0,
        misses=0,
        observations=np.concatenate(seen),
        taken=np.bincount(taken.ravel(), minlength=len(action_names(role))),
        **own,
    )


def _note(accounts: dict[str, np.ndarray], number: int, account: dict[str, np.ndarray]) -> None:
    for name, rows in accounts.items():
        rows[number] = account[name]


def _of_maker(
    accounts: dict[str, np.ndarray],
    last: dict[str, np.ndarray],
    taken: np.ndarray,
    lot: float,
    max_inventory: int,
) -> dict[str, Any]:
    """What is measured of makers in their own way, as fields of :class:`RoleDays`."""
    held, equity, pnl = accounts["inventory"], accounts["equity"], last["liquidation"]
    bought = np.diff(held, axis=0)
    spread = (np.diff(accounts["cash"], axis=0) + bought * accounts["mid"][1:] * lot).sum(axis=0)
    moved = np.sign(bought).astype(np.int64)
    return {
        "pnl": pnl,
        "drawdown": _drawdown(equity, pnl),
        "traded": np.abs(bought).sum(axis=0),
        "at_limit": (np.abs(held[:-1]) >= max_inventory).mean(axis=0),
        "actions": np.bincount((moved + 1).ravel(), minlength=3),
        "measures": {
            "spread": float(spread.mean()),
            "position": float((pnl - spread).mean()),
            "skew": skew_of(taken, held[:-1] / max_inventory),
            "closes": float((taken == CLOSE_ACTION).mean()),
        },
    }


def _of_executor(
    accounts: dict[str, np.ndarray],
    last: dict[str, np.ndarray],
    taken: np.ndarray,
    tick_value: float,
) -> dict[str, Any]:
    """The same of executors; ``tick_value`` is the currency that a tick of one lot is worth."""
    held, profit = accounts["inventory"], accounts["profit"]
    wanted = last["orders"] * PARENT
    done = wanted - last["left"] + np.abs(held[-1])
    sides = np.array(action_sides("executor"))[taken]
    lots = float(wanted.sum())
    return {
        "pnl": profit[-1],
        "drawdown": _drawdown(profit, profit[-1]),
        "traded": done,
        "at_limit": np.zeros(held.shape[1]),
        "actions": np.bincount(sides.ravel(), minlength=3),
        "measures": {
            "shortfall": -float(profit[-1].sum()) / (lots * tick_value) if lots else math.nan,
            "unfinished": float(last["left"].sum()) / lots if lots else math.nan,
        },
    }


def _drawdown(path: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Largest fall below the highest value so far, (n,), of a path (k, n) and its ``end``."""
    values = np.concatenate([path, end[None]])
    fallen: np.ndarray = (np.maximum.accumulate(np.maximum(values, 0.0)) - values).max(axis=0)
    return fallen


def skew_of(taken: np.ndarray, load: np.ndarray) -> float:
    """Slope of a maker's quotes on its inventory; below 0 it leans against it.

    ``taken`` are its actions and ``load`` its inventories as shares of the limit before them, of
    one shape. The quotes' mean is in halves of the average spread off the mid. Decisions to close
    have no quotes and are left out. NaN where it never held anything.
    """
    quoting = taken < CLOSE_ACTION
    mean = 0.5 * (np.array(ASK_DISTANCES) - np.array(BID_DISTANCES))[taken[quoting]]
    x = load[quoting]
    spread = float(((x - x.mean()) ** 2).sum()) if len(x) else 0.0
    if spread == 0.0:
        return math.nan
    return float(((x - x.mean()) * (mean - mean.mean())).sum()) / spread
