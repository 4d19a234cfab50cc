"""Opens a market that was built (:mod:`.building`): random streams, the first book and wake-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.inputs import UnavailableError
from abm_desktop.market import activity, phases, turns
from abm_desktop.market.arrays import Markets
from abm_desktop.market.book import clear, first_level, rest
from abm_desktop.market.compiled import kernel
from abm_desktop.market.execution import SEQ_BITS
from abm_desktop.market.fundamental import start_value
from abm_desktop.market.intents import nanoseconds
from abm_desktop.market.random import exponential, stream_key, uniform
from abm_desktop.market.recorded_flow import begin
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import (
    AUCTION,
    EXPIRE,
    RING,
    RL,
    STRESS_KINDS,
    STRESS_SLOTS,
    STRESS_STEP,
    WAKE,
)
from abm_desktop.market.stress import PARAMETERS, SIDES, combine
from abm_desktop.market.traders import rl
from abm_desktop.market.trends import prepare_bins

if TYPE_CHECKING:
    from abm_desktop.scenario.stress import Stress

HUMAN_AGENT = 0
SEED_AGENT = 1
"""Owns the first book; counted as noise, never wakes. In a recorded market it is the record's."""
FIRST_STRESS_AGENT = 2
FIRST_TRADER = FIRST_STRESS_AGENT + STRESS_SLOTS
_BOOK_LEVELS = 60
_ORDERS_PER_LEVEL = 4
_LARGEST_SEED_ORDER = 5
_SEED_LIFE = 120.0
_VALUE_STREAM = 1000
"""Class number of the value process' stream, outside the trader classes."""


@kernel
def open_market(markets, k, seed, sample_interval):
    """Give market ``k`` its seed and first events; the clock stands at 0, the start of the warm-up.

    The market must be as :func:`.build` left it. ``sample_interval`` is in ns.
    """
    m = markets.market[k]
    p = markets.params[k]
    orders = markets.orders[k]
    levels = markets.levels[k]
    bits = markets.bits[k]
    agents = markets.agents[k]
    heap = markets.heap[k]
    activity_heap = markets.activity_heap[k]
    start = np.int64(p.start_ticks)
    clear(m, levels, bits, m.ladder)
    m.origin = first_level(start, start, m.window, m.ladder)
    if m.recorded_n > 0:
        born, recorded = markets.born[k], markets.recorded[k]
        recording, rows = markets.recording[0], markets.phases[k]
        begin(m, orders, levels, bits, born, recording, recorded, heap, rows)
    m.key = stream_key(seed, _VALUE_STREAM, 0)
    m.awaiting = -1
    m.pool_free = -1
    m.ready_head = -1
    m.latency_scale = 1.0
    m.action = 1
    m.record_trades = 1
    m.last_price = start
    m.mid = p.start_ticks
    m.open_price = p.start_ticks
    m.touch_bid = start - 1
    m.touch_ask = start + 1
    m.bound_high = m.ladder
    m.second_mid = m.mid
    m.mid_average = m.mid
    m.spread_average = 1.0
    start_value(m, p, activity.TICK * 1e-9)
    activity.start_activity(m, p)
    combine(m, p, markets.stresses[k])
    for s in range(RING):
        markets.ring[k, s, 0] = m.mid
        markets.ring[k, s, 1] = m.value
    prepare_bins(p, markets.momentum[k])
    m.next_tick = activity.TICK
    m.sample_interval = sample_interval
    m.next_sample = sample_interval
    for i in range(m.n_agents):
        a = agents[i]
        a.key = stream_key(seed, a.kind, a.index)
        a.last_refresh = -nanoseconds(1.0)
        a.window_start = -nanoseconds(3600.0)
        if a.latency_spread > 0.0:
            a.latency = np.int64(a.latency * (1.0 + a.latency_spread * (2.0 * uniform(a) - 1.0)))
    if m.recorded_n == 0:
        _seed_book(m, orders, levels, bits, markets.born[k], agents[SEED_AGENT], heap)
    for i in range(FIRST_TRADER, m.n_agents):
        _first_event(m, p, agents[i], i, heap, activity_heap)


@kernel
def join(markets, k, seed, first):
    """Start the agents from row ``first`` on, which were added to a running market."""
    m = markets.market[k]
    agents = markets.agents[k]
    for i in range(first, m.n_agents):
        a = agents[i]
        a.key = stream_key(seed, a.kind, a.index)
        a.last_refresh = m.now
        _first_event(m, markets.params[k], a, i, markets.heap[k], markets.activity_heap[k])


def plan_stress(markets: Markets, k: int, stress: Stress, start: int) -> None:
    """Put a stress event on the agenda of market ``k``, to begin at the time ``start`` (ns).

    Raises:
        UnavailableError: if all stress slots are taken.
    """
    events = markets.stresses[k]
    # A slot's last step may still be on the agenda for a second after its end.
    idle = events["on"] == 0
    free = np.flatnonzero(
        idle & ((events["end"] == 0) | (events["end"] + 2_000_000_000 < markets.market[k]["now"]))
    )
    if len(free) == 0:
        raise UnavailableError(
            f"{STRESS_SLOTS} stress events are active or planned already; wait for one to end"
        )
    slot = int(free[0])
    event = events[slot]
    event["kind"] = STRESS_KINDS.index(stress.type)
    event["start"] = start
    event["end"] = start + max(round(stress.length * 1e9), 1)
    event["magnitude"] = stress.strength
    event["agent"] = FIRST_STRESS_AGENT + slot
    for n, name in enumerate(PARAMETERS[stress.type]):
        value = getattr(stress, name)
        event[f"p{n}"] = SIDES.index(value) if isinstance(value, str) else float(value)
    schedule_event(markets, k, start, STRESS_STEP, slot)


@kernel
def call_auction(markets, k, seconds):
    """Stop continuous trading in market ``k`` for a call phase of ``seconds``."""
    m = markets.market[k]
    phases.enter(m, markets.heap[k], markets.phases[k], AUCTION, seconds, phases.OPERATOR)


@kernel
def lift_bounds(markets, k):
    """Take the price limits off until the rules that are on set them again."""
    phases.open_bounds(markets.market[k])


@kernel
def schedule_event(markets, k, time, kind, argument):
    """Put a command's event on the agenda of market ``k``."""
    schedule(markets.market[k], markets.heap[k], time, kind, argument)


@kernel
def _seed_book(m, orders, levels, bits, born, stream, heap):
    start = np.int64(m.mid)
    for distance in range(1, _BOOK_LEVELS + 1):
        for side in range(2):
            # Half a tick between the mid and the first level on one side keeps the mid at start.
            price = start - distance if side == 0 else start + distance
            for _ in range(_ORDERS_PER_LEVEL):
                size = 1 + np.int64(uniform(stream) * _LARGEST_SEED_ORDER)
                life = nanoseconds(_SEED_LIFE * exponential(stream)) + 1
                slot = rest(m, orders, levels, bits, side, price, size, SEED_AGENT)
                if slot >= 0:
                    born[slot, 1] = life
                    schedule(m, heap, life, EXPIRE, (slot << SEQ_BITS) | np.int64(orders[slot].seq))
    m.quoted_mid2 = m.best_bid + m.best_ask


@kernel
def _first_event(m, p, a, agent, heap, activity_heap):
    if a.kind == RL:
        schedule(m, heap, m.now + nanoseconds(rl.next_step(a)), WAKE, agent)
    else:
        turns.start(m, p, a, agent, heap, activity_heap)
