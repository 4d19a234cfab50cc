"""The compiled side of the environments: an episode's begin, a step, and its reward."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market import opening
from abm_desktop.market.compiled import inlined, kernel
from abm_desktop.market.features import observe
from abm_desktop.market.kernel import advance

_FOREVER = 1 << 61


@kernel
def step_reward(weights, equity_change, holding_gain, traded, inventory, limit, risk_unit):
    """One step's reward; money in tick-lots, sizes in lots, ``risk_unit`` in ticks."""
    damped = equity_change - max(0.0, weights[0] * holding_gain) - weights[2] * traded
    load = inventory / limit
    reward = damped / (limit * risk_unit) - weights[1] * load * load
    return min(max(reward, -weights[3]), weights[3])


@kernel
def _equity(m, a):
    return a.cash + a.inventory * m.mid


@kernel
def begin_episode(markets, k, agent, obs):
    """Give the position to the seed account (money is conserved), and look at the market."""
    m = markets.market[k]
    a = markets.agents[k, agent]
    heir = markets.agents[k, opening.SEED_AGENT]
    heir.cash += a.cash
    heir.inventory += a.inventory
    of_heir, of_agent = markets.classes[k, heir.kind], markets.classes[k, a.kind]
    of_heir.cash += a.cash
    of_heir.inventory += a.inventory
    of_agent.cash -= a.cash
    of_agent.inventory -= a.inventory
    a.cash = 0
    a.inventory = 0
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], obs)


@inlined
def _step_one(markets, k, agent, action, weights, until, obs):
    """Act and run on to the next decision; returns (reward, whether the episode is over)."""
    m = markets.market[k]
    a = markets.agents[k, agent]
    start = m.now
    before = np.float64(a.inventory)
    equity = _equity(m, a)
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
    seconds = max((m.now - start) * 1e-9, 1e-3)
    reward = step_reward(
        weights,
        new_equity - equity,
        held * (m.mid - mid),
        abs(held - before),
        held,
        max(np.float64(a.max_inventory), 1.0),
        sigma * math.sqrt(seconds),
    )
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], obs)
    return reward, over


@kernel
def step_markets(markets, agent, actions, skip, weights, ends, obs, rewards, over):
    """Step every market that is not skipped; all arrays have one entry a market."""
    for k in range(actions.shape[0]):
        if skip[k]:
            continue
        reward, done = _step_one(markets, k, agent, actions[k], weights, ends[k], obs[k])
        rewards[k] = reward
        over[k] = done
