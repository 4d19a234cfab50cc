"""The market maker: it quotes a bid and an ask, and earns the spread.

Accepted if its median day earns money, it earns more than random quotes (paired Wilcoxon,
p < 0.01) and on average more than the maker of Avellaneda and Stoikov (2008), and its mean
position stays below half the limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from abm_desktop.market.roles.judged import (
    MAX_INVENTORY,
    RANDOM,
    STEP,
    Check,
    Column,
    Contender,
    Judged,
    cell,
    drawdown,
    fixed,
)
from abm_desktop.market.roles.numbers import (
    ASK_DISTANCES,
    BID_DISTANCES,
    CLOSE_ACTION,
    FAR_ASK_DISTANCES,
    FAR_BID_DISTANCES,
    MAKER,
    OBSERVATION_NAMES,
    TAKE_BID,
)
from abm_desktop.market.roles.role import Feature, Mirror, Role, Told
from abm_desktop.market.roles.sizes import RoleSizes

__all__ = [
    "AVELLANEDA_STOIKOV",
    "QUOTES",
    "AvellanedaStoikov",
    "Maker",
    "lean_of",
    "random_rule",
    "skew_of",
]

QUOTES = np.column_stack([BID_DISTANCES, ASK_DISTANCES])
"""Distances of a maker's bid and ask by action, float64 (9, 2), in halves of the average spread."""
AVELLANEDA_STOIKOV = "Avellaneda-Stoikov"

_ALL_BIDS = (*BID_DISTANCES, math.nan, *FAR_BID_DISTANCES)
_ALL_ASKS = (*ASK_DISTANCES, math.nan, *FAR_ASK_DISTANCES)
_PAIRS = tuple(zip(BID_DISTANCES, ASK_DISTANCES, strict=True))
_EARNS = "Of a day's profit {spread} came from the spread."
_AGAINST = "Its quotes lean against its position (slope {slope})."
_WITH = "Its quotes lean with its position (slope {slope})."
_INVENTORY = OBSERVATION_NAMES.index("inventory")


def lean_of(bid: float, ask: float) -> int:
    """Kind of a pair of quotes: a maker whose ask is nearer to the mid than its bid leans to sell.

    >>> lean_of(1.0, 3.0), lean_of(2.0, 2.0), lean_of(5.0, 1.0)
    (2, 1, 0)
    """
    return 1 + (ask > bid) - (ask < bid)


