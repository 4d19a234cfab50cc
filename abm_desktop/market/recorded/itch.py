"""One stock out of a day of NASDAQ TotalView-ITCH 5.0."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.flow_kinds import PRICE_SCALE, UNTOLD
from abm_desktop.market.lobster import MASKED_SINCE
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.events import EVENT, Happening, flow_of
from abm_desktop.market.recorded.itch_scan import scan
from abm_desktop.market.records import Records
from abm_desktop.market.state import BUY, SELL
from abm_desktop.readers import RecordingError
from abm_desktop.readers.itch import LENGTHS, date_in, stocks, unknown_message
from abm_desktop.readers.memory import Room
from abm_desktop.readers.streams import Source

__all__ = ["read_itch"]

_PIECE = 16 << 20
_ROWS = 1 << 18
_DAY = 86_400
"""Seconds after midnight within which a file ends."""


def read_itch(source: Source, stock: str, path: Path) -> OrderFlow:
    """Read one stock; times are ns after midnight in New York, sizes shares.

    An execution at a price that is not its order's (message C) keeps both. Raises
    :class:`.RecordingError`, which names stocks that are there if this one is not.
    """
    ticker = np.frombuffer(stock.upper().encode("ascii", "replace").ljust(8)[:8], np.uint8)
    lengths = np.zeros(256, np.int64)
    for kind, size in LENGTHS.items():
        lengths[kind[0]] = size
    room, broken = Room(source), np.zeros(1, np.int64)
    parts: list[Records] = []
    out = np.zeros(_ROWS, EVENT)
    rest, done, locate = b"", 0, -1
    with source.open() as stream:
        while piece := stream.read(_PIECE):
            data = np.frombuffer(rest + piece, np.uint8)
            at = 0
            while True:
                n, read, locate, wrong = scan(data[at:], lengths, ticker, locate, broken, out)
                if n:
                    room.take(2 * n * EVENT.itemsize)
                    parts.append(out[:n].copy())
                if wrong >= 0:
                    start = at + wrong
                    size = int.from_bytes(data[start : start + 2].tobytes(), "big")
                    if size or data[start:].any():  # zeros end some files
                        raise unknown_message(
                            source, done + start, data[start + 2 : start + 2 + size].tobytes()
                        )
                    read = len(data) - at
                at += read
                if n < len(out):
                    break
            rest, done = data[at:].tobytes(), done + at
    if rest.strip(b"\0"):
        raise source.error(f"ends within the message at byte {done:,}", "download it again")
    if not parts:
        raise _no_such_stock(source, stock)
    events = np.concatenate(parts)
    _decode_sides(events, source)
    day = date_in(source.name)
    notes: tuple[str, ...] = ()
    if broken[0]:
        notes = (f"{int(broken[0])} trades were taken back later; they are shown all the same",)
    return flow_of(
        _unmasked(_after_the_start(events), day),
        f"{stock.upper()} {day}".strip(),
        path,
        scale=PRICE_SCALE,
        notes=notes,
        latest=_DAY,
    )


def _decode_sides(events: Records, source: Source) -> None:
    """Turn the bytes of sides into BUY and SELL. Raises :class:`.RecordingError` for others."""
    raw = events["side"].copy()
    told = np.isin(events["what"], (Happening.ADDED, Happening.HIDDEN))
    strange = told & (raw != ord("B")) & (raw != ord("S"))
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        byte = bytes([int(raw[row]) & 0xFF])
        kind = "order" if events["what"][row] == Happening.ADDED else "trade"
        raise source.error(
            f"event {row + 1:,} of the stock, {kind} {int(events['order'][row])}: has the side "
            f"{shown(byte.decode('latin-1'))}, which is neither B (buy) nor S (sell)",
            "download it again",
        )
    events["side"][told] = np.where(raw[told] == ord("S"), SELL, BUY)


def _after_the_start(events: Records) -> Records:
    """Leave out that trading is allowed at the start of the day: it is no news."""
    status = np.flatnonzero(events["what"] == Happening.STATUS)
    stopped = status[events["price"][status] != 1]
    first = stopped[0] if len(stopped) else len(events)
    keep = np.ones(len(events), bool)
    keep[status[status < first]] = False
    return events[keep]


def _unmasked(events: Records, day: str) -> Records:
    """Take the side off hidden orders if the exchange masks it."""
    hidden = events["what"] == Happening.HIDDEN
    if (day or MASKED_SINCE) >= MASKED_SINCE and not (events["side"][hidden] == SELL).any():
        events["side"][hidden] = UNTOLD
    return events


def _no_such_stock(source: Source, stock: str) -> RecordingError:
    there = stocks(source)
    near = [name for name in there if name.startswith(stock[:1].upper())] or there
    shown = ", ".join(near[:8]) + (f" and {len(there) - 8:,} more" if len(there) > 8 else "")
    if stock.upper() in there:
        return source.error(f"has no orders of {stock.upper()}", "choose another stock")
    return source.error(f"has no stock {stock.upper()!r}", f"it has {shown}")
