"""Events of an order-by-order feed, turned into the messages of an ``OrderFlow``.

A feed names an order and tells what happened to it; who rested where, and how much is left of it,
follows from what was told before. The state of every order is kept here once for all formats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.compiled import kernel
from abm_desktop.market.order_flow import (
    ADD,
    CLEAR,
    CROSS,
    DELETE,
    EXECUTE,
    EXECUTE_HIDDEN,
    HALT,
    PARTIAL_CANCEL,
    UNTOLD,
    OrderFlow,
)
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


EVENT = np.dtype(
    [("time", "i8"), ("order", "i8"), ("new_order", "i8"), ("price", "i8"), ("paid", "i8"),
     ("size", "i8"), ("what", "i1"), ("side", "i1"), ("is_last", "i1")]
)  # fmt: skip
"""One event of a feed. ``time`` in ns, prices in any unit, ``side`` BUY, SELL or UNTOLD (of the
resting order; of TRADED: of the aggressor); ``is_last``: the book is whole after it."""

_ROW = np.dtype(
    [("time", "i8"), ("order", "i8"), ("price", "i8"), ("paid", "i8"), ("size", "i8"),
     ("kind", "i1"), ("side", "i1"), ("settled", "i1")]
)  # fmt: skip
_UNKNOWN, _TOO_MUCH, _TWICE, _N_COUNTS = range(4)

_ADDED, _CANCELLED, _DELETED, _EXECUTED, _REPLACED, _MODIFIED = range(1, 7)
_FILLED, _TRADED, _HIDDEN, _CROSSED, _STATUS, _CLEARED = range(7, 13)


@kernel
def _emit(rows, n, event, kind, order, side, price, paid, size):
    rows[n].time = event.time
    rows[n].order = order
    rows[n].price = price
    rows[n].paid = paid
    rows[n].size = size
    rows[n].kind = kind
    rows[n].side = side
    rows[n].settled = 0
    return n + 1


@kernel
def _resolve(events, ident, fresh, left, price, side, filled, paid_at, epoch, rows, counts):
    """Fill ``rows`` with messages; returns how many.

    By event: ``ident`` and ``fresh``, the dense numbers of ``order`` and ``new_order``. By dense
    number, all zero at first: size ``left``, ``price``, ``side``, ``filled`` (traded, but still in
    the book), ``paid_at`` for that, and ``epoch``, the last clearing of the book that it is from.
    """
    n = 0
    era = 1
    open_trade = open_price = 0
    open_side = UNTOLD
    for k in range(events.shape[0]):
        e = events[k]
        what = e.what
        i = ident[k]
        name = e.order
        there = epoch[i] == era and left[i] > 0
        if open_trade > 0 and (what == _TRADED or (k > 0 and events[k - 1].is_last)):
            resting = UNTOLD if open_side == UNTOLD else 1 - open_side
            n = _emit(rows, n, e, EXECUTE_HIDDEN, 0, resting, open_price, open_price, open_trade)
            rows[n - 1].time = events[k - 1].time
            rows[n - 1].settled = 1
            open_trade = 0
        if what == _MODIFIED and not there:
            counts[_UNKNOWN] += 1
            what = _ADDED
        elif what == _ADDED and there:
            counts[_TWICE] += 1
            what = _MODIFIED
        if what == _ADDED:
            left[i], price[i], side[i], filled[i], epoch[i] = e.size, e.price, e.side, 0, era
            n = _emit(rows, n, e, ADD, name, e.side, e.price, 0, e.size)
        elif what == _FILLED:
            open_trade = max(open_trade - e.size, 0)
            if there:
                filled[i] += e.size
                paid_at[i] = e.paid
        elif what == _TRADED:
            open_trade, open_price, open_side = e.size, e.price, e.side
        elif what == _HIDDEN:
            n = _emit(rows, n, e, EXECUTE_HIDDEN, name, e.side, e.price, e.price, e.size)
        elif what == _CROSSED:
            n = _emit(rows, n, e, CROSS, name, UNTOLD, e.price, e.price, e.size)
        elif what == _STATUS:
            n = _emit(rows, n, e, HALT, 0, UNTOLD, e.price, 0, 0)
        elif what == _CLEARED:
            era += 1
            n = _emit(rows, n, e, CLEAR, 0, UNTOLD, 0, 0, 0)
        elif not there:
            counts[_UNKNOWN] += 1
        else:
            gone = left[i]
            if what == _CANCELLED or what == _EXECUTED:
                gone = e.size
            elif what == _MODIFIED and e.price == price[i] and e.size <= left[i]:
                gone = left[i] - e.size
            if gone > left[i]:
                counts[_TOO_MUCH] += 1
                gone = left[i]
            traded = gone if what == _EXECUTED else min(filled[i], gone)
            if traded > 0:
                paid = e.paid if what == _EXECUTED else paid_at[i]
                if paid == 0:
                    paid = price[i]
                n = _emit(rows, n, e, EXECUTE, name, side[i], price[i], paid, traded)
                filled[i] = max(filled[i] - traded, 0)
                left[i] -= traded
                gone -= traded
            if gone > 0:
                kind = PARTIAL_CANCEL if gone < left[i] else DELETE
                n = _emit(rows, n, e, kind, name, side[i], price[i], 0, gone)
                left[i] -= gone
            if what == _REPLACED:
                j = fresh[k]
                left[j], price[j], side[j], filled[j], epoch[j] = e.size, e.price, side[i], 0, era
                n = _emit(rows, n, e, ADD, e.new_order, side[i], e.price, 0, e.size)
            elif what == _MODIFIED and left[i] == 0 and e.size > 0:
                # At another price, or larger: it stands at the end of the queue.
                left[i], price[i], filled[i] = e.size, e.price, 0
                n = _emit(rows, n, e, ADD, name, side[i], e.price, 0, e.size)
        if e.is_last and n > 0:
            rows[n - 1].settled = 1
    if open_trade > 0:
        resting = UNTOLD if open_side == UNTOLD else 1 - open_side
        last = events[events.shape[0] - 1]
        n = _emit(rows, n, last, EXECUTE_HIDDEN, 0, resting, open_price, open_price, open_trade)
        rows[n - 1].settled = 1
    return n


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
    several = (_REPLACED, _MODIFIED, _FILLED, _TRADED)
    room = len(events) + 2 * int(np.isin(events["what"], several).sum()) + 1
    rows = np.zeros(room + int((events["what"] == _ADDED).sum()), _ROW)
    counts = np.zeros(_N_COUNTS, np.int64)
    state = [np.zeros(orders, np.int64) for _ in range(2)]
    sides = np.zeros(orders, np.int8)
    pending = [np.zeros(orders, np.int64) for _ in range(2)]
    n = _resolve(
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
    sized = np.isin(events["what"], (_ADDED, _REPLACED, _MODIFIED))
    resting = sized & (events["size"] > 0)
    for wrong, what, remedy in (
        (events["size"] > MOST_LOTS, "size", f"at most {MOST_LOTS:,} are replayed"),
        (events["size"] < 0, "size", "it must not be negative"),
        (resting & (events["price"] <= 0), "price", "orders are replayed at positive prices"),
        (
            (events["what"] == _ADDED) & ~np.isin(events["side"], (BUY, SELL)),
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


def _told(counts: np.ndarray) -> tuple[str, ...]:
    texts = (
        "events are about orders that were not told before",
        "events take more off an order than it has left",
        "orders were added while an order of that number rested",
    )
    return tuple(f"{int(n):,} {text}" for n, text in zip(counts, texts, strict=True) if n)
