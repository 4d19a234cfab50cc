"""Measures that a running market is watched by, as vectorised functions of its sampled history.

Every function takes equally long float64 arrays, oldest sample first, as they lie in
``abm_desktop.live.History``, and returns new arrays; none keeps state. A whole session (23 400
samples)
costs one or two milliseconds, so a view calls them again whenever its history has grown.

Terms: *realised volatility* is the root of the sum of squared log returns of the mid price on a
fixed grid (Andersen, Bollerslev, Diebold and Labys, 2003); *quoted spread* is the distance of the
best quotes relative to the mid, in basis points; *imbalance* is (bid - ask) / (bid + ask) of the
lots within the best five levels.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.metrics import systemic

__all__ = [
    "SECONDS_PER_YEAR",
    "bucket_increments",
    "drawdown",
    "imbalance",
    "last_known",
    "messages_per_fill",
    "on_grid",
    "quoted_spread_bp",
    "realised_volatility",
    "rolling_amihud",
    "rolling_mean",
    "rolling_vpin",
    "volume_shares",
]

SECONDS_PER_YEAR = 252 * 23_400
"""Trading seconds in a year of 252 sessions of six and a half hours."""


def last_known(values: np.ndarray) -> np.ndarray:
    """Return ``values`` (n,) with every NaN replaced by the last number before it.

    NaN at the beginning, before any number, stay NaN.
    """
    known = np.where(np.isnan(values), 0, np.arange(len(values)))
    return values[np.maximum.accumulate(known)] if len(values) else values.copy()


def on_grid(time: np.ndarray, values: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Sample (time, values) at the multiples of ``step`` seconds, each with its last known value.

    Returns (grid, values on it): the grid runs from the first multiple at or after ``time[0]``
    to the last at or before ``time[-1]``, and is empty if none lies between them. The grid does
    not move as the history grows. Raises ValueError if ``step`` is not positive.
    """
    if not step > 0:
        raise ValueError(f"the grid step must be positive seconds, got {step}")
    if not len(time):
        return np.empty(0), np.empty(0)
    # The tolerance takes in a sample that rounding has put a hair before or after its multiple.
    slack = 1e-9 * step
    first = int(np.ceil((time[0] - slack) / step))
    last = int(np.floor((time[-1] + slack) / step))
    grid = np.arange(first, last + 1, dtype=np.float64) * step
    at = np.searchsorted(time, grid + slack, side="right") - 1
    return grid, last_known(values)[np.maximum(at, 0)]


def realised_volatility(
    time: np.ndarray, mid: np.ndarray, window: float = 300.0, step: float = 10.0
) -> tuple[np.ndarray, np.ndarray]:
    """Return (time, volatility): rolling annualised realised volatility, as a fraction per year.

    Over the last ``window`` seconds, from log returns of the mid on a grid of ``step`` seconds:
    ``sqrt(sum r^2) * sqrt(252 * 23400 / window)``. While fewer than window/step returns exist, the
    sum is scaled by the seconds it covers; the first value needs three returns. Where the history
    is coarser than ``step``, its own spacing is used, since a finer grid would repeat values.
    """
    if len(time) < 2:
        return np.empty(0), np.empty(0)
    spacing = float(np.median(np.diff(time[-64:])))
    step = max(step, step * np.ceil(spacing / step - 1e-9))
    grid, price = on_grid(time, mid, step)
    with np.errstate(invalid="ignore", divide="ignore"):
        returns = np.diff(np.log(price))
    returns = np.where(np.isfinite(returns), returns, 0.0)
    span = max(1, round(window / step))
    total = np.concatenate(([0.0], np.cumsum(returns**2)))
    end = np.arange(1, len(returns) + 1)
    begin = np.maximum(end - span, 0)
    # The difference of two running sums can fall a rounding error below zero.
    variance = np.maximum(total[end] - total[begin], 0.0)
    rate = np.sqrt(variance * SECONDS_PER_YEAR / ((end - begin) * step))
    return grid[3:], rate[2:]


def quoted_spread_bp(best_bid: np.ndarray, best_ask: np.ndarray) -> np.ndarray:
    """Return the quoted spread (n,) in basis points of the mid.

    NaN if a side is empty, or quotes cross, as they do while orders gather for an auction.
    """
    spread = np.where(best_ask > best_bid, best_ask - best_bid, np.nan)
    return spread / (0.5 * (best_ask + best_bid)) * 1e4


def imbalance(bid_depth: np.ndarray, ask_depth: np.ndarray) -> np.ndarray:
    """Return (bid - ask) / (bid + ask) (n,) in -1..1; NaN if both sides are empty."""
    total = bid_depth + ask_depth
    return np.divide(
        bid_depth - ask_depth, total, out=np.full(np.shape(total), np.nan), where=total > 0
    )


