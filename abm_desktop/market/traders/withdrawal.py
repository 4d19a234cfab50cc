"""Resting orders that are taken back when the price runs at them.

A resting order is a free option to those who come with news; who watches takes it back when the
price begins to run. So liquidity leaves just when it is needed, which is what turns a sale into a
crash (Fosset, Bouchaud and Benzaquen 2020: cancels excited by past moves make a book unstable).
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel
from abm_desktop.market.random import uniform
from abm_desktop.market.state import BUY, NOISE

_BATCH = 48
"""Cancels of one turn; there is room for 64 intents."""


@kernel
def take_back(m, p, a, agents, orders, levels, intents):
    """Cancel noise traders' orders near the best price of the threatened side, each with a chance.

    ``a`` is the noise trader whose stream of draws decides.
    """
    side = np.int64(m.threatened)
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    step = np.int64(-1) if side == BUY else np.int64(1)
    n = np.int64(0)
    for _ in range(np.int64(p.noise_withdraw_reach)):
        at = price - m.origin
        if at < 0 or at >= m.window:  # no orders there
            return
        slot = np.int64(levels[side, at].head)
        while slot >= 0:
            order = orders[slot]
            if agents[order.agent].kind == NOISE and uniform(a) < p.noise_withdraw_share:
                handle = (slot << 32) | np.int64(order.seq)
                ask_cancel(m, intents, order.agent, handle, -1)
                n += 1
                if n == _BATCH:
                    return
            slot = np.int64(order.next)
        price += step
