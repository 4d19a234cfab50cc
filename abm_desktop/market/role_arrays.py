"""What the roles of RL traders need in arrays: quotes, memory, and how a decision is mirrored."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.roles import (
    ASK_DISTANCES,
    BID_DISTANCES,
    CLOSE_ACTION,
    OBSERVATION_NAMES,
    Role,
    action_names,
    observation_names,
)

QUOTES = np.column_stack([BID_DISTANCES, ASK_DISTANCES])
"""Distances of a maker's bid and ask by action, float64 (9, 2), in halves of the average spread."""

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
    # It sees the market from its own side already: its mirror image is itself.
    return places, np.ones(width, np.float32), np.arange(len(action_names(role)))
