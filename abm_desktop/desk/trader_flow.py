"""Who traded how much, in bars of time, gathered from the fills of a running market."""

from __future__ import annotations

import numpy as np

from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.market.records import Records
from abm_desktop.metrics.streaming import rolling_vpin

__all__ = ["TraderFlow", "usual_minute"]

_CLASSES = len(TRADER_CLASSES)
MAKER, TAKER, MONEY, SIGNED = range(4)


def usual_minute(lots: np.ndarray) -> float:
    """Lots of a usual minute, whole and at least one: the median, for a crash trades many times as
    much. Every VPIN is in buckets of it.
    """
    return max(1.0, float(round(float(np.median(lots))))) if len(lots) else 1.0


class TraderFlow:
    """Lots by trader class, and lots bought and sold, per bar; bars widen as the session grows."""

    WIDTH = 10.0
    """Seconds of a bar at first."""
    MOST = 1 << 13
    """Bars; when there are more, every two become one."""

    def __init__(self) -> None:
        self._generation = -1
        self._clear()

    def _clear(self) -> None:
        self.width = self.WIDTH
        self._first = 0
        self._n = 0
        self._seen = 0
        self.missed = 0
        """Fills that were not seen: there were more since the last look than are kept."""
        self._bucket = 0.0
        self._table = np.zeros((256, 4, _CLASSES))

    def __len__(self) -> int:
        return self._n

    @property
    def end(self) -> np.ndarray:
        """Time at which each bar ends, seconds, (n,)."""
        return (self._first + 1.0 + np.arange(self._n)) * self.width

    @property
    def maker(self) -> np.ndarray:
        """Lots that each class made in each bar, (n, classes)."""
        return self._table[: self._n, MAKER]

    @property
    def taker(self) -> np.ndarray:
        """Lots that each class took in each bar, (n, classes)."""
        return self._table[: self._n, TAKER]

    @property
    def money(self) -> np.ndarray:
        """Currency that each class traded in each bar, on either side, (n, classes)."""
        return self._table[: self._n, MONEY]

    @property
    def bought(self) -> np.ndarray:
        """Lots of each bar whose buyer was the aggressor, (n,)."""
        return self._table[: self._n, SIGNED, 0]

    @property
    def sold(self) -> np.ndarray:
        """Lots of each bar whose seller was the aggressor, (n,)."""
        return self._table[: self._n, SIGNED, 1]

    @property
    def bucket(self) -> float:
        """Lots of a VPIN bucket: a usual minute's volume, which is seldom judged again."""
        minute = max(1, round(60.0 / self.width))
        lots = self.bought + self.sold
        lots = lots[: len(lots) // minute * minute].reshape(-1, minute).sum(axis=1)
        usual = usual_minute(lots * 60.0 / (minute * self.width))
        if not 0.5 < usual / max(self._bucket, 1e-9) < 2.0:
            self._bucket = float(round(usual))
        return self._bucket

    def vpin(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (time, VPIN), see ``metrics.streaming.rolling_vpin``."""
        return rolling_vpin(self.end, self.bought, self.sold, self.bucket)

    def rolling(self, lots: np.ndarray, window: float) -> np.ndarray:
        """Return (n, classes) the sum of ``lots`` over the last ``window`` seconds at each bar."""
        bars = max(1, round(window / self.width))
        total = np.concatenate((np.zeros((1, lots.shape[1])), np.cumsum(lots, axis=0)))
        end = np.arange(1, len(lots) + 1)
        return total[end] - total[np.maximum(end - bars, 0)]

    def take(self, snapshot: MarketSnapshot) -> None:
        """Add the fills that are new since the last call; a new run starts afresh."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self._clear()
        new = snapshot.trades - self._seen
        if new <= 0:
            return
        self._seen = snapshot.trades
        self.missed += max(0, new - len(snapshot.fills))
        fills = snapshot.fills[max(0, len(snapshot.fills) - new) :]
        if len(fills):
            self._add(fills, snapshot.tick_size * snapshot.lot)

    def _add(self, fills: Records, money: float) -> None:
        time = fills["time"] / 1e9
        if not self._n:
            self._first = int(time[0] // self.width)
        while time[-1] // self.width - self._first >= self.MOST:
            self._widen()
        bar = (time // self.width).astype(np.int64) - self._first
        last = int(bar[-1]) + 1
        if last > len(self._table):
            room = min(self.MOST, max(last, 2 * len(self._table)))
            grown = np.zeros((room, 4, _CLASSES))
            grown[: self._n] = self._table[: self._n]
            self._table = grown
        self._n = max(self._n, last)
        first = int(bar[0])
        part = self._table[first:last]
        size = fills["size"].astype(float)
        value = size * fills["price"] * money

        def sums(number: np.ndarray, weights: np.ndarray) -> np.ndarray:
            place = (bar - first) * _CLASSES + number
            count = (last - first) * _CLASSES
            return np.bincount(place, weights, minlength=count).reshape(-1, _CLASSES)

        # In an auction nobody makes or takes, but money changes hands.
        plain = np.where(fills["auction"] == 0, size, 0.0)
        part[:, MAKER] += sums(fills["maker_class"], plain)
        part[:, TAKER] += sums(fills["taker_class"], plain)
        part[:, MONEY] += sums(fills["maker_class"], value) + sums(fills["taker_class"], value)
        # A recording does not always tell who the aggressor was.
        told = np.where(fills["side"] == 0, 0.0, plain)
        part[:, SIGNED] += sums(np.where(fills["side"] > 0, 0, 1), told)

    def _widen(self) -> None:
        first = self._first // 2
        # Bars begin at whole multiples of their width.
        lead = self._first - 2 * first
        old = np.concatenate((np.zeros((lead, 4, _CLASSES)), self._table[: self._n]))
        if len(old) % 2:
            old = np.concatenate((old, np.zeros((1, 4, _CLASSES))))
        pairs = old.reshape(-1, 2, 4, _CLASSES).sum(axis=1)
        self._table = np.zeros((max(256, 2 * len(pairs)), 4, _CLASSES))
        self._table[: len(pairs)] = pairs
        self._n, self._first, self.width = len(pairs), first, 2.0 * self.width
