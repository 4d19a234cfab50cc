"""Value traders of ABIDES: a normal belief about the fundamental, updated at every look.

Between looks the belief reverts and widens; a noisy observation narrows it (Wah, Wright and Wellman
2017). One order at a time: the old one is cancelled first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, ask_limit, near_ask, near_bid
from abm_desktop.market.random import normal, uniform
from abm_desktop.market.state import BUY, LIMIT, SELL
from abm_desktop.market.traders.once_noise import order_size

if TYPE_CHECKING:
    from abm_desktop.scenario.population import BayesianValueTraders


def handles(section: BayesianValueTraders) -> int:
    """Orders that one trader keeps by name: the one that stands."""
    return 1


@kernel
def activity_rate(p):
    """Looks of one trader per second of activity time."""
    return p.bayes_rate


@kernel
def prepare(m, p, a):
    """Start from the exact long-run mean; ``bias`` is the belief, ``threshold`` its variance."""
    a.bias = p.start_ticks
    a.threshold = 0.0
    a.last_refresh = m.now


@kernel
def _believe(m, p, a):
    seconds = (m.now - a.last_refresh) * 1e-9
    a.last_refresh = m.now
    keep = math.exp(-p.bayes_reversion * seconds)
    believed = (1.0 - keep) * p.start_ticks + keep * a.bias
    if p.bayes_reversion > 0.0:
        widening = (1.0 - keep * keep) / (2.0 * p.bayes_reversion)
    else:
        widening = seconds
    variance = keep * keep * a.threshold + widening * p.bayes_shock_variance
    noise = p.bayes_observation_variance
    seen = m.value + math.sqrt(noise) * normal(a)
    total = noise + variance
    if total > 0.0:
        a.bias = (noise * believed + variance * seen) / total
        a.threshold = noise * variance / total
    else:
        a.bias = seen
    return a.bias


@kernel
def wake(m, p, a, handles, intents, agent):
    """Cancel what stands, look, and place one order on the side of the belief."""
    tag = np.int64(a.handles)
    if handles[tag] >= 0:
        ask_cancel(m, intents, agent, handles[tag], tag)
    side = BUY if _believe(m, p, a) >= m.mid else SELL
    bid, ask = near_bid(m), near_ask(m)
    behind = np.int64(0)
    if uniform(a) >= p.bayes_aggressive_share:
        reach = max(p.bayes_depth_spread * (ask - bid), 1.0)
        behind = np.int64(uniform(a) * reach)
    price = ask - behind if side == BUY else bid + behind
    ask_limit(m, intents, LIMIT, agent, side, price, order_size(a), 0, tag)
