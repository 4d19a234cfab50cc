"""Recordings in which messages stand twice, as of two files put together or a feed kept twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from abm_desktop.readers import RecordingError

__all__ = ["refuse_doubled"]

_MOST = 0.01
"""Share of new orders that may be copies; a feed that lost and resent a few says so in a note."""


def refuse_doubled(
    added: np.ndarray,
    told: Sequence[np.ndarray],
    source: Path,
    place: Callable[[int], str],
) -> None:
    """Refuse a recording whose new orders stand there twice.

    An order has one number, and begins once. Other messages may be alike: one order can be executed
    twice in an instant.

    Args:
        added: whether a message is a new order, bool (n,).
        told: the numbers of all orders, times, prices and sizes, (n,) each.
        source: the file, for errors.
        place: what to call a message, by its place from 0 on.

    Raises:
        RecordingError: if more than one new order in a hundred is a copy of another.
    """
    rows = np.flatnonzero(added)
    columns = [values[rows] for values in told]
    sequence = np.lexsort(columns[::-1])  # stable: of copies the first comes first
    same = np.ones(max(len(rows) - 1, 0), bool)
    for values in columns:
        same &= np.diff(values[sequence]) == 0
    copies = rows[sequence[1:][same]] if len(rows) else rows
    if len(copies) <= _MOST * len(rows):
        return
    raise RecordingError(
        f"{len(copies):,} of {len(rows):,} new orders are there once more, with the same number, "
        f"time, price and size; the first is {place(int(copies.min()))}",
        path=source,
        remedy="each message must stand there once: was a file put together with itself, or a feed "
        "kept twice? Take the copies out, or download it again",
    )
