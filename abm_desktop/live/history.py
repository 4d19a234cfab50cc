"""Sampled series of bounded size: when full, samples in between go, so memory stays flat."""

from __future__ import annotations

import numpy as np

from abm_desktop.live.moving_rows import MovingRows, Select
from abm_desktop.live.spacings import SAMPLE_INTERVAL, on_multiples, spacings_from
from abm_desktop.live.types import TRADER_CLASSES, History

CAPACITY = 1 << 17
"""Rows kept at most: those of 36 hours, a second apart."""
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
_STAY = 0.6
"""Share of the rows that stay at most when a full store is thinned."""


class HistoryStore:
    """Columns that one thread appends to and any thread may read through :meth:`view`.

    Args:
        capacity: most rows kept; at least 2.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._thinning = _Thinning()
        # Not a method of the store: with rows and store each holding the other, a run that was
        # left would keep tens of megabytes until the collector comes by.
        choose = self._thinning.choose
        self._rows = MovingRows(_columns, min(4096, capacity), capacity, choose)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def spacing(self) -> float:
        """Seconds: of what was there when it was last full, whole multiples have stayed."""
        return self._thinning.spacing

    def extend(
        self, columns: dict[str, np.ndarray], inventory: np.ndarray, pnl: np.ndarray
    ) -> bool:
        """Append rows; returns True if the store was thinned, so that the source may sample less.

        ``columns`` has one float array (n,) per series, ``inventory`` and ``pnl`` are (n, classes).
        Times are whole multiples of a spacing (see :mod:`abm_desktop.live.spacings`), in seconds:
        what is none of the next longer one is what goes.
        """
        thinned = self._rows.append([*(columns[name] for name in SERIES), inventory, pnl])
        for _ in range(thinned):
            self._thinning.take()
        return thinned > 0

    def until(self, time: float) -> HistoryStore:
        """A store of its own with the rows up to ``time``."""
        other = HistoryStore(self._capacity)
        other._thinning.spacing = self.spacing
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


class _Thinning:
    """Chooses which rows stay when a store is full."""

    def __init__(self) -> None:
        self.spacing = SAMPLE_INTERVAL
        self._coming: list[float] = []
        """The next spacing, chosen before the store is full."""

    def take(self) -> None:
        """The store was full: what was chosen holds."""
        self.spacing = self._coming.pop(0)

    def choose(self, rows: list[np.ndarray]) -> Select:
        """The least spacing by which enough rows go, of those that are there."""
        time = rows[0]
        # The same again, if what came since is finer.
        spacing = next(
            s for s in spacings_from(self.spacing) if on_multiples(time, s).mean() <= _STAY
        )
        self._coming.append(spacing)
        # The same arrays, which are filled further on.
        whole = time.base if time.base is not None else time
        return lambda first, end: first + np.flatnonzero(on_multiples(whole[first:end], spacing))


def _columns(rows: int) -> list[np.ndarray]:
    """One of each series, ``time`` first; then inventory and PnL by class."""
    wide = (np.empty((rows, _CLASSES)), np.empty((rows, _CLASSES)))
    return [*(np.empty(rows) for _ in SERIES), *wide]
