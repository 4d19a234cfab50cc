"""Beginning, stepping and ending a stress event of any kind, and what the active ones add up to.

What a kind does is in the file of its name, in functions of these names, each if there is need:

- ``begin``: once, when it begins;
- ``step``: first when it begins, then whenever it said; returns the time (ns) of the next, 0: none;
- ``add_up``: its part of the factors that traders, value process and engine read, while it is on;
  with ``FADES = True`` beside it before every step too;
- ``runs_off``: once, at its end; until when (ns) what it caused goes on;
- ``withdraw``: takes back orders that it left; returns how many it asked for.

Their parameters are ``s``, the event, ``a``, the account that it trades with, and of the market
what they need: see the chains below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.dispatch import Chain, compiled_file
from abm_desktop.market.state import ACTING, RUNNING_OFF, STRESS_KINDS, STRESS_SLOTS
from abm_desktop.scenario.stress import STRESS_TYPES

_LOOK_AGAIN = 50_000_000
_FILES = [compiled_file("stress", kind, STRESS_TYPES[kind]) for kind in STRESS_KINDS]


def _chain(
    what: str,
    offers: str,
    after: str = "return np.int64(0)",
    first: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """The kernel that calls the function ``what`` of the kind of an event, if it has one.

    Before that it calls ``first``, if the kind fades.
    """
    chain = Chain(what, offers)
    for kind, file in enumerate(_FILES):
        if hasattr(file, what):
            fades = first is not None and getattr(file, "FADES", False)
            lines = [chain.call(first)] if fades else []
            lines.append(f"return {chain.call(getattr(file, what))}")
            chain.branch(f"s.kind == {kind}", *lines)
    return chain.kernel(after)


_add_up = _chain("add_up", "m p s", after="return")
_begin = _chain("begin", "m p s a memory", after="return")
_runs_off = _chain("runs_off", "m s a agents")
_withdraw = _chain("withdraw", "m s a orders pool handles intents")


@kernel
def combine(m, p, stresses):
    """Add up the active events into the factors that the traders and the engine read."""
    m.buyer_rate = 1.0
    m.buyer_caution = 1.0
    m.anchor_scale = 1.0
    m.value_volatility_scale = 1.0
    m.maker_sigma_floor = 0.0
    m.maker_share_out = 0.0
    m.maker_max_inventory = 0.0
    m.momentum_max_inventory = 0.0
    m.informed_share = 0.0
    m.capacity = 0.0
    m.fast_scale = 0.0
    m.fast_base = 0.0
    for k in range(STRESS_SLOTS):
        s = stresses[k]
        if s.on != 0:
            _add_up(m, p, s)


_step = _chain(
    "step",
    "m p rules stresses s a memory agents orders pool levels bits handles intents",
    first=combine,
)


@kernel
def begin(m, p, stresses, memory, agents, slot):
    """Switch an event on."""
    s = stresses[slot]
    a = agents[s.agent]
    s.on = ACTING
    s.stage = 0
    s.cursor = 0
    s.due = m.now
    s.severity = 0.0
    s.quantity = 0.0
    s.start_inventory = a.inventory
    s.start_volume = m.volume
    _begin(m, p, s, a, memory)
    combine(m, p, stresses)


@kernel
def step(m, p, rules, stresses, memory, slot, agents, orders, pool, levels, bits, handles, intents):
    """Let an active event act; returns the time (ns) of its next step, or 0 if there is none."""
    s = stresses[slot]
    a = agents[s.agent]
    again = _step(
        m, p, rules, stresses, s, a, memory, agents, orders, pool, levels, bits, handles, intents
    )
    # A step that were still on the agenda at the end might wake the slot's next event.
    return again if again < s.end else np.int64(0)


@kernel
def end(m, p, stresses, slot, agents, orders, pool, handles, intents):
    """End an event; returns when to call again, or 0 when its slot can be used again.

    Orders it left are withdrawn. Messages on their way arrive when they would have, and nobody
    overtakes them: until then the event runs off.
    """
    s = stresses[slot]
    a = agents[s.agent]
    if s.on == ACTING:
        free = _runs_off(m, s, a, agents)
        if free > m.now:
            s.on = RUNNING_OFF
            s.end = free + 1
            combine(m, p, stresses)
            return np.int64(s.end)
    if _withdraw(m, s, a, orders, pool, handles, intents) > 0:
        # Look again whether the cancels were carried out: they may queue, or be refused for now.
        s.on = RUNNING_OFF
        s.end = m.now + _LOOK_AGAIN
        return np.int64(s.end)
    s.on = 0
    combine(m, p, stresses)
    return np.int64(0)
