"""Sizes and rewards of the outside traders of an environment, by role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from abm_desktop.envs.reward import RewardWeights, checked_weights
from abm_desktop.inputs import InputError, real, shown, whole
from abm_desktop.market.roles import DEFAULT_ROLE, MOST_LOTS, Role, RoleSizes, find_role
from abm_desktop.market.roles.memory import ROLE_STATE

__all__ = ["TRADER", "RoleSettings", "one_trader"]


@dataclass(frozen=True)
class RoleSettings:
    """Sizes and rewards by role.

    Attributes:
        sizes: lots of a directional trader's order and of each of a maker's quotes; lots of an
            executor's parent order, and the simulated seconds it has for it.
        max_inventory: position limit of traders without parent orders, lots.
        rewards: weights of rewards by role, if not the role's own (``Role.reward``). A maker's
            gains from holding are damped by 0.6, the best value of Spooner et al. (2018): it shall
            earn the spread, not speculate.
        unfinished: penalty for a parent order not traded at all, in standard deviations of the
            price over its time; less in proportion.
        price_impact: whether own orders are carried out in the book. Without, they are filled at
            once at the prices and up to the lots that stand there, and neither the book nor anybody
            else notices, as if one traded on paper: what is learned so knows nothing of the own
            impact. For traders with market orders and a record: ``remembering`` and ``sizing``.
    """

    sizes: RoleSizes = field(default_factory=RoleSizes)
    max_inventory: int = 40
    rewards: Mapping[str, RewardWeights] = field(default_factory=dict)
    unfinished: float = 1.0
    price_impact: bool = True

    def __post_init__(self) -> None:
        whole(self.max_inventory, "max_inventory", 1, MOST_LOTS, unit="lots")
        real(self.unfinished, "unfinished", 0.0, 1e6)
        if not isinstance(self.price_impact, bool):
            raise InputError(
                f"must be True or False, not {shown(self.price_impact)}", key="price_impact"
            )
        if not isinstance(self.sizes, RoleSizes):
            raise InputError(f"must be RoleSizes, not {shown(self.sizes)}", key="sizes")
        if not isinstance(self.rewards, Mapping):
            raise InputError(f"must be weights by role, not {shown(self.rewards)}", key="rewards")
        for name, weights in self.rewards.items():
            find_role(name)
            if not isinstance(weights, RewardWeights):
                raise InputError(
                    f"must be RewardWeights, not {shown(weights)}", key=f"rewards[{name!r}]"
                )

    def check_roles(self, roles: Sequence[Role]) -> None:
        """Raises :class:`InputError` for a role that cannot trade as these settings say."""
        for role in roles:
            if not (self.price_impact or role.can_trade_on_paper):
                raise InputError(
                    f"is False, and {role.noun} sends other orders than market orders, or keeps no "
                    "record: name remembering or sizing, or set it to True",
                    key="settings.price_impact",
                )

    def reward_of(self, role: Role) -> RewardWeights:
        """The weights of a role's reward."""
        own: dict[str, Any] = dict(role.reward)
        return self.rewards.get(role.name) or RewardWeights(**own)


def one_trader(size: int, max_inventory: int, weights: RewardWeights | None) -> RoleSettings:
    """Settings for the trader of the plain environments. Raises :class:`InputError`."""
    whole(size, "size", 1, MOST_LOTS, unit="lots")
    rewards = {DEFAULT_ROLE: checked_weights(weights)}
    return RoleSettings(RoleSizes(quote_size=size), max_inventory, rewards)


TRADER = np.dtype(
    [
        # In front: Numba takes a record that begins like another for that one, with a warning.
        ("due", "i4"),
        ("on_paper", "i4"),
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
while the trader has not acted in this round, ``on_paper`` 1 if its orders leave no trace in the
book; ``orders`` counts parent orders that are over,
``left`` the lots they left, ``shortfall`` is in tick-lots: with what the running one has cost so
far; ``settled`` without, and ``worth`` is that of the orders that are over at their arrival."""
