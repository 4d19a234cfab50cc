"""What an RL trader can be: directional trader, market maker or executor; plain names and numbers.

Nothing here is compiled or needs NumPy, so that commands, lists and forms ask for names without
waiting; ``role_arrays`` has what is made of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from abm_desktop.inputs import InputError, real, shown, whole

Role = Literal["directional", "maker", "executor"]
ROLES: tuple[Role, ...] = ("directional", "maker", "executor")
"""In the order of their numbers in the compiled code."""
DIRECTIONAL, MAKER, EXECUTOR = range(3)

OBSERVATION_NAMES = (
    "price against 5-min average",
    "fundamental gap",
    "volatility",
    "spread",
    "order-book imbalance",
    "return 5 s",
    "return 10 s",
    "return 30 s",
    "return 60 s",
    "return 120 s",
    "return 300 s",
    "inventory",
    "cash ratio",
)
"""What every role sees, in this order."""
ACTION_NAMES = ("SELL", "HOLD", "BUY")
"""Actions of a directional trader."""

MAKER_OBSERVATIONS = ("own bid's distance", "own ask's distance", "bought since the last decision")
EXECUTOR_OBSERVATIONS = (
    "share left to trade",
    "share of the time left",
    "lag behind the schedule",
    "price against the arrival price",
    "own quote's distance",
)
WIDEST = len(OBSERVATION_NAMES) + len(EXECUTOR_OBSERVATIONS)

BID_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 1.0, 5.0, 2.0)
ASK_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 3.0, 2.0, 5.0)
"""Distances of a maker's quotes from the mid by action, in halves of the average spread.

The pairs of Spooner et al. (2018); the next action closes the position with a market order.
"""
CLOSE_ACTION = len(BID_DISTANCES)

SHARES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""What an executor can trade at once, in multiples of an even schedule over the time left."""
ON_SCHEDULE = 2
"""The action of an executor that trades evenly (TWAP)."""
QUOTE_AT_BEST, QUOTE_INSIDE = len(SHARES), len(SHARES) + 1
"""The actions of an executor that rests an order at its own side's best price, or a tick better."""
QUOTE_SHARE = 2.0
"""Lots of such an order, in multiples of an even schedule over the time left."""


MOST_LOTS, LONGEST_SECONDS = 1_000_000, 86_400.0
"""The largest quotes and parent orders, and the longest time for one."""


@dataclass(frozen=True, slots=True)
class RoleSizes:
    """What a maker or executor is trained for, and keeps to wherever it trades.

    Raises :class:`~abm_desktop.inputs.InputError` for what is not positive, or beyond the bounds.
    """

    quote_size: int = 2
    """Lots of each of a maker's quotes; of a directional trader's orders too."""
    parent_lots: int = 120
    """Lots of an executor's parent order."""
    parent_seconds: float = 600.0
    """Simulated time it has for that; then it is given the next one."""

    def __post_init__(self) -> None:
        whole(self.quote_size, "quote_size", 1, MOST_LOTS)
        whole(self.parent_lots, "parent_lots", 1, MOST_LOTS)
        real(self.parent_seconds, "parent_seconds", above=0.0, high=LONGEST_SECONDS)


_OWN: dict[Role, tuple[str, ...]] = {
    "directional": (),
    "maker": MAKER_OBSERVATIONS,
    "executor": EXECUTOR_OBSERVATIONS,
}


def _pairs() -> list[tuple[float, float]]:
    return list(zip(BID_DISTANCES, ASK_DISTANCES, strict=True))


def _sign(number: float) -> int:
    return (number > 0.0) - (number < 0.0)


def check_role(role: str) -> Role:
    """``role`` itself. Raises :class:`InputError` if there is no such role."""
    if not isinstance(role, str) or role not in ROLES:
        raise InputError(f"there is no role {shown(role)}; the roles are {', '.join(ROLES)}")
    return role


def observation_names(role: Role) -> tuple[str, ...]:
    """Names of a role's observations: the 13 of every trader, and the role's own."""
    return OBSERVATION_NAMES + _OWN[role]


def action_names(role: Role) -> tuple[str, ...]:
    """Names of a role's actions, in the order of their numbers."""
    if role == "directional":
        return ACTION_NAMES
    if role == "maker":
        return (*(f"BID -{b:g} ASK +{a:g}" for b, a in _pairs()), "CLOSE")
    return (*(f"{share:g} x SCHEDULE" for share in SHARES), "QUOTE AT BEST", "QUOTE INSIDE")


def role_of(inputs: int, outputs: int) -> Role:
    """The role whose policies have so many inputs and outputs.

    Raises ValueError where there is none.
    """
    for role in ROLES:
        if (inputs, outputs) == (len(observation_names(role)), len(action_names(role))):
            return role
    sizes = ", ".join(
        f"{len(observation_names(r))} and {len(action_names(r))} ({r})" for r in ROLES
    )
    raise ValueError(f"no role has {inputs} observations and {outputs} actions; known are {sizes}")


def role_of_actions(actions: tuple[str, ...]) -> Role:
    """The role with these actions; directional where none has."""
    return next((role for role in ROLES if action_names(role) == tuple(actions)), "directional")


SIDE_NAMES: dict[Role, tuple[str, str, str]] = {
    "directional": ACTION_NAMES,
    "maker": ("LEAN TO SELL", "EVEN", "LEAN TO BUY"),
    "executor": ("WAIT", "QUOTE", "TRADE"),
}
"""Three kinds of actions by role, for charts; a maker's CLOSE is of none."""


def action_sides(role: Role) -> tuple[int, ...]:
    """Which of :data:`SIDE_NAMES` each action is: 0, 1 or 2; -1 for none.

    A maker whose ask is nearer to the mid than its bid leans to sell.
    """
    if role == "directional":
        return (0, 1, 2)
    if role == "maker":
        return (*(1 + _sign(ask - bid) for bid, ask in _pairs()), -1)
    return (*(2 * _sign(share) for share in SHARES), 1, 1)


def side_shares(role: Role, shares: tuple[float, ...]) -> tuple[float, float, float]:
    """Shares of the three kinds of actions, from the shares of all actions."""
    sums = [0.0, 0.0, 0.0]
    for side, share in zip(action_sides(role), shares, strict=True):
        if side >= 0:
            sums[side] += share
    return sums[0], sums[1], sums[2]
