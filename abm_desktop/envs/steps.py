"""The compiled side of the environments: an episode's begin, a step, and its reward."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.envs.deciding import decide
from abm_desktop.market import opening
from abm_desktop.market.compiled import fetch_add, inlined, kernel
from abm_desktop.market.features import observe
from abm_desktop.market.kernel import advance
from abm_desktop.market.state import STRESS_SLOTS

_FOREVER = 1 << 61


@kernel
def own_impact(weights, stresses, bought, move):
    """Impact of a trader's own trades in a step under stress, tick-lots, at least 0.

    Lots that it ``bought``, or sold (below 0), times the ``move`` of the mid over the step (ticks)
    in their direction; 0 if no stress is on when the step ends. What nobody weighs is not computed.
    """
    if weights[5] == 0.0 or bought * move <= 0.0:
        return 0.0
    for k in range(STRESS_SLOTS):
        if stresses[k].on != 0:
            return bought * move
    return 0.0


@kernel
def step_reward(weights, equity_change, holding_gain, traded, inventory, limit, risk_unit, impact):
    """One step's reward; money in tick-lots, sizes in lots, ``risk_unit`` in ticks."""
    damped = equity_change - max(0.0, weights[0] * holding_gain) - weights[2] * traded
    damped -= weights[5] * impact
    load = inventory / limit
    reward = damped / (limit * risk_unit) - weights[1] * load * load
    return min(max(reward, -weights[3]), weights[3])


@kernel
def gain_at_value(m, cash_change, bought):
    """What trades of a step are worth at the value that the market has after it, in tick-lots.

    The gain of the equity at the value, less what the position from before gained by its move.
    """
    return cash_change + bought * m.value


@kernel
def _equity(m, a):
    return a.cash + a.inventory * m.mid


@kernel
def receive(markets, k, a, lots, cash):
    """Take lots and cash from the seed account; both are conserved."""
    giver = markets.agents[k, opening.SEED_AGENT]
    of_giver, of_agent = markets.classes[k, giver.kind], markets.classes[k, a.kind]
    giver.cash -= cash
    giver.inventory -= lots
    of_giver.cash -= cash
    of_giver.inventory -= lots
    of_agent.cash += cash
    of_agent.inventory += lots
    a.cash += cash
    a.inventory += lots


@kernel
def deliver(markets, k, a):
    """Give the position to the seed account."""
    receive(markets, k, a, -a.inventory, -a.cash)


@kernel
def begin_episode(markets, k, agent, obs):
    """Give the position to the seed account (money is conserved), and look at the market."""
    m = markets.market[k]
    a = markets.agents[k, agent]
    deliver(markets, k, a)
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], obs)


@inlined
def _step_one(markets, k, agent, action, weights, until, obs):
    """Act and run on to the next decision; returns (reward, whether the episode is over)."""
    m = markets.market[k]
    a = markets.agents[k, agent]
    start = m.now
    before = np.float64(a.inventory)
    equity, cash = _equity(m, a), a.cash
    mid = m.mid
    sigma = m.sigma_long
    m.action = action
    advance(markets, k, _FOREVER, 0)
    held = np.float64(a.inventory)
    over = m.now >= until
    new_equity = _equity(m, a)
    if over and held != 0.0:
        # The last position is marked at the touch: what closing it would bring.
        if held > 0.0 and m.best_bid >= 0:
            new_equity = a.cash + held * m.best_bid
        elif held < 0.0 and m.best_ask < m.ladder:
            new_equity = a.cash + held * m.best_ask
    gain = new_equity - equity
    if weights[4] != 0.0:
        gain = gain_at_value(m, a.cash - cash, held - before)
    seconds = max((m.now - start) * 1e-9, 1e-3)
    reward = step_reward(
        weights,
        gain,
        held * (m.mid - mid),
        abs(held - before),
        held,
        max(np.float64(a.max_inventory), 1.0),
        sigma * math.sqrt(seconds),
        own_impact(weights, markets.stresses[k], held - before, m.mid - mid),
    )
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], obs)
    return reward, over


@kernel
def play_markets(
    markets, agent, traders, weights, ends, turns, seen, plan, decider, obs, rewards, done, over
):
    """Step the markets that ``turns`` names on and on, until an episode is over.

    Called by several threads at once, which share ``turns``: each market is taken by one of them.

    Shapes, with T steps, n markets and A traders, of which here there is one: traders (n, A);
    weights (A, 6); ends, over (n,); seen (n, A, width) is what was seen before the first step; obs
    (T, n, A, width), rewards (T, n, A) and done (T, n) get what follows each. ``turns`` is
    (counters, ends_at, mine, at): the next market of each block of them, the end of each block, the
    block of this thread, and the step at which each market stands (n,), which is written. ``plan``
    is (actions, noise, blind, logits), actions (T, n, A) given, or, if ``decider``'s networks have
    layers, taken by them (see :func:`decide`); noise and logits are (T, n, A, actions), blind (T,
    n, A). ``decider`` is (networks, parameters, seats, scratch): P networks int32 (P, 8), their
    parameters float32 (P, longest), and which of them decides for each trader, int64 (n, A). A
    market whose episode is over when it is to be stepped stays at that step, with its action, and
    one that stands still after it.
    """
    counters, ends_at, mine, at = turns
    actions, noise, blind, logits = plan
    networks, parameters, seats, scratch = decider
    block, blocks = mine, 0
    while blocks < counters.shape[0]:
        k = fetch_add(counters, block, 1)
        if k >= ends_at[block]:
            # Its own markets first, which are in the cache of its core; then what others have left.
            block, blocks = (block + 1) % counters.shape[0], blocks + 1
            continue
        t = at[k]
        while t < obs.shape[0]:
            if networks[0, 0] > 0:
                before = seen[k, 0] if t == 0 else obs[t - 1, k, 0]
                who = seats[k, 0]
                actions[t, k, 0] = decide(
                    networks[who],
                    parameters[who],
                    scratch,
                    before,
                    traders[k, 0].hidden,
                    noise[t, k, 0],
                    blind[t, k, 0],
                    logits[t, k, 0],
                )
            if over[k]:
                break
            reward, ended = _step_one(
                markets, k, agent, actions[t, k, 0], weights[0], ends[k], obs[t, k, 0]
            )
            rewards[t, k, 0] = reward
            done[t, k] = ended
            over[k] = ended
            t += 1
            if markets.market[k].stuck != 0:
                break
        at[k] = t
