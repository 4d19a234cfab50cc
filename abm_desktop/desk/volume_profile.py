"""Lots traded by price: over a stretch of time as a whole, and in bars of it (a footprint)."""

from __future__ import annotations

import bisect
import math
from typing import NamedTuple

import numpy as np

from abm_desktop.live import MarketSnapshot, PastMoment

__all__ = [
    "Footprint",
    "Profile",
    "TickTrades",
    "footprint",
    "row_size",
    "trades_of_past",
    "trades_of_session",
    "volume_profile",
]

NANO = 1e9


class TickTrades(NamedTuple):
    """Trades of a stretch of time, oldest first; all arrays (n,)."""

    time: np.ndarray
    """Seconds."""
    ticks: np.ndarray
    size: np.ndarray
    """Lots."""
    side: np.ndarray
    """+1 the buyer was the aggressor, -1 the seller, 0 nobody (an auction) or not told."""
    since: float
    """Seconds; earlier trades of the stretch are no longer kept. -inf: all of them are."""


class Profile(NamedTuple):
    """Lots by price; arrays (rows,), the lowest price first."""

    base: int
    """Ticks of the lowest row."""
    row: int
    """Ticks of a row."""
    bought: np.ndarray
    """Lots whose buyer was the aggressor."""
    sold: np.ndarray
    untold: np.ndarray
    since: float
    """As in :class:`TickTrades`."""

    @property
    def total(self) -> np.ndarray:
        """Lots of each row."""
        return self.bought + self.sold + self.untold


class Footprint(NamedTuple):
    """Lots by bar and price, for those cells in which anything was traded; arrays (n,)."""

    width: float
    """Seconds of a bar."""
    row: int
    """Ticks of a row."""
    start: np.ndarray
    """Seconds at which the bar begins."""
    ticks: np.ndarray
    """Lowest ticks of the row."""
    bought: np.ndarray
    sold: np.ndarray
    untold: np.ndarray


def row_size(ticks: float, most: int) -> int:
    """Return how many ticks make a row (1, 2, 5, 10, ...) so that at most ``most`` rows suffice."""
    least = ticks / max(1, most)
    power = 10 ** max(0, math.floor(math.log10(max(least, 1.0))))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= least)


def trades_of_session(snapshot: MarketSnapshot, left: float, right: float) -> TickTrades:
    """The fills of a snapshot from ``left`` to ``right`` seconds, as far back as they are kept."""
    fills = snapshot.fills
    # Bisected one by one: NumPy would copy the whole column out of the records first.
    first = bisect.bisect_left(fills["time"], math.ceil(left * NANO))
    last = bisect.bisect_right(fills["time"], math.floor(right * NANO))
    part = fills[first:last]
    gone = snapshot.first_fill > 0 and first == 0 and len(fills) > 0
    return TickTrades(
        part["time"] / NANO,
        part["price"].astype(np.int64),
        part["size"].astype(np.float64),
        np.where(part["auction"] == 0, part["side"], 0),
        float(fills["time"][0]) / NANO if gone else -math.inf,
    )


def trades_of_past(past: PastMoment, left: float, right: float) -> TickTrades:
    """The trades around a past moment from ``left`` to ``right`` seconds."""
    trades = past.trades
    chosen = trades[(trades["time"] >= left) & (trades["time"] <= right)]
    return TickTrades(
        chosen["time"],
        np.rint(chosen["price"] / past.snapshot.tick_size).astype(np.int64),
        chosen["size"].astype(np.float64),
        chosen["side"],
        past.left if past.left > max(left, 0.0) else -math.inf,
    )


def volume_profile(trades: TickTrades, low: int, high: int, row: int) -> Profile:
    """Add up the lots between ``low`` and ``high`` ticks, in rows of ``row`` ticks."""
    base = low // row
    rows = high // row - base + 1
    at = trades.ticks // row - base
    inside = (at >= 0) & (at < rows)

    def sums(chosen: np.ndarray) -> np.ndarray:
        chosen = chosen & inside
        return np.bincount(at[chosen], weights=trades.size[chosen], minlength=rows)

    sides = (sums(trades.side > 0), sums(trades.side < 0), sums(trades.side == 0))
    return Profile(base * row, row, *sides, trades.since)


def footprint(trades: TickTrades, width: float, row: int) -> Footprint:
    """Add up the lots by bars of ``width`` seconds and rows of ``row`` ticks."""
    bar = np.floor(trades.time / width).astype(np.int64)
    level = trades.ticks // row
    cells, place = np.unique(np.stack((bar, level), axis=1), axis=0, return_inverse=True)
    place = place.reshape(-1)

    def sums(chosen: np.ndarray) -> np.ndarray:
        weights = np.where(chosen, trades.size, 0.0)
        return np.bincount(place, weights=weights, minlength=len(cells))

    return Footprint(
        width,
        row,
        cells[:, 0] * width,
        cells[:, 1] * row,
        sums(trades.side > 0),
        sums(trades.side < 0),
        sums(trades.side == 0),
    )
