"""Turns that follow one another at once: the time to the next order of a trader with bursts."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import exponential, uniform


@kernel
def burst_gap(m, a, rate, share, time):
    """Seconds of the activity clock to the next turn: soon in a burst, later between two of them.

    ``share`` of the turns follow the one before after ``time`` on average; all together there are
    ``rate`` a second.
    """
    if share == 0.0:
        return exponential(a) / rate
    mean = 1.0 / rate
    # A burst is as fast as the sender, whatever the activity.
    soon = min(time * m.activity, mean)
    if uniform(a) < share:
        return exponential(a) * soon
    return exponential(a) * (mean - share * soon) / (1.0 - share)
