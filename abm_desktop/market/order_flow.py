"""The recorded order flow of one stock and day, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.market.state import CONTINUOUS, HALTED
from abm_desktop.market.statements import StatusTold

__all__ = [
    "ADD",
    "CLEAR",
    "CROSS",
    "DELETE",
    "EXECUTE",
    "EXECUTE_HIDDEN",
    "HALT",
    "PARTIAL_CANCEL",
    "PRICE_SCALE",
    "UNTOLD",
    "OrderFlow",
    "phase_changes",
]

ADD, PARTIAL_CANCEL, DELETE, EXECUTE, EXECUTE_HIDDEN, CROSS, HALT, CLEAR = 1, 2, 3, 4, 5, 6, 7, 8
"""Kinds of messages, 1 to 7 as LOBSTER numbers them. Hidden executions, auctions and halts leave
the visible book as it is; CLEAR empties it (a feed begins anew)."""

PRICE_SCALE = 10_000
"""Units of LOBSTER's prices in one unit of currency."""

UNTOLD = -1
"""The side of a message that the file does not tell."""


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
