"""Who took liquidity when: net signed taker flow by trader class, a second a row."""

from __future__ import annotations

import numpy as np

from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.market.records import Records

__all__ = ["TakerFlow"]

CLASSES = len(TRADER_CLASSES)
MOST_ROWS = 1 << 16
NANO = 1e9


class TakerFlow:
    """Adds up the fills of one market as they come, so that a frame looks at the new ones only.

    Auctions have no aggressor: their fills do not count.
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most = most_rows
        self._clear()

    def _clear(self) -> None:
        self.width = 1.0
        """Seconds a row; doubled where a session gets too long for :data:`MOST_ROWS`."""
        self._rows = np.zeros((64, CLASSES))
        self._first: int | None = None
        """Number of the first row: its time divided by the width."""
        self._n = 0
        self._generation: int | None = None
        self._last = np.iinfo(np.int64).min
        """Time of the last fill added, in ns, and how many of that time were added."""
        self._same = 0

    @property
    def has_flow(self) -> bool:
        """Whether anything was traded yet."""
        return self._n > 0

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add the fills that are new in this snapshot."""
        if snapshot.generation != self._generation:
            self._clear()
            self._generation = snapshot.generation
        fills = snapshot.fills
        start = int(np.searchsorted(fills["time"], self._last, side="left"))
        known = self._same
        new = fills[start:]
        # Fills of one moment may come in two snapshots, after steps by hand.
        at_last = int(np.searchsorted(new["time"], self._last, side="right"))
        new = new[min(known, at_last) :]
        if not len(new):
            return
        last = int(new["time"][-1])
        same = len(new) - int(np.searchsorted(new["time"], last, side="left"))
        self._same = same + (known if last == self._last else 0)
        self._last = last
        new = new[new["auction"] == 0]
        if len(new):
            self._add(new)

    def _add(self, fills: Records) -> None:
        at = np.floor_divide(fills["time"], round(self.width * NANO))
        if self._first is None:
            self._first = int(at[0])
        while int(at[-1]) - self._first >= self._most:
            self._halve()
            at = np.floor_divide(fills["time"], round(self.width * NANO))
        row = (at - self._first).astype(np.intp)
        need = int(row[-1]) + 1
        if need > len(self._rows):
            grown = np.zeros((min(max(need, 2 * len(self._rows)), self._most), CLASSES))
            grown[: self._n] = self._rows[: self._n]
            self._rows = grown
        self._n = max(self._n, need)
        first = int(row[0])
        place = (row - first) * CLASSES + fills["taker_class"]
        signed = fills["size"].astype(np.float64) * fills["side"]
        added = np.bincount(place, weights=signed, minlength=(need - first) * CLASSES)
        self._rows[first:need] += added.reshape(-1, CLASSES)

    def _halve(self) -> None:
        """Let each row stand for twice the time."""
        assert self._first is not None
        odd = self._first % 2
        padded = np.zeros((odd + self._n + (odd + self._n) % 2, CLASSES))
        padded[odd : odd + self._n] = self._rows[: self._n]
        self._n = len(padded) // 2
        self._rows = padded.reshape(self._n, 2, CLASSES).sum(axis=1)
        self._first //= 2
        self.width *= 2.0

    def between(
        self, left: float, right: float, width: float
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Return (edges (k+1,), lots (k, classes), width): net lots that takers bought.

        Edges are multiples of the width in seconds, which is at least the one that was asked for.
        """
        width = max(width, self.width)
        width = self.width * round(width / self.width)
        if self._first is None or not self._n:
            return np.empty(0), np.empty((0, CLASSES)), width
        start, end = self._first * self.width, (self._first + self._n) * self.width
        low = int(np.floor(max(left, start) / width))
        high = int(np.ceil(min(right, end) / width))
        if high <= low:
            return np.empty(0), np.empty((0, CLASSES)), width
        edges = np.arange(low, high + 1) * width
        at = np.clip(np.rint(edges / self.width).astype(np.intp) - self._first, 0, self._n)
        # Only the rows on show are added up: a session may have very many.
        total = np.zeros((at[-1] - at[0] + 1, CLASSES))
        np.cumsum(self._rows[at[0] : at[-1]], axis=0, out=total[1:])
        return edges, np.diff(total[at - at[0]], axis=0), width
