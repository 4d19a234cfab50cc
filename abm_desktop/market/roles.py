"""What an RL trader can be: directional trader, market maker or executor; plain names and numbers.

Nothing here is compiled, so that lists of models and forms may ask for names without waiting.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

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
    "signed share left to trade",
    "share of the time left",
    "lag behind the schedule",
    "price against the arrival price",
)
WIDEST = len(OBSERVATION_NAMES) + len(EXECUTOR_OBSERVATIONS)

BID_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 1.0, 5.0, 2.0)
ASK_DISTANCES = (1.0, 2.0, 3.0, 4.0, 5.0, 1.0, 3.0, 2.0, 5.0)
"""Distances of a maker's quotes from the mid by action, in halves of the average spread.

The pairs of Spooner et al. (2018); the next action closes the position with a market order.
"""
QUOTES = np.column_stack([BID_DISTANCES, ASK_DISTANCES])
"""The same, float64 (9, 2)."""
CLOSE_ACTION = len(QUOTES)

SHARES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""What an executor can trade, in multiples of an even schedule over the time that is left."""
ON_SCHEDULE = 2
"""The action of an executor that trades evenly (TWAP)."""

PARENT = 120
"""Lots of an executor's parent order."""
PARENT_SECONDS = 600.0
"""Simulated time it has for that; then it is given the next one."""

ROLE_STATE = np.dtype(
    [
        ("side", "i4"),
        ("parent", "i4"),
        ("deadline", "i8"),
        ("horizon", "i8"),
        ("given_inventory", "i8"),
        ("given_cash", "i8"),
        ("held", "i8"),
        ("arrival", "f8"),
        ("carry", "f8"),
    ],
    align=True,
)
"""What a maker or executor remembers. ``held`` is its inventory at its last decision. The rest is
the executor's parent order: +1 to buy or -1 to sell ``parent`` lots within ``horizon`` ns, until
``deadline``; its account when it was given, the price then, and the part of a lot that is due."""

_OWN: dict[Role, tuple[str, ...]] = {
    "directional": (),
    "maker": MAKER_OBSERVATIONS,
    "executor": EXECUTOR_OBSERVATIONS,
}


def check_role(role: str) -> Role:
    """``role`` itself. Raises ValueError where there is no such role."""
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)}")
    return role


def observation_names(role: Role) -> tuple[str, ...]:
    """Names of a role's observations: the 13 of every trader, and the role's own."""
    return OBSERVATION_NAMES + _OWN[role]


def action_names(role: Role) -> tuple[str, ...]:
    """Names of a role's actions, in the order of their numbers."""
    if role == "directional":
        return ACTION_NAMES
    if role == "maker":
        return (*(f"BID -{b:g} ASK +{a:g}" for b, a in QUOTES), "CLOSE")
    return tuple(f"{share:g} x SCHEDULE" for share in SHARES)


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
    "executor": ("SLOWER", "ON SCHEDULE", "FASTER"),
}
"""Three kinds of actions by role, for charts; a maker's CLOSE is of none."""


def action_sides(role: Role) -> tuple[int, ...]:
    """Which of :data:`SIDE_NAMES` each action is: 0, 1 or 2; -1 for none.

    A maker whose ask is nearer to the mid than its bid leans to sell.
    """
    if role == "directional":
        return (0, 1, 2)
    if role == "maker":
        return (*(1 + int(np.sign(ask - bid)) for bid, ask in QUOTES), -1)
    return tuple(1 + int(np.sign(share - 1.0)) for share in SHARES)


def side_shares(role: Role, shares: tuple[float, ...]) -> tuple[float, float, float]:
    """Shares of the three kinds of actions, from the shares of all actions."""
    sums = [0.0, 0.0, 0.0]
    for side, share in zip(action_sides(role), shares, strict=True):
        if side >= 0:
            sums[side] += share
    return sums[0], sums[1], sums[2]


def mirror_of(role: Role) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How a decision looks with prices upside down and bought for sold.

    Returns (places, signs, actions): the observation there is ``observation[places] * signs``,
    int64 and float32 of its width, and action ``k`` becomes ``actions[k]``, int64.
    """
    width = len(observation_names(role))
    places, signs = np.arange(width), np.full(width, -1.0, np.float32)
    signs[2:4] = 1.0  # volatility and spread have no sides
    if role == "directional":
        return places, signs, np.array([2, 1, 0])
    if role == "maker":
        # Bid and ask change places; what was bought was sold.
        bid, ask = len(OBSERVATION_NAMES), len(OBSERVATION_NAMES) + 1
        places[[bid, ask]] = ask, bid
        signs[[bid, ask]] = 1.0
        pairs = [tuple(pair) for pair in QUOTES]
        actions = [pairs.index((a, b)) for b, a in pairs]
        return places, signs, np.array([*actions, CLOSE_ACTION])
    # Time, lag and the price from its own point of view have no sides.
    signs[len(OBSERVATION_NAMES) + 1 :] = 1.0
    return places, signs, np.arange(len(SHARES))
