"""How the mid answers to what happens at the best prices, by kind of event.

Eisler, Bouchaud and Kockelkoren (2012), "The price impact of order book events", Quantitative
Finance 12(9): market orders, limit orders and cancels at the touch, each with and without a change
of the mid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.market.flow_kinds import ADD, DELETE, EXECUTE, PARTIAL_CANCEL
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.state import BUY, SELL
from abm_desktop.metrics.likeness.scores import quoted

__all__ = ["EVENT_TYPES", "LAGS", "Response", "responses"]

LAGS = (1, 2, 5, 10, 20, 50, 100, 200)
"""Events at the touch; 1 is the event itself."""

EVENT_TYPES = {
    "MO1": "market order that moves the mid",
    "MO0": "market order that does not",
    "LO1": "limit order that moves the mid",
    "LO0": "limit order that does not",
    "CA1": "cancel that moves the mid",
    "CA0": "cancel that does not",
}


@dataclass(frozen=True, slots=True)
class Response:
    """Mean move of the mid from before an event on, in the event's direction, in mean spreads."""

    mean: np.ndarray
    """At each of :data:`LAGS`, float64; NaN if there is no event."""
    error: np.ndarray
    """Its standard error, as if events were independent, float64: too small, as they overlap."""
    count: int


def responses(flow: OrderFlow) -> dict[str, Response]:
    """The response to each of :data:`EVENT_TYPES`, of a flow with levels of the book.

    The fills of one instant and side are one market order. A buy is +1, as are a limit order to buy
    and the cancel of one to sell.
    """
    good = quoted(flow)
    total = flow.book_price[:, BUY, 0].astype(np.int64) + flow.book_price[:, SELL, 0]
    after = np.where(good, 0.5 * total, np.nan)
    before = np.concatenate(([np.nan], after[:-1]))
    spread = float((flow.book_price[good, SELL, 0] - flow.book_price[good, BUY, 0]).mean())
    kind, sign, first, last = _touch_events(flow, good)
    start, end = before[first], after[last]
    out = {}
    moves = start != end
    for name in EVENT_TYPES:
        mine = (kind == name[:2]) & (moves == (name[2] == "1")) & np.isfinite(start)
        which = np.flatnonzero(mine)
        mean, error = np.full(len(LAGS), np.nan), np.full(len(LAGS), np.nan)
        for k, lag in enumerate(LAGS):
            there = which[which + lag - 1 < len(end)]
            move = sign[there] * (end[there + lag - 1] - start[there]) / spread
            move = move[np.isfinite(move)]
            if len(move):
                mean[k] = move.mean()
                error[k] = move.std() / np.sqrt(len(move))
        out[name] = Response(mean, error, len(which))
    return out


def _touch_events(
    flow: OrderFlow, good: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Kind, sign, first and last row of each event at a best price, in their order."""
    rows = np.flatnonzero(np.concatenate(([False], good[:-1])) & (flow.kind <= EXECUTE))
    own = flow.side[rows]
    best = flow.book_price[rows - 1, own, 0]
    price = flow.price[rows]
    at_touch = np.where(own == BUY, price >= best, price <= best)
    rows = rows[at_touch]
    side, what = flow.side[rows], flow.kind[rows]
    kind = np.select(
        [what == EXECUTE, what == ADD, (what == PARTIAL_CANCEL) | (what == DELETE)],
        ["MO", "LO", "CA"],
        "",
    )
    # A resting order of the other side trades, or goes: the price is pushed away from its own side.
    sign = np.where(side == BUY, 1, -1) * np.where(kind == "LO", 1, -1)
    joined = np.zeros(len(rows), bool)
    if len(rows) > 1:
        joined[1:] = (
            (kind[1:] == "MO") & (kind[:-1] == "MO") & (side[1:] == side[:-1])
            & (np.diff(flow.time[rows]) == 0) & (np.diff(rows) == 1)
        )  # fmt: skip
    first = np.flatnonzero(~joined)
    last = np.append(first[1:], len(rows)) - 1
    return kind[first], sign[first], rows[first], rows[last]
