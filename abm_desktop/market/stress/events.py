"""Beginning, stepping and ending a stress event of any kind, and what the active ones add up to."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.state import (
    DELEVERAGING,
    FAT_FINGER,
    FLASH_CRASH,
    LATENCY_SHOCK,
    LIQUIDITY_SHOCK,
    NEWS_JUMP,
    QUOTE_STUFFING,
    SPOOFING,
    STOP_LOSS_CASCADE,
    STRESS_SLOTS,
    TOXIC_FLOW,
    VOLATILITY_SPIKE,
)
from abm_desktop.market.stress import deleveraging, messages, selling, single, spoofing, stops

ACTING, RUNNING_OFF = 1, 2
_LOOK_AGAIN = 50_000_000


@kernel
def combine(m, p, stresses):
    """Add up the active events into the factors that the traders and the engine read."""
    m.buyer_rate = 1.0
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
        if s.on == 0:
            continue
        if s.kind == FLASH_CRASH:
            selling.add_up(m, p, s)
        elif s.kind == VOLATILITY_SPIKE:
            m.value_volatility_scale *= s.magnitude
            # Makers do not wait for the moves to happen: they quote for the announced volatility.
            m.maker_sigma_floor = max(m.maker_sigma_floor, s.magnitude * m.sigma_long)
        elif s.kind == LIQUIDITY_SHOCK:
            m.maker_share_out = max(m.maker_share_out, s.magnitude)
        elif s.kind == TOXIC_FLOW:
            m.informed_share = max(m.informed_share, s.magnitude)
        elif s.kind == QUOTE_STUFFING and s.p0 > 0.0:
            capacity = s.p0 if s.on == ACTING else messages.UNLIMITED
            m.capacity = capacity if m.capacity == 0.0 else min(m.capacity, capacity)
        elif s.kind == LATENCY_SHOCK:
            m.fast_scale = max(m.fast_scale, s.magnitude if s.on == ACTING else 1.0)
            if s.on == ACTING:
                m.fast_base = max(m.fast_base, s.p0 * 1e9)


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
    if s.kind == FLASH_CRASH:
        selling.begin(p, s)
    elif s.kind == NEWS_JUMP:
        single.jump_value(m, p, s)
    elif s.kind == DELEVERAGING:
        deleveraging.begin(m, p, s, a, memory)
    elif s.kind == STOP_LOSS_CASCADE:
        stops.begin(m, p, s)
    combine(m, p, stresses)


@kernel
def step(m, p, rules, stresses, memory, slot, agents, orders, pool, levels, bits, handles, intents):
    """Let an active event act; returns the time (ns) of its next step, or 0 if there is none."""
    s = stresses[slot]
    a = agents[s.agent]
    again = np.int64(0)
    if s.kind == FLASH_CRASH:
        again = m.now + nanoseconds(1.0)
        combine(m, p, stresses)
        if m.now < selling.fading_ends(s):
            selling.step(m, rules, s, a, levels, bits, intents)
    elif s.kind == LIQUIDITY_SHOCK:
        again = single.thin_out(m, s, agents, orders, intents)
    elif s.kind == FAT_FINGER:
        single.send_fat_finger(m, rules, s, levels, bits, intents)
    elif s.kind == QUOTE_STUFFING:
        again = messages.stuff(m, s, a, orders, pool, handles, intents)
    elif s.kind == SPOOFING:
        again = spoofing.step(m, s, a, levels, orders, handles, intents)
    elif s.kind == DELEVERAGING:
        again = m.now + nanoseconds(1.0)
        deleveraging.step(m, rules, s, a, memory, levels, bits, intents)
    elif s.kind == STOP_LOSS_CASCADE:
        again = stops.step(m, s, a, pool, levels, bits, intents)
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
        free = np.int64(0)
        if s.kind == QUOTE_STUFFING:
            free = np.int64(m.engine_free)
        elif s.kind == LATENCY_SHOCK:
            free = m.now + messages.slowest(m, s, agents)
            m.fast_release = max(m.fast_release, free)
        if free > m.now:
            s.on = RUNNING_OFF
            s.end = free + 1
            combine(m, p, stresses)
            return np.int64(s.end)
    left = 0
    if s.kind == QUOTE_STUFFING or s.kind == SPOOFING:
        left = messages.cancel_handles(m, s, a, orders, handles, intents)
    elif s.kind == STOP_LOSS_CASCADE:
        left = stops.withdraw(m, s, orders, pool, intents)
    if left > 0:
        # Look again whether the cancels were carried out: they may queue, or be refused for now.
        s.on = RUNNING_OFF
        s.end = m.now + _LOOK_AGAIN
        return np.int64(s.end)
    s.on = 0
    combine(m, p, stresses)
    return np.int64(0)
