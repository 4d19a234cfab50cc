"""Orders taken back by a stress event, so many in one step as the kernel has room for."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, rests
from abm_desktop.market.state import STRESS_HANDLES

BATCH = 48
"""Intents that one step writes at most; the kernel has room for 64."""


@kernel
def cancel_handles(m, s, a, orders, handles, intents):
    """Ask for the cancel of every order that this event keeps by name; returns how many."""
    n = 0
    for k in range(STRESS_HANDLES):
        tag = a.handles + k
        if rests(orders, handles[tag]):
            ask_cancel(m, intents, s.agent, handles[tag], tag)
            n += 1
    return n
