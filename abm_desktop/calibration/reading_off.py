"""What a recorded day tells by itself: prices, sizes, rates, lifetimes, places and its hours.

Nothing is simulated here. What traders do to one another is not seen: the rates of a whole day are
those of all traders together, and the levels of a file end where they end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from abm_desktop.calibration.day_facts import mids_each_second
from abm_desktop.inputs import InputError
from abm_desktop.market.flow_kinds import (
    ADD,
    DELETE,
    EXECUTE,
    EXECUTE_HIDDEN,
    PARTIAL_CANCEL,
    PRICE_SCALE,
)
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.state import BUY, SELL
from abm_desktop.metrics.likeness.scores import quoted

__all__ = ["HALF_HOURS", "ROUND", "ReadOff", "middle_of", "read_off"]

_NANO = 10**9
LEAST = 1000
"""Limit orders that a day must have to be calibrated to."""
LOTS = (100_000, 10_000, 1000, 100, 10, 1)
"""Shares in a lot, of which the largest is taken that nearly all limit orders are multiples of."""
NEARLY_ALL = 0.98
ROUND = 100
"""Shares; multiples of it are sizes that people choose."""
LEAST_FITTED = 100
"""Numbers that a law is fitted to."""
LEAST_ODD = 0.05
"""Share of limit orders of other sizes from which on these are looked at by themselves."""
HALF_HOURS = 13
LEAST_TAIL, MOST_TAIL = 0.05, 20.0
"""Tail exponents between which a fit stays, as a scenario does."""


@dataclass(frozen=True, slots=True)
class ReadOff:
    """The numbers of a day; sizes in lots, distances in ticks, times in s, rates per s."""

    tick_size: float
    """Currency."""
    lot: int
    """Shares."""
    start_price: float
    """Currency, a whole number of ticks."""
    session: float
    spread: float
    """Mean."""
    limit_rate: float
    market_rate: float
    """Market orders; the fills of one instant and side are one."""
    cancel_rate: float
    size_log_mean: float
    """Of limit orders."""
    size_log_sd: float
    odd_log_mean: float
    """The same of those that are no multiple of 100 shares; of all if few are."""
    odd_log_sd: float
    round_share: float
    """Share of limit orders of a multiple of 100 shares."""
    market_size_tail: float
    """Pareto exponent of the sizes of market orders, from one lot on."""
    market_size_most: float
    """Lots of one market order in a thousand, at least."""
    lifetime_scale: float
    """Lomax scale of lifetimes at the best price; those that trade are censored."""
    lifetime_tail: float
    lifetime_distance: float
    """Distance over which the lifetime doubles."""
    share_inside: float
    """Share of limit orders that better the best price."""
    share_at_best: float
    placement_scale: float
    """Lomax scale of the distance behind the best price, as far as the levels show it."""
    placement_tail: float
    volume: float
    """Traded in the session, hidden orders and auctions without a price left out."""
    volatility: float
    """Of the log price per square root of a second, from returns of five minutes."""
    day_shape: tuple[float, ...]
    """Volume of each thirteenth of the session over its mean, (13,)."""
    day_ends: float
    """How much busier the ends of the session are than its middle: c of ``1 + c x^2``, x from -1
    at the open to 1 at the close, fitted to :attr:`day_shape`."""


def read_off(flow: OrderFlow) -> ReadOff:
    """Read the numbers off a flow that has levels of the book.

    Raises:
        InputError: if there are fewer than 1,000 limit orders, or no trade, cancel or quote.
    """
    added = np.flatnonzero(flow.kind == ADD)
    trades = np.flatnonzero(flow.kind == EXECUTE)
    gone = np.flatnonzero((flow.kind == DELETE) | (flow.kind == PARTIAL_CANCEL))
    good = quoted(flow)
    for rows, least, what in (
        (added, LEAST, "limit orders"),
        (trades, 10, "executions"),
        (gone, 10, "cancels"),
        (np.flatnonzero(good), LEAST, "messages with both sides quoted"),
    ):
        if len(rows) < least:
            raise InputError(
                f"has {len(rows):,} {what}, and at least {least:,} are needed",
                path=flow.source,
                remedy="take a longer recording, or a busier stock",
            )
    seconds = float(np.ceil((flow.time[-1] - flow.time[0]) / _NANO / 60.0) * 60.0)
    tick = _tick(flow)
    lot = _lot(flow.size[added])
    # Traders cut their draws down to whole lots: half a lot more is right on average.
    sizes = np.log(flow.size[added] / lot + 0.5)
    is_odd = flow.size[added] % ROUND != 0
    odd = sizes[is_odd] if is_odd.sum() >= LEAST_ODD * len(sizes) else sizes
    starts = _orders(flow, trades)
    market_sizes = np.add.reduceat(flow.size[trades].astype(float), starts) / lot
    mid = mids_each_second(flow)
    mid = mid[np.isfinite(mid)]
    spread = float((flow.book_price[good, SELL, 0] - flow.book_price[good, BUY, 0]).mean())
    distance = _behind(flow, added, good) / tick
    known = np.isfinite(distance)
    behind = distance[known & (distance >= 1)] - 0.5
    # A file of one level shows none of them: then a spread is as good a guess as any.
    scale, tail = _lomax(behind) if len(behind) >= LEAST_FITTED else (spread / tick, 1.5)
    lives = _lifetimes(flow, added, np.where(known, distance, 0.0))
    traded = np.flatnonzero((flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN))
    step = max((flow.time[-1] - flow.time[0]) / HALF_HOURS, 1.0)
    shape = np.bincount(
        np.minimum((flow.time[traded] - flow.time[0]) // step, HALF_HOURS - 1).astype(np.int64),
        flow.size[traded].astype(float),
        HALF_HOURS,
    )
    coarse = np.diff(np.log(mid[::300]))
    return ReadOff(
        tick_size=tick / flow.scale,
        lot=lot,
        start_price=round(float(mid[0]) * flow.scale / tick) * tick / flow.scale,
        session=seconds,
        spread=spread / tick,
        limit_rate=len(added) / seconds,
        market_rate=len(starts) / seconds,
        cancel_rate=len(gone) / seconds,
        size_log_mean=float(sizes.mean()),
        size_log_sd=float(sizes.std()),
        odd_log_mean=float(odd.mean()),
        odd_log_sd=float(odd.std()),
        round_share=float((flow.size[added] % ROUND == 0).mean()),
        market_size_tail=1.0 / max(float(np.log(np.maximum(market_sizes, 1.0) + 0.5).mean()), 0.05),
        market_size_most=max(float(np.quantile(market_sizes, 0.999)), 1.0),
        lifetime_scale=lives[0],
        lifetime_tail=lives[1],
        lifetime_distance=lives[2],
        share_inside=float((distance[known] < 0).mean()),
        share_at_best=float((distance[known] == 0).mean()),
        placement_scale=scale,
        placement_tail=tail,
        volume=float(flow.size[traded].sum()) / lot,
        volatility=float(np.sqrt(np.mean(coarse**2) / 300.0)) if len(coarse) else 0.0,
        day_shape=tuple(float(x) for x in shape / max(shape.mean(), 1e-9)),
        day_ends=_ends(shape / max(shape.mean(), 1e-9)),
    )


def middle_of(days: Sequence[ReadOff]) -> ReadOff:
    """One reading of several days: the median of each number; tick and lot are the smallest.

    The price is that of the last day, whose market goes on from there.
    """
    values: dict[str, Any] = {}
    for name in (field.name for field in fields(ReadOff)):
        each = [getattr(day, name) for day in days]
        if name == "day_shape":
            values[name] = tuple(float(x) for x in np.median(np.array(each), axis=0))
        elif name in ("tick_size", "lot"):
            values[name] = min(each)
        else:
            values[name] = each[-1] if name == "start_price" else float(np.median(each))
    return ReadOff(**values)


def _ends(shape: np.ndarray) -> float:
    """The c of ``(1 + c x^2) / (1 + c / 3)`` by least squares, from 0 to 20."""
    x2 = np.linspace(-1.0, 1.0, 2 * len(shape) + 1)[1::2] ** 2
    x2 -= x2.mean()
    slope = float((shape * x2).sum() / (x2 * x2).sum())
    return float(np.clip(slope / max(1.0 - slope / 3.0, 1e-3), 0.0, 20.0))


def _tick(flow: OrderFlow) -> int:
    """A cent for what is priced as US shares are, else the smallest step between prices there."""
    if flow.scale == PRICE_SCALE:
        prices = np.unique(flow.price[flow.kind == ADD])
        step = int(np.gcd.reduce(prices))
        return step if step > 1 else PRICE_SCALE // 100
    prices = np.unique(flow.price[(flow.kind >= ADD) & (flow.kind <= EXECUTE)])
    return max(int(np.diff(prices).min()) if len(prices) > 1 else 1, 1)


def _lot(sizes: np.ndarray) -> int:
    return next(lot for lot in LOTS if (sizes % lot == 0).mean() >= NEARLY_ALL)


def _orders(flow: OrderFlow, trades: np.ndarray) -> np.ndarray:
    """Places in ``trades`` at which a market order begins."""
    time, side = flow.time[trades], flow.side[trades]
    same = (np.diff(time) == 0) & (np.diff(side) == 0) & (np.diff(trades) == 1)
    return np.flatnonzero(np.append(True, ~same))


def _behind(flow: OrderFlow, rows: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Distance of new orders behind the best price before them; NaN if there was none."""
    before = np.maximum(rows - 1, 0)
    best = flow.book_price[before, flow.side[rows], 0].astype(float)
    away = np.where(flow.side[rows] == BUY, best - flow.price[rows], flow.price[rows] - best)
    return np.where((rows > 0) & good[before], away, np.nan)


