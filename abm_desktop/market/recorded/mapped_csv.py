"""Anybody's CSV file of single orders, with a mapping file that says what its columns mean."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.flow_kinds import PRICE_SCALE, UNTOLD
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.csv_header import CsvHeader
from abm_desktop.market.recorded.events import EARLIEST, EVENT, Happening, flow_of
from abm_desktop.market.records import Records
from abm_desktop.market.state import BUY, SELL
from abm_desktop.readers import RecordingError
from abm_desktop.scenario.csv_mapping import CsvMapping, load_mapping

__all__ = ["read_mapped"]

_NS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_DAY = 86_400 * 10**9
_FINEST = 10**9
"""Units of a currency in which prices are read, at the finest."""
_PIECE = 1 << 20
_IGNORED = 0
_NEEDED = {
    "order": ("added", "cancelled", "deleted", "executed", "replaced", "modified"),
    "size": ("added", "cancelled", "executed", "replaced", "modified", "hidden"),
    "price": ("added", "replaced", "hidden"),
    "new_order": ("replaced",),
}
"""Columns that must not be empty, by kind of event; the time is needed by all."""
_MANY, _AN_INSTANT = 100, 10**6
"""So many events within so many ns are a time in another unit."""
_LAST = 4_102_444_800 * 10**9
"""ns since 1970 of 2100, before which a recording begins."""
_CLOCK = "check time_unit and time_from in the mapping file"


def read_mapped(path: Path, mapping_path: Path) -> OrderFlow:
    """Read a CSV file with a header, gzipped or not.

    Raises :class:`.RecordingError`: with the column, the row and its words if it cannot be read.
    """
    mapping = load_mapping(mapping_path)
    table = _CsvColumns(path, mapping)
    kind, words = table.words(mapping.columns.kind)
    what = np.array([_what(word, mapping, table) for word in words], np.int8)[kind]
    _refuse_empty(table, mapping, what)
    rows = np.flatnonzero(what != _IGNORED)
    events = np.zeros(len(rows), EVENT)
    events["what"] = what[rows]
    events["is_last"] = 1
    events["time"] = table.number(mapping.columns.time, _NS[mapping.time_unit])[rows]
    named = table.names(mapping.columns.order, mapping.columns.new_order)
    events["order"], events["new_order"] = named[0][rows], named[1][rows]
    events["size"] = table.number(mapping.columns.size, 1)[rows]
    price, scale = _price(table, mapping)
    events["price"] = price[rows]
    side, words = table.words(mapping.columns.side)
    sides = np.array([_side(word, mapping) for word in words], np.int8)
    events["side"] = sides[side][rows]
    notes = _count_from_midnight(events, mapping, path)
    name = mapping.name or path.name.split(".")[0]
    return flow_of(
        events, name, path, scale=scale, notes=notes, clock=_CLOCK,
        place=lambda row: table.place(int(rows[row])),
    )  # fmt: skip


class _File(io.RawIOBase):
    """Bytes of a source as a file, as Arrow wants it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        data = self._stream.read(len(room))
        room[: len(data)] = data
        return len(data)


