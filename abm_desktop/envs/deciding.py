"""The compiled side of a policy that decides in an environment while its markets are stepped.

A training's decisions: the same network as :mod:`abm_desktop.market.network` runs for a trader of
a market, with random numbers that are drawn beforehand, and a tanh that many cores' vector units
take at once (within 3e-7 of the exact one; a library's takes ten times as long).
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.network import TANH

__all__ = ["decide", "tanh"]


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
def decide(network, weights, scratch, seen, noise, blind, logits):
    """The action of a network at one observation; of longer noise and logits it uses the first.

    The largest of logits plus Gumbel ``noise`` is a draw from the softmax of the logits; noise
    alone, if ``blind``, is a draw from all actions alike.

    Shapes: network int32 (8,) and weights float32, as of ``PolicyNet.packed``; scratch float32
    (2, widest); seen float32 (inputs or more,); noise, logits float32 (actions or more,). Writes
    logits.
    """
    now, after = scratch[0], scratch[1]
    for i in range(network[1]):
        now[i] = seen[i]
    offset, layers = 0, network[0]
    for layer in range(layers):
        inputs, outputs = network[1 + layer], network[2 + layer]
        bias = offset + inputs * outputs
        for j in range(outputs):
            after[j] = weights[bias + j]
        for i in range(inputs):
            x = now[i]
            row = offset + i * outputs
            for j in range(outputs):
                after[j] += x * weights[row + j]
        offset = bias + outputs
        if layer == layers - 1:
            break
        if network[6] == TANH:
            for j in range(outputs):
                now[j] = tanh(after[j])
        else:
            for j in range(outputs):
                now[j] = max(after[j], np.float32(0.0))
    best, highest = 0, np.float32(-np.inf)
    for j in range(network[1 + layers]):
        logits[j] = after[j]
        value = noise[j] if blind else after[j] + noise[j]
        if value > highest:
            best, highest = j, value
    return best
