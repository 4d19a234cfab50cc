"""Sampled series of bounded size: when full, every second sample goes, so memory stays flat."""

from __future__ import annotations

import numpy as np

from abm_desktop.live.types import TRADER_CLASSES, History

SERIES = (
    "time",
    "mid",
    "fundamental",
    "best_bid",
    "best_ask",
    "bid_depth",
    "ask_depth",
    "volume",
    "trades",
    "messages",
    "bid_lots",
    "ask_lots",
    "phase",
)
_CLASSES = len(TRADER_CLASSES)


class HistoryStore:
    """Columns that one thread appends to and any thread may read through :meth:`view`.

    Args:
        capacity: most rows kept; at least 2.
    """

    def __init__(self, capacity: int = 1 << 17) -> None:
        self._capacity = capacity
        self._n = 0
        self.stride = 1
        """Every how many samples one is kept by now."""
        self._new_arrays(min(4096, capacity))

    def _new_arrays(self, room: int) -> None:
        self._columns = {name: np.empty(room) for name in SERIES}
        self._inventory = np.empty((room, _CLASSES))
        self._pnl = np.empty((room, _CLASSES))

    def _replace_arrays(self, room: int, keep: slice) -> None:
        # Always into new arrays: a reader may still hold views of the old ones.
        columns, inventory, pnl, n = self._columns, self._inventory, self._pnl, self._n
        self._new_arrays(room)
        self._n = len(range(n)[keep])
        for name in SERIES:
            self._columns[name][: self._n] = columns[name][:n][keep]
        self._inventory[: self._n] = inventory[:n][keep]
        self._pnl[: self._n] = pnl[:n][keep]

    def __len__(self) -> int:
        return self._n

    def extend(
        self, columns: dict[str, np.ndarray], inventory: np.ndarray, pnl: np.ndarray
    ) -> bool:
        """Append rows; returns True if the store was thinned, so that the source may sample less.

        ``columns`` has one float array (n,) per series, ``inventory`` and ``pnl`` are (n, classes).
        """
        thinned = False
        at, total = 0, len(columns["time"])
        while at < total:
            room = len(columns["time"]) - at
            if self._n == len(self._columns["time"]):
                if self._n < self._capacity:
                    self._replace_arrays(min(2 * self._n, self._capacity), slice(None))
                else:
                    self._replace_arrays(self._capacity, slice(None, None, 2))
                    self.stride *= 2
                    thinned = True
            take = min(room, len(self._columns["time"]) - self._n)
            rows, new = slice(self._n, self._n + take), slice(at, at + take)
            for name in SERIES:
                self._columns[name][rows] = columns[name][new]
            self._inventory[rows] = inventory[new]
            self._pnl[rows] = pnl[new]
            self._n += take
            at += take
        return thinned

    def until(self, time: float) -> HistoryStore:
        """A store of its own with the rows up to ``time``."""
        other = HistoryStore(self._capacity)
        other.stride = self.stride
        n = int(np.searchsorted(self._columns["time"][: self._n], time, side="right"))
        other.extend(
            {name: self._columns[name][:n] for name in SERIES}, self._inventory[:n], self._pnl[:n]
        )
        return other

    def view(self) -> History:
        """What is stored now; stays as it is while rows are appended."""
        n = self._n
        return History(
            **{name: self._columns[name][:n] for name in SERIES},
            class_inventory=self._inventory[:n],
            class_pnl=self._pnl[:n],
        )
