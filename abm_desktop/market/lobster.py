"""Read LOBSTER order-flow files: every message of a stock and day, and the book after each.

LOBSTER (lobsterdata.com) writes a pair of CSV files without headers, row by row in step:
*message*: time, type, order id, size, price, direction; *orderbook*: ask price, ask size, bid
price, bid size, and the same again for each further level.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from abm_desktop.market.csv_numbers import MISSING, scan_rows
from abm_desktop.market.state import BUY, CONTINUOUS, HALTED, SELL

ADD, PARTIAL_CANCEL, DELETE, EXECUTE, EXECUTE_HIDDEN, CROSS, HALT = 1, 2, 3, 4, 5, 6, 7
"""Message types. The last three leave the visible book as it is."""

STATUS_WORDS = {-1: "trading halted", 0: "quoting resumed", 1: "trading resumed"}
"""What the price of a halt message means."""

UNTOLD = -1
"""The side of a message that the file does not tell."""

MASKED_SINCE = "2014-07-14"
"""From this day on NASDAQ names every hidden order a buy, whatever it was."""

PRICE_SCALE = 10_000
"""Units of the price columns in one unit of currency."""

DUMMY_PRICE = 9_999_999_999
"""Price of an unoccupied level, positive on the ask side and negative on the bid side."""

_MESSAGE_COLUMNS = 6
_NANOSECONDS = 9
_CHUNK = 1 << 14
_MAX_INT32 = np.iinfo(np.int32).max


class LobsterError(ValueError):
    """Files that are no LOBSTER data; the text names the file, the line and the remedy."""


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """The order flow of one stock and day: n messages, and the book of L levels after each."""

    name: str
    """Ticker and date where the file name tells them, else the file name."""
    source: Path
    levels: int
    time: np.ndarray
    """Nanoseconds after midnight, int64 (n,)."""
    kind: np.ndarray
    """Message type 1 to 7, int8 (n,)."""
    order_id: np.ndarray
    """int64 (n,)."""
    size: np.ndarray
    """Shares, int32 (n,)."""
    price: np.ndarray
    """In units of 1e-4 currency, int64 (n,). For a halt: -1 halted, 0 quoting, 1 trading."""
    side: np.ndarray
    """Side of the resting order, BUY (0) or SELL (1), int8 (n,); UNTOLD (-1) for auctions, halts,
    and hidden orders whose side is masked."""
    book_price: np.ndarray
    """Integer (n, 2, L): bids and asks, best first; 0 where the level is empty."""
    book_size: np.ndarray
    """Shares, integer (n, 2, L); 0 where the level is empty."""

    def __len__(self) -> int:
        return len(self.time)


def read_order_flow(path: Path | str) -> OrderFlow:
    """Read a zip of both files, or the message or orderbook file with the other one beside it.

    A folder that holds one pair will do, too. Raises :class:`LobsterError`.
    """
    path = Path(path).expanduser()
    message, book = _find_pair(path)
    messages = _read_messages(message)
    prices, sizes = _read_book(book)
    if len(messages) != len(prices):
        raise LobsterError(
            f"{path}: {message.label} has {len(messages)} rows, {book.label} has {len(prices)}; "
            "the two files must come from the same download, row by row in step"
        )
    kind = messages[:, 1]
    name = _title(path, message.label)
    return OrderFlow(
        name=name,
        source=path,
        levels=prices.shape[2],
        time=messages[:, 0].copy(),
        kind=kind.astype(np.int8),
        order_id=messages[:, 2].copy(),
        size=messages[:, 3].astype(np.int32),
        price=messages[:, 4].copy(),
        side=_sides(kind, messages[:, 5], name),
        book_price=prices,
        book_size=sizes,
    )


def phase_changes(flow: OrderFlow) -> tuple[np.ndarray, list[tuple[int, str]]]:
    """Rows after which the phase changes, and (phase, reason) before the first and after each.

    From a halt on nothing trades until a row says that trading resumes: quoting comes first.
    Phases are places in ``market.state.PHASES``.
    """
    rows = np.flatnonzero((flow.kind == HALT) & (np.abs(flow.price) <= 1))
    phases = [(CONTINUOUS, "")]
    if len(rows) and flow.price[rows[0]] >= 0:
        traded = np.flatnonzero((flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN))
        if not len(traded) or traded[0] > rows[0]:
            phases = [(HALTED, STATUS_WORDS[-1])]  # the file begins within a halt
    for row in rows:
        code = int(flow.price[row])
        phases.append((CONTINUOUS if code == 1 else HALTED, STATUS_WORDS[code]))
    return rows, phases


def _sides(kind: np.ndarray, direction: np.ndarray, name: str) -> np.ndarray:
    """Sides of the resting orders, int8 (n,); UNTOLD if the file has none, or a mask.

    NASDAQ's indicator of hidden orders has been a constant "buy" since 2014-07-14. A file that
    knows sells as well is not masked; one of an unknown day that knows buys only may be.
    """
    side = np.where(direction == 1, BUY, SELL).astype(np.int8)
    side[(direction == 0) | (kind >= CROSS)] = UNTOLD
    hidden = kind == EXECUTE_HIDDEN
    day = name[-10:] if re.search(r"\d{4}-\d{2}-\d{2}$", name) else MASKED_SINCE
    if day >= MASKED_SINCE and not (hidden & (direction == -1)).any():
        side[hidden] = UNTOLD
    return side


@dataclass(frozen=True, slots=True)
class _Text:
    """A CSV file, or a member of a zip."""

    label: str
    read: Callable[[], bytes]


def _find_pair(path: Path) -> tuple[_Text, _Text]:
    if path.is_dir():
        candidates = [_file(p) for p in sorted(path.iterdir()) if p.suffix.lower() == ".csv"]
        return _pick(path, candidates)
    if not path.is_file():
        raise LobsterError(f"{path}: there is no such file; check the path")
    if zipfile.is_zipfile(path):
        return _pick(path, _members(path))
    if path.suffix.lower() in (".7z", ".gz", ".rar", ".zip"):
        raise LobsterError(
            f"{path}: is not a readable zip file; unpack it, and name the message file"
        )
    return _with_neighbour(path)


def _file(path: Path) -> _Text:
    return _Text(path.name, path.read_bytes)


def _members(path: Path) -> list[_Text]:
    def reader(name: str) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                with zipfile.ZipFile(path) as archive:
                    return archive.read(name)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise LobsterError(
                    f"{path}: {name} cannot be unpacked ({error}); download the file again"
                ) from error

        return read

    with zipfile.ZipFile(path) as archive:
        names = [
            item.filename
            for item in archive.infolist()
            if not item.is_dir()
            and "__MACOSX" not in item.filename
            and not PurePosixPath(item.filename).name.startswith(".")
            and PurePosixPath(item.filename).suffix.lower() in (".csv", ".txt", "")
        ]
    return [_Text(name, reader(name)) for name in sorted(names)]


def _pick(path: Path, candidates: list[_Text]) -> tuple[_Text, _Text]:
    """Choose the message and the orderbook file, by name, or where names do not tell by columns."""
    messages = [t for t in candidates if "message" in PurePosixPath(t.label).name.lower()]
    books = [t for t in candidates if "orderbook" in PurePosixPath(t.label).name.lower()]
    if not messages and not books:
        tables = [(t, _columns(t)) for t in candidates]
        messages = [t for t, n in tables if n in (6, 7)]
        books = [t for t, n in tables if n and n % 4 == 0]
    if len(messages) == 1 and len(books) == 1:
        return messages[0], books[0]
    found = ", ".join(t.label for t in candidates) or "no CSV files"
    if len(messages) > 1:
        raise LobsterError(
            f"{path}: holds {len(messages)} message files; unpack it, and name one of them: {found}"
        )
    what = "message file" if not messages else "orderbook file"
    raise LobsterError(
        f"{path}: has no single {what}; it needs one message and one orderbook CSV file, "
        f"found: {found}"
    )


def _with_neighbour(path: Path) -> tuple[_Text, _Text]:
    for own, other in (("message", "orderbook"), ("orderbook", "message")):
        stem = re.search(own, path.name, re.IGNORECASE)
        if not stem:
            continue
        word = other.upper() if stem.group().isupper() else other
        partner = path.with_name(path.name[: stem.start()] + word + path.name[stem.end() :])
        if not partner.is_file():
            raise LobsterError(
                f"{path}: its {other} file {partner.name} is not in the same folder; put it there, "
                "or open the zip that holds both"
            )
        pair = (_file(path), _file(partner))
        return pair if own == "message" else (pair[1], pair[0])
    raise LobsterError(
        f"{path}: is not a LOBSTER file by its name; open a file named like "
        "AAPL_2012-06-21_34200000_57600000_message_10.csv with its orderbook file beside it, "
        "or the zip of both"
    )


def _title(path: Path, label: str) -> str:
    for name in (PurePosixPath(label).name, path.name):
        match = re.match(r"([A-Za-z.]+)_(\d{4}-\d{2}-\d{2})_", name)
        if match:
            return f"{match.group(1)} {match.group(2)}"
    return path.stem


def _body(text: _Text) -> tuple[np.ndarray, int]:
    """Return the bytes of the rows, and how many lines stand above them (a header, if any)."""
    try:
        data = text.read()
    except OSError as error:
        raise LobsterError(
            f"{text.label}: cannot be read ({error.strerror}); check path and permissions"
        ) from error
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    above = 0
    while data:
        line, _, rest = data.partition(b"\n")
        first = line.split(b",", 1)[0].strip()
        if re.fullmatch(rb"[-+]?[0-9.]+", first):
            return np.frombuffer(data, dtype=np.uint8), above
        if above or (line.strip() and not re.search(rb"[A-Za-z]", line)):
            break
        above += 1
        data = rest
    raise LobsterError(
        f"{text.label}: holds no rows of numbers; choose a LOBSTER message or orderbook CSV file"
    )


def _columns(text: _Text) -> int:
    try:
        body, _ = _body(text)
    except LobsterError:
        return 0
    return bytes(body[: 1 << 16]).split(b"\n", 1)[0].count(b",") + 1


def _read_messages(text: _Text) -> np.ndarray:
    """Return int64 (n, 6), the time in nanoseconds."""
    body, above = _body(text)
    rows = int(np.count_nonzero(body == ord("\n"))) + 1
    out = np.empty((rows, _MESSAGE_COLUMNS), dtype=np.int64)
    decimals = np.array([_NANOSECONDS, 0, 0, 0, 0, 0], dtype=np.int64)
    count, _, shortest = scan_rows(body, 0, out, decimals)
    out = out[:count]
    if shortest < _MESSAGE_COLUMNS:
        row = int(np.flatnonzero(out[:, -1] == MISSING)[0])
        raise LobsterError(
            f"{text.label}, line {above + row + 1}: has fewer than 6 columns; a message file has "
            "time, type, order id, size, price, direction"
        )
    _fault(text, above, (out == MISSING).any(axis=1), "holds something that is not a number")
    kind = out[:, 1]
    _fault(
        text,
        above,
        (kind < ADD) | (kind > HALT),
        "has a type that is not 1 to 7 in its second column",
    )
    visible = kind <= EXECUTE
    _fault(
        text,
        above,
        (visible & (np.abs(out[:, 5]) != 1)) | ((kind == EXECUTE_HIDDEN) & (np.abs(out[:, 5]) > 1)),
        "has a direction that is neither 1 (buy) nor -1 (sell) in its sixth column",
    )
    _fault(
        text,
        above,
        visible & ((out[:, 4] <= 0) | (out[:, 4] >= DUMMY_PRICE)),
        "has a price that is not positive in its fifth column",
    )
    _fault(
        text,
        above,
        (out[:, 3] < 0) | (out[:, 3] > _MAX_INT32),
        "has an impossible size in its fourth column",
    )
    return out


def _fault(text: _Text, above: int, wrong: np.ndarray, message: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        raise LobsterError(
            f"{text.label}, line {above + int(rows[0]) + 1}: {message} ({len(rows)} such rows); "
            "is this the message file as LOBSTER wrote it?"
        )


def _read_book(text: _Text) -> tuple[np.ndarray, np.ndarray]:
    """Return prices and sizes, each (n, 2, L): bids, asks; zeros where a level is empty."""
    body, above = _body(text)
    line = bytes(body[: 1 << 20]).split(b"\n", 1)[0].rstrip()
    columns = line.count(b",") + 1
    if columns % 4 == 1 and line.endswith(b","):
        columns -= 1
    if columns % 4:
        raise LobsterError(
            f"{text.label}: has {columns} columns, which is not four a level; an orderbook file "
            "has ask price, ask size, bid price, bid size for each level"
        )
    rows = int(np.count_nonzero(body == ord("\n"))) + 1
    levels = columns // 4
    chunk = np.empty((min(rows, _CHUNK), columns), dtype=np.int64)
    decimals = np.zeros(columns, dtype=np.int64)
    prices: list[np.ndarray] = []
    sizes: list[np.ndarray] = []
    at, done = 0, 0
    while at < len(body):
        count, at, shortest = scan_rows(body, at, chunk, decimals)
        if shortest < columns:
            row = int(np.flatnonzero((chunk[:count] == MISSING).any(axis=1))[0])
            raise LobsterError(
                f"{text.label}, line {above + done + row + 1}: has fewer than {columns} columns; "
                "is the file cut off? Download it again"
            )
        # In the file the ask comes before the bid; here bids come first.
        table = chunk[:count].reshape(count, levels, 2, 2)[:, :, ::-1]
        price = table[..., 0].transpose(0, 2, 1)
        size = table[..., 1].transpose(0, 2, 1)
        empty = (size <= 0) | (price <= 0) | (price >= DUMMY_PRICE)
        price = np.where(empty, 0, price)
        small = price.max(initial=0) <= _MAX_INT32
        prices.append(price.astype(np.int32 if small else np.int64))
        size = np.where(empty, 0, size)
        small = size.max(initial=0) <= _MAX_INT32
        sizes.append(size.astype(np.int32 if small else np.int64))
        done += count
    return np.concatenate(prices), np.concatenate(sizes)
