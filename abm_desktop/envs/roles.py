"""What an RL trader of a shared market can be: directional trader, market maker or executor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from abm_desktop.envs.reward import RewardWeights
from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.policy import ACTION_NAMES

Role = Literal["directional", "maker", "executor"]
ROLES: tuple[Role, ...] = ("directional", "maker", "executor")
"""In the order of their numbers in the compiled code."""

QUOTES = np.array(
    [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (3, 1), (1, 3), (5, 2), (2, 5)], np.float64
)
"""Distances of bid and ask from the mid in halves of the average spread, float64 (9, 2).

The pairs of Spooner et al. (2018); action 9 closes the position with a market order.
"""
CLOSE_ACTION = len(QUOTES)

SHARES = np.array([0.0, 0.5, 1.0, 2.0, 4.0])
"""What an executor can trade, in multiples of an even schedule over the time that is left."""
ON_SCHEDULE = 2
"""The action of an executor that trades evenly (TWAP)."""

MAKER_OBSERVATIONS = ("own bid's distance", "own ask's distance", "bought since the last decision")
EXECUTOR_OBSERVATIONS = (
    "signed share left to trade",
    "share of the time left",
    "lag behind the schedule",
    "price against the arrival price",
)
WIDEST = len(OBSERVATION_NAMES) + len(EXECUTOR_OBSERVATIONS)


def observation_names(role: Role) -> tuple[str, ...]:
    """Names of a role's observations: the 13 of every trader, and the role's own."""
    own: dict[Role, tuple[str, ...]] = {
        "directional": (),
        "maker": MAKER_OBSERVATIONS,
        "executor": EXECUTOR_OBSERVATIONS,
    }
    return OBSERVATION_NAMES + own[role]


def action_names(role: Role) -> tuple[str, ...]:
    """Names of a role's actions, in the order of their numbers."""
    if role == "directional":
        return ACTION_NAMES
    if role == "maker":
        return (*(f"BID -{b:g} ASK +{a:g}" for b, a in QUOTES), "CLOSE")
    return tuple(f"{share:g} x SCHEDULE" for share in SHARES)


def check_role(role: str) -> Role:
    """``role`` itself. Raises ValueError where there is no such role."""
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)}")
    return role


@dataclass(frozen=True)
class RoleSettings:
    """Sizes and rewards by role.

    Attributes:
        size: lots of a directional trader's order and of each of a maker's quotes.
        max_inventory: position limit of both, lots.
        directional, maker: weights of their rewards. The maker's gains from holding are damped by
            0.6, the best value of Spooner et al. (2018): it shall earn the spread, not speculate.
        parent: lots that an executor has to buy or sell.
        parent_seconds: simulated time it has for that; then it is given the next order.
        unfinished: executor's penalty for a parent order not traded at all, in standard
            deviations of the price over ``parent_seconds``; less in proportion.
    """

    size: int = 2
    max_inventory: int = 40
    directional: RewardWeights = field(default_factory=RewardWeights)
    maker: RewardWeights = field(default_factory=lambda: RewardWeights(damping=0.6))
    parent: int = 120
    parent_seconds: float = 600.0
    unfinished: float = 1.0

    def __post_init__(self) -> None:
        for name in ("size", "max_inventory", "parent", "parent_seconds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")
        if self.unfinished < 0:
            raise ValueError(f"unfinished must not be negative, not {self.unfinished}")


TRADER = np.dtype(
    [
        ("role", "i4"),
        ("side", "i4"),
        ("parent", "i4"),
        ("due", "i4"),
        ("act_at", "i8"),
        ("deadline", "i8"),
        ("horizon", "i8"),
        ("arrival", "f8"),
        ("carry", "f8"),
        ("unfinished", "f8"),
        # As the round began.
        ("equity", "f8"),
        ("cash", "i8"),
        ("held", "i8"),
        # What an executor has done since the episode began.
        ("orders", "i8"),
        ("left", "i8"),
        ("shortfall", "f8"),
    ],
    align=True,
)
"""What a trader's role remembers. ``side`` is +1 or -1 for the executor's parent order, ``due`` is
1 while the trader has not acted in this round; ``orders`` counts parent orders that are over,
``left`` the lots they left, ``shortfall`` is in tick-lots."""
