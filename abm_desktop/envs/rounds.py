"""The compiled side of shared markets: rounds in which every outside trader decides once.

All traders look at the same moment. Each one's orders set out after a delay of its own, uniform
over the jittered part of the step, so that they do not arrive together and no trader always comes
first. Then the market runs on to the next round.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.envs.steps import begin_episode, step_reward
from abm_desktop.market import opening
from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.intents import ask_cancel, ask_immediate, ask_limit, collar_price
from abm_desktop.market.kernel import advance
from abm_desktop.market.policy import HOLD_ACTION
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, N_FEATURES, SELL, SLIDE

DIRECTIONAL, MAKER, EXECUTOR = range(3)
_CLIP = 5.0


@kernel
def _clipped(x):
    return min(max(x, -_CLIP), _CLIP)


@kernel
def _touch(m, held):
    """Price in ticks at which a position of this sign can be closed; the mid where none is."""
    if held > 0 and m.best_bid >= 0:
        return np.float64(m.best_bid)
    if held < 0 and m.best_ask < m.ladder:
        return np.float64(m.best_ask)
    return np.float64(m.mid)


@kernel
def _risk(m, t):
    """Standard deviation of an executor's cost: its order times the price's over its time."""
    return t.parent * m.sigma_long * math.sqrt(t.horizon * 1e-9)


@kernel
def _deliver(markets, k, a):
    """Give the position to the seed account; money is conserved."""
    heir = markets.agents[k, opening.SEED_AGENT]
    of_heir, of_agent = markets.classes[k, heir.kind], markets.classes[k, a.kind]
    heir.cash += a.cash
    heir.inventory += a.inventory
    of_heir.cash += a.cash
    of_heir.inventory += a.inventory
    of_agent.cash -= a.cash
    of_agent.inventory -= a.inventory
    a.cash = 0
    a.inventory = 0


@kernel
def _new_parent(m, a, t):
    t.side = 1 if uniform(a) < 0.5 else -1
    t.arrival = m.mid
    t.deadline = m.now + t.horizon
    t.carry = 0.0


@kernel
def _distance(m, orders, handle, sign):
    """How far a resting quote is from the mid, in halves of the average spread; 0 for none."""
    if handle < 0:
        return 0.0
    order = orders[handle >> 32]
    if order.seq != (handle & 0x7FFFFFFF) or order.size == 0:
        return 0.0
    return sign * (m.mid - order.price) / (0.5 * max(m.spread_average, 1.0))


@kernel
def look(markets, k, agent, t, obs):
    """Write a trader's observation, float32 (17,); what its role does not see stays 0."""
    m = markets.market[k]
    a = markets.agents[k, agent]
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], obs)
    if t.role == MAKER:
        orders, handles = markets.orders[k], markets.handles[k]
        obs[N_FEATURES] = _clipped(_distance(m, orders, handles[a.handles], 1.0))
        obs[N_FEATURES + 1] = _clipped(_distance(m, orders, handles[a.handles + 1], -1.0))
        obs[N_FEATURES + 2] = _clipped((a.inventory - t.held) / max(np.float64(a.size), 1.0))
    elif t.role == EXECUTOR:
        share = (t.parent - t.side * a.inventory) / np.float64(t.parent)
        time = (t.deadline - m.now) / np.float64(t.horizon)
        obs[N_FEATURES] = _clipped(t.side * share)
        obs[N_FEATURES + 1] = _clipped(time)
        obs[N_FEATURES + 2] = _clipped(share - time)
        obs[N_FEATURES + 3] = _clipped(t.side * (m.mid - t.arrival) * t.parent / _risk(m, t))


@kernel
def begin(markets, k, first, traders, obs):
    """Begin an episode: no quotes, no positions, fresh parent orders; writes obs (A, 17)."""
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
        t.held = 0
        t.orders = 0
        t.left = 0
        t.shortfall = 0.0
        if t.role == EXECUTOR:
            _new_parent(m, a, t)
    for j in range(traders.shape[0]):
        look(markets, k, first + j, traders[j], obs[j])


@kernel
def _quote(m, intents, orders, handles, agent, tag, side, price, size):
    """Let one quote stand at this price; one that stands there already keeps its place."""
    handle = handles[tag]
    if handle >= 0:
        order = orders[handle >> 32]
        stands = order.seq == (handle & 0x7FFFFFFF) and order.size > 0
        if stands and size > 0 and order.price == price and order.size == size:
            return
        ask_cancel(m, intents, agent, handle, tag)
    if size > 0 and price > 0:
        ask_limit(m, intents, SLIDE, agent, side, price, size, 0, tag)


