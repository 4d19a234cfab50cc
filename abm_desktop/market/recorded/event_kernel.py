"""The state of every order of a feed, kept while its events are turned into messages."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.flow_kinds import (
    ADD,
    CLEAR,
    CROSS,
    DELETE,
    EXECUTE,
    EXECUTE_HIDDEN,
    HALT,
    PARTIAL_CANCEL,
    UNTOLD,
)

__all__ = ["EVENT", "N_COUNTS", "ROW", "TOO_MUCH", "TWICE", "UNKNOWN", "resolve"]

EVENT = np.dtype(
    [("time", "i8"), ("order", "i8"), ("new_order", "i8"), ("price", "i8"), ("paid", "i8"),
     ("size", "i8"), ("what", "i1"), ("side", "i1"), ("is_last", "i1")]
)  # fmt: skip
"""One event of a feed. ``time`` in ns, prices in any unit, ``side`` BUY, SELL or UNTOLD (of the
resting order; of TRADED: of the aggressor); ``is_last``: the book is whole after it."""

ROW = np.dtype(
    [("time", "i8"), ("order", "i8"), ("price", "i8"), ("paid", "i8"), ("size", "i8"),
     ("kind", "i1"), ("side", "i1"), ("settled", "i1")]
)  # fmt: skip
UNKNOWN, TOO_MUCH, TWICE, N_COUNTS = range(4)

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
def resolve(events, ident, fresh, left, price, side, filled, paid_at, epoch, rows, counts):
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
            counts[UNKNOWN] += 1
            what = _ADDED
        elif what == _ADDED and there:
            counts[TWICE] += 1
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
            counts[UNKNOWN] += 1
        else:
            gone = left[i]
            if what == _CANCELLED or what == _EXECUTED:
                gone = e.size
            elif what == _MODIFIED and e.price == price[i] and e.size <= left[i]:
                gone = left[i] - e.size
            if gone > left[i]:
                counts[TOO_MUCH] += 1
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
