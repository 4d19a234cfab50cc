"""One stock's messages out of the bytes of ITCH 5.0, at memory speed."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.flow_kinds import UNTOLD

__all__ = ["scan"]

_ADDED, _CANCELLED, _DELETED, _EXECUTED, _REPLACED = 1, 2, 3, 4, 5
_HIDDEN, _CROSSED, _STATUS = 9, 10, 11
_S, _R, _H, _A, _F, _E, _C = ord("S"), ord("R"), ord("H"), ord("A"), ord("F"), ord("E"), ord("C")
_X, _D, _U, _P, _Q, _B = ord("X"), ord("D"), ord("U"), ord("P"), ord("Q"), ord("B")
_OPENS, _CLOSES, _TRADES, _QUOTES = ord("O"), ord("C"), ord("T"), ord("Q")


@kernel
def _number(data, at, size):
    value = np.int64(0)
    for k in range(size):
        value = (value << 8) | np.int64(data[at + k])
    return value


@kernel
def _is_stock(data, at, ticker):
    same = True
    for k in range(8):
        same = same and data[at + k] == ticker[k]
    return same


@kernel
def scan(data, lengths, ticker, locate, broken, out):
    """Read messages from ``data`` uint8 [bytes] until it, or ``out`` (EVENT), is at an end.

    ``lengths`` int64 [256] are those of each type, 0 of none; ``ticker`` uint8 [8]; ``locate`` is
    the number that the day gives the stock, -1 until a message has told it; ``broken`` int64 [1]
    counts trades of the stock that were taken back. The ``side`` of an event is the byte of the
    file, if it tells one. Returns (events, bytes read, locate, the byte
    at which a message is none, or -1).
    """
    n = at = 0
    end = data.shape[0]
    while n < out.shape[0] and at + 3 <= end:
        size = _number(data, at, 2)
        m = at + 2
        kind = np.int64(data[m])
        if lengths[kind] == 0 or lengths[kind] != size:
            return n, at, locate, at
        if m + size > end:
            break
        at = m + size
        here = _number(data, m + 1, 2)
        if locate < 0:
            place = -1
            if kind == _R or kind == _H:
                place = 11
            elif kind == _A or kind == _F or kind == _P:
                place = 24
            elif kind == _Q:
                place = 19
            if place > 0 and _is_stock(data, m + place, ticker):
                locate = here
        if here != locate:
            continue
        order = _number(data, m + 11, 8)
        event = out[n]
        event.time = _number(data, m + 5, 6)
        event.order = order
        event.new_order = order
        event.price = event.paid = event.size = 0
        event.side = UNTOLD
        event.is_last = 1
        if kind == _A or kind == _F:
            event.what = _ADDED
            event.side = np.int8(data[m + 19])
            event.size = _number(data, m + 20, 4)
            event.price = _number(data, m + 32, 4)
        elif kind == _E or kind == _C:
            event.what = _EXECUTED
            event.size = _number(data, m + 19, 4)
            if kind == _C:
                event.paid = _number(data, m + 32, 4)
        elif kind == _X:
            event.what = _CANCELLED
            event.size = _number(data, m + 19, 4)
        elif kind == _D:
            event.what = _DELETED
        elif kind == _U:
            event.what = _REPLACED
            event.new_order = _number(data, m + 19, 8)
            event.size = _number(data, m + 27, 4)
            event.price = _number(data, m + 31, 4)
        elif kind == _P:
            event.what = _HIDDEN
            event.side = np.int8(data[m + 19])
            event.size = _number(data, m + 20, 4)
            event.price = _number(data, m + 32, 4)
        elif kind == _Q:
            event.what = _CROSSED
            event.size = _number(data, m + 11, 8)
            event.price = _number(data, m + 27, 4)
            cross = np.int64(data[m + 39])
            event.order = -1 if cross == _OPENS else -2 if cross == _CLOSES else -3
            event.new_order = event.order
        elif kind == _H:
            event.what = _STATUS
            status = np.int64(data[m + 19])
            event.price = 1 if status == _TRADES else 0 if status == _QUOTES else -1
            event.order = event.new_order = 0
        elif kind == _B:
            broken[0] += 1
            continue
        else:
            continue
        if event.what == _CROSSED and event.size == 0:
            continue  # an auction without a trade
        n += 1
    return n, at, locate, -1
