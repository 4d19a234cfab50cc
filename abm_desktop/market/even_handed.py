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
    first = policy.weights[0]
    image = np.zeros_like(first)
    np.add.at(image, mirror.places, mirror.signs[:, None] * first)
    weights, biases = [np.concatenate((first, image), axis=1)], [np.tile(policy.biases[0], 2)]
    for w, b in zip(policy.weights[1:], policy.biases[1:], strict=True):
        block = np.zeros((2 * w.shape[0], 2 * w.shape[1]), w.dtype)
        block[: w.shape[0], : w.shape[1]] = w
        block[w.shape[0] :, w.shape[1] :] = w
        weights.append(block)
        biases.append(np.tile(b, 2))
    # The two halves of the last layer are two sets of logits, of which the mean is taken.
    half = policy.weights[-1].shape[1]
    here, there = weights[-1][:, :half], weights[-1][:, half:][:, mirror.actions]
    weights[-1] = 0.5 * (here + there)
    biases[-1] = 0.5 * (biases[-1][:half] + biases[-1][half:][mirror.actions])
    return dataclasses.replace(policy, weights=tuple(weights), biases=tuple(biases))
