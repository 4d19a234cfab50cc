"""Replay of real order flow: the compiled book moves as a stock's book moved on a real day.

Every row of a file that tells the book is compared with it. A feed of every order tells none: then
no settled book of continuous trading may be crossed. The rule by which an order-flow file
determines the book is in :mod:`abm_desktop.market.replay_kernel`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from abm_desktop.market import book
from abm_desktop.market import replay_kernel as kernel
from abm_desktop.market.arrays import ladder_words
from abm_desktop.market.flow_kinds import ADD, CROSS, EXECUTE, EXECUTE_HIDDEN, HALT, UNTOLD
from abm_desktop.market.lobster import DUMMY_PRICE
from abm_desktop.market.order_flow import OrderFlow, phase_changes
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.recorded_operations import OPERATION
from abm_desktop.market.records import Records
from abm_desktop.market.state import (
    BUY,
    CONTINUOUS,
    ICEBERG,
    LEVEL,
    MARKET,
    MESSAGE,
    MOST_LOTS,
    ORDER,
    PHASES,
    SELL,
    TRADE,
)
from abm_desktop.market.statements import AuctionName, StatusTold
from abm_desktop.readers import RecordingError

MAX_PRICES = 1 << 24
"""Different prices in a day that a replay can hold."""
MAX_ORDERS = 1 << 22
"""Resting orders a replay can hold; memory is only used as far as it is needed."""

TRADE_TICK = np.dtype([("time", "f8"), ("price", "f8"), ("size", "i8"), ("side", "i1")])
"""A trade: seconds after midnight, currency, shares, and the aggressor: +1 the buyer, -1 the
seller, 0 if the file does not tell."""

_CROSS_WORDS: dict[int, AuctionName] = {-1: "opening auction", -2: "closing auction"}
"""By order id; further numbers are auctions after a halt, of a new listing, and the like."""
_CHECK_ROWS = 1 << 15


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A row after which the book differs from the file. Prices in currency, sizes in shares."""

    row: int
    """Row of both files, from 1."""
    time: float
    message: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class AuctionPrint:
    """What an auction traded, in one sum: time of day, currency, shares.

    It is no trade of its own: LOBSTER lists the executions of the visible orders in it as well.
    """

    time: float
    name: AuctionName
    price: float
    size: int


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay with comparison found."""

    name: str
    rows: int
    levels: int
    """Levels of a side that the file tells; 0 if it tells every order instead."""
    mismatches: int
    first: Mismatch | None
    executions: int
    matched: int
    """Executions that hit the head of the queue at the best price, and so went through matching."""
    unknown_ids: int
    """Messages about orders from before the file, or from outside its levels."""
    notes: tuple[str, ...]
    """Oddities of the file that were survived; empty for a clean one."""
    seconds: float

    @property
    def matching(self) -> int:
        """Rows after which all levels agree, price and size."""
        return self.rows - self.mismatches

    @property
    def ok(self) -> bool:
        return self.mismatches == 0 and self.rows > 0


class Replay:
    """A real day, from its first message on; step it forward by rows or to a time of day.

    The book is the one of the simulator. Its price axis is the rank of each price that occurs in
    the files, so that any range of prices fits; everything public is in currency.
    """

    def __init__(self, flow: OrderFlow) -> None:
        """Take the order flow of a day; nothing has happened yet: the book is as before row 1.

        Raises :class:`.RecordingError` if it has no message, or too many prices to hold.
        """
        if len(flow) == 0:
            raise RecordingError("holds no messages", path=flow.source)
        self.flow = flow
        self.times = np.maximum.accumulate(flow.time) * 1e-9
        """Seconds after midnight of each message, never decreasing, float64 (n,)."""
        self._prices = self._all_prices(flow)
        if len(self._prices) > MAX_PRICES:
            raise RecordingError(
                f"has {len(self._prices):,} different prices; at most {MAX_PRICES:,} are replayed",
                path=flow.source,
                remedy="take a part of the day, or fewer levels",
            )
        ladder = 128
        while ladder < len(self._prices) + 2:
            ladder *= 2
        self._kind = flow.kind
        self._halt_rows = np.flatnonzero(flow.kind == HALT)
        self._phase_rows, self._phases = phase_changes(flow)
        self._side = flow.side
        self._size = flow.size
        visible = (flow.kind >= ADD) & (flow.kind <= EXECUTE)
        self._price = self._ranks(np.where(visible, flow.price, 0))
        _, ident = np.unique(flow.order_id, return_inverse=True)
        self._ident = ident.astype(np.int32)
        self._book_price = self._ranks(flow.book_price)
        self._book_size = flow.book_size
        self._market = np.zeros(1, MARKET)
        # A level of more lots than an order holds is several orders.
        per_level = 1 + int(flow.book_size.max(initial=0)) // MOST_LOTS
        room = len(flow) + 4 * flow.levels * per_level + 64
        self._orders = np.zeros(min(room, MAX_ORDERS), ORDER)
        self._levels = np.zeros((2, ladder), LEVEL)
        self._bits = np.zeros((2, ladder_words(ladder)), np.uint64)
        self._icebergs = np.zeros(1, ICEBERG)
        self._trades = np.zeros(64, TRADE)
        self._messages = np.zeros(1, MESSAGE)
        self._handles = np.zeros((int(ident.max()) + 1, 2), np.int32)
        self._counters = np.zeros(kernel.N_COUNTERS, np.int64)
        self._operations = np.zeros(0, OPERATION)
        self._disagrees = np.zeros(len(flow), np.uint8)
        self._settled = self._to_be_looked_at()
        self.tick_size = self._tick()
        """Smallest step between the prices of the files, currency."""
        self.reset()

    @classmethod
    def open(cls, path: Path | str, day: str | None = None) -> Replay:
        """Read the files at ``path`` (see :func:`.recorded.reading.read_recording`)."""
        return cls(read_recording(path, day))

    def _to_be_looked_at(self) -> np.ndarray:
        """Rows after which the book of a feed must not be crossed: in continuous trading."""
        flow = self.flow
        settled = np.ones(len(flow), bool) if flow.settled is None else flow.settled
        rows = np.searchsorted(self._phase_rows, np.arange(len(flow)), side="right")
        continuous = np.array([phase == CONTINUOUS for phase, _ in self._phases])
        return (settled & continuous[rows]).astype(np.uint8)

    @staticmethod
    def _all_prices(flow: OrderFlow) -> np.ndarray:
        visible = (flow.kind >= ADD) & (flow.kind <= EXECUTE)
        parts = [np.unique(flow.price[visible])]
        step = max(1, (1 << 20) // max(1, 2 * flow.levels))
        for start in range(0, len(flow) if flow.levels else 0, step):
            told = np.unique(flow.book_price[start : start + step]).astype(np.int64)
            parts.append(told[told < DUMMY_PRICE])
        prices = np.unique(np.concatenate(parts))
        return prices[prices > 0]

    def _ranks(self, prices: np.ndarray) -> np.ndarray:
        """Map prices to 1, 2, ... in order; 0 stays 0. The ladder's two ends remain unoccupied."""
        ranks = np.searchsorted(self._prices, prices).astype(np.int32) + 1
        ranks[prices == 0] = 0
        return ranks

    @property
    def phase_number(self) -> int:
        """Phase after the messages so far, as a place in ``market.state.PHASES``."""
        return self._phase_now()[0]

    @property
    def phase(self) -> str:
        """continuous, or halted from a halt (type 7, -1) until trading resumes (type 7, 1)."""
        return PHASES[self.phase_number]

    @property
    def phase_reason(self) -> StatusTold | None:
        """What the last message about the phase said; None before the first."""
        return self._phase_now()[1]

    def _phase_now(self) -> tuple[int, StatusTold | None]:
        return self._phases[int(np.searchsorted(self._phase_rows, self.row, side="left"))]

    def _tick(self) -> float:
        steps = np.diff(self._prices)
        units = int(np.gcd.reduce(steps)) if len(steps) else self.flow.scale // 100
        return units / self.flow.scale

    def reset(self) -> None:
        """Go back to before the first message."""
        book.clear(self._market[0], self._levels, self._bits, self._levels.shape[1])
        self._handles[:] = -1
        self._counters[:] = 0
        self._counters[kernel.AT_ROW] = -1
        self._disagrees[:] = 0
        for side in (BUY, SELL):
            prices, sizes = self._before_first_message(side)
            kernel.seed_side(
                self._market,
                self._orders,
                self._levels,
                self._bits,
                self._icebergs,
                self._counters,
                self._operations,
                side,
                prices,
                sizes,
            )

    def _before_first_message(self, side: int) -> tuple[np.ndarray, np.ndarray]:
        """Ranks and sizes of the first book row with the first message undone."""
        if not self.flow.levels:
            return np.empty(0, np.int32), np.empty(0, self._book_size.dtype)
        row = {
            int(p): int(s)
            for p, s in zip(self._book_price[0, side], self._book_size[0, side], strict=True)
            if s > 0
        }
        kind, size, price = int(self._kind[0]), int(self._size[0]), int(self._price[0])
        if ADD <= kind <= EXECUTE and self._side[0] == side:
            before = row.get(price, 0) + (-size if kind == ADD else size)
            if before > 0:
                row[price] = before
            else:
                row.pop(price, None)
        ranks = sorted(row, reverse=side == BUY)
        sizes = np.array([row[r] for r in ranks], np.int64)
        if sizes.max(initial=0) <= np.iinfo(self._book_size.dtype).max:
            sizes = sizes.astype(self._book_size.dtype)
        return np.array(ranks, np.int32), sizes

    def __len__(self) -> int:
        return len(self._kind)

    @property
    def row(self) -> int:
        """Messages replayed so far."""
        return int(self._counters[kernel.ROW])

    @property
    def done(self) -> bool:
        return self.row >= len(self)

    @property
    def now(self) -> float:
        """Time of day of the last message replayed (of the first one before that), seconds."""
        return float(self.times[max(self.row - 1, 0)])

    @property
    def start(self) -> float:
        """Time of day of the first message, seconds."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Time of day of the last message, seconds."""
        return float(self.times[-1])

    def advance(self, rows: int = 1) -> int:
        """Replay up to ``rows`` further messages; returns how many there were. Releases the GIL."""
        begin = self.row
        stop = min(begin + max(rows, 0), len(self))
        self._run(stop, heal=True)
        return stop - begin

    def _run(self, stop: int, *, heal: bool) -> None:
        if stop > self.row:
            kernel.replay_rows(
                self._market,
                self._orders,
                self._levels,
                self._bits,
                self._icebergs,
                self._trades,
                self._messages,
                self._handles,
                self._counters,
                self._operations,
                self._kind,
                self._ident,
                self._side,
                self._price,
                self._size,
                self._book_price,
                self._book_size,
                self._settled,
                self._disagrees,
                stop,
                heal,
            )

    def levels_after_each(self, levels: int) -> tuple[np.ndarray, np.ndarray]:
        """Replay the day from its start; returns ``book_price`` and ``book_size`` (n, 2, levels).

        Both as those of an :class:`.OrderFlow`; only for a feed that tells every order.
        """
        self.reset()
        ranks = np.zeros((len(self), 2, levels), np.int32)
        sizes = np.zeros((len(self), 2, levels), np.int64)
        kernel.tell_levels(
            self._market,
            self._orders,
            self._levels,
            self._bits,
            self._icebergs,
            self._trades,
            self._messages,
            self._handles,
            self._counters,
            self._operations,
            self._kind,
            self._ident,
            self._side,
            self._price,
            self._size,
            ranks,
            sizes,
        )
        self.reset()
        prices = np.concatenate(([0], self._prices))
        return prices[ranks], sizes

    def operations(self) -> tuple[np.ndarray, np.ndarray]:
        """Replay the day from its start; returns what was done to which order, and all prices.

        Returns:
            OPERATION (k,), whose prices are places in the second, from 1; those of row -1 make the
            book before the first message. Orders are numbered anew as they come: a number is free
            again when its order is gone. And the prices of the day, ascending, int64, in units of
            1 / ``flow.scale`` currency.
        """
        room = 2 * len(self) + 1024
        while True:
            self._operations = np.zeros(room, OPERATION)
            self.reset()
            self._run(len(self), heal=True)
            found, count = self._operations, int(self._counters[kernel.OPERATIONS])
            if count <= room:
                break
            room = count
        self._operations = np.zeros(0, OPERATION)
        self.reset()
        return found[:count], self._prices

    def step_to(self, seconds: float) -> int:
        """Replay all messages up to this time of day (inclusive); returns how many there were."""
        stop = int(np.searchsorted(self.times, seconds, side="right"))
        return self.advance(stop - self.row)

    @property
    def best_bid(self) -> float:
        """Currency; NaN if there is no bid."""
        return self._currency(int(self._market[0]["best_bid"]))

    @property
    def best_ask(self) -> float:
        """Currency; NaN if there is no ask."""
        return self._currency(int(self._market[0]["best_ask"]))

    @property
    def mid(self) -> float:
        """Middle of the best prices, currency; NaN if a side is empty."""
        return 0.5 * (self.best_bid + self.best_ask)

    def _currency(self, rank: int) -> float:
        inside = 1 <= rank <= len(self._prices)
        return float(self._prices[rank - 1]) / self.flow.scale if inside else float("nan")

    def book(self, depth: int = 50) -> tuple[np.ndarray, np.ndarray]:
        """Return bids and asks, float64 (k, 3) of price, shares and orders, best first.

        What was in the book before the file began counts as one order a level.
        """
        return self._side_levels(BUY, depth), self._side_levels(SELL, depth)

    def _side_levels(self, side: int, depth: int) -> np.ndarray:
        ranks = np.zeros((depth, 3), np.int64)
        count = book.top_levels(
            self._market[0], self._orders, self._levels, self._bits, side, ranks
        )
        levels = ranks[:count].astype(np.float64)
        levels[:, 0] = self._prices[ranks[:count, 0] - 1] / self.flow.scale
        return levels

    def trades(self, start: int = 0, stop: int | None = None) -> Records:
        """Return the trades among the messages ``start`` to ``stop`` (default: so far), TRADE_TICK.

        Executions of hidden orders are trades too, though the visible book does not show them, and
        often nobody tells who the aggressor was. Auctions are not here: see :meth:`auctions`.
        """
        stop = self.row if stop is None else stop
        kind = self._kind[start:stop]
        rows = start + np.flatnonzero((kind == EXECUTE) | (kind == EXECUTE_HIDDEN))
        trades = np.empty(len(rows), TRADE_TICK)
        trades["time"] = self.times[rows]
        paid = self.flow.price if self.flow.traded_at is None else self.flow.traded_at
        trades["price"] = paid[rows] / self.flow.scale
        trades["size"] = self._size[rows]
        # The message names the side of the order that rested; the aggressor is the other one.
        side = self._side[rows]
        trades["side"] = np.where(side == UNTOLD, 0, np.where(side == SELL, 1, -1))
        return trades

    def auctions(self) -> list[AuctionPrint]:
        """Return what each auction of the day traded (type 6); :meth:`trades` has none of it."""
        rows = np.flatnonzero(self._kind == CROSS)
        return [
            AuctionPrint(
                float(self.times[r]),
                _CROSS_WORDS.get(int(self.flow.order_id[r]), "auction"),
                float(self.flow.price[r]) / self.flow.scale,
                int(self._size[r]),
            )
            for r in rows
        ]

    def hidden(self) -> tuple[int, int, int]:
        """Executions of hidden orders on this day, their shares, and how many tell no side."""
        rows = self._kind == EXECUTE_HIDDEN
        shares = int(self._size[rows].sum(dtype=np.int64))
        return int(rows.sum()), shares, int((self._side[rows] == UNTOLD).sum())

    def halts(self) -> list[tuple[float, StatusTold]]:
        """Return time of day and meaning of each halt message of the day."""
        return [
            (float(self.times[r]), StatusTold(int(self.flow.price[r]))) for r in self._halt_rows
        ]

    @property
    def mismatches(self) -> int:
        """Rows so far after which the book differed from the file, and was set to the file's; of a
        feed of every order, after which it was crossed."""
        return int(self._counters[kernel.MISMATCHES])

    def check(self, progress: Callable[[int, int], None] | None = None) -> ReplayReport:
        """Replay the whole day from its start, and compare all levels with the file at every row.

        ``progress`` is called with (rows done, rows) a few times.
        """
        self.reset()
        started = time.perf_counter()
        first: Mismatch | None = None
        while not self.done:
            self.advance(_CHECK_ROWS)
            if progress:
                progress(self.row, len(self))
        seconds = time.perf_counter() - started
        if self.mismatches:
            first = self._describe(int(self._counters[kernel.FIRST_MISMATCH]))
        counters = self._counters
        return ReplayReport(
            name=self.flow.name,
            rows=len(self),
            levels=self.flow.levels,
            mismatches=self.mismatches,
            first=first,
            executions=int(counters[kernel.EXECUTIONS]),
            matched=int(counters[kernel.MATCHED]),
            unknown_ids=int(counters[kernel.UNKNOWN_IDS]),
            notes=self._notes(),
            seconds=seconds,
        )

    def _notes(self) -> tuple[str, ...]:
        counters = self._counters
        texts = (
            (counters[kernel.OVERRUNS], "messages take more off an order than it has left"),
            (counters[kernel.SHORTFALLS], "messages take shares off a level that has none"),
            (counters[kernel.REFUSED], f"orders did not fit into the pool of {len(self._orders)}"),
        )
        return self.flow.notes + tuple(f"{int(count):,} {text}" for count, text in texts if count)

    def _describe(self, row: int) -> Mismatch:
        """Replay once more up to ``row`` and put the first difference into words."""
        probe = Replay(self.flow)
        probe.advance(row)
        probe._run(row + 1, heal=False)
        if not self.flow.levels:
            got = f"bid {probe.best_bid:.4f}, ask {probe.best_ask:.4f}"
            return self._mismatch(row, "a bid below the ask", got)
        expected, got = "the same", "the same"
        for side, word in ((BUY, "bid"), (SELL, "ask")):
            there = probe._side_levels(side, self.flow.levels + 1)
            for k in range(self.flow.levels + 1):
                wanted = self._file_level(row, side, k)
                found = (there[k, 0], int(there[k, 1])) if k < len(there) else None
                if _in_words(wanted) != _in_words(found):
                    expected = f"{word} level {k + 1}: {_in_words(wanted)}"
                    got = f"{word} level {k + 1}: {_in_words(found)}"
                    return self._mismatch(row, expected, got)
        return self._mismatch(row, expected, got)

    def _file_level(self, row: int, side: int, level: int) -> tuple[float, int] | None:
        if level >= self.flow.levels or self._book_size[row, side, level] == 0:
            return None
        price = float(self.flow.book_price[row, side, level]) / self.flow.scale
        return price, int(self._book_size[row, side, level])

    def _mismatch(self, row: int, expected: str, got: str) -> Mismatch:
        side = {BUY: "buy", SELL: "sell"}.get(int(self._side[row]), "side not told")
        message = (
            f"type {self._kind[row]}, order {self.flow.order_id[row]}, size {self._size[row]}, "
            f"price {self.flow.price[row] / self.flow.scale:.4f}, {side}"
        )
        return Mismatch(row + 1, float(self.times[row]), message, expected, got)


def _in_words(level: tuple[float, int] | None) -> str:
    return f"{level[1]} at {level[0]:.4f}" if level else "nothing"


def with_levels(flow: OrderFlow, levels: int) -> OrderFlow:
    """The same order flow, with the best levels of the book after each message.

    For what looks at books, of a feed that tells every order and no book. A flow that has levels is
    returned as it is.
    """
    if flow.levels:
        return flow
    prices, sizes = Replay(flow).levels_after_each(levels)
    return replace(flow, levels=levels, book_price=prices, book_size=sizes)
