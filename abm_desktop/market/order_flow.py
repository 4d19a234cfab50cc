"""The recorded order flow of one stock and day, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from abm_desktop.market.flow_kinds import EXECUTE, EXECUTE_HIDDEN, HALT, PRICE_SCALE
from abm_desktop.market.state import CONTINUOUS, HALTED
from abm_desktop.market.statements import StatusTold

__all__ = ["OrderFlow", "phase_changes"]


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """The order flow of one stock and day: n messages, and the book of L levels after each.

    L is 0 if every order of the day is told (ITCH, market by order): then the messages alone make
    the book, to its last level.
    """

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
    """In units of 1 / ``scale`` currency, int64 (n,). A halt: -1 halted, 0 quoting, 1 trading."""
    side: np.ndarray
    """Side of the resting order, BUY (0) or SELL (1), int8 (n,); UNTOLD (-1) for auctions, halts,
    and hidden orders whose side is masked."""
    book_price: np.ndarray
    """Integer (n, 2, L): bids and asks, best first; 0 if the level is empty."""
    book_size: np.ndarray
    """Shares, integer (n, 2, L); 0 if the level is empty."""
    notes: tuple[str, ...] = ()
    """What was understood otherwise than the file writes it, or is missing there, in words."""
    scale: int = PRICE_SCALE
    """Units of the prices in one unit of currency."""
    traded_at: np.ndarray | None = None
    """Price at which an execution traded, int64 (n,); None if it is ``price`` for each."""
    settled: np.ndarray | None = None
    """Rows after which the book is to be looked at, bool (n,): an event may take several rows.
    None: after each."""

    def __len__(self) -> int:
        return len(self.time)

    def part(self, rows: slice) -> OrderFlow:
        """Some of the messages, with the books after them; a view."""
        names = ("time", "kind", "order_id", "size", "price", "side", "book_price", "book_size")
        arrays = {name: getattr(self, name)[rows] for name in names}
        for name in ("traded_at", "settled"):
            there = getattr(self, name)
            arrays[name] = None if there is None else there[rows]
        return replace(self, **arrays)


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
