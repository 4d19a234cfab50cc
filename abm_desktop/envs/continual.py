"""The compiled side of traders that learn while a market runs: act, and write down what happened.

The market waits at every decision of such a trader. The decision is taken here exactly as the
kernel takes one for a trader with a policy of its own: the same observation, network and random
draws, so that a policy that is never changed gives the same market, bit by bit.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.envs.steps import own_impact, step_reward
from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.kernel import advance
from abm_desktop.market.network import choose, forward
from abm_desktop.market.state import N_FEATURES, NEED_ACTION

__all__ = ["DECISION", "ROWS_FULL", "play_on"]

ROWS_FULL = 100
"""Returned where a trader has no row left for its decisions; beyond the kernel's own codes."""

DECISION = np.dtype(
    [
        ("time", "i8"),
        ("equity", "f8"),
        ("mid", "f8"),
        ("sigma", "f8"),
        ("held", "f8"),
        ("reward", "f8"),
        ("log_probability", "f8"),
        ("action", "i8"),
    ],
    align=True,
)
"""A decision of one trader: what it had when it decided, what it did, and, as soon as it decides
again, the reward in between. Money in tick-lots, ``held`` in lots, ``mid`` in ticks, time in ns."""


@kernel
def _log_probability(scratch, action):
    top = np.float64(scratch[0, 0])
    for k in range(1, 3):
        top = max(top, np.float64(scratch[0, k]))
    total = 0.0
    for k in range(3):
        total += math.exp(scratch[0, k] - top)
    return scratch[0, action] - top - math.log(total)


@kernel
def _reward_of(row, m, a, stresses, weights):
    """What the last decision of trader ``a`` has brought until now."""
    held = np.float64(a.inventory)
    seconds = max((m.now - row.time) * 1e-9, 1e-3)
    return step_reward(
        weights,
        a.cash + held * m.mid - row.equity,
        held * (m.mid - row.mid),
        abs(held - row.held),
        held,
        max(np.float64(a.max_inventory), 1.0),
        row.sigma * math.sqrt(seconds),
        own_impact(weights, stresses, held - row.held, m.mid - row.mid),
    )


@kernel
def play_on(
    markets, k, until, first, network, weights, scratch, reward, decisions, observations, counts
):
    """Run market ``k`` to the time ``until`` (ns), deciding for the traders from ``first`` on.

    Shapes: decisions (traders, rows); observations float32 (traders, rows, 13); counts int64
    (traders,), the rows used; ``reward`` as of RewardWeights. The last row of a trader is open: its
    reward comes with the next decision. Returns the kernel's code, or ROWS_FULL.
    """
    m = markets.market[k]
    while True:
        if m.awaiting >= 0:
            agent = m.awaiting
            j = agent - first
            if j < 0 or j >= counts.shape[0]:
                return NEED_ACTION
            a = markets.agents[k, agent]
            n = counts[j]
            if n >= decisions.shape[1]:
                return ROWS_FULL
            if n > 0:
                last = decisions[j, n - 1]
                last.reward = _reward_of(last, m, a, markets.stresses[k], reward)
            observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], scratch[0])
            for i in range(N_FEATURES):
                observations[j, n, i] = scratch[0, i]
            forward(network, weights, scratch, scratch[2])
            action = choose(a, scratch, 3)
            row = decisions[j, n]
            row.time = m.now
            row.held = np.float64(a.inventory)
            row.equity = a.cash + a.inventory * m.mid
            row.mid = m.mid
            row.sigma = m.sigma_long
            row.action = action
            row.log_probability = _log_probability(scratch, action)
            counts[j] = n + 1
            m.action = action
        status = advance(markets, k, until, 0)
        if status != NEED_ACTION:
            return status
