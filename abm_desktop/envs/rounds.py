"""The compiled side of shared markets: rounds in which every outside trader decides once.

All traders look at the same moment. Each one's orders set out after a delay of its own, uniform
over the jittered part of the step, so that they do not arrive together and no trader always comes
first. Then the market runs on to the next round.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.envs.deciding import decide
from abm_desktop.envs.steps import (
    begin_episode,
    deliver,
    gain_at_value,
    own_impact,
    receive,
    step_reward,
)
from abm_desktop.market.book import next_ask, next_bid
from abm_desktop.market.compiled import fetch_add, inlined, kernel
from abm_desktop.market.intents import ask_cancel
from abm_desktop.market.kernel import advance
from abm_desktop.market.random import uniform
from abm_desktop.market.roles.numbers import DIRECTIONAL, HOLD_ACTION
from abm_desktop.market.state import BUY, LIMIT_STATE, SELL
from abm_desktop.market.traders import rl_executor, rl_memory, rl_roles

_CLIP = 5.0


@kernel
def _clipped(x):
    return min(max(x, -_CLIP), _CLIP)


@kernel
def _touch(m, held):
    """Price in ticks at which a position of this sign can be closed; the mid if none is."""
    if held > 0 and m.best_bid >= 0:
        return np.float64(m.best_bid)
    if held < 0 and m.best_ask < m.ladder:
        return np.float64(m.best_ask)
    return np.float64(m.mid)


@kernel
def _fill_on_paper(markets, k, a, first):
    """Fill the market orders from intent ``first`` on with the seed account, and drop them.

    At once, at the prices and up to the lots that stand in the book, which stays as it is.
    """
    m = markets.market[k]
    levels, bits = markets.levels[k], markets.bits[k]
    for i in range(first, m.intents_n):
        intent = markets.intents[k, i]
        buys = intent.side == BUY
        price = np.int64(m.best_ask) if buys else np.int64(m.best_bid)
        left = np.int64(intent.size) if m.phase <= LIMIT_STATE else np.int64(0)
        while left > 0 and (price <= intent.price if buys else price >= intent.price):
            lots = min(left, np.int64(levels[SELL if buys else BUY, price - m.origin].volume))
            signed = lots if buys else -lots
            receive(markets, k, a, signed, -signed * price)
            left -= lots
            price = next_ask(m, bits, price) if buys else next_bid(m, bits, price)
    m.intents_n = first


@kernel
def look(markets, k, agent, t, obs):
    """Write a trader's observation, float32 (widest,); what its role does not see stays 0."""
    rl_roles.see(
        markets.market[k],
        markets.agents[k, agent],
        t,
        markets.levels[k],
        markets.bits[k],
        markets.ring[k],
        markets.orders[k],
        markets.handles[k],
        obs,
    )


@kernel
def begin(markets, k, first, traders, obs):
    """Begin an episode: no quotes, no positions, fresh parent orders; writes obs (A, widest)."""
    m = markets.market[k]
    handles = markets.handles[k]
    intents = markets.intents[k]
    for j in range(traders.shape[0]):
        a = markets.agents[k, first + j]
        for side in range(2):
            tag = a.handles + side
            if handles[tag] >= 0:
                ask_cancel(m, intents, first + j, handles[tag], tag)
        if m.intents_n > 0:
            advance(markets, k, m.now, 0)
    for j in range(traders.shape[0]):
        t = traders[j]
        a = markets.agents[k, first + j]
        begin_episode(markets, k, first + j, obs[j])
        rl_memory.forget(t)
        t.held = 0
        t.orders = 0
        t.left = 0
        t.shortfall = 0.0
        t.settled = 0.0
        t.worth = 0.0
        if t.parent > 0:
            rl_executor.give_parent(m, a, t)
    for j in range(traders.shape[0]):
        look(markets, k, first + j, traders[j], obs[j])


@kernel
def _act(markets, k, agent, t, action, start, step):
    """Let one trader act now; what it asks is carried out when the market goes on."""
    m = markets.market[k]
    rules = markets.rules[k]
    a = markets.agents[k, agent]
    intents = markets.intents[k]
    # As after its own wake-up: the kernel delays what it asks as it does for every trader.
    m.awaiting = agent
    if a.role == DIRECTIONAL:
        m.action = action
        return
    m.action = HOLD_ACTION
    orders, handles = markets.orders[k], markets.handles[k]
    asked = m.intents_n
    rl_roles.ask(m, rules, a, t, intents, orders, handles, agent, action, start, step)
    if t.on_paper != 0:
        _fill_on_paper(markets, k, a, asked)


