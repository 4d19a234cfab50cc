"""The executor: it works off one large order after another, at little cost.

Accepted if its implementation shortfall (Perold 1988) is below that of TWAP (paired Wilcoxon,
p < 0.01) and it leaves less than 1 % of its lots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from abm_desktop.market.roles.judged import (
    RANDOM,
    SIGNIFICANT,
    Check,
    Column,
    Contender,
    Judged,
    cell,
    drawdown,
    fixed,
)
from abm_desktop.market.roles.maker import random_rule
from abm_desktop.market.roles.numbers import (
    EXECUTOR,
    OBSERVATION_NAMES,
    ON_SCHEDULE,
    QUOTE_AT_BEST,
    SHARES,
)
from abm_desktop.market.roles.role import Feature, Mirror, Role, Told
from abm_desktop.market.roles.sizes import RoleSizes

__all__ = ["TWAP", "AlmgrenChriss", "Executor", "patient"]

TWAP = "TWAP"
_LEFT = 0.01
"""Share of its lots that an executor may leave."""
_COSTS = "Its orders cost {cost} basis points, those of an even schedule {schedule}."
_OWN = (
    "share left to trade",
    "share of the time left",
    "lag behind the schedule",
    "price against the arrival price",
    "own quote's distance",
)
_TIME = len(OBSERVATION_NAMES) + _OWN.index("share of the time left")
_LAG = len(OBSERVATION_NAMES) + _OWN.index("lag behind the schedule")


class Executor(Role):
    """Works off parent orders."""

    name = "executor"
    code = EXECUTOR
    noun = "an executor"
    summary = (
        "works off one large order after another; its reward is minus the implementation "
        "shortfall, whatever the weights say"
    )
    own_observations: ClassVar[tuple[str, ...]] = _OWN
    own_features: ClassVar[tuple[Feature, ...]] = (
        Feature("Left to trade", "share of the parent order, negative if it sells"),
        Feature("Time left", "share of the parent order's time"),
        Feature("Lag", "share left to trade less share of the time left"),
        Feature(
            "Price / arrival",
            "cost of the price's move since the parent order came, in its standard deviations; "
            "positive is against it",
        ),
        Feature(
            "Own quote's distance", "from the mid, in halves of the average spread; 0 for no quote"
        ),
    )
    actions = (*(f"{share:g} x SCHEDULE" for share in SHARES), "QUOTE AT BEST", "QUOTE INSIDE")
    idle = 0
    side_names = ("WAIT", "QUOTE", "TRADE")
    sides = (*(2 * (share > 0.0) for share in SHARES), 1, 1)
    has_parent = True
    dose = "parents"
    sizes = ("parent_lots", "parent_seconds")
    share_title = "wait/quote/trade"
    own_columns: ClassVar[tuple[Column, ...]] = (
        ("shortfall, bp", cell("shortfall_bp", "+.3f")),
        ("its sd, bp", cell("risk_bp", ".2f")),
        ("left", cell("unfinished", ".1%")),
    )
    own_measures = ("shortfall_bp", "risk_bp", "unfinished")
    leans = False

    def mirror(self) -> Mirror:
        """It sees the market from its own side already: its mirror image is itself."""
        width = len(self.observations)
        return Mirror(np.arange(width), np.ones(width, np.float32), np.arange(len(self.actions)))

    def contenders(self, decisions: int, seed: int) -> dict[str, Contender]:
        """Schedules of the literature, patient and impatient ones, and random decisions."""
        return {
            TWAP: Contender(fixed(ON_SCHEDULE)),
            "Almgren-Chriss": Contender(AlmgrenChriss()),
            "quotes, catching up": Contender(patient),
            "as soon as possible": Contender(fixed(len(SHARES) - 1)),
            RANDOM: Contender(random_rule(len(self.actions), seed)),
        }

    def measure(
        self,
        accounts: Mapping[str, np.ndarray],
        taken: np.ndarray,
        *,
        lot: float,
        max_inventory: int,
        sizes: RoleSizes,
    ) -> dict[str, Any]:
        """Decisions to wait, to quote and to trade; of the parent orders that are over.

        Measures: ``shortfall_bp``, basis points of the arrival price: the implementation shortfall
        of all its parent orders over their value at arrival; ``risk_bp``, standard deviation of
        that of one order; ``unfinished``, share of the lots.
        """
        orders, left, worth = accounts["orders"], accounts["left"], accounts["worth"][-1]
        pnl = -accounts["settled"][-1]
        costs = _costs_of_orders(accounts)
        lots = float(orders[-1].sum()) * sizes.parent_lots
        kinds = np.array(self.sides)[taken]
        return {
            "pnl": pnl,
            "drawdown": drawdown(accounts["profit"], pnl),
            "traded": orders[-1] * sizes.parent_lots - left[-1],
            "at_limit": np.zeros(len(pnl)),
            "actions": np.bincount(kinds.ravel(), minlength=3),
            "measures": {
                "shortfall_bp": -1e4 * float(pnl.sum() / worth.sum()) if lots else math.nan,
                "risk_bp": float(costs.std(ddof=1)) if len(costs) > 1 else math.nan,
                "unfinished": float(left[-1].sum()) / lots if lots else math.nan,
            },
        }

    def checks(self, judged: Judged) -> list[Check]:
        """See the module."""
        agent, schedule = judged.agent.measures, judged.results[TWAP].measures
        p = judged.p_values[TWAP]
        return [
            Check(
                f"against {TWAP}",
                p < SIGNIFICANT,
                f"shortfall {agent['shortfall_bp']:.3f} bp against {schedule['shortfall_bp']:.3f}, "
                f"p = {p:.1e}, below {SIGNIFICANT} is asked",
            ),
            Check(
                "finishes",
                agent["unfinished"] < _LEFT,
                f"{agent['unfinished']:.1%} of its lots left, below {_LEFT:.0%} is asked",
            ),
        ]

    def words(self, rules: Mapping[str, Mapping[str, Any]]) -> list[Told]:
        """What its orders cost, beside an even schedule."""
        cost = rules["agent"].get("shortfall_bp")
        if cost is None:
            return []
        return [
            Told(
                _COSTS,
                {
                    "cost": (cost, 3, False),
                    "schedule": (rules[TWAP]["shortfall_bp"], 3, False),
                },
            )
        ]

    def numbers_told(self, rules: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
        """The schedule's cost, if its own is known."""
        known = rules["agent"].get("shortfall_bp") is not None
        return [(TWAP, "shortfall_bp")] if known else []


