"""When trading was interrupted, why, and at what price an auction would have traded meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.live import MarketSnapshot
from abm_desktop.market.state import PHASES
from abm_desktop.statements import Statement

__all__ = ["CROSSING", "Interruption", "clearing_price", "indicative_price", "phase_bands"]

CONTINUOUS = PHASES[0]
CROSSING = ("auction", "halted")
"""Phases in which orders gather and may cross: there are no quotes then."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """A stretch of time without continuous trading."""

    left: float
    """Seconds."""
    right: float
    phase: str
    cause: Statement | None = None
    """The rule that caused it; None if it is not known."""


def phase_bands(snapshot: MarketSnapshot) -> tuple[Interruption, ...]:
    """The interruptions so far, oldest first; the last one may still go on.

    A recording tells its phases in its samples, without a cause.
    """
    if not snapshot.is_replay:
        changes = snapshot.phases
        ends = [*(change.time for change in changes[1:]), snapshot.time][: len(changes)]
        return tuple(
            Interruption(change.time, end, change.phase, change.cause)
            for change, end in zip(changes, ends, strict=True)
            if change.phase != CONTINUOUS and end >= change.time
        )
    phase, time = snapshot.history.phase, snapshot.history.time
    if not len(phase):
        return ()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(phase)) + 1])
    ends = [*time[starts[1:]].tolist(), snapshot.time]
    return tuple(
        Interruption(float(time[k]), end, PHASES[int(phase[k])])
        for k, end in zip(starts.tolist(), ends, strict=True)
        if int(phase[k]) != 0
    )


def clearing_price(ticks: np.ndarray, lots: np.ndarray, reference: float) -> tuple[int, float]:
    """Return the price in ticks at which a book would clear, and the lots; (-1, 0.0) if none cross.

    As the market's own auction: the most lots, then the least imbalance, then the price nearest to
    the ``reference`` (ticks). Hidden lots, and levels beyond those given, are not known here.

    Args:
        ticks: prices, int (2 n,): n bids, then n asks.
        lots: lots there, 0 if there is no level; shaped like them.

    >>> clearing_price(np.array([102, 100, 99, 101]), np.array([5.0, 3.0, 4.0, 2.0]), 100.0)
    (101, 5.0)
    """
    half = len(ticks) // 2
    bids, asks = lots[:half] > 0, lots[half:] > 0
    if not (bids.any() and asks.any()):
        return -1, 0.0
    bid_ticks, bid_lots = ticks[:half][bids], lots[:half][bids]
    ask_ticks, ask_lots = ticks[half:][asks], lots[half:][asks]
    low, high = int(ask_ticks.min()), int(bid_ticks.max())
    if low > high:
        return -1, 0.0
    prices = np.arange(low, high + 1)
    size = len(prices)
    inside = bid_ticks >= low
    demand = np.bincount(bid_ticks[inside] - low, bid_lots[inside], size)[::-1].cumsum()[::-1]
    inside = ask_ticks <= high
    supply = np.bincount(ask_ticks[inside] - low, ask_lots[inside], size).cumsum()
    traded = np.minimum(demand, supply)
    order = np.lexsort((np.abs(prices - reference), np.abs(demand - supply), -traded))
    return int(prices[order[0]]), float(traded[order[0]])


def indicative_price(snapshot: MarketSnapshot) -> tuple[float, float]:
    """The price at which an auction would trade now, in currency, and the lots.

    NaN and 0 while trading is continuous, and if no orders cross.
    """
    s = snapshot
    if s.phase not in CROSSING or not len(s.bids) or not len(s.asks):
        return math.nan, 0.0
    most = max(len(s.bids), len(s.asks))
    ticks, lots = np.zeros(2 * most, np.int64), np.zeros(2 * most)
    for first, rows in ((0, s.bids), (most, s.asks)):
        ticks[first : first + len(rows)] = np.round(rows[:, 0] / s.tick_size)
        lots[first : first + len(rows)] = rows[:, 1]
    price, traded = clearing_price(ticks, lots, s.mid / s.tick_size)
    return (round(price * s.tick_size, 10), traded) if traded else (math.nan, 0.0)
