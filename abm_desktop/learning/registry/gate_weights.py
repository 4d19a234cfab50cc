"""The weights of a recurrent layer apart: those of what it sees, and those of what it remembers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["GateWeights", "gate_weights"]


class GateWeights(NamedTuple):
    """float32: (inputs, 3 units), (3 units,), (units, 3 units), (3 units,); reset, update, new."""

    seen: np.ndarray
    seen_bias: np.ndarray
    state: np.ndarray
    state_bias: np.ndarray


def gate_weights(weights: np.ndarray, biases: np.ndarray) -> GateWeights:
    """Those of one layer of a :class:`~abm_desktop.market.policy.PolicyNet`.

    There the state has a bias in the part of the new one only; here it is 0 in the others.
    """
    units = len(biases) // 4
    inputs = len(weights) - units
    of_new = np.concatenate((np.zeros(2 * units, np.float32), biases[3 * units :]))
    return GateWeights(weights[:inputs], biases[: 3 * units], weights[inputs:], of_new)
