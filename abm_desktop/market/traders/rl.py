"""RL traders: every few seconds they observe 13 features and sell, hold or buy a fixed size.

The action comes from a policy network inside the kernel, or from outside (an environment). Steps
are jittered, because synchronous agents would herd by construction.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.intents import ask_immediate, collar_price
from abm_desktop.market.network import choose, forward
from abm_desktop.market.random import uniform
from abm_desktop.market.roles.numbers import BUY_ACTION, SELL_ACTION
from abm_desktop.market.state import BUY, SELL


@kernel
def next_step(a):
    """Seconds until the trader's next decision."""
    return a.step * (1.0 + a.jitter * (2.0 * uniform(a) - 1.0))


@kernel
def decide(m, a, levels, bits, ring, networks, weights, scratch):
    """Observe and ask the policy network for an action."""
    observe(m, a, levels, bits, ring, scratch[0])
    forward(networks[a.policy], weights, scratch, scratch[2])  # it has no memory
    return choose(a, scratch, 3)


@kernel
def trade(m, rules, a, intents, agent, action):
    """Ask for an immediate order, clipped by the inventory limit; nothing to hold."""
    limit = np.int64(a.max_inventory)
    if action == BUY_ACTION:
        size = min(np.int64(a.size), limit - a.inventory)
        if size > 0:
            ask_immediate(m, intents, agent, BUY, collar_price(m, rules, BUY), size)
    elif action == SELL_ACTION:
        size = min(np.int64(a.size), limit + a.inventory)
        if size > 0:
            ask_immediate(m, intents, agent, SELL, collar_price(m, rules, SELL), size)


@kernel
def act(m, rules, a, intents, agent, action):
    """Note an action and trade on it."""
    a.last_action = action
    a.decisions += 1
    trade(m, rules, a, intents, agent, action)
