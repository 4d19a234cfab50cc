"""The fills of a session, the latest of very many, so that memory stays flat."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import TRADE


class FillStore:
    """TRADE records that one thread appends to and any thread may read through :meth:`view`.

    Args:
        capacity: most fills kept; when they are full the older half goes. A usual session has some
            150 000.
    """

    def __init__(self, capacity: int = 1 << 19) -> None:
        self._capacity = capacity
        self._rows = np.empty(min(1 << 14, capacity), TRADE)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def extend(self, rows: Records) -> None:
        """Append TRADE records."""
        rows = rows[-self._capacity :]
        need = self._n + len(rows)
        if need > len(self._rows):
            # Always into a new array: a reader may still hold a view of the old one.
            room = min(max(need, 2 * len(self._rows)), self._capacity)
            kept = self._rows[: self._n]
            if need > self._capacity:
                kept = kept[max(self._n - self._capacity // 2, need - self._capacity) :]
            self._rows = np.empty(room, TRADE)
            self._rows[: len(kept)] = kept
            self._n = len(kept)
        self._rows[self._n : self._n + len(rows)] = rows
        self._n += len(rows)

    def without_last(self, number: int) -> FillStore:
        """A store of its own that lacks the latest fills, so many."""
        other = FillStore(self._capacity)
        other.extend(self.view()[: max(self._n - number, 0)])
        return other

    def view(self) -> Records:
        """What is stored now; stays as it is while fills are appended."""
        return self._rows[: self._n]
