"""Networks that treat a market and its mirror image alike by construction.

The mirror image of a market has prices upside down, and bought for sold. The mean of a network's
logits and of those in the mirror image, every action in the place of its own image, is again a
network: one of twice the width (a network equivariant under a group of two, Cohen and Welling
2016). So it trades in the market like any other.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.role import Mirror

__all__ = ["even_handed", "mirrored", "widths"]


def mirrored(observations: np.ndarray, mirror: Mirror) -> np.ndarray:
    """Observations float32 (n, inputs) as they are in the mirror image."""
    image: np.ndarray = observations[:, mirror.places] * mirror.signs
    return image


def widths(hidden: tuple[int, ...]) -> tuple[int, ...]:
    """Widths of the hidden layers of an even-handed network that is made of ``hidden``."""
    return tuple(2 * width for width in hidden)


def even_handed(policy: PolicyNet) -> PolicyNet:
    """The policy as one that decides in the mirror image what mirrors its decision.

    Hidden layers are twice as wide. Raises :class:`InputError` if that is more than the kernel
    holds.

    >>> import numpy as np
    >>> from abm_desktop.market.policy import PolicyNet
    >>> random = np.random.default_rng(1)
    >>> sizes = ((13, 8), (8, 3))
    >>> net = PolicyNet(
    ...     tuple(random.normal(size=s).astype("f4") for s in sizes),
    ...     (np.ones(8, "f4"), np.array([0.0, 0.0, 3.0], "f4")),
    ... )
    >>> both = even_handed(net)
    >>> both.weights[0].shape
    (13, 16)
    >>> sell, hold, buy = both.logits(np.zeros((1, 13), "f4"))[0]
    >>> bool(np.isclose(sell, buy))
    True
    """
    mirror = find_role(policy.role).mirror()
    first = policy.weights[0][: len(mirror.signs)]
    image = np.zeros_like(first)
    np.add.at(image, mirror.places, mirror.signs[:, None] * first)
    weights, biases, inputs = [], [], len(first)
    for k, (w, b) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        # A recurrent layer has a block for each of its gates, and rows for its state.
        gates = 3 if w.shape[1] != len(b) else 1
        here, there = (first, image) if k == 0 else _apart(w[:inputs])
        both = [_side_by_side(here, there, gates)]
        if gates > 1:
            both.append(_side_by_side(*_apart(w[inputs:]), gates))
        weights.append(np.concatenate(both))
        biases.append(np.tile(b.reshape(-1, w.shape[1] // gates), 2).ravel())
        inputs = w.shape[1] // gates
    # The two halves of the last layer are two sets of logits, of which the mean is taken.
    half = policy.weights[-1].shape[1]
    here, there = weights[-1][:, :half], weights[-1][:, half:][:, mirror.actions]
    weights[-1] = 0.5 * (here + there)
    biases[-1] = 0.5 * (biases[-1][:half] + biases[-1][half:][mirror.actions])
    return dataclasses.replace(policy, weights=tuple(weights), biases=tuple(biases))


def _apart(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of both halves, each of which sees its own half of the units before."""
    nothing = np.zeros_like(w)
    return np.concatenate((w, nothing)), np.concatenate((nothing, w))


def _side_by_side(here: np.ndarray, there: np.ndarray, gates: int) -> np.ndarray:
    """Columns of both halves, gate by gate."""
    parts = [half.reshape(len(half), gates, -1) for half in (here, there)]
    return np.concatenate(parts, axis=2).reshape(len(here), -1)
