"""Events of an order-by-order feed, turned into the messages of an ``OrderFlow``.

A feed names an order and tells what happened to it; who rested where, and how much is left of it,
follows from what was told before. The state of every order is kept here once for all formats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.event_kernel import EVENT, N_COUNTS, ROW, resolve
from abm_desktop.market.records import Records
from abm_desktop.market.state import BUY, MOST_LOTS, SELL
from abm_desktop.readers import RecordingError

__all__ = ["EVENT", "Happening", "flow_of"]


class Happening:
    """What an event says, as a number of :data:`EVENT`'s ``what``."""

    ADDED = 1
    """A new order: order, side, price, size."""
    CANCELLED = 2
    """``size`` of an order is gone."""
    DELETED = 3
    """All of an order is gone."""
    EXECUTED = 4
    """``size`` of an order traded, at ``paid`` (0: at its price)."""
    REPLACED = 5
    """An order is gone, and ``new_order`` stands at the end of the queue: size, price."""
    MODIFIED = 6
    """An order has this price and size now; it keeps its place if only its size fell."""
    FILLED = 7
    """``size`` of an order traded at ``paid``; another event takes it off the book."""
    TRADED = 8
    """An aggressor traded ``size``: with hidden orders, as far as no FILLED follows."""
    HIDDEN = 9
    """``size`` of a hidden order traded; side of that order, or UNTOLD."""
    CROSSED = 10
    """An auction traded ``size`` at ``price``; ``order`` is its kind, as LOBSTER numbers it."""
    STATUS = 11
    """Trading stopped (``price`` -1), quoting (0) or trading (1) began."""
    CLEARED = 12
    """The book is empty: what follows tells it anew."""


def flow_of(
    events: Records, name: str, source: Path, *, scale: int, notes: tuple[str, ...] = ()
) -> OrderFlow:
    """The order flow that a feed's events (EVENT, in their order) tell.

    Args:
        events: one stock's; times in ns after midnight.
        name: what to call it.
        source: the file, for errors.
        scale: units of the prices in one unit of currency.
        notes: what is to be told about it besides.

    Raises:
        RecordingError: if an order is too large, or a price none.
    """
    _check(events, source)
    ids = np.concatenate((events["order"], events["new_order"]))
    _, dense = np.unique(ids, return_inverse=True)
    ident, fresh = dense[: len(events)], dense[len(events) :]
    orders = int(dense.max(initial=0)) + 1
    several = (Happening.REPLACED, Happening.MODIFIED, Happening.FILLED, Happening.TRADED)
    room = len(events) + 2 * int(np.isin(events["what"], several).sum()) + 1
    rows = np.zeros(room + int((events["what"] == Happening.ADDED).sum()), ROW)
    counts = np.zeros(N_COUNTS, np.int64)
    state = [np.zeros(orders, np.int64) for _ in range(2)]
    sides = np.zeros(orders, np.int8)
    pending = [np.zeros(orders, np.int64) for _ in range(2)]
    n = resolve(
        events, ident, fresh, *state, sides, *pending, np.zeros(orders, np.int32), rows, counts
    )
    rows = rows[:n]
    return OrderFlow(
        name=name,
        source=source,
        levels=0,
        time=np.maximum.accumulate(rows["time"]) if n else rows["time"].copy(),
        kind=rows["kind"].copy(),
        order_id=rows["order"].copy(),
        size=rows["size"].astype(np.int32),
        price=rows["price"].copy(),
        side=rows["side"].copy(),
        book_price=np.zeros((n, 2, 0), np.int32),
        book_size=np.zeros((n, 2, 0), np.int32),
        notes=notes + _told(counts),
        scale=scale,
        traded_at=rows["paid"].copy(),
        settled=rows["settled"].astype(bool),
    )


def _check(events: Records, source: Path) -> None:
    if not len(events):
        raise RecordingError("holds no messages of it", path=source)
    sized = np.isin(events["what"], (Happening.ADDED, Happening.REPLACED, Happening.MODIFIED))
    resting = sized & (events["size"] > 0)
    for wrong, what, remedy in (
        (events["size"] > MOST_LOTS, "size", f"at most {MOST_LOTS:,} are replayed"),
        (events["size"] < 0, "size", "it must not be negative"),
        (resting & (events["price"] <= 0), "price", "orders are replayed at positive prices"),
        (
            (events["what"] == Happening.ADDED) & ~np.isin(events["side"], (BUY, SELL)),
            "side",
            "an order buys or sells",
        ),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise RecordingError(
                f"event {row + 1:,}, order {int(events['order'][row])}: has a {what} of "
                f"{shown(int(events[what][row]))}",
                path=source,
                remedy=remedy,
            )


_TOLD = (
    ("event is about an order", "events are about orders", "not told before"),
    ("event takes", "events take", "more than its order has left"),
    ("order was added", "orders were added", "while one of that number rested"),
)
"""What the counts say: of one, of several, and of both."""


def _told(counts: np.ndarray) -> tuple[str, ...]:
    return tuple(
        f"{int(n):,} {one if n == 1 else several} {rest}"
        for n, (one, several, rest) in zip(counts, _TOLD, strict=True)
        if n
    )