class _CsvColumns:
    """The columns of a CSV file, as text until something asks for numbers."""

    def __init__(self, path: Path, mapping: CsvMapping) -> None:
        import pyarrow as pa
        from pyarrow import csv

        self.path = path
        self._decimal, self._order = mapping.decimal, mapping.columns.order
        header = CsvHeader.read(path, mapping.separator)
        asked = [name for name in mapping.columns.model_dump().values() if name]
        real = {name: header.find(name) for name in asked}
        wanted = list(real.values())
        try:
            with header.source.open() as stream:
                columns = csv.read_csv(
                    pa.PythonFile(io.BufferedReader(_File(stream), _PIECE), mode="r"),
                    read_options=csv.ReadOptions(encoding=header.encoding),
                    parse_options=csv.ParseOptions(delimiter=mapping.separator),
                    convert_options=csv.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise RecordingError(
                f"cannot be read as CSV ({' '.join(str(error).split())[:200]})", path=path,
                remedy=f"it must be UTF-8 text with a header and {shown(mapping.separator)} "
                "between columns, as many in each row",
            ) from error  # fmt: skip
        self._columns = {name: columns[there] for name, there in real.items()}

    def place(self, row: int) -> str:
        """What to call a row, counted from 0 below the header."""
        name = self._columns[self._order][row].as_py().strip()
        return f"row {row + 2:,}, order {shown(name)}"

    def empty(self, column: str) -> np.ndarray:
        """Which fields of a column have nothing in them, bool [rows]."""
        coded, words = self.words(column)
        found: np.ndarray = np.array([not word for word in words], bool)[coded]
        return found

    def words(self, column: str) -> tuple[np.ndarray, list[str]]:
        """Which of the different words of a column stands in each row; the words."""
        coded = self._columns[column].combine_chunks().dictionary_encode()
        return coded.indices.to_numpy(), [word.strip() for word in coded.dictionary.to_pylist()]

    def names(self, column: str, other: str | None) -> tuple[np.ndarray, np.ndarray]:
        """Numbers for the names in one column, or two that name the same things; 0 is no name."""
        first, words = self.words(column)
        second, others = self.words(other) if other else (first, words)
        numbers: dict[str, int] = {"": 0}
        for word in [*words, *others]:
            numbers.setdefault(word, int(word) if _is_number(word) else -2 - len(numbers))
        return (
            np.array([numbers[word] for word in words], np.int64)[first],
            np.array([numbers[word] for word in others], np.int64)[second],
        )

    def number(self, column: str, scale: int) -> np.ndarray:
        """A column of decimal numbers times ``scale``, exact, int64; empty fields are 0."""
        import pyarrow as pa
        from pyarrow import compute

        text = compute.utf8_trim_whitespace(self._columns[column])
        if self._decimal != ".":
            text = compute.replace_substring(text, ".", "?")  # here it is no part of a number
            text = compute.replace_substring(text, self._decimal, ".")
        text = compute.if_else(compute.equal(text, ""), "0", text).combine_chunks()
        digits = len(str(scale)) - 1
        try:
            exact = compute.cast(text, pa.decimal128(28, digits))
        except pa.ArrowInvalid as error:
            raise self._no_number(column, text, digits) from error
        # A decimal of 16 bytes holds the value times 10**digits; its lower half is all of it.
        halves = np.frombuffer(exact.buffers()[1], np.int64, 2 * len(exact)).reshape(-1, 2)
        if (halves[:, 1] != halves[:, 0] >> 63).any():
            raise self._no_number(column, text, digits)
        return halves[:, 0].copy()

    def _no_number(self, column: str, text: Any, digits: int) -> RecordingError:
        row = self._first_bad(text, digits)
        kind = f"decimal number with at most {digits} decimals" if digits else "whole number"
        remedy = "check the columns and units of the mapping file"
        as_is = self._columns[column][row].as_py().strip()
        if "," in as_is and self._decimal == "." and digits:
            remedy = 'say decimal = "," in the mapping file if the comma is the mark of decimals; '
            remedy += "marks between thousands are not read"
        elif "," in as_is or "." in as_is:
            remedy += "; marks between thousands are not read"
        return RecordingError(
            f"row {row + 2:,}, column {column!r}: {shown(as_is)} is no {kind}, or too large",
            path=self.path,
            remedy=remedy,
        )

    def _first_bad(self, text: Any, digits: int) -> int:
        for row, word in enumerate(text.to_pylist()):
            try:
                value = Decimal(word)
                scaled = value * 10**digits
                if not value.is_finite() or scaled != int(scaled) or abs(scaled) >= 1 << 63:
                    return row
            except ArithmeticError:
                return row
        return 0


def _is_number(word: str) -> bool:
    """Whether a name is a number, written as numbers are: 007 and 7 are two names."""
    return word.isascii() and word.isdigit() and len(word) < 18 and str(int(word)) == word


def _refuse_empty(table: _CsvColumns, mapping: CsvMapping, what: np.ndarray) -> None:
    """Raise :class:`.RecordingError` for an empty field that its event needs."""
    everything = tuple(name for name in mapping.kinds.model_dump() if name != "ignored")
    for key, kinds in {"time": everything, **_NEEDED}.items():
        column = getattr(mapping.columns, key)
        needing = np.isin(what, [int(getattr(Happening, kind.upper())) for kind in kinds])
        missing = needing if column is None else table.empty(column) & needing
        if missing.any():
            row = int(np.flatnonzero(missing)[0])
            if column is None:
                raise RecordingError(
                    f"{table.place(row)}: is replaced, and no column tells by which order",
                    path=table.path, remedy=f"name that column as {key} in the mapping file",
                )  # fmt: skip
            raise RecordingError(
                f"{table.place(row)}: the column {column!r} is empty", path=table.path,
                remedy="fill it in, or list the row's word under ignored in the mapping file",
            )  # fmt: skip


def _what(word: str, mapping: CsvMapping, table: _CsvColumns) -> int:
    for name, words in mapping.kinds.model_dump().items():
        if word in words:
            return _IGNORED if name == "ignored" else int(getattr(Happening, name.upper()))
    raise RecordingError(
        f"has {shown(word)} in the column {mapping.columns.kind!r}", path=table.path,
        remedy="say under [kinds] of the mapping file what it means, or list it as ignored",
    )  # fmt: skip


def _side(word: str, mapping: CsvMapping) -> int:
    for side, words in ((BUY, mapping.sides.buy), (SELL, mapping.sides.sell)):
        if word.lower() in (known.lower() for known in words):
            return side
    return UNTOLD


def _price(table: _CsvColumns, mapping: CsvMapping) -> tuple[np.ndarray, int]:
    """Prices in whole units, and how many of them make one of currency."""
    unit = Decimal(repr(mapping.price_unit))
    if unit == 1:
        price = table.number(mapping.columns.price, _FINEST)
    else:
        per_unit = int(unit * _FINEST)
        price = table.number(mapping.columns.price, 1) * per_unit
    scale, common = _FINEST, int(np.gcd.reduce(price)) if len(price) else 0
    while scale > PRICE_SCALE and common % 10 == 0:
        scale //= 10
        common //= 10
    return price // (_FINEST // scale), scale


def _count_from_midnight(events: Records, mapping: CsvMapping, path: Path) -> tuple[str, ...]:
    """Let times count from the midnight before the first; refuse those of another unit."""
    if not len(events):
        return ()
    first, length = int(events["time"][0]), int(np.ptp(events["time"]))
    if len(events) >= _MANY and length < _AN_INSTANT:
        raise RecordingError(
            f"has {len(events):,} events within {length / 10**9:.2g} s", path=path, remedy=_CLOCK
        )
    if mapping.time_from == "midnight":
        return ()
    if not EARLIEST <= first < _LAST:
        raise RecordingError(f"begins {first / 10**9:,.3f} s after 1970", path=path, remedy=_CLOCK)
    day = datetime.datetime.fromtimestamp(first // 10**9, datetime.UTC).date()
    events["time"] -= first // _DAY * _DAY
    return (f"times are UTC, after the midnight of {day.isoformat()}",)
