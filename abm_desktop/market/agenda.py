"""The event queue: a four-ary heap of (time, payload) pairs, both int64, in one array.

Equal times come out in an order that depends only on the pushes and pops before, never on the
clock of the machine, so one seed stays one market.
"""

from __future__ import annotations

from abm_desktop.market.compiled import kernel


@kernel
def push(heap, n, time, payload):
    """Insert into a heap of ``n`` entries, heap int64 (capacity, 2); the caller counts."""
    i = n
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent, 0] <= time:
            break
        heap[i, 0] = heap[parent, 0]
        heap[i, 1] = heap[parent, 1]
        i = parent
    heap[i, 0] = time
    heap[i, 1] = payload


@kernel
def replace_top(heap, n, time, payload):
    """Overwrite the earliest entry of a heap of ``n`` entries and restore the order."""
    i = 0
    while True:
        child = 4 * i + 1
        if child >= n:
            break
        last = child + 4
        if last > n:
            last = n
        best = child
        for c in range(child + 1, last):
            if heap[c, 0] < heap[best, 0]:
                best = c
        if heap[best, 0] >= time:
            break
        heap[i, 0] = heap[best, 0]
        heap[i, 1] = heap[best, 1]
        i = best
    heap[i, 0] = time
    heap[i, 1] = payload


@kernel
def pop(heap, n):
    """Remove the earliest entry of a heap of ``n`` entries; read ``heap[0]`` before."""
    if n > 1:
        replace_top(heap, n - 1, heap[n - 1, 0], heap[n - 1, 1])
