"""The compiled sides of the roles: the one place in the kernel that tells them apart.

A new compiled side is a file beside :mod:`.rl_maker` and :mod:`.rl_executor`, its number in
:mod:`abm_desktop.market.roles.numbers`, and a branch in :func:`see` and one in :func:`ask` here.
Whatever else differs by role is read from the trader's own records: a trader with a parent order
(``parent`` above 0) is given the next one when its time is up.
"""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.network import choose, forward
from abm_desktop.market.roles.numbers import EXECUTOR, MAKER, REMEMBERING, SIZING
from abm_desktop.market.state import N_FEATURES
from abm_desktop.market.traders import rl, rl_executor, rl_maker, rl_memory, rl_sizing


@kernel
def see(m, a, t, levels, bits, ring, orders, handles, out):
    """Write a trader's whole observation into ``out`` float32 (widest,)."""
    observe(m, a, levels, bits, ring, out)
    if a.role == MAKER:
        rl_maker.look(m, a, t, orders, levels, handles, out)
    elif a.role == EXECUTOR:
        rl_executor.look(m, a, t, orders, levels, handles, out)
    elif a.role == REMEMBERING:
        rl_memory.look(m, t, out, N_FEATURES)
    elif a.role == SIZING:
        rl_sizing.look(m, t, levels, bits, ring, out)


@kernel
def ask(m, rules, a, t, intents, orders, handles, agent, action, start, step):
    """Turn an action into orders; ``start`` is the time of the decision, ``step`` that of two, ns.

    Those of a directional trader without memory become orders in the kernel (:func:`.rl.act`).
    """
    if a.role == MAKER:
        rl_maker.act(m, rules, a, intents, orders, handles, agent, action)
    elif a.role == EXECUTOR:
        rl_executor.act(m, rules, a, t, intents, orders, handles, agent, action, start, step)
    elif a.role == REMEMBERING:
        rl.trade(m, rules, a, intents, agent, action)
    elif a.role == SIZING:
        rl_sizing.act(m, rules, a, intents, agent, action)


@kernel
def next_parent(m, a, t):
    """Give a trader that works off parent orders the next one, once its time is up."""
    if t.parent > 0 and m.now >= t.deadline:
        rl_executor.give_parent(m, a, t)


@kernel
def wake(
    m, rules, a, t, levels, bits, ring, orders, handles, networks, weights, scratch, intents, agent
):
    """Decide and ask; ``t`` is what its role remembers."""
    next_parent(m, a, t)
    see(m, a, t, levels, bits, ring, orders, handles, scratch[0])
    network = networks[a.policy]
    forward(network, weights, scratch, t.hidden)
    action = choose(a, scratch, network[1 + network[0]])
    a.last_action = action
    a.decisions += 1
    t.held = a.inventory
    ask(m, rules, a, t, intents, orders, handles, agent, action, m.now, nanoseconds(a.step))


@kernel
def see_and_weigh(markets, k, agents, remembered, observation, scratch):
    """Write what the one trader in ``agents`` would see now, and its logits into ``scratch``.

    Both records are copies: a look changes nothing in the market.
    """
    a = agents[0]
    m = markets.market[k]
    next_parent(m, a, remembered[0])
    see(
        m,
        a,
        remembered[0],
        markets.levels[k],
        markets.bits[k],
        markets.ring[k],
        markets.orders[k],
        markets.handles[k],
        observation,
    )
    for i in range(observation.shape[0]):
        scratch[0, i] = observation[i]
    forward(markets.networks[k, a.policy], markets.weights[k], scratch, remembered[0].hidden)