@kernel
def _shortfall_reward(markets, k, a, t, weights, start, mid, over):
    """Minus the part of this round in the implementation shortfall (Perold 1988), per unit of risk.

    What is left is carried at the mid, so that a round pays for how far its trades were from the
    mid, and for what the mid moved against the lots that an even schedule would have had by then:
    what it moved against those of the schedule itself depends on luck alone, and is left out. When
    the time is up, what is left is charged at the touch, with a penalty on top. If it is rewarded
    at the value, trades pay for how far they were from that, and nothing is left to luck. Impact
    under stress is charged as it is of positions.
    """
    m = markets.market[k]
    risk = rl_executor.risk(m, t)
    bought = a.inventory - t.held
    gain = (a.cash - t.cash) + t.arrival * bought
    behind = t.parent * (1.0 - (t.deadline - start) / t.horizon) - t.side * t.held
    worth = np.float64(m.mid)
    reward = (a.cash - t.cash) + m.mid * bought - t.side * behind * (m.mid - mid)
    if weights[4] != 0.0:
        worth = m.value
        reward = gain_at_value(m, a.cash - t.cash, bought)
    reward -= weights[5] * own_impact(weights, markets.stresses[k], bought, m.mid - mid)
    reward /= risk
    t.shortfall -= gain
    if over or m.now >= t.deadline:
        left = max(t.parent - t.side * a.inventory, 0)
        charge = t.side * left * (_touch(m, -t.side) - t.arrival)
        reward -= t.side * left * (_touch(m, -t.side) - worth) / risk
        reward -= t.unfinished * left / t.parent
        t.shortfall += charge
        t.settled = t.shortfall
        t.worth += t.parent * t.arrival
        t.orders += 1
        t.left += left
        if not over:
            deliver(markets, k, a)
            rl_executor.give_parent(m, a, t)
    return _clipped(reward)


@kernel
def _position_reward(markets, k, a, t, weights, mid, sigma, seconds, over):
    m = markets.market[k]
    held = np.float64(a.inventory)
    price = _touch(m, held) if over else np.float64(m.mid)
    gain = a.cash + held * price - t.equity
    if weights[4] != 0.0:
        gain = gain_at_value(m, a.cash - t.cash, held - t.held)
    return step_reward(
        weights,
        gain,
        held * (m.mid - mid),
        abs(held - t.held),
        held,
        max(np.float64(a.max_inventory), 1.0),
        sigma * math.sqrt(seconds),
        own_impact(weights, markets.stresses[k], held - t.held, m.mid - mid),
    )


@inlined
def _play_round(markets, k, first, traders, actions, weights, step, spread, until, obs, rewards):
    """One round of market ``k``; returns whether the episode is over."""
    m = markets.market[k]
    start = m.now
    mid = m.mid
    sigma = m.sigma_long
    count = traders.shape[0]
    for j in range(count):
        t = traders[j]
        a = markets.agents[k, first + j]
        t.equity = a.cash + a.inventory * mid
        t.cash = a.cash
        t.held = a.inventory
        t.act_at = start + np.int64(spread * uniform(a))
        t.due = 1
    for _ in range(count):
        soonest = -1
        for j in range(count):
            if traders[j].due == 1:
                if soonest < 0 or traders[j].act_at < traders[soonest].act_at:
                    soonest = j
        t = traders[soonest]
        t.due = 0
        advance(markets, k, t.act_at, 0)
        _act(markets, k, first + soonest, t, actions[soonest], start, step)
    advance(markets, k, start + step, 0)
    over = m.now >= until
    for j in range(count):
        t = traders[j]
        a = markets.agents[k, first + j]
        if t.parent > 0:
            rewards[j] = _shortfall_reward(markets, k, a, t, weights[j], start, mid, over)
        else:
            seconds = step * 1e-9
            rewards[j] = _position_reward(markets, k, a, t, weights[j], mid, sigma, seconds, over)
        look(markets, k, first + j, t, obs[j])
    return over


@kernel
def play_rounds(
    markets,
    first,
    traders,
    weights,
    ends,
    turns,
    seen,
    plan,
    decider,
    obs,
    rewards,
    done,
    over,
    step,
    spread,
):
    """Rounds in the markets that ``turns`` names, until an episode is over.

    All but ``step`` and ``spread``, the longest delay of an order, both in ns, is as of
    :func:`abm_desktop.envs.steps.play_markets`.
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
                before = seen[k] if t == 0 else obs[t - 1, k]
                for j in range(actions.shape[2]):
                    who = seats[k, j]
                    actions[t, k, j] = decide(
                        networks[who],
                        parameters[who],
                        scratch,
                        before[j],
                        traders[k, j].hidden,
                        noise[t, k, j],
                        blind[t, k, j],
                        logits[t, k, j],
                    )
            if over[k]:
                break
            ended = _play_round(
                markets,
                k,
                first,
                traders[k],
                actions[t, k],
                weights,
                step,
                spread,
                ends[k],
                obs[t, k],
                rewards[t, k],
            )
            done[t, k] = ended
            over[k] = ended
            t += 1
            if markets.market[k].stuck != 0:
                break
        at[k] = t
