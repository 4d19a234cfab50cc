"""What traders remember: running means of what they saw of the value, the state of their network.

One look at the value is off by far more than there is to be earned; a mean of many is not, which
is the Kalman filter of a slowly moving value with a fixed gain (Muth 1960). Means go by simulated
time, so that a second look at the same moment changes nothing.
"""

from __future__ import annotations

import math

from abm_desktop.market.compiled import kernel
from abm_desktop.market.roles.numbers import MEMORY_SECONDS, REMEMBERED


@kernel
def forget(t):
    """Begin anew: nothing is known yet."""
    t.seen_at = 0
    t.mean_0 = 0.0
    t.mean_1 = 0.0
    t.mean_2 = 0.0
    t.mean_3 = 0.0
    for k in range(len(t.hidden)):
        t.hidden[k] = 0.0


@kernel
def look(m, t, out, place):
    """Let the means follow what was just observed, and write them to ``out`` from ``place`` on.

    They begin at 0: a first look says next to nothing.
    """
    seconds = (m.now - t.seen_at) * 1e-9 if t.seen_at > 0 else 0.0
    t.seen_at = m.now
    seen = out[REMEMBERED]
    t.mean_0 += (1.0 - math.exp(-seconds / MEMORY_SECONDS[0])) * (seen - t.mean_0)
    t.mean_1 += (1.0 - math.exp(-seconds / MEMORY_SECONDS[1])) * (seen - t.mean_1)
    t.mean_2 += (1.0 - math.exp(-seconds / MEMORY_SECONDS[2])) * (seen - t.mean_2)
    t.mean_3 += (1.0 - math.exp(-seconds / MEMORY_SECONDS[3])) * (seen - t.mean_3)
    out[place] = t.mean_0
    out[place + 1] = t.mean_1
    out[place + 2] = t.mean_2
    out[place + 3] = t.mean_3