def _lifetimes(
    flow: OrderFlow, added: np.ndarray, distance: np.ndarray
) -> tuple[float, float, float]:
    """Scale at the best price, tail, and distance over which the scale doubles; a guess if few
    orders are seen from their arrival to their end."""
    ends = np.flatnonzero((flow.kind >= PARTIAL_CANCEL) & (flow.kind <= EXECUTE))
    order = np.argsort(flow.order_id[added], kind="stable")
    known = flow.order_id[added][order]
    _, first = np.unique(flow.order_id[ends], return_index=True)
    ends = ends[first]
    place = np.minimum(np.searchsorted(known, flow.order_id[ends]), len(known) - 1)
    there = known[place] == flow.order_id[ends]
    mine = order[place[there]]
    life = np.maximum(flow.time[ends[there]] - flow.time[added[mine]], 1) / _NANO
    cancelled = flow.kind[ends[there]] != EXECUTE
    if cancelled.sum() < LEAST_FITTED:
        return 1.0, 1.5, 1e3
    scale, tail = _lomax(life, cancelled)
    near = distance[mine] <= 0
    at_best = (
        _lomax_scale(life[near], cancelled[near], tail) if near.sum() >= LEAST_FITTED else scale
    )
    far = distance[mine] >= 1
    if far.sum() < LEAST_FITTED or at_best <= 0:
        return at_best, tail, 1e3
    ratio = _lomax_scale(life[far], cancelled[far], tail) / at_best - 1.0
    mean_distance = float(np.median(distance[mine][far]))
    return at_best, tail, float(np.clip(mean_distance / max(ratio, 1e-3), 0.1, 1e4))


