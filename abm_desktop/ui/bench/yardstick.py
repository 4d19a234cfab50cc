"""How even the machine itself is: the same piece of work, again and again, 30 times a second.

Nothing that is drawn 30 times a second can be more even than that. On a virtual machine whose host
is busy the same work takes three times as long now and then, with nothing else running; the p99
of frames says more of the host there than of the window.
"""

from __future__ import annotations

import time

__all__ = ["measure"]

ROUNDS = 60_000
"""Some 5 ms of Python, as half a frame has."""
FRAME = 1 / 30


def measure(seconds: float) -> dict[str, float]:
    """Do the work for so long; real seconds of the median and of the slowest in a hundred."""
    took: list[float] = []
    end = time.perf_counter() + seconds
    while (begin := time.perf_counter()) < end or len(took) < 2:
        _work()
        took.append(time.perf_counter() - begin)
        time.sleep(max(0.0, begin + FRAME - time.perf_counter()))
    took.sort()
    return {"median": took[len(took) // 2], "p99": took[int(0.99 * (len(took) - 1))]}


def _work() -> int:
    total = 0
    for k in range(ROUNDS):
        total += k * k % 7
    return total
