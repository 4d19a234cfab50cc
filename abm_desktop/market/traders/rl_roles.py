"""The turn of an RL trader of another role than directional: look, choose, act, all at once."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.policy import choose, forward
from abm_desktop.market.roles import EXECUTOR, MAKER
from abm_desktop.market.traders import rl_executor, rl_maker


@kernel
def see(m, a, t, levels, bits, ring, orders, handles, out):
    """Write the whole observation of a maker or executor into ``out`` float32 (18,)."""
    observe(m, a, levels, bits, ring, out)
    if a.role == MAKER:
        rl_maker.look(m, a, t, orders, handles, out)
    elif a.role == EXECUTOR:
        rl_executor.look(m, a, t, orders, handles, out)


@kernel
def wake(
    m, rules, a, t, levels, bits, ring, orders, handles, networks, weights, scratch, intents, agent
):
    """Decide and ask; ``t`` is what its role remembers."""
    if a.role == EXECUTOR and m.now >= t.deadline:
        rl_executor.give_parent(m, a, t)
    see(m, a, t, levels, bits, ring, orders, handles, scratch[0])
    network = networks[a.policy]
    forward(network, weights, scratch)
    action = choose(a, scratch, network[1 + network[0]])
    a.last_action = action
    a.decisions += 1
    t.held = a.inventory
    if a.role == MAKER:
        rl_maker.act(m, rules, a, intents, orders, handles, agent, action)
    else:
        step = nanoseconds(a.step)
        rl_executor.act(m, rules, a, t, intents, orders, handles, agent, action, m.now, step)
