"""The event queue: a four-ary heap of (time, payload) pairs, both int64, in one array.

Equal times come out in the order of their payloads. What else waits makes no difference to it, so
that traders who only look on leave a market bit-identical.
"""

from __future__ import annotations

from abm_desktop.market.compiled import kernel


@kernel
def before(heap, i, time, payload):
    """Whether entry ``i`` comes out before (time, payload)."""
    return heap[i, 0] < time or (heap[i, 0] == time and heap[i, 1] < payload)


@kernel
def push(heap, n, time, payload):
    """Insert into a heap of ``n`` entries, heap int64 (capacity, 2); the caller counts."""
    i = n
    while i > 0:
        parent = (i - 1) >> 2
        if before(heap, parent, time, payload):
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
            if before(heap, c, heap[best, 0], heap[best, 1]):
                best = c
        if not before(heap, best, time, payload):
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
