"""Keeps the trades seen so far, for the dots of the price chart."""

from __future__ import annotations

import numpy as np

from abm_desktop.live import MarketSnapshot
from abm_desktop.market.records import Records

__all__ = ["TradeStore"]


class TradeStore:
    """A ring of the latest trades, gathered from one snapshot to the next without doubling any.

    A snapshot brings the latest 500 trades; if more happened between two snapshots, those in
    between are not here. The dots of the chart are then a sample, which its legend says.
    """

    CAPACITY = 1 << 15

    def __init__(self) -> None:
        self._time = np.empty(self.CAPACITY)
        self._price = np.empty(self.CAPACITY)
        self._size = np.empty(self.CAPACITY)
        self._side = np.empty(self.CAPACITY, dtype=np.int8)
        self._n = 0
        self._seen = 0
        self._generation = -1
        self.missed = 0
        """Trades that happened but were in no snapshot seen here."""

    def __len__(self) -> int:
        return self._n

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add the trades that are new since the last snapshot; a new generation starts afresh."""
        if snapshot.generation != self._generation:
            past = snapshot.forked_from
            after = len(snapshot.recent_trades)
            if past is not None and past[0] == self._generation:
                # A fork shares the past of the run that it left.
                self._n = int(np.searchsorted(self._time[: self._n], past[1], side="right"))
                after = int((snapshot.recent_trades["time"] > past[1]).sum())
            else:
                self._n = self.missed = 0
            self._generation = snapshot.generation
            self._seen = snapshot.trades - after
        recent = snapshot.recent_trades
        new = min(snapshot.trades - self._seen, len(recent))
        if new <= 0:
            return
        self.missed += snapshot.trades - self._seen - new
        self._seen = snapshot.trades
        if self._n + new > self.CAPACITY:
            # Keep the newer half: moving it is rare, and the columns stay in order of time.
            keep = self.CAPACITY // 2
            for column in (self._time, self._price, self._size, self._side):
                column[:keep] = column[self._n - keep : self._n].copy()
            self._n = keep
        rows = recent[len(recent) - new :]
        self._time[self._n : self._n + new] = rows["time"]
        self._price[self._n : self._n + new] = rows["price"]
        self._size[self._n : self._n + new] = rows["size"]
        self._side[self._n : self._n + new] = rows["side"]
        self._n += new

    def fill(self, trades: Records) -> None:
        """Hold the latest of these trades (as ``MarketSnapshot.recent_trades``) and no others."""
        rows = trades[-self.CAPACITY :]
        self._n = len(rows)
        for name in ("time", "price", "size", "side"):
            getattr(self, f"_{name}")[: self._n] = rows[name]

    def complete(self, trades: np.ndarray, left: float) -> None:
        """Take in all trades from ``left`` seconds to now; of too many, evenly chosen ones."""
        kept = int(np.searchsorted(self._time[: self._n], left, side="left"))
        rows = trades[trades["time"] >= left]
        room = self.CAPACITY - kept
        if len(rows) > room:
            kept, room = 0, self.CAPACITY
        self.missed = max(0, len(rows) - room)
        if self.missed:
            rows = rows[np.linspace(0, len(rows) - 1, room).astype(np.intp)]
        self._n = kept + len(rows)
        for name in ("time", "price", "size", "side"):
            getattr(self, f"_{name}")[kept : self._n] = rows[name]

    def between(
        self, left: float, right: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return (time, price, size, side) of the trades from left to right, oldest first."""
        time = self._time[: self._n]
        a = int(np.searchsorted(time, left, side="left"))
        b = int(np.searchsorted(time, right, side="right"))
        return time[a:b], self._price[a:b], self._size[a:b], self._side[a:b]
