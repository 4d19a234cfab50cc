"""A tape as LOBSTER tells a day: the messages within N levels, and those levels after each.

The rows of :attr:`.Tape.messages` act on one resting order each, at its own price, so the book
follows from them alone; what lies deeper than N levels before and after a row is not written, as in
LOBSTER's files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from abm_desktop.market.arrays import ladder_words
from abm_desktop.market.book import _mark, _unmark, next_above, next_below
from abm_desktop.market.compiled import kernel
from abm_desktop.market.flow_kinds import ADD, CROSS, DELETE, EXECUTE, HALT
from abm_desktop.market.flow_kinds import PARTIAL_CANCEL as PARTIAL
from abm_desktop.market.records import Records
from abm_desktop.market.state import (
    ADDED,
    AUCTION,
    BUY,
    CALL_AUCTION,
    CONTINUOUS,
    FIRST_BOOK,
    HALTED,
    ICEBERG_PART,
    LIMIT_STATE,
    REDUCED,
    SELL,
    SHUT,
    TRADED,
)

_CHUNK = 1 << 16
_PRINT, _HALT = 100, 101
"""Kinds of rows that are no messages of the book: an auction's print, and a halt's."""

ROW = np.dtype(
    [
        ("time", "i8"),
        ("kind", "i4"),
        ("cause", "i4"),
        ("side", "i4"),
        ("price", "i8"),
        ("size", "i8"),
        ("order", "i8"),
    ],
    align=True,
)
"""What happened in order: MESSAGE rows, prints and halts. Times in ns, prices in ticks."""

LOBSTER_ROW = np.dtype(
    [
        ("time", "i8"),
        ("kind", "i8"),
        ("order", "i8"),
        ("size", "i8"),
        ("price", "i8"),
        ("direction", "i8"),
    ]
)
"""A message as LOBSTER writes it; time in ns, price of a halt -1, 0 or 1, else ticks."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Consecutive messages, and the N levels of both sides after each."""

    messages: Records
    """LOBSTER_ROW (n,)."""
    book: np.ndarray
    """int64 (n, 4 N): ask price, ask size, bid price, bid size of each level, in ticks and lots;
    price -1, or of an ask the length of the ladder, and size 0 if a level is empty."""


def happenings(
    messages: Records, trades: Records, phases: np.ndarray, phase: int = CONTINUOUS
) -> np.ndarray:
    """ROW records of a tape's messages, with the prints of its auctions and its halts among them.

    Args:
        messages: MESSAGE records.
        trades: TRADE records of the same time.
        phases: PHASE records of the same time: each change of phase.
        phase: the phase before the first.
    """
    rows = np.zeros(len(messages), ROW)
    for name in ("time", "kind", "cause", "side", "price", "size", "order"):
        rows[name] = messages[name]
    extra: list[tuple[int, np.ndarray]] = []
    auction = np.flatnonzero((rows["cause"] == CALL_AUCTION) & (rows["kind"] == TRADED))
    behind = {int(rows["time"][k]): int(k) + 1 for k in auction}
    prints = trades[trades["auction"] == 1]
    for time, first in zip(*np.unique(prints["time"], return_index=True), strict=True):
        lots = prints["size"][prints["time"] == time].sum(dtype=np.int64)
        extra.append((behind[int(time)], _extra(time, _PRINT, int(prints["price"][first]), lots)))
    last = 0
    for change in phases:
        time, to = int(change["time"]), int(change["phase"])
        told = _status(phase, to)
        phase = to
        at = int(np.searchsorted(rows["time"], time, side="left"))
        if told and told[-1] == 1:
            at = behind.get(time, at)
        elif told:
            # An order whose trading called the halt has traded before it.
            end = int(np.searchsorted(rows["time"], time, side="right"))
            traded = np.flatnonzero(rows["kind"][at:end] == TRADED)
            at += int(traded[-1]) + 1 if len(traded) else 0
        at = last = max(at, last)
        extra += [(at, _extra(time, _HALT, value, 0)) for value in told]
    extra.sort(key=lambda each: each[0])  # stable: a print stands before the resumption
    if not extra:
        return rows
    return np.insert(rows, [at for at, _ in extra], np.concatenate([row for _, row in extra]))


def _extra(time: int, kind: int, price: int, size: int) -> np.ndarray:
    row = np.zeros(1, ROW)
    row["time"], row["kind"], row["price"], row["size"] = time, kind, price, size
    return row


def _status(before: int, after: int) -> tuple[int, ...]:
    """What LOBSTER's halt rows say: -1 trading halted, 0 quoting resumed, 1 trading resumed."""
    trading, quoting = (CONTINUOUS, LIMIT_STATE), (AUCTION,)
    if after in trading:
        return () if before in trading else (1,)
    if after in quoting:
        return (-1, 0) if before in trading else () if before in quoting else (0,)
    return () if before in (HALTED, SHUT) else (-1,)


