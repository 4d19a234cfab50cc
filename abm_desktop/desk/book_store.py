"""Keeps the books seen so far, for the heatmap: one sample a frame, thinned where it grows old."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.live import MarketSnapshot

__all__ = ["BookStore"]


class BookStore:
    """Sampled books, oldest first, as price ticks and lots.

    A book is sampled with every frame: what happened between two frames is not here. When the store
    is full, every second sample of its older half goes, so the recent past keeps its detail.
    """

    CAPACITY = 1 << 14
    LEVELS = 50

    def __init__(self) -> None:
        width = 2 * self.LEVELS
        self._time = np.empty(self.CAPACITY)
        # Empty places have no volume, so their price does not matter.
        self._ticks = np.zeros((self.CAPACITY, width), dtype=np.int32)
        self._lots = np.zeros((self.CAPACITY, width), dtype=np.float32)
        self._n = 0
        self._generation = -1
        self.thinned = 0
        """How often older samples were dropped; whoever drew them may keep them or draw again."""

    def __len__(self) -> int:
        return self._n

    @property
    def time(self) -> np.ndarray:
        """Simulated seconds of the samples, ascending, float64 (n,)."""
        return self._time[: self._n]

    @property
    def ticks(self) -> np.ndarray:
        """Prices in ticks, int32 (n, 100): fifty bids, then fifty asks."""
        return self._ticks[: self._n]

    @property
    def lots(self) -> np.ndarray:
        """Lots at those prices, 0 if there is no level, float32 (n, 100)."""
        return self._lots[: self._n]

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add the book of this snapshot; a new generation starts afresh."""
        if snapshot.generation != self._generation:
            past = snapshot.forked_from
            # A fork shares the past of the run that it left.
            shared = past is not None and past[0] == self._generation
            self._n = int(np.searchsorted(self.time, past[1], "right")) if shared and past else 0
            self._generation = snapshot.generation
            self.thinned += 1
        if not math.isfinite(snapshot.time):
            return
        if self._n and snapshot.time <= self._time[self._n - 1]:
            if snapshot.time < self._time[self._n - 1]:
                return
            self._n -= 1
        if self._n == self.CAPACITY:
            self._thin()
        at, tick = self._n, snapshot.tick_size
        self._time[at] = snapshot.time
        self._lots[at] = 0.0
        for side, start in ((snapshot.bids, 0), (snapshot.asks, self.LEVELS)):
            k = min(len(side), self.LEVELS)
            self._ticks[at, start : start + k] = np.rint(side[:k, 0] / tick)
            self._lots[at, start : start + k] = side[:k, 1]
        self._n += 1

    def fill(self, time: np.ndarray, ticks: np.ndarray, lots: np.ndarray) -> None:
        """Hold these samples and no others; arrays as the properties of these names."""
        n = self._n = min(len(time), self.CAPACITY)
        self._time[:n], self._ticks[:n], self._lots[:n] = time[:n], ticks[:n], lots[:n]
        self.thinned += 1

    def complete(self, time: np.ndarray, ticks: np.ndarray, lots: np.ndarray) -> None:
        """Take in books of a stretch of time that frames have passed by; as :meth:`fill`."""
        if not len(time):
            return
        first = int(np.searchsorted(self.time, time[0], side="left"))
        last = int(np.searchsorted(self.time, time[-1], side="right"))
        # Those seen before and after it stay.
        parts = [
            [column[:first].copy(), new, column[last:].copy()]
            for column, new in ((self.time, time), (self.ticks, ticks), (self.lots, lots))
        ]
        merged = [np.concatenate(part)[-self.CAPACITY :] for part in parts]
        self.fill(*merged)

    def widest_gap(self, left: float, right: float) -> float:
        """Seconds without a book within a stretch of time, at most; its ends count."""
        inside = self.time[(self.time > left) & (self.time < right)]
        return float(np.diff(np.concatenate([[left], inside, [right]])).max())

    def _thin(self) -> None:
        half = self.CAPACITY // 2
        keep = half // 2
        for column in (self._time, self._ticks, self._lots):
            column[:keep] = column[0:half:2].copy()
            column[keep : keep + half] = column[half:].copy()
        self._n = keep + half
        self.thinned += 1
