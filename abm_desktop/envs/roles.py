"""Sizes and rewards of the RL traders of a shared market, by role."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from abm_desktop.envs.reward import RewardWeights
from abm_desktop.inputs import InputError, real, shown, whole
from abm_desktop.market.role_arrays import QUOTES, ROLE_STATE
from abm_desktop.market.roles import (
    CLOSE_ACTION,
    MOST_LOTS,
    ON_SCHEDULE,
    ROLES,
    SHARES,
    WIDEST,
    Role,
    RoleSizes,
    action_names,
    check_role,
    observation_names,
)

__all__ = [
    "CLOSE_ACTION",
    "ON_SCHEDULE",
    "QUOTES",
    "ROLES",
    "SHARES",
    "TRADER",
    "WIDEST",
    "Role",
    "RoleSettings",
    "action_names",
    "check_role",
    "observation_names",
]


@dataclass(frozen=True)
class RoleSettings:
    """Sizes and rewards by role.

    Attributes:
        sizes: lots of a directional trader's order and of each of a maker's quotes; lots of an
            executor's parent order, and the simulated seconds it has for it.
        max_inventory: position limit of directional traders and makers, lots.
        directional, maker: weights of their rewards. The maker's gains from holding are damped by
            0.6, the best value of Spooner et al. (2018): it shall earn the spread, not speculate.
        unfinished: executor's penalty for a parent order not traded at all, in standard
            deviations of the price over its time; less in proportion.
    """

    sizes: RoleSizes = field(default_factory=RoleSizes)
    max_inventory: int = 40
    directional: RewardWeights = field(default_factory=RewardWeights)
    maker: RewardWeights = field(default_factory=lambda: RewardWeights(damping=0.6))
    unfinished: float = 1.0

    def __post_init__(self) -> None:
        whole(self.max_inventory, "max_inventory", 1, MOST_LOTS, unit="lots")
        real(self.unfinished, "unfinished", 0.0, 1e6)
        for name, kind in (
            ("sizes", RoleSizes),
            ("directional", RewardWeights),
            ("maker", RewardWeights),
        ):
            if not isinstance(getattr(self, name), kind):
                raise InputError(
                    f"must be {kind.__name__}, not {shown(getattr(self, name))}", key=name
                )


TRADER = np.dtype(
    [
        ("role", "i4"),
        ("due", "i4"),
        # Not first: Numba takes a record that begins like another for that one, with a warning.
        *((name, ROLE_STATE[name]) for name in ROLE_STATE.names or ()),
        ("act_at", "i8"),
        ("unfinished", "f8"),
        # As the round began.
        ("equity", "f8"),
        ("cash", "i8"),
        # What an executor has done since the episode began.
        ("orders", "i8"),
        ("left", "i8"),
        ("shortfall", "f8"),
        ("settled", "f8"),
        ("worth", "f8"),
    ],
    align=True,
)
"""What a trader's role remembers (ROLE_STATE), and what the environment keeps of it. ``due`` is 1
while the trader has not acted in this round; ``orders`` counts parent orders that are over,
``left`` the lots they left, ``shortfall`` is in tick-lots: with what the running one has cost so
far; ``settled`` without, and ``worth`` is that of the orders that are over at their arrival."""
