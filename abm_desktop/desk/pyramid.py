"""A growing series with its lowest and highest values by blocks of samples, to be drawn at once.

A line of a whole session is then made from a block or two a pixel, however many samples there are.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.desk.ranges import decimate, run_length

__all__ = ["Pyramid"]

BLOCK = 32
"""Samples of a block of the lowest level; each level above has blocks of twice as many."""


class Pyramid:
    """Blocks of one series. It follows an array that grows in place; another one starts afresh."""

    def __init__(self) -> None:
        self._base: np.ndarray | None = None
        self._low: list[np.ndarray] = []
        self._high: list[np.ndarray] = []
        self._done: list[int] = []
        """Whole blocks of each level so far."""

    def line(
        self, time: np.ndarray, values: np.ndarray, part: slice, pixels: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what :func:`decimate` makes of ``part`` of the series, which ``visible`` chose."""
        first, last = part.start, part.stop
        count = last - first
        run = run_length(count, pixels) if count > 4 * pixels else 1
        if run < BLOCK or first % run:
            return decimate(time[part], values[part], pixels)
        self._follow(values)
        level = (run // BLOCK).bit_length() - 1
        begin, end = first // run, last // run
        at, rest = slice(begin * run, end * run, run), slice(end * run, last)
        to = slice(begin * run + run - 1, end * run, run)
        low, high = self._low[level][begin:end], self._high[level][begin:end]
        # Draw towards the end of the run, as decimate does.
        falling = values[at] > values[to]
        x = np.empty(2 * (end - begin) + (last - end * run))
        y = np.empty_like(x)
        body = 2 * (end - begin)
        x[0:body:2], x[1:body:2], x[body:] = time[at], time[to], time[rest]
        y[0:body:2] = np.where(falling, high, low)
        y[1:body:2] = np.where(falling, low, high)
        y[body:] = values[rest]
        return x, y

    def _follow(self, values: np.ndarray) -> None:
        base = values if values.base is None else values.base
        if base is not self._base or (self._done and len(values) < self._done[0] * BLOCK):
            self._begin(base)
        for level, done in enumerate(self._done):
            whole = len(values) // (BLOCK << level)
            if whole == done:
                continue
            if level == 0:
                rows = values[done * BLOCK : whole * BLOCK].reshape(-1, BLOCK)
                low, high = rows, rows
            else:
                pairs = slice(2 * done, 2 * whole)
                low = self._low[level - 1][pairs].reshape(-1, 2)
                high = self._high[level - 1][pairs].reshape(-1, 2)
            # NaN within a block are left out.
            self._low[level][done:whole] = np.fmin.reduce(low, axis=1)
            self._high[level][done:whole] = np.fmax.reduce(high, axis=1)
            self._done[level] = whole

    def _begin(self, base: np.ndarray) -> None:
        """Make room for all the blocks that the array can come to have."""
        self._base = base
        self._low, self._high, self._done = [], [], []
        room = len(base) // BLOCK
        while room:
            self._low.append(np.empty(room))
            self._high.append(np.empty(room))
            self._done.append(0)
            room //= 2