def visible(rows: Records, ladder: int, levels: int) -> Iterator[Levels]:
    """The messages within ``levels`` levels a side, some ten thousand rows at a time.

    Args:
        rows: as :func:`happenings` gives them.
        ladder: number of price levels of the market.
        levels: N.
    """
    order, ident = np.unique(rows["order"], return_inverse=True)
    volume = np.zeros((2, ladder), np.int64)
    bits = np.zeros((2, ladder_words(ladder)), np.uint64)
    best = np.array([-1, ladder], np.int64)
    left = np.zeros(len(order), np.int64)
    name = order.astype(np.int64)
    # The next part of an iceberg is a new order for LOBSTER, as on its exchange.
    fresh = np.array([int(order.max(initial=0)) + 1], np.int64)
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        out = np.zeros(len(part), LOBSTER_ROW)
        book = np.zeros((len(part), 4 * levels), np.int64)
        count = _visible(
            part, ident[start : start + _CHUNK], volume, bits, best, left, name, fresh, out, book
        )
        yield Levels(out[:count], book[:count])


@kernel
def _visible(rows, ident, volume, bits, best, left, name, fresh, out, book):
    """Take rows into the book, and write those within the levels; returns how many."""
    ladder = np.int64(volume.shape[1])
    words = ladder >> 6
    levels = book.shape[1] // 4
    n = 0
    for k in range(rows.shape[0]):
        row = rows[k]
        if row.kind >= _PRINT:
            out[n].time = row.time
            out[n].kind = CROSS if row.kind == _PRINT else HALT
            out[n].order = -1 if row.kind == _PRINT else 0
            out[n].size = row.size
            out[n].price = row.price
            out[n].direction = 1 if row.kind == _PRINT else -1
            _write_levels(volume, bits, best, words, ladder, levels, book[n])
            n += 1
            continue
        side = BUY if row.side > 0 else SELL
        price = np.int64(row.price)
        which = ident[k]
        size = np.int64(row.size)
        seen = False
        if row.kind == ADDED:
            kind = ADD
            left[which] += size
            if row.cause == ICEBERG_PART:
                name[which] = fresh[0]
                fresh[0] += 1
            else:
                name[which] = row.order
            volume[side, price] += size
            if volume[side, price] == size:
                _occupy(bits, best, side, words, price)
            seen = row.cause != FIRST_BOOK
            seen = seen and _within(bits, best, side, words, ladder, price, levels)
        else:
            seen = _within(bits, best, side, words, ladder, price, levels)
            left[which] -= size
            if row.kind == TRADED and row.cause != CALL_AUCTION:
                kind = EXECUTE
            elif row.kind == REDUCED or left[which] > 0:
                kind = PARTIAL
            else:
                kind = DELETE
            volume[side, price] -= size
            if volume[side, price] == 0:
                _vacate(bits, best, side, words, ladder, price)
        if seen:
            out[n].time = row.time
            out[n].kind = kind
            out[n].order = name[which]
            out[n].size = size
            out[n].price = price
            out[n].direction = 1 if side == BUY else -1
            _write_levels(volume, bits, best, words, ladder, levels, book[n])
            n += 1
    return n


@kernel
def _occupy(bits, best, side, words, price):
    _mark(bits, side, words, price)
    if side == BUY:
        best[BUY] = max(best[BUY], price)
    else:
        best[SELL] = min(best[SELL], price)


@kernel
def _vacate(bits, best, side, words, ladder, price):
    _unmark(bits, side, words, price)
    if price == best[side]:
        best[side] = _next(bits, side, words, ladder, price)


@kernel
def _next(bits, side, words, ladder, price):
    """The next worse occupied price; -1 or ``ladder`` if there is none."""
    if side == BUY:
        return np.int64(next_below(bits, BUY, words, price))
    return np.int64(next_above(bits, SELL, words, price, ladder))


@kernel
def _within(bits, best, side, words, ladder, price, levels):
    """Whether an occupied price is one of the best ``levels`` of its side."""
    at = best[side]
    for _ in range(levels):
        if at == price:
            return True
        if at < 0 or at >= ladder:
            return False
        at = _next(bits, side, words, ladder, at)
    return False


@kernel
def _write_levels(volume, bits, best, words, ladder, levels, out):
    bid, ask = best[BUY], best[SELL]
    for k in range(levels):
        out[4 * k] = ask
        out[4 * k + 2] = bid
        if ask < ladder:
            out[4 * k + 1] = volume[SELL, ask]
            ask = _next(bits, SELL, words, ladder, ask)
        if bid >= 0:
            out[4 * k + 3] = volume[BUY, bid]
            bid = _next(bits, BUY, words, ladder, bid)
