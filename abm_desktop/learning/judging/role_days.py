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
from abm_desktop.learning.judging.role_baselines import RoleRule
from abm_desktop.learning.judging.trading_days import (
    STEP,
    TradingDays,
    decisions_of,
    drawdown,
    move_of,
    trade,
)
from abm_desktop.market.roles import (
    ASK_DISTANCES,
    BID_DISTANCES,
    CLOSE_ACTION,
    Role,
    RoleSizes,
    action_names,
    action_sides,
)
from abm_desktop.scenario import Scenario


@dataclass(frozen=True, slots=True)
class RoleDays(TradingDays):
    """What one maker or executor did in n days.

    A maker's ``actions`` are the decisions after which its inventory had fallen, stayed and risen;
    an executor's those to wait, to quote and to trade at once. Neither predicts
    anything, so there are no hits. An executor's ``pnl`` is minus its implementation shortfall,
    of the parent orders that are over.
    """

    taken: np.ndarray
    """int64 (actions,): how often it took each action of its role."""
    measures: dict[str, float]
    """What only this role has, by name; NaN where it is not known.

    Maker: ``spread``, currency a day that its trades earned, valued at the mid at the end of their
    step of 5 s; ``position_pnl``, currency a day that its positions earned; ``skew``, slope of the
    mean of its quotes (halves of the average spread off the mid) on its inventory (share of the
    limit); ``closes``, share of the decisions to close at market. Executor: ``shortfall_bp``, basis
    points of the arrival price: the implementation shortfall (Perold 1988) of all its parent orders
    over their value at arrival; ``risk_bp``, standard deviation of that of one order;
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
    sizes: RoleSizes | None = None,
    on_share: Callable[[float], None] | None = None,
) -> RoleDays:
    """Trade ``days`` days of ``hours`` simulated hours each, one market a day.

    The same ``seed`` gives every rule the same markets at the start of its day, and executors the
    same sides of their parent orders. A maker has the position limit of a directional trader;
    ``sizes`` are of its quotes, or of an executor's parent orders.
    """
    market = as_scenario(scenario)
    kept = sizes or RoleSizes()
    env = SharedMarketVectorEnv(
        days,
        market,
        traders=1,
        role=role,
        episode_seconds=1.5 * hours * 3600.0 + kept.parent_seconds,
        step=STEP,
        settings=RoleSettings(kept, max_inventory),
    )
    accounts, taken, seen = trade(env, rule, decisions_of(hours), seed, on_share)
    if role == "maker":
        own = _of_maker(accounts, taken, float(market.market.lot), max_inventory)
    else:
        own = _of_executor(accounts, taken, kept.parent_lots)
    return RoleDays(
        inventory=np.abs(accounts["inventory"][1:]).mean(axis=0),
        hits=0,
        misses=0,
        observations=seen,
        taken=np.bincount(taken.ravel(), minlength=len(action_names(role))),
        position=accounts["inventory"][1:].mean(axis=0),
        move=move_of(accounts, market.market.lot),
        **own,
    )


def _of_maker(
    accounts: dict[str, np.ndarray], taken: np.ndarray, lot: float, max_inventory: int
) -> dict[str, Any]:
    """What is measured of makers in their own way, as fields of :class:`RoleDays`."""
    held, pnl = accounts["inventory"], accounts["liquidation"][-1]
    bought = np.diff(held, axis=0)
    spread = (np.diff(accounts["cash"], axis=0) + bought * accounts["mid"][1:] * lot).sum(axis=0)
    moved = np.sign(bought).astype(np.int64)
    return {
        "pnl": pnl,
        "drawdown": drawdown(accounts["equity"], pnl),
        "traded": np.abs(bought).sum(axis=0),
        "at_limit": (np.abs(held[:-1]) >= max_inventory).mean(axis=0),
        "actions": np.bincount((moved + 1).ravel(), minlength=3),
        "measures": {
            "spread": float(spread.mean()),
            "position_pnl": float((pnl - spread).mean()),
            "skew": skew_of(taken, held[:-1] / max_inventory),
            "closes": float((taken == CLOSE_ACTION).mean()),
        },
    }


def _of_executor(
    accounts: dict[str, np.ndarray], taken: np.ndarray, parent_lots: int
) -> dict[str, Any]:
    """The same of executors, of the parent orders that were over at the end of the day."""
    orders, left, worth = accounts["orders"], accounts["left"], accounts["worth"][-1]
    pnl = -accounts["settled"][-1]
    costs = _costs_of_orders(accounts)
    lots = float(orders[-1].sum()) * parent_lots
    sides = np.array(action_sides("executor"))[taken]
    return {
        "pnl": pnl,
        "drawdown": drawdown(accounts["profit"], pnl),
        "traded": orders[-1] * parent_lots - left[-1],
        "at_limit": np.zeros(len(pnl)),
        "actions": np.bincount(sides.ravel(), minlength=3),
        "measures": {
            "shortfall_bp": -1e4 * float(pnl.sum() / worth.sum()) if lots else math.nan,
            "risk_bp": float(costs.std(ddof=1)) if len(costs) > 1 else math.nan,
            "unfinished": float(left[-1].sum()) / lots if lots else math.nan,
        },
    }


def _costs_of_orders(accounts: dict[str, np.ndarray]) -> np.ndarray:
    """Shortfall of every parent order that was over in the day, basis points, any order."""
    ends = np.diff(accounts["orders"], axis=0) > 0
    costs: np.ndarray = 1e4 * (
        np.diff(accounts["settled"], axis=0)[ends] / np.diff(accounts["worth"], axis=0)[ends]
    )
    return costs


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