@dataclass(frozen=True)
class AlmgrenChriss:
    """The schedule of Almgren and Chriss (2000) with immediate orders: earlier lots, less risk.

    x(t) = X sinh(kappa (T - t)) / sinh(kappa T): with share s of its time left it trades kappa T s
    coth(kappa T s) times an even schedule over the time left; of the multiples there are it takes
    the nearest. ``urgency`` is kappa T; near 0 it is TWAP.
    """

    urgency: float = 2.0

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        ahead = np.maximum(self.urgency * observations[:, _TIME].astype(np.float64), 1e-9)
        wanted = ahead / np.tanh(ahead)
        nearest: np.ndarray = np.abs(wanted[:, None] - np.array(SHARES)[None]).argmin(axis=1)
        return nearest


def patient(observations: np.ndarray, number: int) -> np.ndarray:
    """An executor that quotes at its best price, and takes what it lags behind an even schedule.

    Without a look at the market: what quoting alone is worth. It trades at once at twice the
    even schedule where it lags by more than a twentieth of its order, and in the last twentieth of
    its time.
    """
    late = (observations[:, _LAG] > 0.05) | (observations[:, _TIME] < 0.05)
    last = observations[:, _TIME] < 0.02
    chosen: np.ndarray = np.where(last, ON_SCHEDULE, np.where(late, ON_SCHEDULE + 1, QUOTE_AT_BEST))
    return chosen


def _costs_of_orders(accounts: Mapping[str, np.ndarray]) -> np.ndarray:
    """Shortfall of every parent order that was over in the day, basis points, any order."""
    ends = np.diff(accounts["orders"], axis=0) > 0
    costs: np.ndarray = 1e4 * (
        np.diff(accounts["settled"], axis=0)[ends] / np.diff(accounts["worth"], axis=0)[ends]
    )
    return costs