def rolling_mean(time: np.ndarray, values: np.ndarray, window: float) -> np.ndarray:
    """Return (n,) the mean of the samples within the last ``window`` seconds up to each sample.

    A sample exactly ``window`` old is outside. NaN samples are left out; a window of only NaN
    gives NaN.
    """
    good = ~np.isnan(values)
    total = np.concatenate(([0.0], np.cumsum(np.where(good, values, 0.0))))
    count = np.concatenate(([0], np.cumsum(good)))
    end = np.arange(1, len(time) + 1)
    begin = np.searchsorted(time, time - window, side="right")
    n = count[end] - count[begin]
    return np.divide(total[end] - total[begin], n, out=np.full(len(time), np.nan), where=n > 0)


def rolling_amihud(
    time: np.ndarray, mid: np.ndarray, volume: np.ndarray, lot: float, bars: int = 30
) -> tuple[np.ndarray, np.ndarray]:
    """Return (time, illiquidity): |return| per million traded, mean of the last ``bars`` minutes.

    Amihud (2002), on minutes rather than days; ``volume`` is cumulative lots of ``lot`` units.
    Minutes without trades are left out; the first value needs five that have some.
    """
    grid, price = on_grid(time, mid, 60.0)
    if len(grid) < 2:
        return np.empty(0), np.empty(0)
    lots = np.diff(on_grid(time, volume, 60.0)[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        each = 1e6 * np.abs(np.diff(np.log(price))) / (lots * lot * price[1:])
    each[~np.isfinite(each)] = np.nan
    end = np.arange(1, len(each) + 1)
    known = np.concatenate(([0], np.cumsum(~np.isnan(each))))
    enough = known[end] - known[np.maximum(end - bars, 0)] >= 5
    mean = rolling_mean(grid[1:], each, 60.0 * bars)
    return grid[1:], np.where(enough, mean, np.nan)


def messages_per_fill(
    time: np.ndarray, messages: Records, fills: Records, window: float = 60.0
) -> np.ndarray:
    """Return (n,) the order-to-trade ratio: messages for each fill of the last ``window`` seconds.

    Both are cumulative counts. NaN if nothing was filled.
    """
    begin = np.maximum(np.searchsorted(time, time - window, side="right") - 1, 0)
    sent, filled = messages - messages[begin], fills - fills[begin]
    return np.divide(sent, filled, out=np.full(len(time), np.nan), where=filled > 0)


def rolling_vpin(
    end: np.ndarray, bought: np.ndarray, sold: np.ndarray, bucket: float, buckets: int = 50
) -> tuple[np.ndarray, np.ndarray]:
    """Return (time, VPIN) at the end of each full bucket of ``bucket`` lots.

    ``bought`` and ``sold`` are the lots of successive bars that end at the times ``end``. The mean
    is over the last ``buckets`` of them (Easley, Lopez de Prado and O'Hara 2012), five at least.
    Raises ValueError if ``bucket`` is not positive.
    """
    each = systemic.vpin(bought, sold, bucket)
    if len(each) < 5:
        return np.empty(0), np.empty(0)
    lots = np.cumsum(bought + sold)
    at = np.interp(np.arange(1, len(each) + 1) * bucket, lots, end)
    total = np.concatenate(([0.0], np.cumsum(each)))
    last = np.arange(1, len(each) + 1)
    first = np.maximum(last - buckets, 0)
    return at[4:], ((total[last] - total[first]) / (last - first))[4:]


def bucket_increments(
    time: np.ndarray, cumulative: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return (edges (k+1,), increments (k,)) of a cumulative series per ``width`` seconds.

    Edges are multiples of ``width``; a bucket covers (edge, next edge]; the first and the last may
    be only partly covered. Empty arrays if there are fewer than two samples. Raises ValueError
    if ``width`` is not positive.
    """
    if not width > 0:
        raise ValueError(f"the bucket width must be positive seconds, got {width}")
    if len(time) < 2:
        return np.empty(0), np.empty(0)
    first, last = np.floor(time[0] / width), np.ceil(time[-1] / width)
    edges = np.arange(int(first), int(last) + 1, dtype=np.float64) * width
    at = np.searchsorted(time, edges + 1e-9 * width, side="right") - 1
    level = np.where(at >= 0, cumulative[np.maximum(at, 0)], cumulative[0])
    return edges, np.diff(level)


def drawdown(mid: np.ndarray) -> np.ndarray:
    """Return (n,) the fall of the mid below its highest value so far, as a fraction <= 0."""
    price = last_known(mid)
    if not len(price):
        return price
    return price / np.fmax.accumulate(price) - 1.0


def volume_shares(maker: np.ndarray, taker: np.ndarray) -> np.ndarray:
    """Return (k,) each class's share of all filled lots, maker and taker together; sums to 1.

    All zero if nothing was traded.
    """
    filled = np.asarray(maker, dtype=np.float64) + np.asarray(taker, dtype=np.float64)
    total = filled.sum()
    return filled / total if total > 0 else np.zeros(len(filled))
