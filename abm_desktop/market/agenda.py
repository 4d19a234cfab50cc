"""The event queue: a four-ary heap of (time, payload) pairs, both int64, in one array.

Equal times come out in the order of their payloads. What else waits makes no difference to it, so
that traders who only look on leave a market bit-identical.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import fused, kernel, row

_FIRST, _SECOND = row(0), row(1)


@fused
def before(heap, i, time, payload):
    """Whether entry ``i`` comes out before (time, payload)."""
    its_time = heap[row(i), _FIRST]
    return its_time < time or (its_time == time and heap[row(i), _SECOND] < payload)


@fused
def _later(heap, i, j):
    """1 if entry ``j`` comes out before entry ``i``, else 0: a number, since which of two is later
    no processor can predict."""
    mine, other = heap[row(i), _FIRST], heap[row(j), _FIRST]
    tied = (mine == other) & (heap[row(j), _SECOND] < heap[row(i), _SECOND])
    return np.int64((other < mine) | tied)


@kernel
def push(heap, n, time, payload):
    """Insert into a heap of ``n`` entries, heap int64 (capacity, 2); the caller counts."""
    i = n
    while i > 0:
        parent = (i - 1) >> 2
        if before(heap, parent, time, payload):
            break
        heap[row(i), _FIRST] = heap[row(parent), _FIRST]
        heap[row(i), _SECOND] = heap[row(parent), _SECOND]
        i = parent
    heap[row(i), _FIRST] = time
    heap[row(i), _SECOND] = payload


@kernel
def replace_top(heap, n, time, payload):
    """Overwrite the earliest entry of a heap of ``n`` entries and restore the order."""
    i = np.int64(0)
    child = np.int64(1)
    while child < n:
        if child + 3 < n:
            left = child + _later(heap, child, child + 1)
            right = child + 2 + _later(heap, child + 2, child + 3)
            best = left + (right - left) * _later(heap, left, right)
        else:
            best = child
            for c in range(child + 1, n):
                best += (c - best) * _later(heap, best, c)
        if not before(heap, best, time, payload):
            break
        heap[row(i), _FIRST] = heap[row(best), _FIRST]
        heap[row(i), _SECOND] = heap[row(best), _SECOND]
        i = best
        child = 4 * i + 1
    heap[row(i), _FIRST] = time
    heap[row(i), _SECOND] = payload


@kernel
def pop(heap, n):
    """Remove the earliest entry of a heap of ``n`` entries; read ``heap[0]`` before."""
    if n > 1:
        replace_top(heap, n - 1, heap[n - 1, 0], heap[n - 1, 1])
