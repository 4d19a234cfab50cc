"""Orders that a trader keeps in the book by name: where they stand, and how they are moved."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, ask_limit, rests
from abm_desktop.market.state import SLIDE


@kernel
def half_spread(m):
    """The unit of quotes' distances from the mid: half of the average spread, in ticks."""
    return 0.5 * max(m.spread_average, 1.0)


@kernel
def distance(m, orders, handle, sign):
    """How far a resting quote is from the mid, in halves of the average spread; 0 for none."""
    if not rests(orders, handle):
        return 0.0
    return sign * (m.mid - orders[handle >> 32].price) / half_spread(m)


@kernel
def queue(m, orders, levels, handle):
    """Lots that stand before a resting quote, as a share of all at its price; 1 for none."""
    if not rests(orders, handle):
        return 1.0
    order = orders[handle >> 32]
    ahead, at = 0.0, order.prev
    while at >= 0:
        ahead += orders[at].size
        at = orders[at].prev
    return ahead / levels[order.side, order.price - m.origin].volume


@kernel
def quote(m, intents, orders, handles, agent, tag, side, price, size, least, most):
    """Let one quote of ``size`` lots stand at this price; none for 0.

    One that stands there already, of ``least`` to ``most`` lots, keeps its place in the queue.
    """
    handle = handles[tag]
    if handle >= 0:
        if size > 0 and rests(orders, handle):
            order = orders[handle >> 32]
            if order.price == price and order.side == side and least <= order.size <= most:
                return
        ask_cancel(m, intents, agent, handle, tag)
    if size > 0 and price > 0:
        ask_limit(m, intents, SLIDE, agent, side, price, size, 0, tag)
