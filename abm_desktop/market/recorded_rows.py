"""The rows of LOBSTER's two files as numbers, each checked; errors quote what is wrong."""

from __future__ import annotations

import datetime
import re

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.csv_numbers import BLANK, MISSING, scan_rows
from abm_desktop.market.records import Records
from abm_desktop.readers import RecordingError
from abm_desktop.readers.memory import Room
from abm_desktop.readers.streams import Source
from abm_desktop.readers.text import Block, Table

__all__ = ["LATEST", "MESSAGE_COLUMNS", "read_book", "read_messages"]

MESSAGE_COLUMNS = ("time", "type", "order id", "size", "price", "direction")
BOOK_COLUMNS = ("ask price", "ask size", "bid price", "bid size")

LATEST = 7 * 86_400
"""Seconds after the first midnight within which a recording ends."""
_EPOCHS = ((10**17, 1, "nanoseconds"), (10**14, 10**3, "microseconds"),
           (10**11, 10**6, "milliseconds"), (10**8, 10**9, "seconds"))  # fmt: skip
"""From which first time on, in which unit (ns), a file counts from 1970."""
_DAY = 86_400 * 10**9

_DUMMY_PRICE = 9_999_999_999
_MAX_INT32 = np.iinfo(np.int32).max
_MOST_SHARES = 10**12
"""Shares on a level of the book."""
_SAMPLE = "is this the message file as LOBSTER wrote it?"

_NAMES = {
    "time": ("time", "timestamp", "ts", "seconds", "timeseconds"),
    "type": ("type", "eventtype", "event", "messagetype", "msgtype", "kind"),
    "order id": ("orderid", "id", "oid", "orderreference", "ref"),
    "size": ("size", "shares", "volume", "quantity", "qty", "vol"),
    "price": ("price", "px"),
    "direction": ("direction", "side", "dir", "buysell", "buysellindicator"),
}
_INDEX = ("", "index", "unnamed0", "row", "rownumber", "rownames", "n", "no")
_LEVEL = re.compile(
    r"(?P<side>ask|bid)s?(?:(?P<k>\d+))?(?P<what>price|px|p|size|sz|volume|vol|v|quantity|qty|q|s)"
    r"(?:(?P<n>\d+))?"
)


