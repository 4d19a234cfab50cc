"""Sampled series of bounded size: when full, every second sample goes, so memory stays flat."""

from __future__ import annotations

import numpy as np

from abm_desktop.live.moving_rows import MovingRows
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
        self._rows = MovingRows(_columns, min(4096, capacity), capacity, slice(None, None, 2))
        self.stride = 1
        """Every how many samples one is kept by now."""

    def __len__(self) -> int:
        return len(self._rows)

    def extend(
        self, columns: dict[str, np.ndarray], inventory: np.ndarray, pnl: np.ndarray
    ) -> bool:
        """Append rows; returns True if the store was thinned, so that the source may sample less.

        ``columns`` has one float array (n,) per series, ``inventory`` and ``pnl`` are (n, classes).
        """
        thinned = self._rows.append([*(columns[name] for name in SERIES), inventory, pnl])
        self.stride <<= thinned
        return thinned > 0

    def until(self, time: float) -> HistoryStore:
        """A store of its own with the rows up to ``time``."""
        other = HistoryStore(self._capacity)
        other.stride = self.stride
        *columns, inventory, pnl = self._rows.views()
        n = int(np.searchsorted(columns[0], time, side="right"))
        kept = {name: column[:n] for name, column in zip(SERIES, columns, strict=True)}
        other.extend(kept, inventory[:n], pnl[:n])
        return other

    def view(self) -> History:
        """What is stored now; stays as it is while rows are appended."""
        *columns, inventory, pnl = self._rows.views()
        return History(
            **dict(zip(SERIES, columns, strict=True)), class_inventory=inventory, class_pnl=pnl
        )


def _columns(rows: int) -> list[np.ndarray]:
    """One of each series, ``time`` first; then inventory and PnL by class."""
    wide = (np.empty((rows, _CLASSES)), np.empty((rows, _CLASSES)))
    return [*(np.empty(rows) for _ in SERIES), *wide]