class Maker(Role):
    """Quotes both sides."""

    name = "maker"
    code = MAKER
    noun = "a maker"
    summary = "quotes a bid and an ask, and earns the spread"
    own_observations: ClassVar[tuple[str, ...]] = (
        "own bid's distance",
        "own ask's distance",
        "bought since the last decision",
    )
    own_features: ClassVar[tuple[Feature, ...]] = (
        Feature(
            "Own bid's distance", "from the mid, in halves of the average spread; 0 for no bid"
        ),
        Feature(
            "Own ask's distance", "from the mid, in halves of the average spread; 0 for no ask"
        ),
        Feature("Bought since", "lots bought since its last decision, over the size of a quote"),
    )
    actions = (*(f"BID -{bid:g} ASK +{ask:g}" for bid, ask in _PAIRS), "CLOSE")
    idle = BID_DISTANCES.index(max(BID_DISTANCES))
    side_names = ("LEAN TO SELL", "EVEN", "LEAN TO BUY")
    sides = (*(lean_of(bid, ask) for bid, ask in _PAIRS), -1)
    sizes = ("quote_size",)
    dose = "passive"
    reward: ClassVar[Mapping[str, float]] = {"damping": 0.6}
    """The best value of Spooner et al. (2018): it shall earn the spread, not speculate."""
    share_title = "fell/same/rose"
    own_columns: ClassVar[tuple[Column, ...]] = (
        ("of spread", cell("spread", "+.2f")),
        ("skew", cell("skew", "+.2f")),
    )
    own_measures = ("spread", "position_pnl", "skew", "closes")

    def mirror(self) -> Mirror:
        """Bid and ask change places; what was bought was sold."""
        width = len(self.observations)
        places, signs = np.arange(width), np.full(width, -1.0, np.float32)
        signs[2:4] = 1.0  # volatility and spread have no sides
        bid, ask = len(OBSERVATION_NAMES), len(OBSERVATION_NAMES) + 1
        places[[bid, ask]] = ask, bid
        signs[[bid, ask]] = 1.0
        actions = [_PAIRS.index((a, b)) for b, a in _PAIRS]
        return Mirror(places, signs, np.array([*actions, CLOSE_ACTION]))

    def contenders(self, decisions: int, seed: int) -> dict[str, Contender]:
        """The maker of the literature, the nearest quotes, and random ones."""
        return {
            AVELLANEDA_STOIKOV: Contender(AvellanedaStoikov(max_inventory=MAX_INVENTORY)),
            "nearest quotes": Contender(fixed(0)),
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
        """Decisions after which its inventory had fallen, stayed and risen.

        Measures: ``spread``, currency a day that its trades earned, valued at the mid at the end of
        their step; ``position_pnl``, currency a day that its positions earned; ``skew``, see
        :func:`skew_of`; ``closes``, share of the decisions to close at market.
        """
        held, pnl = accounts["inventory"], accounts["liquidation"][-1]
        bought = np.diff(held, axis=0)
        spread = (np.diff(accounts["cash"], axis=0) + bought * accounts["mid"][1:] * lot).sum(
            axis=0
        )
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

    def checks(self, judged: Judged) -> list[Check]:
        """See the module."""
        return [
            judged.median_day(),
            judged.beats_random(),
            judged.ahead_of(AVELLANEDA_STOIKOV),
            judged.small_position(),
        ]

    def flags(self, judged: Judged) -> tuple[list[str], list[str]]:
        """It is hardly filled, is full, or closes more than it quotes."""
        agent, last = judged.agent, []
        if agent.pnl.std() < 0.05 * judged.results[RANDOM].pnl.std():
            last.append("the profit hardly varies: it hardly trades")
        if agent.traded.mean() / 2.0 < 6.0 * judged.hours:
            last.append("less than one quote is filled in ten minutes")
        if agent.at_limit.mean() > 0.5:
            last.append("the position is full more than half of the time")
        if agent.measures["closes"] > 0.5:
            last.append("it closes at market more often than it quotes")
        return [], last

    def words(self, rules: Mapping[str, Mapping[str, Any]]) -> list[Told]:
        """What came from the spread, and how its quotes lean."""
        agent = rules["agent"]
        told = [Told(_EARNS, {"spread": (agent["spread"], 2, True)})]
        skew = agent.get("skew")
        if skew is not None:
            told.append(Told(_AGAINST if skew < 0 else _WITH, {"slope": (skew, 2, True)}))
        return told

    def numbers_told(self, rules: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
        """What it earned of the spread."""
        return [("agent", "spread")]


def random_rule(actions: int, seed: int) -> Any:
    """Every one of so many actions with the same chance, the same draws at every start."""

    def rule(observations: np.ndarray, number: int) -> np.ndarray:
        draws = np.random.default_rng([seed, number])
        return draws.integers(0, actions, len(observations))

    return rule


@dataclass(frozen=True)
class AvellanedaStoikov:
    """The maker of Avellaneda and Stoikov (2008), with the actions of a learned one.

    Reservation price r = s - q gamma sigma^2 (T - t), total spread gamma sigma^2 (T - t) +
    (2 / gamma) ln(1 + gamma / k); of the pairs of quotes there are it takes the nearest. Lengths
    are in halves of the market's average spread, the unit of those pairs; q is in lots.

    Attributes:
        gamma: risk aversion, 1 / (half spread x lot).
        sigma: volatility, half spreads per square root of a second.
        k: decay of the fill rate with the distance, 1 / half spread.
        seconds: T, the length of the session; it then begins again.
        max_inventory: lots of a full position, the scale of the observed inventory.
    """

    gamma: float = 0.001
    sigma: float = 0.5
    k: float = 1.0
    seconds: float = 600.0
    max_inventory: int = 40

    def distances(self, inventory: np.ndarray, number: int) -> np.ndarray:
        """Wanted distances of bid and ask from the mid, float64 (n, 2), half spreads."""
        left = self.seconds - (number * STEP) % self.seconds
        variance = self.gamma * self.sigma**2 * left
        half = 0.5 * variance + math.log(1.0 + self.gamma / self.k) / self.gamma
        skew = inventory * variance
        return np.column_stack([half + skew, half - skew])

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        held = observations[:, _INVENTORY].astype(np.float64) * self.max_inventory
        wanted = self.distances(held, number)
        far = ((wanted[:, None, :] - QUOTES[None]) ** 2).sum(axis=2)
        nearest: np.ndarray = far.argmin(axis=1)
        return nearest


def skew_of(taken: np.ndarray, load: np.ndarray) -> float:
    """Slope of a maker's quotes on its inventory; below 0 it leans against it.

    ``taken`` are its actions and ``load`` its inventories as shares of the limit before them, of
    one shape. The quotes' mean is in halves of the average spread off the mid. Decisions to trade
    at once have no quotes and are left out. NaN if it never held anything.
    """
    quoting = (taken != CLOSE_ACTION) & (taken < TAKE_BID)
    means = 0.5 * (np.array(_ALL_ASKS) - np.array(_ALL_BIDS))
    mean = means[taken[quoting]]
    x = load[quoting]
    spread = float(((x - x.mean()) ** 2).sum()) if len(x) else 0.0
    if spread == 0.0:
        return math.nan
    return float(((x - x.mean()) * (mean - mean.mean())).sum()) / spread
