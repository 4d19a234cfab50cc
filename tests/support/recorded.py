"""Recorded days for tests: written by hand, or real ones where they are at hand."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from support.flow_maker import BUY, SELL, PlainBook, write_pair

ADD, CANCEL, DELETE, EXECUTE, HIDDEN, HALT = 1, 2, 3, 4, 5, 7
CENT = 100
"""Units of LOBSTER's prices."""


def hand_written(folder, steps, depth=5, name="HAND_2012-06-21_34200000_57600000"):
    """Write a day of (second, kind, order, size, cents, side); returns its message file.

    Seconds count from 9:30. The day begins with bids of 100 shares at 99.99 and 99.98 (orders 1 and
    2) and asks of 100 at 100.01 and 100.02 (3 and 4).
    """
    book, messages, books = PlainBook(), [], []
    begin = [
        (0.0, ADD, 1, 100, 9999, BUY),
        (0.0, ADD, 2, 100, 9998, BUY),
        (0.0, ADD, 3, 100, 10001, SELL),
        (0.0, ADD, 4, 100, 10002, SELL),
    ]
    for second, kind, order, size, cents, side in begin + list(steps):
        price = cents * CENT if kind != HALT else cents
        if kind == ADD:
            book.add(side, price, order, size)
        elif kind in (CANCEL, DELETE, EXECUTE):
            names = [each[0] for each in book.queues[side, price]]
            book.take(side, price, names.index(order), size)
        messages.append((f"{34200 + second:.3f}", kind, order, size, price, side))
        books.append(book.row(depth))
    return write_pair(folder, messages, books, name=name)


def real_days():
    """Real recorded days, if there are any beside the checkout or where a variable says."""
    named = os.environ.get("ABM_DESKTOP_LOBSTER")
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "lobster"
    folder = Path(named) if named else beside
    return sorted(folder.glob("*.zip")) if folder.is_dir() else []


def two_days(folder):
    """A zip of two hand-written days, 2012-06-21 and 2012-06-22; the second lasts 90 seconds."""
    packed = folder / "days.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for date, end in (("2012-06-21", 60), ("2012-06-22", 90)):
            inner = folder / date
            inner.mkdir()
            name = f"HAND_{date}_34200000_57600000"
            hand_written(inner, [(end, ADD, 9, 1, 9990, BUY)], name=name)
            for file in sorted(inner.iterdir()):
                archive.write(file, file.name)
    return packed
