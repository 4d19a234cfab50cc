"""Read LOBSTER order-flow files: every message of a stock and day, and the book after each.

LOBSTER (lobsterdata.com) writes a pair of CSV files without headers, row by row in step:
*message*: time, type, order id, size, price, direction; *orderbook*: ask price, ask size, bid
price, bid size, and the same again for each further level. Files that went through other programs
are read as they are, or refused with the line, its words and the remedy.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from abm_desktop.market.doubled_messages import refuse_doubled
from abm_desktop.market.flow_kinds import ADD, CROSS, EXECUTE_HIDDEN, UNTOLD
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded_rows import MESSAGE_COLUMNS, read_book, read_messages
from abm_desktop.market.state import BUY, SELL
from abm_desktop.readers.files import find_pair, title

__all__ = ["DUMMY_PRICE", "read_order_flow"]

DUMMY_PRICE = 9_999_999_999
"""Price of an unoccupied level, positive on the ask side and negative on the bid side."""

MASKED_SINCE = "2014-07-14"
"""From this day on NASDAQ names every hidden order a buy, whatever it was."""


def read_order_flow(path: Path | str, day: str | None = None) -> OrderFlow:
    """Read a zip or 7z of both files, or the message or orderbook file with the other beside it.

    A folder will do, too, and each file may be gzipped. If there are several days, ``day`` says
    which: a date, a ticker and date, or the name of the message file; so does a path that goes on
    after the archive, ``days.zip/2019-05-03``. Raises :class:`RecordingError`.
    """
    path = Path(path).expanduser()
    pair = find_pair(path, day)
    messages, notes = read_messages(pair.message)
    prices, sizes = read_book(pair.book, len(messages), pair.message)
    kind = messages[:, 1].astype(np.int8)
    name = title(pair)
    column = {column: messages[:, k] for k, column in enumerate(MESSAGE_COLUMNS)}
    refuse_doubled(
        kind == ADD,
        [column[name] for name in ("order id", "time", "price", "size")],
        pair.message.path,
        lambda row: f"message {row + 1:,}, order {int(column['order id'][row])}",
    )
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
