"""NASDAQ TotalView-ITCH 5.0: the messages of all stocks of one day, as the exchange sends them.

A file is a row of binary messages, each behind its length in two bytes; layouts are those of
NASDAQ's specification of ITCH 5.0. Here a file is recognised, and its stocks are listed;
:mod:`abm_desktop.market.recorded.itch` reads one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from abm_desktop.readers import RecordingError
from abm_desktop.readers.streams import PIECE, Source

__all__ = ["LENGTHS", "date_in", "is_bare_itch", "is_itch", "messages", "stocks"]

LENGTHS = {
    b"S": 12, b"R": 39, b"H": 25, b"Y": 20, b"L": 26, b"V": 35, b"W": 12, b"K": 28, b"J": 35,
    b"h": 21, b"A": 36, b"F": 40, b"E": 31, b"C": 36, b"X": 23, b"D": 19, b"U": 35, b"P": 44,
    b"Q": 40, b"B": 19, b"I": 50, b"N": 20, b"O": 48,
}  # fmt: skip
"""Bytes of a message of each type, without those of its length."""

_IN_A_ROW = 12
_LATEST = b"\x4e"
"""First byte of the time of a message, within a day."""
_TOO_FAR = 256 << 20
"""The directory of stocks is at the beginning of a day: within so many bytes."""


def is_itch(head: bytes) -> bool:
    """Whether a file may be one, by its first bytes: a message of ITCH 5.0 with its length.

    >>> is_itch(bytes([0, 12]) + b"S"), is_itch(b"34200.1,1,5")
    (True, False)
    """
    return len(head) >= 3 and LENGTHS.get(head[2:3]) == int.from_bytes(head[:2], "big")


def is_bare_itch(head: bytes) -> bool:
    """Whether a file may be messages without their lengths, by the first bytes: a dozen in a row.

    >>> is_bare_itch((b"S" + bytes(11)) * 12), is_bare_itch(b"S" * 500)
    (True, False)
    """
    at = found = 0
    while at < len(head) and found < _IN_A_ROW:
        size = LENGTHS.get(head[at : at + 1], 0)
        if not size or head[at + 5 : at + 6] > _LATEST:
            return False
        at, found = at + size, found + 1
    return found == _IN_A_ROW


def messages(source: Source) -> Iterator[bytes]:
    """Each message of a file in turn, without its length. Raises :class:`.RecordingError`."""
    rest, done = b"", 0
    with source.open() as stream:
        while piece := stream.read(PIECE):
            data, at = rest + piece, 0
            while at + 2 <= len(data):
                size = int.from_bytes(data[at : at + 2], "big")
                if at + 2 + size > len(data):
                    break
                message = data[at + 2 : at + 2 + size]
                if LENGTHS.get(message[:1]) != size:
                    raise unknown_message(source, done + at, message)
                yield message
                at += 2 + size
            rest, done = data[at:], done + at


def unknown_message(source: Source, at: int, message: bytes) -> RecordingError:
    """What to say of a message at byte ``at`` that ITCH 5.0 does not know."""
    return source.error(
        f"has {len(message)} bytes of type {message[:1]!r} at byte {at:,}, which is no message of "
        "ITCH 5.0",
        "ABM Desktop reads ITCH 5.0 with two bytes of length before each message, gzipped or not",
    )


def stocks(source: Source) -> list[str]:
    """The stocks that a day has, in the order of the alphabet.

    Read from the directory, which ends before the first order; of a piece of a day that has none,
    from its orders. Raises :class:`.RecordingError`.
    """
    listed: set[str] = set()
    traded: set[str] = set()
    seen = 0
    for message in messages(source):
        seen += len(message) + 2
        kind = message[:1]
        if kind == b"R":
            listed.add(message[11:19].decode("ascii", "replace").strip())
        elif kind in (b"A", b"F"):
            if listed:
                break
            traded.add(message[24:32].decode("ascii", "replace").strip())
        if seen > _TOO_FAR:
            break
    return sorted(listed or traded)


def date_in(name: str) -> str:
    """The date in the name that NASDAQ gives a day's file, or an empty text.

    >>> date_in("01302020.NASDAQ_ITCH50.gz"), date_in("S013020-v50.txt.gz"), date_in("day.itch")
    ('2020-01-30', '2020-01-30', '')
    """
    if found := re.search(r"(\d{2})(\d{2})(20\d{2})", name):
        month, day, year = found.groups()
    elif found := re.match(r"[A-Z]{1,2}(\d{2})(\d{2})(\d{2})\D", name):
        month, day, year = found.group(1), found.group(2), f"20{found.group(3)}"
    elif found := re.search(r"(20\d{2})-?(\d{2})-?(\d{2})", name):
        year, month, day = found.groups()
    else:
        return ""
    return f"{year}-{month}-{day}" if "01" <= month <= "12" and "01" <= day <= "31" else ""
