"""Events of an order-by-order feed, turned into the messages of an ``OrderFlow``.

A feed names an order and tells what happened to it; who rested where, and how much is left of it,
follows from what was told before. The state of every order is kept here once for all formats.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.doubled_messages import refuse_doubled
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.event_kernel import EVENT, N_COUNTS, ROW, resolve
from abm_desktop.market.recorded_rows import LATEST
from abm_desktop.market.records import Records
from abm_desktop.market.state import BUY, MOST_LOTS, SELL
from abm_desktop.readers import RecordingError

__all__ = ["EARLIEST", "EVENT", "Happening", "flow_of"]

EARLIEST = 631_152_000 * 10**9
"""ns since 1970 of 1990, before which no recording begins."""

_NANO = 10**9
_SLIGHTLY = _NANO
"""ns that an event may be earlier than one before it; clocks of an exchange differ by less."""


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
    events: Records,
    name: str,
    source: Path,
    *,
    scale: int,
    notes: tuple[str, ...] = (),
    place: Callable[[int], str] | None = None,
    clock: str = "",
    latest: int = LATEST,
) -> OrderFlow:
    """The order flow that a feed's events (EVENT, in their order) tell.

    Args:
        events: one stock's; times in ns after midnight.
        name: what to call it.
        source: the file, for errors.
        scale: units of the prices in one unit of currency.
        notes: what is to be told about it besides.
        place: what to call the event of a number, from 0 on; its number and order otherwise.
        clock: what may be wrong if times are, as a remedy.
        latest: seconds after the first midnight within which it must end.

    Raises:
        RecordingError: if an order is too large or has no size, a price is none, or a time is
            earlier than one before it by more than a second, or not within ``latest``, or if more
            than one new order in a hundred stands there twice.
    """
    place = place or (lambda row: f"event {row + 1:,}, order {int(events['order'][row])}")
    _check(events, source, place)
    notes += _check_times(events, source, place, clock, latest)
    added = events["what"] == Happening.ADDED
    told = [events[name] for name in ("order", "time", "price", "size")]
    refuse_doubled(added, told, source, place)
    ids = np.concatenate((events["order"], events["new_order"]))
    _, dense = np.unique(ids, return_inverse=True)
    ident, fresh = dense[: len(events)], dense[len(events) :]
    orders = int(dense.max(initial=0)) + 1
    several = (Happening.REPLACED, Happening.MODIFIED, Happening.FILLED, Happening.TRADED)
    room = len(events) + 2 * int(np.isin(events["what"], several).sum()) + 1
    rows = np.zeros(room + int(added.sum()), ROW)
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
        notes=notes + _told(counts) + _told_empty(events),
        scale=scale,
        traded_at=rows["paid"].copy(),
        settled=rows["settled"].astype(bool),
    )


def _check(events: Records, source: Path, place: Callable[[int], str]) -> None:
    if not len(events):
        raise RecordingError(
            "holds no messages of it", path=source, remedy="take a longer recording, or another one"
        )
    sized = np.isin(events["what"], (Happening.ADDED, Happening.REPLACED, Happening.MODIFIED))
    resting = sized & (events["size"] > 0)
    for wrong, what, remedy in (
        (events["size"] > MOST_LOTS, "size", f"at most {MOST_LOTS:,} are replayed"),
        (events["size"] < 0, "size", "it must not be negative"),
        (
            (events["size"] == 0) & sized & (events["what"] != Happening.MODIFIED),
            "size",
            "an order has a size of 1 at least",
        ),
        (resting & (events["price"] <= 0), "price", "orders are replayed at positive prices"),
        (
            (events["what"] == Happening.ADDED) & ~np.isin(events["side"], (BUY, SELL)),
            "side",
            "an order buys or sells",
        ),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            told = "no side" if what == "side" else f"a {what} of {shown(int(events[what][row]))}"
            raise RecordingError(f"{place(row)}: has {told}", path=source, remedy=remedy)


def _check_times(
    events: Records, source: Path, place: Callable[[int], str], clock: str, within: int
) -> tuple[str, ...]:
    """Refuse times that cannot be; tells of those that are a little early."""
    time = events["time"]
    outside = (time < 0) | (time >= within * _NANO)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise RecordingError(
            f"{place(row)}: has a time of {time[row] / _NANO:,.3f} s, which is not within "
            f"{within:,} s after midnight",
            path=source,
            remedy=clock or "take a part of the recording, or another one",
        )
    latest = np.maximum.accumulate(time)
    late = latest - time
    if late.max() > _SLIGHTLY:
        row = int(np.flatnonzero(late > _SLIGHTLY)[0])
        raise RecordingError(
            f"{place(row)}: has a time of {time[row] / _NANO:,.9f} s, and one before it is of "
            f"{latest[row] / _NANO:,.9f} s",
            path=source,
            remedy="the events of one stock and day are read in their order: sort them by time, "
            "and take out what stands there twice",
        )
    early = int((late > 0).sum())
    if not early:
        return ()
    what = "event is" if early == 1 else "events are"
    return (f"{early:,} {what} up to {late.max() / _NANO:.2g} s earlier than one before; its time "
            "is taken",)  # fmt: skip


def _told_empty(events: Records) -> tuple[str, ...]:
    """What takes or trades nothing is left out, and told."""
    taking = (Happening.CANCELLED, Happening.EXECUTED, Happening.FILLED, Happening.TRADED,
              Happening.HIDDEN)  # fmt: skip
    empty = int((np.isin(events["what"], taking) & (events["size"] == 0)).sum())
    if not empty:
        return ()
    return (f"{empty:,} {'event has' if empty == 1 else 'events have'} a size of 0 and "
            "change nothing",)  # fmt: skip


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
