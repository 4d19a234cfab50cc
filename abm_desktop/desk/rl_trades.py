"""What the RL traders of a market bought and sold, gathered from its fills as they come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.market.records import Records

__all__ = ["Gathered", "RlTrades", "gather"]

RL = TRADER_CLASSES.index("rl")
ROW = np.dtype([("time", "f8"), ("ticks", "i4"), ("size", "i4"), ("side", "i4"), ("agent", "i4")])


class Gathered(NamedTuple):
    """Trades of one side put together by spans of time; arrays (n,)."""

    time: np.ndarray
    """Seconds of the latest trade of each."""
    price: np.ndarray
    """Mean by volume, ticks."""
    lots: np.ndarray
    fills: np.ndarray
    """Fills that each stands for."""


def gather(rows: np.ndarray, width: float) -> Gathered:
    """Put the trades of each span of ``width`` seconds together; ``rows`` in order of time.

    Spans are counted from time zero, so that they keep their trades while a window moves.
    """
    if not len(rows):
        empty = np.empty(0)
        return Gathered(empty, empty, empty, empty)
    span = np.floor(rows["time"] / width)
    first = np.flatnonzero(np.append(True, span[1:] != span[:-1]))
    last = np.append(first[1:], len(rows)) - 1
    size = rows["size"].astype(np.float64)
    lots = np.add.reduceat(size, first)
    price = np.add.reduceat(size * rows["ticks"], first) / lots
    return Gathered(rows["time"][last], price, lots, last - first + 1)


class RlTrades:
    """The latest trades of RL traders, each once for each of them that took part.

    Costs a look at the new fills of each snapshot; the latest :data:`CAPACITY` are kept.
    """

    CAPACITY = 1 << 16

    def __init__(self) -> None:
        self._rows = np.empty(0, ROW)
        self._n = 0
        self._seen = 0
        self._generation = -1

    def __len__(self) -> int:
        return self._n

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add the trades that are new in this snapshot; a new generation starts afresh."""
        if snapshot.generation != self._generation or snapshot.trades < self._seen:
            self._n = self._seen = 0
            self._generation = snapshot.generation
        if snapshot.trades == self._seen:
            return
        fills, _gone = snapshot.fills_since(self._seen)
        self._seen = snapshot.trades
        taken = np.flatnonzero(fills["taker_class"] == RL)
        made = np.flatnonzero(fills["maker_class"] == RL)
        if len(taken) or len(made):
            self._add(fills, taken, made)

    def _add(self, fills: Records, taken: np.ndarray, made: np.ndarray) -> None:
        new = np.empty(len(taken) + len(made), ROW)
        for chosen, start, role, sign in (
            (taken, 0, "taker", 1),
            (made, len(taken), "maker", -1),
        ):
            part, rows = fills[chosen], new[start : start + len(chosen)]
            rows["time"], rows["ticks"] = part["time"] / 1e9, part["price"]
            rows["size"], rows["agent"] = part["size"], part[role]
            rows["side"] = sign * part["side"]
        order = np.argsort(np.concatenate((taken, made)), kind="stable")
        new = new[order][-self.CAPACITY :]
        need = self._n + len(new)
        if need > len(self._rows):
            keep = self._rows[: self._n]
            if need > self.CAPACITY:
                keep = keep[max(self._n - self.CAPACITY // 2, need - self.CAPACITY) :]
            room = min(self.CAPACITY, max(256, 2 * need))
            self._rows = np.empty(room, ROW)
            self._rows[: len(keep)] = keep
            self._n = len(keep)
        self._rows[self._n : self._n + len(new)] = new
        self._n += len(new)

    def between(self, left: float, right: float) -> np.ndarray:
        """Rows of :data:`ROW` from ``left`` to ``right`` seconds, oldest first; side +1 bought."""
        rows = self._rows[: self._n]
        first = int(np.searchsorted(rows["time"], left, side="left"))
        last = int(np.searchsorted(rows["time"], right, side="right"))
        return rows[first:last]
