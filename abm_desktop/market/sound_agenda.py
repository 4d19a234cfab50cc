"""Whether what is to happen can: agendas in order, and stops and messages that wait in the pool."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from abm_desktop.market import state as s
from abm_desktop.market.arrays import Markets
from abm_desktop.market.execution import SEQ_BITS
from abm_desktop.market.records import Records
from abm_desktop.market.sections import SECTIONS
from abm_desktop.market.sound_numbers import first_outside

_MOST = 1 << 62


def _is_heap(heap: np.ndarray) -> bool:
    """Whether no entry comes out before its parent; heap int64 (n, 2)."""
    if len(heap) < 2:
        return True
    child, parent = heap[1:], heap[(np.arange(1, len(heap)) - 1) >> 2]
    earlier = (child[:, 0] < parent[:, 0]) | (
        (child[:, 0] == parent[:, 0]) & (child[:, 1] < parent[:, 1])
    )
    return not bool(earlier.any())


def faults_of_agenda(markets: Markets) -> Iterator[str]:
    m, n = markets.market[0], int(markets.market[0]["heap_n"])
    if not 0 <= n <= markets.heap.shape[1]:
        yield f"market.heap_n is {n}"
        return
    heap = markets.heap[0, :n]
    if (heap[:, 0] < int(m["now"])).any():
        yield "heap holds an event of the past"
    if not _is_heap(heap):
        yield "heap is not in order"
    kinds, arguments = heap[:, 1] >> s.KIND_SHIFT, heap[:, 1] & s.PAYLOAD_MASK
    if ((kinds < 0) | (kinds > s.RECORDED_MESSAGE)).any():
        yield "heap holds an event of a kind that there is not"
    most = {
        s.WAKE: markets.agents.shape[1],
        s.REACT: markets.agents.shape[1],
        s.EXPIRE: markets.orders.shape[1] << SEQ_BITS,
        s.STRESS_STEP: s.STRESS_SLOTS,
        s.STRESS_END: s.STRESS_SLOTS,
        s.RECORDED_MESSAGE: int(m["recorded_n"] > 0),
        s.ARRIVE: markets.pool.shape[1] + 1,  # the last stands for the stops that were set off
    }
    for kind, end in most.items():
        if (arguments[kinds == kind] >= end).any():
            yield f"heap holds an event (kind {kind}) of something that there is not"
    reacting = arguments[kinds == s.REACT]
    if (markets.agents[0, reacting]["kind"] != s.MARKET_MAKER).any():
        yield "heap lets somebody react who is no market maker"


def faults_of_activity(markets: Markets) -> Iterator[str]:
    """Who waits on the activity clock: each once, with a rate, and with room to come back."""
    m, n = markets.market[0], int(markets.market[0]["activity_n"])
    room = markets.activity_heap.shape[1]
    if not 0 <= n <= room:
        yield f"market.activity_n is {n}"
        return
    heap, agents = markets.activity_heap[0, :n], markets.agents[0]
    if not _is_heap(heap):
        yield "activity_heap is not in order"
    who = heap[:, 1]
    if ((who < 0) | (who >= len(agents))).any():
        yield "activity_heap wakes an agent that there is not"
        return
    of_clock = np.zeros(len(who), bool)
    for section in SECTIONS.values():
        if section.is_active:
            mine = agents[who]
            of_clock |= (mine["kind"] == section.kind) & (mine["rule"] == section.rule)
    if not of_clock.all() or (agents["rate"][who] <= 0).any():
        yield "activity_heap wakes an agent that does not act on that clock"
    events = markets.heap[0, : int(m["heap_n"])]
    woken = events[(events[:, 1] >> s.KIND_SHIFT) == s.WAKE, 1] & s.PAYLOAD_MASK
    resting = woken[agents["kind"][woken] == s.INSTITUTION]
    both = np.concatenate([who, resting])
    if len(np.unique(both)) != len(both) or len(both) > room:
        yield "activity_heap wakes an agent twice"
    if (np.abs(heap[:, 0]) > _MOST).any():
        yield "activity_heap holds a time beyond the clock"


def faults_of_waiting(markets: Markets) -> Iterator[str]:
    """Stops that wait for their trigger, and messages on their way."""
    m, pool = markets.market[0], markets.pool[0]
    used = int(m["pool_used"])
    if not 0 <= used <= len(pool):
        yield f"market.pool_used is {used}"
        return
    follows, taken = pool["next"].tolist(), [False] * used

    def walk(at: int) -> int | None:
        """Last row of a chain, -1 for none; None if it leaves the pool or meets a taken row."""
        last = -1
        while at >= 0:
            if at >= used or taken[at]:
                return None
            taken[at] = True
            last, at = at, follows[at]
        return last if at == -1 else None

    if walk(int(m["pool_free"])) is None:
        yield "pool has a list of free rows that does not end"
        return
    free = np.array(taken, np.bool_)
    for side, name in ((s.BUY, "buy_stops_n"), (s.SELL, "sell_stops_n")):
        n = int(m[name])
        if not 0 <= n <= markets.stops.shape[2]:
            yield f"market.{name} is {n}"
            return
        stops = markets.stops[0, side, :n]
        if not _is_heap(stops):
            yield "stops are not in order"
        for key, name_of in stops.tolist():
            number, at = name_of >> s.SLOT_BITS, name_of & ((1 << s.SLOT_BITS) - 1)
            if not 0 <= at < used or taken[at]:
                yield "stops names a row of the pool that holds no stop"
                return
            taken[at] = True
            row = pool[at]
            trigger = int(row["extra"]) * (1 if side == s.BUY else -1)
            if (key, number) != (trigger, int(row["seq"])) or row["side"] != side:
                yield "stops has another trigger than the order"
            if row["kind"] not in (s.IMMEDIATE, s.LIMIT) or row["result"] not in (0, 1):
                yield "stops names an order that is no stop"
    stopped = np.array(taken, np.bool_) & ~free
    if (pool["result"][:used][~stopped] == 1).any():
        yield "pool holds a stop that nothing sets off"
    ready = walk(int(m["ready_head"]))
    if ready is None or (ready >= 0 and ready != int(m["ready_tail"])):
        yield "pool has stops that were set off, but in no list that ends"
        return
    events = markets.heap[0, : int(m["heap_n"])]
    arriving = events[(events[:, 1] >> s.KIND_SHIFT) == s.ARRIVE, 1] & s.PAYLOAD_MASK
    for at in arriving[arriving != len(pool)].tolist():
        if walk(at) is None:
            yield "pool has messages on their way that do not end"
            return
    live = pool[:used][np.array(taken, np.bool_) & ~free]
    yield from first_outside("pool", live, _intent_bounds(markets))
    yield from _named_orders(markets, live)


def _intent_bounds(markets: Markets) -> dict[str, tuple[float, float]]:
    return {
        "kind": (s.LIMIT, s.STOP_LIMIT),
        "side": (0, 1),
        "agent": (0, markets.agents.shape[1] - 1),
        "tag": (-2, markets.handles.shape[1] - 1),
        "life": (0, _MOST),
    }


def _named_orders(markets: Markets, rows: Records) -> Iterator[str]:
    orders, pool = markets.orders.shape[1], markets.pool.shape[1]
    for kind, most in ((s.CANCEL, orders + pool), (s.MODIFY, orders)):
        slots = rows["slot"][rows["kind"] == kind]
        if ((slots < 0) | (slots >= most)).any():
            yield "pool holds a message about an order that there cannot be"
    sizes = rows["size"][rows["kind"] != s.CANCEL]
    if (sizes < 0).any():
        yield "pool holds an order of less than no lots"
