"""Putting things on the agendas: timed events, activity-clock wake-ups, and intents on their way.

A trader's data latency and order latency add up: an order that is decided on news d old and takes e
to arrive does what an order decided on fresh news and arriving d + e later does. So one delay moves
the intents of one event from the trader to the book, in a chain that arrives together.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market import activity
from abm_desktop.market.agenda import push
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import FOREVER, nanoseconds, span
from abm_desktop.market.state import ARRIVE, CANCEL, KIND_SHIFT, MARKET_MAKER, MODIFY, RL


@kernel
def schedule(m, heap, time, kind, argument):
    """Put a timed event on the agenda; a full agenda is counted, and the event is lost.

    What would have been earlier happens now: time never falls.
    """
    time = min(max(time, np.int64(m.now)), np.int64(FOREVER))
    if m.heap_n >= heap.shape[0]:
        m.refused_agenda += 1
        return
    push(heap, m.heap_n, time, (np.int64(kind) << KIND_SHIFT) | np.int64(argument))
    m.heap_n += 1


@kernel
def schedule_activity(m, activity_heap, agent, wait):
    """Wake a trader after ``wait`` seconds on the activity clock."""
    if m.activity_n >= activity_heap.shape[0]:
        m.refused_agenda += 1
        return
    push(activity_heap, m.activity_n, activity.activity_now(m) + nanoseconds(wait), agent)
    m.activity_n += 1


@kernel
def message_delay(m, a):
    """Nanoseconds until this event's intents reach the book: latency, and the engine's queue."""
    delay = span(a.latency * m.latency_scale)
    if m.fast_scale > 0.0 and (a.kind == MARKET_MAKER or a.kind == RL):
        delay = span(max(a.latency * m.latency_scale, m.fast_base) * m.fast_scale)
        # What was sent before the shock ended still arrives first.
        delay = max(delay, m.fast_release - m.now)
    if m.capacity > 0.0:
        arrival = m.now + delay
        start = max(arrival, m.engine_free)
        m.engine_free = min(start + span(m.intents_n * 1e9 / m.capacity), np.int64(FOREVER))
        delay = start - m.now
    return delay


@kernel
def keep(m, pool, intent):
    """Copy an intent into the pool; returns its row, or -1 if the pool is full."""
    at = np.int64(m.pool_free)
    if at >= 0:
        m.pool_free = pool[at].next
    elif m.pool_used < pool.shape[0]:
        at = np.int64(m.pool_used)
        m.pool_used += 1
    else:
        m.refused_pool += 1
        return at
    row = pool[at]
    copy_intent(intent, row)
    row.next = -1
    return at


@kernel
def copy_intent(source, target):
    """Copy what a trader asked, field by field."""
    target.kind = source.kind
    target.side = source.side
    target.price = source.price
    target.size = source.size
    target.agent = source.agent
    target.tag = source.tag
    target.slot = source.slot
    target.seq = source.seq
    target.extra = source.extra
    target.life = source.life


@kernel
def drop(m, pool, at):
    """Give a row of the pool back."""
    pool[at].next = m.pool_free
    m.pool_free = at


@kernel
def send_later(m, pool, heap, intents, delay):
    """Put this event's intents on their way; they arrive together, in order, after ``delay`` ns."""
    first = np.int64(-1)
    last = np.int64(-1)
    for k in range(m.intents_n):
        at = keep(m, pool, intents[k])
        if at < 0:
            continue
        if last < 0:
            first = at
        else:
            pool[last].next = at
        last = at
    m.intents_n = 0
    if first >= 0:
        schedule(m, heap, m.now + delay, ARRIVE, first)


@kernel
def arrive(m, pool, orders, handles, intents, at):
    """Bring a chain of intents to the book; returns the first that found no room, or -1.

    A quote that takes the place of one that still rests (it was on its way when the trader asked to
    cancel what it knew of) cancels that one first.
    """
    while at >= 0 and m.intents_n + 2 <= intents.shape[0]:
        row = pool[at]
        if row.tag >= 0 and row.kind != CANCEL and row.kind != MODIFY:
            handle = handles[row.tag]
            order = orders[max(handle >> 32, 0)]
            if handle >= 0 and order.seq == (handle & 0x7FFFFFFF) and order.size > 0:
                intent = intents[m.intents_n]
                m.intents_n += 1
                intent.kind = CANCEL
                intent.agent = row.agent
                intent.slot = handle >> 32
                intent.seq = handle & 0x7FFFFFFF
                intent.tag = row.tag
        copy_intent(row, intents[m.intents_n])
        m.intents_n += 1
        following = np.int64(row.next)
        drop(m, pool, at)
        at = following
    return at
