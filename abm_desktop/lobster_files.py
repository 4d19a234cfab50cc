"""A market's tape as a pair of LOBSTER files, for all programs that read those.

Types 1 to 4 are as LOBSTER has them. An iceberg's next part is a new order, as on NASDAQ; what an
auction takes out of the book is a cancel (2) or deletion (3), and its print one row of type 6 for
all of it; a halt or call phase is told by rows of type 7 (-1 halted, 0 quoting, 1 trading again).
Type 5 does not occur: hidden lots of an iceberg are shown before they trade.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from abm_desktop.inputs import InputError, shown, whole
from abm_desktop.market.flow_kinds import HALT, PRICE_SCALE
from abm_desktop.market.lobster import DUMMY_PRICE
from abm_desktop.market.lobster_rows import Levels, happenings, visible
from abm_desktop.market.recorded.tape_flow import OPEN
from abm_desktop.whole_files import whole_folder

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

LEVELS = 10
MOST_LEVELS = 200
DAY = "2000-01-03"
"""The day in the files' names; simulated markets have none."""
LOBSTER_FILES = ("*_message_*.csv", "*_orderbook_*.csv")
"""What a folder of LOBSTER files may hold; one that holds anything else is never overwritten."""

_NANO = 1_000_000_000
_MOST_SHARES = np.iinfo(np.int32).max


def check_prices(tick_size: float, ladder_ticks: int) -> int:
    """Units of 1e-4 currency in a tick.

    Raises:
        InputError: if a tick is not a whole number of them, or prices reach LOBSTER's mark of an
            empty level.
    """
    units = round(tick_size * PRICE_SCALE)
    if units < 1 or abs(tick_size * PRICE_SCALE / units - 1.0) > 1e-9:
        raise InputError(
            f"is {shown(tick_size)}, and LOBSTER's prices are whole numbers of 0.0001",
            key="market.tick_size",
            remedy="give a tick of 0.0001 or a multiple of it, or write Parquet (--out) instead",
        )
    if units * ladder_ticks >= DUMMY_PRICE:
        raise InputError(
            f"lets prices reach {units * ladder_ticks / PRICE_SCALE:,.0f}, and LOBSTER's end below "
            f"{DUMMY_PRICE / PRICE_SCALE:,.0f}",
            key="market.ladder_ticks",
            remedy="make the tick or the ladder smaller, or write Parquet (--out) instead",
        )
    return units


def file_names(scenario: str, seconds: float, levels: int) -> tuple[str, str]:
    """Names of the message and the orderbook file, as LOBSTER makes them.

    >>> file_names("flash_crash", 23400.0, 10)[0]
    'FLASHCRASH_2000-01-03_34200000_57600000_message_10.csv'
    """
    ticker = re.sub(r"[^A-Z]", "", scenario.upper()) or "ABM"
    stem = f"{ticker}_{DAY}_{OPEN * 1000}_{round((OPEN + seconds) * 1000)}"
    return f"{stem}_message_{levels}.csv", f"{stem}_orderbook_{levels}.csv"


def write_lobster(
    simulator: Simulator,
    folder: Path,
    *,
    levels: int = LEVELS,
    overwrite: bool = False,
    aside: Path | None = None,
) -> dict[Path, int]:
    """Write the tape as a message and an orderbook file; returns each with its number of rows.

    Args:
        simulator: records its messages, and its tape began at the open (``begin_tape``).
        folder: made, whole or not at all; it must not be there yet, or be empty.
        levels: levels of each side; events that do not touch them are left out.
        overwrite: earlier files of this kind may be replaced.
        aside: the name that their folder then gets; without it, they are gone.

    Raises:
        InputError: if messages are not recorded, prices or sizes do not fit, or nothing happened.
        TakenError: if the folder is taken.
        OSError: as writing does.
    """
    whole(levels, "levels", 1, MOST_LEVELS)
    if not simulator.records_messages:
        raise InputError("are not recorded", key="messages", remedy="pass record_messages=True")
    market = simulator.scenario.market
    units = check_prices(market.tick_size, market.ladder_ticks)
    tape = simulator.tape
    if tape.phases_lost:
        raise InputError(
            f"have a gap of {tape.phases_lost} changes",
            key="phases",
            remedy="run the market in pieces of a second",
        )
    messages = np.concatenate([tape.beginning.resting, tape.messages])
    rows = happenings(messages, tape.trades, tape.phases, tape.beginning.phase)
    since = round(market.warm_up * _NANO) - OPEN * _NANO
    paths = [folder / name for name in file_names(simulator.scenario.name, simulator.now, levels)]
    count = 0
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with whole_folder(folder, overwrite=overwrite, ours=LOBSTER_FILES, aside=aside) as part:
        streams = [(part / path.name).open("wb") for path in paths]
        try:
            for some in visible(rows, market.ladder_ticks, levels):
                for stream, table in zip(
                    streams,
                    (
                        _messages(some, since, units, market.lot),
                        _book(some, units, market.lot, market.ladder_ticks),
                    ),
                    strict=True,
                ):
                    csv.write_csv(table, stream, options)
                count += len(some.messages)
        finally:
            for stream in streams:
                stream.close()
        if count == 0:
            raise InputError("nothing happened in the book, so there is nothing to write")
    return dict.fromkeys(paths, count)


def _messages(some: Levels, since: int, units: int, lot: int) -> pa.Table:
    rows = some.messages
    clock = rows["time"] - since
    seconds = (clock // _NANO).astype(str)
    nanos = np.char.zfill((clock % _NANO).astype(str), 9)
    priced = rows["kind"] != HALT
    return pa.table(
        {
            "time": np.char.add(np.char.add(seconds, "."), nanos),
            "type": rows["kind"],
            "order": rows["order"],
            "size": _shares(rows["size"], lot),
            "price": np.where(priced, rows["price"] * units, rows["price"]),
            "direction": rows["direction"],
        }
    )


def _book(some: Levels, units: int, lot: int, ladder: int) -> pa.Table:
    book = some.book
    columns: dict[str, np.ndarray] = {}
    for k in range(book.shape[1] // 4):
        for at, side in ((0, "ask"), (2, "bid")):
            price, size = book[:, 4 * k + at], book[:, 4 * k + at + 1]
            empty = DUMMY_PRICE if side == "ask" else -DUMMY_PRICE
            there = (price >= 0) & (price < ladder)
            columns[f"{side} price {k}"] = np.where(there, price * units, empty)
            columns[f"{side} size {k}"] = _shares(size, lot)
    return pa.table(columns)


def _shares(lots: np.ndarray, lot: int) -> np.ndarray:
    most = int(lots.max(initial=0)) * lot
    if most > _MOST_SHARES:
        raise InputError(
            f"of {most:,} shares do not fit: LOBSTER's sizes end at {_MOST_SHARES:,}",
            key="sizes",
            remedy="make market.lot smaller, or write Parquet (--out) instead",
        )
    return lots * lot
