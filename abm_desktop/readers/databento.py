"""Databento's binary files (DBN) of market by order, decoded by Databento's own library.

Meaning of the records: https://databento.com/docs/schemas/mbo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.readers import RecordingError
from abm_desktop.readers.streams import Source

if TYPE_CHECKING:
    from databento_dbn import DBNDecoder

__all__ = ["MBO", "Contents", "contents", "is_dbn", "records"]

MBO = np.dtype(
    [("length", "u1"), ("rtype", "u1"), ("publisher_id", "<u2"), ("instrument_id", "<u4"),
     ("ts_event", "<u8"), ("order_id", "<u8"), ("price", "<i8"), ("size", "<u4"), ("flags", "u1"),
     ("channel_id", "u1"), ("action", "S1"), ("side", "S1"), ("ts_recv", "<u8"),
     ("ts_in_delta", "<i4"), ("sequence", "<u4")]
)  # fmt: skip
"""One record of the schema mbo; prices in 1e-9 currency, times in ns since 1970 (UTC)."""

_MBO_TYPE = 0xA0
_ZSTD = b"\x28\xb5\x2f\xfd"
_PIECE = 4 << 20


@dataclass(frozen=True, slots=True)
class Contents:
    """What the head of a file tells."""

    dataset: str
    """Databento's name of the feed, such as XNAS.ITCH."""
    schema: str
    """mbo, trades, ...; an empty text if the file mixes several."""
    symbols: dict[str, frozenset[int]]
    """By name, in the order of the alphabet: the numbers that stand for it in the records."""


def is_dbn(head: bytes) -> bool:
    """Whether a file may be one, by its first bytes: DBN, or anything packed with zstd.

    >>> is_dbn(b"DBN" + bytes([3])), is_dbn(b"PK")
    (True, False)
    """
    return head[:3] == b"DBN" or head[:4] == _ZSTD


def contents(path: Path) -> Contents:
    """Read the head of a file. Raises :class:`.RecordingError`."""
    with _decoding(path) as (decoder, stream):
        while piece := stream.read(1 << 16):
            decoder.write(piece)
            for record in decoder.decode():
                return _contents(record)
    raise RecordingError("ends before its records", path=path, remedy="download it again")


def records(path: Path, wanted: Callable[[Contents], frozenset[int]]) -> Iterator[np.ndarray]:
    """The records (MBO) of some instruments, in pieces.

    ``wanted`` says of which, by the numbers that :class:`Contents` tells; of all if it gives none.
    Raises :class:`.RecordingError`, also if the file holds no records of single orders.
    """
    with _decoding(path) as (decoder, stream):
        found = None
        numbers = np.empty(0, np.uint32)
        while piece := stream.read(_PIECE):
            decoder.write(piece)
            parts = []
            for record in decoder.decode():
                if found is None:
                    found = _contents(record)
                    _refuse_others(found, path)
                    numbers = np.array(sorted(wanted(found)), np.uint32)
                    continue
                raw = bytes(record)
                if raw[1] == _MBO_TYPE:
                    parts.append(raw[: MBO.itemsize])
            rows = np.frombuffer(b"".join(parts), MBO)
            if len(numbers):
                rows = rows[np.isin(rows["instrument_id"], numbers)]
            if len(rows):
                yield rows
        if found is None or decoder.buffer():
            raise RecordingError("ends within a record", path=path, remedy="download it again")


def _refuse_others(found: Contents, path: Path) -> None:
    if found.schema not in ("mbo", ""):
        raise RecordingError(
            f"holds the schema {found.schema}, which does not tell single orders", path=path,
            remedy="download the schema mbo (market by order) of this day",
        )  # fmt: skip


@contextmanager
def _decoding(path: Path) -> Iterator[tuple[DBNDecoder, Any]]:
    """A decoder and the file; errors of either become errors about the file."""
    try:
        from databento_dbn import Compression, DBNDecoder, DBNError
    except ImportError as error:
        raise RecordingError(
            f"is a file of Databento, and databento-dbn is missing ({error})", path=path,
            remedy="pip install databento-dbn",
        ) from error  # fmt: skip
    packed = False
    try:
        with Source(path).open() as stream:
            head = b""
            while len(head) < len(_ZSTD) and (piece := stream.read(len(_ZSTD) - len(head))):
                head += piece
            packed = head == _ZSTD
            decoder = DBNDecoder(compression=Compression.from_str("zstd" if packed else "none"))
            decoder.write(head)
            yield decoder, stream
    except DBNError as error:
        if packed and "invalid DBN header" in str(error):
            raise RecordingError(
                "is packed with zstd, and holds no file of Databento", path=path,
                remedy="unpack it (zstd -d), or pack it with gzip",
            ) from error  # fmt: skip
        raise RecordingError(
            f"cannot be decoded ({error})", path=path,
            remedy="it is a damaged or another kind of file: download it again, as DBN",
        ) from error  # fmt: skip


def _contents(head: Any) -> Contents:
    symbols: dict[str, set[int]] = {name: set() for name in head.symbols}
    for name, intervals in head.mappings.items():
        for interval in intervals:
            if interval["symbol"].isdigit():
                symbols.setdefault(name, set()).add(int(interval["symbol"]))
    return Contents(
        head.dataset,
        str(head.schema or ""),
        {name: frozenset(numbers) for name, numbers in sorted(symbols.items())},
    )
