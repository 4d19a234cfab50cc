"""How far samples are apart: at whole multiples of 0.1, 0.2, 0.5, 1, 2, 5, 10, ... seconds.

Measures are of samples at whole seconds, on every page and in the command ``run``: finer ones see
wider spreads, coarser ones miss them. So whole seconds are sampled however fast a market is played,
and stay when others go.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

__all__ = [
    "MEASURED",
    "SAMPLE_INTERVAL",
    "measured_rows",
    "on_multiples",
    "spacing_for",
    "spacings_from",
]

SAMPLE_INTERVAL = 0.1
"""Simulated seconds between two points of the charts, as long as that is affordable, and between
two looks at a condition."""
MEASURED = 1.0
"""Seconds between the samples that everything is measured by."""
_NANO = 1_000_000_000
_SAME = 1e-6
"""Seconds within which two times are one."""


def spacings_from(least: float) -> Iterator[float]:
    """Each spacing in turn that is not below ``least`` seconds, without an end.

    >>> from itertools import islice
    >>> list(islice(spacings_from(0.3), 5))
    [0.5, 1.0, 2.0, 5.0, 10.0]
    """
    for power in itertools.count():
        for digit in (1, 2, 5):
            spacing = SAMPLE_INTERVAL * digit * 10**power
            if spacing >= least * (1.0 - 1e-9):
                yield round(spacing, 1)


def spacing_for(kept: float, per_second: float, speed: float) -> float:
    """Seconds between samples for at most ``per_second`` a real second, as far as that goes.

    Args:
        kept: spacing of what is stored: finer samples would not stay.
        per_second: samples a real second.
        speed: simulated seconds a real one. It makes no spacing longer than :data:`MEASURED`.

    >>> spacing_for(0.1, 1000.0, 150.0), spacing_for(0.1, 1000.0, 1e5), spacing_for(2.0, 1e3, 1.0)
    (0.2, 1.0, 2.0)
    """
    return next(spacings_from(max(kept, min(speed / per_second, MEASURED))))


def on_multiples(time: np.ndarray, spacing: float) -> np.ndarray:
    """Which of these times (seconds, (n,)) are whole multiples of a spacing; bool (n,)."""
    clock = np.rint(time * _NANO).astype(np.int64)
    found: np.ndarray = clock % round(spacing * _NANO) == 0
    return found


def measured_rows(
    time: np.ndarray, left: float, right: float, spacing: float = MEASURED
) -> slice | np.ndarray:
    """Which samples a stretch of time is measured by: those at whole multiples of ``spacing``.

    Of those that are farther apart all are taken, from the one that held at ``left`` on; where none
    lies on a multiple, the next one does for it.

    Args:
        time: seconds, (n,), ascending.
        left, right: seconds.
        spacing: seconds.

    Returns:
        A slice, so that arrays are not copied, if the samples are even; else their numbers.

    >>> measured_rows(np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0]), 1.2, 3.0)
    slice(1, 6, 2)
    """
    first = max(int(np.searchsorted(time, left + 1e-9, side="right")) - 1, 0)
    last = int(np.searchsorted(time, right + 1e-9, side="right"))
    if last - first < 2:
        return slice(first, last)
    part = time[first:last]
    apart = part[1] - part[0] > spacing - _SAME
    begin = (np.floor if apart else np.ceil)(part[0] / spacing - _SAME)
    multiples = spacing * np.arange(begin, np.floor(part[-1] / spacing + _SAME) + 1.0)
    rows: np.ndarray = first + np.unique(np.searchsorted(part, multiples - _SAME))
    if not len(rows):
        return slice(first, first)
    stride = int(rows[1] - rows[0]) if len(rows) > 1 else 1
    if np.array_equal(rows, np.arange(rows[0], rows[-1] + 1, stride)):
        return slice(int(rows[0]), int(rows[-1]) + 1, stride)
    return rows