def _lomax(values: np.ndarray, ended: np.ndarray | None = None) -> tuple[float, float]:
    """Scale and tail of a Lomax law by maximum likelihood; what has not ``ended`` is censored."""
    ended = np.ones(len(values), bool) if ended is None else ended
    middle = np.log(np.median(values))
    best = minimize_scalar(
        lambda log_scale: _unlikely(values, ended, float(np.exp(log_scale)), None),
        bounds=(middle - 8.0, middle + 6.0),
        method="bounded",
    )
    scale = float(np.exp(best.x))
    tail = float(ended.sum() / np.log1p(values / scale).sum())
    if LEAST_TAIL <= tail <= MOST_TAIL:
        return scale, tail
    tail = float(np.clip(tail, LEAST_TAIL, MOST_TAIL))
    return _lomax_scale(values, ended, tail), tail


def _lomax_scale(values: np.ndarray, ended: np.ndarray, tail: float) -> float:
    middle = np.log(np.median(values))
    best = minimize_scalar(
        lambda log_scale: _unlikely(values, ended, float(np.exp(log_scale)), tail),
        bounds=(middle - 8.0, middle + 6.0),
        method="bounded",
    )
    return float(np.exp(best.x))


def _unlikely(values: np.ndarray, ended: np.ndarray, scale: float, tail: float | None) -> float:
    """Minus the log likelihood; a tail that is not given is the best one for the scale."""
    grown = np.log1p(values / scale)
    events = int(ended.sum())
    tail = events / grown.sum() if tail is None else tail
    return float(-(events * np.log(tail / scale) - grown[ended].sum() - tail * grown.sum()))
