"""The compiled side of a policy that decides in an environment while its markets are stepped.

A training's decisions: the same network as :mod:`abm_desktop.market.network` runs for a trader of
a market, with random numbers that are drawn beforehand, and a tanh that many cores' vector units
take at once (within 3e-7 of the exact one; a library's takes ten times as long).
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.network import GRU, TANH, dense, remember, tanh

__all__ = ["decide", "tanh"]


@kernel
def decide(network, weights, scratch, seen, state, noise, blind, logits):
    """The action of a network at one observation; of longer noise and logits it uses the first.

    The largest of logits plus Gumbel ``noise`` is a draw from the softmax of the logits; noise
    alone, if ``blind``, is a draw from all actions alike.

    Shapes: network int32 (8,) and weights float32, as of ``PolicyNet.packed``; scratch float32
    (2, widest); seen float32 (inputs or more,); state float32, what a recurrent network remembers;
    noise, logits float32 (actions or more,). Writes logits, and the state.
    """
    now, after = scratch[0], scratch[1]
    for i in range(network[1]):
        now[i] = seen[i]
    offset, layers = 0, network[0]
    for layer in range(layers):
        inputs, outputs = network[1 + layer], network[2 + layer]
        if network[6] >= GRU and layer == layers - 2:
            offset = remember(weights, offset, inputs, outputs, now, state, after)
            for j in range(outputs):
                now[j] = state[j]
            continue
        offset = dense(weights, offset, inputs, outputs, now, after)
        if layer == layers - 1:
            break
        if network[6] % GRU == TANH:
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
