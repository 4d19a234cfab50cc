"""Read LOBSTER order-flow files: every message of a stock and day, and the book after each.

LOBSTER (lobsterdata.com) writes a pair of CSV files without headers, row by row in step:
*message*: time, type, order id, size, price, direction; *orderbook*: ask price, ask size, bid
price, bid size, and the same again for each further level. Files that went through other programs
are read as they are, or refused with the line, its words and the remedy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.market.recorded_rows import MESSAGE_COLUMNS, read_book, read_messages
from abm_desktop.market.state import BUY, CONTINUOUS, HALTED, SELL
from abm_desktop.market.statements import StatusTold
from abm_desktop.readers import LobsterError
from abm_desktop.readers.files import find_pair, title

__all__ = [
    "ADD",
    "CROSS",
    "DELETE",
    "DUMMY_PRICE",
    "EXECUTE",
    "EXECUTE_HIDDEN",
    "HALT",
    "PARTIAL_CANCEL",
    "PRICE_SCALE",
    "UNTOLD",
    "LobsterError",
    "OrderFlow",
    "phase_changes",
    "read_order_flow",
]

ADD, PARTIAL_CANCEL, DELETE, EXECUTE, EXECUTE_HIDDEN, CROSS, HALT = 1, 2, 3, 4, 5, 6, 7
"""Message types. The last three leave the visible book as it is."""

PRICE_SCALE = 10_000
"""Units of the price columns in one unit of currency."""

DUMMY_PRICE = 9_999_999_999
"""Price of an unoccupied level, positive on the ask side and negative on the bid side."""

UNTOLD = -1
"""The side of a message that the file does not tell."""

MASKED_SINCE = "2014-07-14"
"""From this day on NASDAQ names every hidden order a buy, whatever it was."""


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """The order flow of one stock and day: n messages, and the book of L levels after each."""

    name: str
    """Ticker and date if the file name tells them, else the file name."""
    source: Path
    levels: int
    time: np.ndarray
    """Nanoseconds after midnight, never decreasing, int64 (n,)."""
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
    """Integer (n, 2, L): bids and asks, best first; 0 if the level is empty."""
    book_size: np.ndarray
    """Shares, integer (n, 2, L); 0 if the level is empty."""
    notes: tuple[str, ...] = ()
    """What was understood otherwise than LOBSTER writes it, in words."""

    def __len__(self) -> int:
        return len(self.time)


def read_order_flow(path: Path | str, day: str | None = None) -> OrderFlow:
    """Read a zip or 7z of both files, or the message or orderbook file with the other beside it.

    A folder will do, too, and each file may be gzipped. If there are several days, ``day`` says
    which: a date, a ticker and date, or the name of the message file; so does a path that goes on
    after the archive, ``days.zip/2019-05-03``. Raises :class:`LobsterError`.
    """
    path = Path(path).expanduser()
    pair = find_pair(path, day)
    messages, notes = read_messages(pair.message)
    prices, sizes = read_book(pair.book, len(messages), pair.message)
    kind = messages[:, 1].astype(np.int8)
    name = title(pair)
    column = {column: messages[:, k] for k, column in enumerate(MESSAGE_COLUMNS)}
    return OrderFlow(
        name=name,
        source=path,
        levels=prices.shape[2],
        time=column["time"].copy(),
        kind=kind,
        order_id=column["order id"].copy(),
        size=column["size"].astype(np.int32),
        price=column["price"].copy(),
        side=_sides(kind, column["direction"], name),
        book_price=prices,
        book_size=sizes,
        notes=notes,
    )


def phase_changes(flow: OrderFlow) -> tuple[np.ndarray, list[tuple[int, StatusTold | None]]]:
    """Rows after which the phase changes, and (phase, reason) before the first and after each.

    From a halt on nothing trades until a row says that trading resumes: quoting comes first.
    Phases are places in ``market.state.PHASES``.
    """
    rows = np.flatnonzero((flow.kind == HALT) & (np.abs(flow.price) <= 1))
    phases: list[tuple[int, StatusTold | None]] = [(CONTINUOUS, None)]
    if len(rows) and flow.price[rows[0]] >= 0:
        traded = np.flatnonzero((flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN))
        if not len(traded) or traded[0] > rows[0]:
            phases = [(HALTED, StatusTold(-1))]  # the file begins within a halt
    for row in rows:
        code = int(flow.price[row])
        phases.append((CONTINUOUS if code == 1 else HALTED, StatusTold(code)))
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
