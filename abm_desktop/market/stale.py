"""Sweeping the agenda: expiries of orders that are gone do nothing but take room."""

from __future__ import annotations

from abm_desktop.market.agenda import push
from abm_desktop.market.compiled import kernel
from abm_desktop.market.execution import SEQ_BITS, SEQ_MASK
from abm_desktop.market.state import EXPIRE, KIND_SHIFT, PAYLOAD_MASK


@kernel
def sweep(m, heap, orders):
    """Drop the expiries of orders that are gone, once the agenda is three quarters full.

    What is left fits: an expiry for each resting order, and a few events for each trader. Entries
    come out by time and payload alone, so the market goes on as it would have.
    """
    if m.heap_n <= heap.shape[0] - (heap.shape[0] >> 2):
        return
    kept = 0
    for i in range(m.heap_n):
        time, payload = heap[i, 0], heap[i, 1]
        if payload >> KIND_SHIFT == EXPIRE:
            argument = payload & PAYLOAD_MASK
            order = orders[argument >> SEQ_BITS]
            if order.seq != (argument & SEQ_MASK) or order.size == 0:
                continue
        push(heap, kept, time, payload)
        kept += 1
    m.heap_n = kept