@kernel
def _make_market(m, rules, a, intents, orders, handles, agent, action, quotes):
    """Quote the chosen distances, or take both quotes away and close the position."""
    closing = action >= quotes.shape[0]
    size, limit = np.int64(a.size), np.int64(a.max_inventory)
    half = 0.5 * max(m.spread_average, 1.0)
    pair = quotes[0] if closing else quotes[action]
    bid = np.int64(math.floor(m.mid - pair[0] * half))
    ask = np.int64(math.ceil(m.mid + pair[1] * half))
    to_buy = np.int64(0) if closing else min(size, limit - a.inventory)
    to_sell = np.int64(0) if closing else min(size, limit + a.inventory)
    _quote(m, intents, orders, handles, agent, a.handles, BUY, bid, to_buy)
    _quote(m, intents, orders, handles, agent, a.handles + 1, SELL, ask, to_sell)
    if closing and a.inventory != 0:
        side = SELL if a.inventory > 0 else BUY
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), abs(a.inventory))


@kernel
def _slice(m, rules, a, t, intents, agent, share, start, step):
    """Trade a multiple of what an even schedule over the time left would trade now."""
    remaining = max(np.int64(t.parent) - np.int64(t.side) * a.inventory, 0)
    decisions = max((t.deadline - start + step - 1) // step, 1)
    wanted = share * remaining / decisions + t.carry
    lots = min(np.int64(math.floor(wanted + 1e-9)), remaining)
    t.carry = max(wanted - lots, 0.0)
    if lots > 0:
        side = BUY if t.side > 0 else SELL
        ask_immediate(m, intents, agent, side, collar_price(m, rules, side), lots)


@kernel
def _act(markets, k, agent, t, action, start, step, quotes, shares):
    """Let one trader act now; what it asks is carried out when the market goes on."""
    m = markets.market[k]
    rules = markets.rules[k]
    a = markets.agents[k, agent]
    intents = markets.intents[k]
    # As after its own wake-up: the kernel delays what it asks as it does for every trader.
    m.awaiting = agent
    m.action = HOLD_ACTION
    if t.role == DIRECTIONAL:
        m.action = action
    elif t.role == MAKER:
        _make_market(
            m, rules, a, intents, markets.orders[k], markets.handles[k], agent, action, quotes
        )
    else:
        _slice(m, rules, a, t, intents, agent, shares[action], start, step)


@kernel
def _executor_reward(markets, k, a, t, over):
    """Minus the implementation shortfall (Perold 1988) of this round's trades, per unit of risk.

    When the time is up, what is left is charged at the touch, with a penalty on top.
    """
    m = markets.market[k]
    risk = _risk(m, t)
    gain = (a.cash - t.cash) + t.arrival * (a.inventory - t.held)
    reward = gain / risk
    t.shortfall -= gain
    if over or m.now >= t.deadline:
        left = max(t.parent - t.side * a.inventory, 0)
        charge = t.side * left * (_touch(m, -t.side) - t.arrival)
        reward -= charge / risk + t.unfinished * left / t.parent
        t.shortfall += charge
        t.orders += 1
        t.left += left
        if not over:
            _deliver(markets, k, a)
            _new_parent(m, a, t)
    return _clipped(reward)


@kernel
def _position_reward(m, a, t, weights, mid, sigma, seconds, over):
    held = np.float64(a.inventory)
    price = _touch(m, held) if over else np.float64(m.mid)
    return step_reward(
        weights,
        a.cash + held * price - t.equity,
        held * (m.mid - mid),
        abs(held - t.held),
        held,
        max(np.float64(a.max_inventory), 1.0),
        sigma * math.sqrt(seconds),
    )


@kernel
def _play_round(
    markets, k, first, traders, actions, weights, step, spread, until, quotes, shares, obs, rewards
):
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
        _act(markets, k, first + soonest, t, actions[soonest], start, step, quotes, shares)
    advance(markets, k, start + step, 0)
    over = m.now >= until
    for j in range(count):
        t = traders[j]
        a = markets.agents[k, first + j]
        if t.role == EXECUTOR:
            rewards[j] = _executor_reward(markets, k, a, t, over)
        else:
            rewards[j] = _position_reward(m, a, t, weights[t.role], mid, sigma, step * 1e-9, over)
        look(markets, k, first + j, t, obs[j])
    return over


@kernel
def play_rounds(
    markets,
    first,
    traders,
    actions,
    skip,
    weights,
    step,
    spread,
    ends,
    quotes,
    shares,
    obs,
    rewards,
    over,
):
    """One round in every market that is not skipped.

    Shapes: traders, actions, rewards (n, A); obs (n, A, 17); skip, ends, over (n,). ``step`` and
    ``spread``, the longest delay of an order, are in ns.
    """
    for k in range(actions.shape[0]):
        if not skip[k]:
            over[k] = _play_round(
                markets,
                k,
                first,
                traders[k],
                actions[k],
                weights,
                step,
                spread,
                ends[k],
                quotes,
                shares,
                obs[k],
                rewards[k],
            )
