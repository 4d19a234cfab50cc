"""The compiled forward pass of a policy's network, and the choice of an action."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.compiled import fused, kernel
from abm_desktop.market.random import uniform

TANH, RELU, GRU = 0, 1, 2
"""What a network's header says of its hidden layers: the activation between them, and with GRU
added that the last of them is recurrent."""


@kernel
def tanh(x):
    """A rational function of x, float32, as Eigen and XLA have it."""
    x = min(max(x, np.float32(-7.905311)), np.float32(7.905311))
    s = x * x
    p = np.float32(-2.76076847742355e-16) * s + np.float32(2.00018790482477e-13)
    p = p * s + np.float32(-8.60467152213735e-11)
    p = p * s + np.float32(5.12229709037114e-08)
    p = p * s + np.float32(1.48572235717979e-05)
    p = p * s + np.float32(6.37261928875436e-04)
    p = p * s + np.float32(4.89352455891786e-03)
    q = np.float32(1.19825839466702e-06) * s + np.float32(1.18534705686654e-04)
    q = q * s + np.float32(2.26843463243900e-03)
    q = q * s + np.float32(4.89352518554385e-03)
    return x * p / q


@kernel
def remember(weights, offset, inputs, units, seen, state, gates):
    """One step of a gated recurrent unit (Cho et al. 2014); returns where the next layer begins.

    As torch has it, where the reset gate acts on the state's product with its weights. A training
    and a market run this very code, so that a state is the same in both.

    Shapes: weights float32, from ``offset`` on (inputs + units, 3 units), columns in the order
    reset, update, new, then biases (4 units,), of which the last are added to the state's part of
    the new one; seen float32 (inputs or more,); state float32 (units or more,), which is updated;
    gates float32 (4 units or more,), working room that is not ``seen``.
    """
    half, wide = np.float32(0.5), 3 * units
    bias = offset + (inputs + units) * wide
    for j in range(4 * units):
        gates[j] = weights[bias + j]
    for i in range(inputs):
        x = seen[i]
        row = offset + i * wide
        for j in range(wide):
            gates[j] += x * weights[row + j]
    for i in range(units):
        x = state[i]
        row = offset + (inputs + i) * wide
        for j in range(2 * units):
            gates[j] += x * weights[row + j]
        for j in range(2 * units, wide):
            gates[units + j] += x * weights[row + j]
    for j in range(units):
        reset = half + half * tanh(half * gates[j])
        update = half + half * tanh(half * gates[units + j])
        new = tanh(gates[2 * units + j] + reset * gates[wide + j])
        state[j] = new + update * (state[j] - new)
    return bias + 4 * units


@fused
def dense(weights, offset, inputs, outputs, seen, out):
    """One layer before its activation; returns where the next begins.

    Shapes: weights float32, from ``offset`` on (inputs, outputs), then biases (outputs,); seen
    float32 (inputs or more,); out float32 (outputs or more,), which is not ``seen``.
    """
    bias = offset + inputs * outputs
    for j in range(outputs):
        out[j] = weights[bias + j]
    for i in range(inputs):
        x = seen[i]
        row = offset + i * outputs
        for j in range(outputs):
            out[j] += x * weights[row + j]
    return bias + outputs


@kernel
def forward(network, weights, scratch, state):
    """Logits of one observation; scratch float32 (3, width) has the input and output in row 0.

    ``state`` float32 is what a recurrent network remembers, and is updated; others never look at
    it.
    """
    offset = np.int64(network[7])
    n_layers = network[0]
    for layer in range(n_layers):
        inputs = network[1 + layer]
        outputs = network[2 + layer]
        if network[6] >= GRU and layer == n_layers - 2:
            offset = remember(weights, offset, inputs, outputs, scratch[0], state, scratch[1])
            for j in range(outputs):
                scratch[0, j] = state[j]
            continue
        offset = dense(weights, offset, inputs, outputs, scratch[0], scratch[1])
        if layer < n_layers - 1:
            for j in range(outputs):
                y = scratch[1, j]
                if network[6] % GRU == TANH:
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
