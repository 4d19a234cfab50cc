"""The compiled forward pass of a policy's network, and the choice of an action."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import uniform

TANH, RELU = 0, 1
"""Activations between layers, as a network's header tells them."""


@kernel
def forward(network, weights, scratch):
    """Logits of one observation; scratch float32 (3, width) has the input and output in row 0."""
    offset = np.int64(network[7])
    n_layers = network[0]
    for layer in range(n_layers):
        inputs = network[1 + layer]
        outputs = network[2 + layer]
        bias = offset + inputs * outputs
        for j in range(outputs):
            scratch[1, j] = weights[bias + j]
        for i in range(inputs):
            x = scratch[0, i]
            row = offset + i * outputs
            for j in range(outputs):
                scratch[1, j] += x * weights[row + j]
        offset = bias + outputs
        if layer < n_layers - 1:
            for j in range(outputs):
                y = scratch[1, j]
                if network[6] == TANH:
                    scratch[0, j] = math.tanh(y)
                else:
                    scratch[0, j] = max(y, np.float32(0.0))
        else:
            for j in range(outputs):
                scratch[0, j] = scratch[1, j]


@kernel
def choose(a, scratch, actions):
    """Pick one of so many actions from the logits in scratch row 0.

    An order beyond the inventory limit is clipped to nothing later, as in the environments where
    the policy was trained; masking it here would change what the policy does.
    """
    best = 0
    for k in range(1, actions):
        if scratch[0, k] > scratch[0, best]:
            best = k
    if a.greedy != 0:
        return best
    top = np.float64(scratch[0, best])
    total = 0.0
    for k in range(actions):
        total += math.exp(scratch[0, k] - top)
    u = uniform(a) * total
    for k in range(actions):
        u -= math.exp(scratch[0, k] - top)
        if u <= 0.0:
            return k
    return best
