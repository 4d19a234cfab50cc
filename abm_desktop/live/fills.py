"""The fills of a session, the latest of very many, so that memory stays flat."""

from __future__ import annotations

import numpy as np

from abm_desktop.live.moving_rows import MovingRows
from abm_desktop.market.records import Records
from abm_desktop.market.state import TRADE

_WHOLE = np.dtype((np.void, TRADE.itemsize))
"""A record as bytes: NumPy copies it at once, not field by field."""


class FillStore:
    """TRADE records that one thread appends to and any thread may read through :meth:`view`.

    Args:
        capacity: most fills kept; when they are full the older half goes. A usual session has some
            150 000.
    """

    def __init__(self, capacity: int = 1 << 19) -> None:
        self._capacity = capacity
        self._rows = self._empty()

    def _empty(self) -> MovingRows:
        room, older = min(1 << 14, self._capacity), self._capacity // 2
        return MovingRows(
            lambda rows: [np.empty(rows, _WHOLE)],
            room,
            self._capacity,
            lambda _rows: lambda first, end: slice(max(first, older), max(end, older)),
        )

    def __len__(self) -> int:
        return len(self._rows)

    def extend(self, rows: Records) -> None:
        """Append TRADE records."""
        if len(rows) >= self._capacity:
            rows, self._rows = rows[-self._capacity :], self._empty()
        self._rows.append([rows.view(_WHOLE)])

    def without_last(self, number: int) -> FillStore:
        """A store of its own that lacks the latest fills, so many."""
        other = FillStore(self._capacity)
        other.extend(self.view()[: max(len(self) - number, 0)])
        return other

    def view(self) -> Records:
        """What is stored now; stays as it is while fills are appended."""
        return self._rows.views()[0].view(TRADE)