def read_messages(source: Source) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return int64 (n, 6), the time in ns after midnight, and what is to be told about them.

    Raises :class:`RecordingError`.
    """
    with source.open() as stream:
        table = Table(source, stream)
        columns = _message_columns(table)
        unit, base, notes = _clock(table, columns[0])
        decimals = np.zeros(6, np.int64)
        decimals[0] = round(np.log10(unit))
        room = Room(source)
        parts: list[np.ndarray] = []
        last = np.int64(0)
        for block in table.blocks():
            rows, odd = _scan(table, block, columns, decimals)
            if odd is not None:
                raise _wrong_width(table, block, odd, max(columns) + 1, _MESSAGE_WIDTH)
            if len(rows):
                rows[:, 0] -= np.where(rows[:, 0] > BLANK, base, 0)
                _check_messages(_Rows(table, block, columns, MESSAGE_COLUMNS, rows), rows, last)
                last = rows[-1, 0]
                room.take(rows.nbytes)
                parts.append(rows)
    if not parts:
        raise source.error("holds no messages", _SAMPLE)
    return np.concatenate(parts), notes


_MESSAGE_WIDTH = "a message file has time, type, order id, size, price, direction"


def _message_columns(table: Table) -> list[int]:
    """Which column of the file is which of MESSAGE_COLUMNS."""
    known = [
        [k for k, name in enumerate(table.header) if name in _NAMES[column]]
        for column in MESSAGE_COLUMNS
    ]
    for column, found in zip(MESSAGE_COLUMNS, known, strict=True):
        _no_twins(table, column, found)
    if all(known):
        return [found[0] for found in known]
    first, width = 0, table.width - table.ends_blank
    if width in (7, 8) and (
        (bool(table.header) and table.header[0] in _INDEX) or _numbers_rows(table)
    ):
        first = 1
    if width - first > 7:
        raise table.source.error(
            f"has {table.width} columns", f"{_MESSAGE_WIDTH}; has it another separator?"
        )
    return list(range(first, first + 6))


def _no_twins(table: Table, name: str, found: list[int]) -> None:
    """Raise if a header names more than one column for the same thing."""
    if len(found) > 1:
        places = " and ".join(str(k + 1) for k in found)
        raise table.source.error(
            f"its header names the {name} more than once (columns {places})",
            "rename or take out all but one",
        )


def _numbers_rows(table: Table) -> bool:
    """Whether the first column counts the rows, and the types stand in the third."""
    types = {row[2] if len(row) > 2 else "" for row in table.sample}
    times = [row[1] for row in table.sample if len(row) > 1]
    return table.counts(0) and types <= set("1234567") and any("." in time for time in times)


def _clock(table: Table, column: int) -> tuple[int, int, tuple[str, ...]]:
    """Nanoseconds in a unit of the times, the midnight they count from, and what to tell."""
    try:
        first = float(table.sample[0][column])
    except (ValueError, IndexError):
        return 10**9, 0, ()
    for least, unit, name in _EPOCHS:
        if least <= first < 10**19:
            whole = int(first) * unit
            if whole >= 2**63:
                break
            base = whole - whole % _DAY
            day = datetime.date(1970, 1, 1) + datetime.timedelta(days=min(base // _DAY, 10**6))
            note = f"times are {name} since 1970: told as time of day (UTC) of {day}"
            return unit, base, (note,)
    return 10**9, 0, ()


def _scan(
    table: Table, block: Block, columns: list[int], decimals: np.ndarray
) -> tuple[np.ndarray, int | None]:
    """Return the rows of a block, int64, and the first row with a wrong number of columns."""
    text = np.frombuffer(block.clean, np.uint8)
    rows = np.empty((block.clean.count(b"\n") + 1, len(columns)), np.int64)
    place = np.full(max(table.width, max(columns) + 1), -1, np.int64)
    for k, column in enumerate(columns):
        place[column] = k
    count, _, shortest, longest = scan_rows(text, 0, rows, decimals, place)
    rows = rows[:count]
    if count and (shortest <= max(columns) or longest > len(place)):
        for row in range(count):
            fields = block.row(row)[2].rstrip(b", \r\t").count(b",") + 1
            if block.row(row)[2].count(b",") < max(columns) or fields > len(place):
                return rows, row
    return rows, None


def _wrong_width(table: Table, block: Block, row: int, least: int, what: str) -> RecordingError:
    line, raw, clean = block.row(row)
    count = clean.count(b",") + 1
    few = count < least
    remedy = (
        "is the file cut off? Download it again, or drop that line from both files"
        if few
        else ("a decimal comma between commas, or a comma in a number? Save it with decimal points")
    )
    return table.source.error(
        f"line {line}: has {'fewer' if few else 'more'} than {least} columns: "
        f"{_quoted(raw)}; "
        f"{what}",
        remedy,
    )


class _Rows:
    """The rows of a block, and the words of each for an error."""

    def __init__(
        self,
        table: Table,
        block: Block,
        columns: list[int],
        names: tuple[str, ...],
        rows: Records,
    ) -> None:
        self.table, self.block, self.columns = table, block, columns
        self.names, self.rows = names, rows

    def refuse(self, wrong: np.ndarray, column: int, message: str, remedy: str = _SAMPLE) -> None:
        """Raise an error about the first row for which ``wrong`` (rows,) is true, if any."""
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        line, raw, clean = self.block.row(int(rows[0]))
        at = self.columns[column]
        fields = raw.split(self.table.separator)
        if self.table.separator == b" " or at >= len(fields):
            fields = clean.split(b",")
        field = fields[at].strip().strip(b'"') if at < len(fields) else b""
        unread = self.rows[rows[0], column] == MISSING
        name = self.names[column % len(self.names)]
        if self.names is BOOK_COLUMNS:
            name += f" {column // len(self.names) + 1}"
        quoted = _quoted(field)
        raise self.table.source.error(
            f"line {line}: {message}, column {at + 1} ({name}): {quoted}",
            (_usual_cause(field, name) if unread else "") or remedy,
        )


def _quoted(field: bytes) -> str:
    return shown(field.decode("utf-8", "backslashreplace")) if field.strip() else "nothing"


def _usual_cause(field: bytes, name: str) -> str:
    """The remedy for what usually makes a field no number; empty if it is something else."""
    text = field.decode("utf-8", "replace")
    # A price of one point is one in currency: times have points, so none stands between thousands.
    money = re.fullmatch(r"[^\d\s.,+-]?\s*(\d{1,6}\.\d+)\s*[^\d\s.,]*", text)
    if money and "price" in name:
        units = round(float(money[1]) * 10_000)
        return f"prices are whole numbers, 10000 times the currency: write {units} for {money[1]}"
    if "\0" in text:
        return "NUL bytes: the file is damaged, or UTF-16; download it again, or save it as UTF-8"
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return "write numbers with a decimal point, and no comma in thousands"
    if re.fullmatch(r"[-+]?\d{1,3}([., '\u00a0\u202f]\d{3})+([.,]\d+)?", text) and len(text) > 4:
        return "write numbers without marks between thousands"
    if re.fullmatch(r"[-+]?\d+\.\d*[1-9]\d*", text):
        return (
            "only times have decimals: prices are whole numbers, 10000 times the currency, and "
            "sizes are whole shares"
        )
    if text.lower() in ("b", "s", "buy", "sell", "bid", "ask"):
        return "write 1 for buy and -1 for sell"
    if re.search(r"\d[:]\d", text):
        return "write times as seconds after midnight, for example 34200.123"
    if re.fullmatch(r"[A-Za-z_ ]{2,}", text):
        return "a header within the rows? Delete that line"
    return ""


def _check_messages(rows: _Rows, out: np.ndarray, last: np.int64) -> None:
    """Raise an error about the first row that cannot be."""
    for column in (1, 0, 2, 3, 4, 5):
        _check_numbers(rows, out, column, blank=False)
    time, kind, size, price, direction = (out[:, k] for k in (0, 1, 3, 4, 5))
    rows.refuse(
        (kind < 1) | (kind > 7), 1, "has a type that is not 1 to 7",
        "row numbers in the first column, or a decimal comma? Save it as LOBSTER wrote it",
    )  # fmt: skip
    rows.refuse(
        (time < 0) | (time >= LATEST * 10**9), 0,
        f"has a time that is not within {LATEST:,} s after midnight",
        "times are seconds after midnight, or seconds to nanoseconds since 1970",
    )  # fmt: skip
    visible, priced = kind <= 4, kind <= 5
    rows.refuse(
        (visible & (np.abs(direction) != 1)) | (priced & (np.abs(direction) > 1)), 5,
        "has a direction that is neither 1 (buy) nor -1 (sell)",
    )  # fmt: skip
    rows.refuse(
        (priced & ((price <= 0) | (price >= _DUMMY_PRICE)))
        | ((kind == 6) & ((price < 0) | (price >= _DUMMY_PRICE))), 4,
        f"has a price that is not positive and below {_DUMMY_PRICE}",
    )  # fmt: skip
    rows.refuse(
        (size < 0) | (size > _MAX_INT32), 3,
        f"has an impossible size (0 to {_MAX_INT32} shares)",
    )  # fmt: skip
    before = np.concatenate(([last], time[:-1]))
    rows.refuse(time < before, 0, "is earlier than the row before", "sort both files by time")


def _check_numbers(rows: _Rows, out: np.ndarray, column: int, *, blank: bool) -> None:
    values = out[:, column]
    rows.refuse(values == MISSING, column, "holds something that is not a number of this kind")
    if not blank:
        rows.refuse(values == BLANK, column, "lacks a number", "is the file cut off or edited?")


def read_book(source: Source, n: int, messages: Source) -> tuple[np.ndarray, np.ndarray]:
    """Return prices and sizes, each (n, 2, L): bids, asks; zeros where a level is empty.

    Both are int32 if all numbers fit, else int64. Raises :class:`RecordingError`, also if there are
    not as many rows as the ``n`` messages.
    """
    with source.open() as stream:
        table = Table(source, stream)
        columns = _book_columns(table)
        levels = len(columns) // 4
        decimals = np.zeros(len(columns), np.int64)
        room = Room(source)
        room.take(2 * n * 2 * levels * 4)
        prices = np.zeros((n, 2, levels), np.int32)
        sizes = np.zeros((n, 2, levels), np.int32)
        done = 0
        for block in table.blocks():
            if done > n:
                done += sum(1 for line in block.clean.split(b"\n") if line.strip(b" \t\r"))
                continue
            rows, odd = _scan(table, block, columns, decimals)
            if odd is not None:
                raise _wrong_width(table, block, odd, len(columns), "it has four a level")
            price, size = _levels(_Rows(table, block, columns, BOOK_COLUMNS, rows), rows, levels)
            use = min(len(rows), n - done)
            prices = _widened(prices, price[:use], room)
            sizes = _widened(sizes, size[:use], room)
            prices[done : done + use], sizes[done : done + use] = price[:use], size[:use]
            done += len(rows)
    if done != n:
        raise RecordingError(
            f"{messages.label} has {n} rows, {source.label} has {done}", path=source.path,
            remedy="the two files must come from the same download, row by row in step",
        )  # fmt: skip
    return prices, sizes


def _widened(array: np.ndarray, values: np.ndarray, room: Room) -> np.ndarray:
    """``array`` with numbers as wide as ``values`` need."""
    if array.dtype == np.int32 and values.max(initial=0) > _MAX_INT32:
        room.take(array.nbytes)
        return array.astype(np.int64)
    return array


def _levels(rows: _Rows, out: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Prices and sizes (rows, 2, L), bids first, of numbers in the order of BOOK_COLUMNS."""
    broken = np.flatnonzero((out == MISSING).any(axis=0))
    if len(broken):
        _check_numbers(rows, out, int(broken[0]), blank=True)
    remedy = "is this the orderbook file as LOBSTER wrote it?"
    table = out.reshape(len(out), levels, 2, 2)
    price, size = table[..., 0], table[..., 1]
    # An empty level has no size; what stands for its price does not matter.
    empty = (size == 0) | (size == BLANK)
    for wrong, part, message in (
        ((size < 0) & ~empty, 1, "has a negative size"),
        (size > _MOST_SHARES, 1, f"has a size of more than {_MOST_SHARES:,} shares"),
        (
            ~empty & ((price <= 0) | (price >= _DUMMY_PRICE)), 0,
            f"has a size at a price that is not positive and below {_DUMMY_PRICE}",
        ),
        (
            (size == BLANK) & (price > 0) & (price < _DUMMY_PRICE), 1, "has a price without a size",
        ),
    ):  # fmt: skip
        if wrong.any():
            level, side = np.argwhere(wrong.any(axis=0))[0]
            column = int(4 * level + 2 * side + part)
            rows.refuse(wrong[:, level, side], column, message, remedy)
    # In the file the ask comes before the bid; here bids come first.
    empty = empty[:, :, ::-1].transpose(0, 2, 1)
    price, size = (part[:, :, ::-1].transpose(0, 2, 1) for part in (price, size))
    return np.where(empty, 0, price), np.where(empty, 0, size)


def _book_columns(table: Table) -> list[int]:
    """Columns of the file in the order of BOOK_COLUMNS, level by level."""
    named: dict[tuple[int, int], list[int]] = {}
    for k, name in enumerate(table.header):
        match = _LEVEL.fullmatch(name)
        if match and (match["k"] or match["n"]):
            part = 2 * (match["side"] == "bid") + (match["what"] not in ("price", "px", "p"))
            named.setdefault((int(match["k"] or match["n"]), part), []).append(k)
    for (level, part), found in named.items():
        _no_twins(table, f"{BOOK_COLUMNS[part]} {level}", found)
    numbers = sorted({level for level, _ in named})
    if numbers and len(named) == 4 * len(numbers):
        return [named[level, part][0] for level in numbers for part in range(4)]
    first, width = 0, table.width
    if table.ends_blank and width % 4 in (1, 2):
        width -= 1
    if width % 4 == 1 and ((bool(table.header) and table.header[0] in _INDEX) or table.counts(0)):
        first = 1
    if width <= first or (width - first) % 4:
        raise table.source.error(
            f"has {table.width} columns, which is not four a level",
            "an orderbook file has ask price, ask size, bid price, bid size for each level",
        )
    return list(range(first, width))
