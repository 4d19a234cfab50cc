"""The tape: what happened in one market, as NumPy arrays that grow, and marks of what was done."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import CONTINUOUS, MESSAGE, N_CLASSES, PHASE, SAMPLE, TRADE
from abm_desktop.statements import Statement


@dataclass(frozen=True, slots=True)
class Mark:
    """A command or event that took effect at a recorded simulated time."""

    time: float
    """Seconds since the open."""
    what: Statement
    client: str = field(default="", compare=False)
    """Who asked for it, in a live market that several play; "" is the person at the window. It is
    no part of what happened: no file of a tape has it, and marks are equal whoever asked."""

    @property
    def label(self) -> str:
        """In English, as it stands in files."""
        return str(self.what)


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """How a market stood when its tape began: what the first rows follow on."""

    trades: int = 0
    """Fills before."""
    volume: int = 0
    """Lots traded before."""
    messages: int = 0
    """Book events before."""
    phase: int = CONTINUOUS
    """A place in PHASES."""
    resting: Records = field(default_factory=lambda: np.zeros(0, MESSAGE))
    """The orders that rested, MESSAGE records of adds in the order of their queues; empty unless
    messages are recorded."""


class Rows:
    """An append-only array that doubles its room; :attr:`view` is what is filled.

    A view stays valid and unchanged while rows are appended, because growing copies.
    """

    def __init__(
        self, dtype: np.dtype | type, shape: tuple[int, ...] = (), room: int = 1024
    ) -> None:
        self._data = np.zeros((room, *shape), dtype)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def view(self) -> Records:
        """The filled rows, oldest first."""
        return self._data[: self._n]

    def extend(self, rows: Records) -> None:
        """Append rows of the same type."""
        need = self._n + len(rows)
        if need > len(self._data):
            grown = np.zeros(
                (max(need, 2 * len(self._data)), *self._data.shape[1:]), self._data.dtype
            )
            grown[: self._n] = self._data[: self._n]
            self._data = grown
        self._data[self._n : need] = rows
        self._n = need

    def clear(self) -> None:
        """Forget every row; views handed out before keep their content."""
        self._data = np.zeros((1024, *self._data.shape[1:]), self._data.dtype)
        self._n = 0


@dataclass
class Tape:
    """Everything recorded of one market. Times are ns since the start of the warm-up.

    Attributes:
        trades: TRADE records, one a fill: time, price (ticks), size (lots), side (+1 the buyer was
            the aggressor), agents and classes of both sides.
        samples: SAMPLE records at the sample interval: quotes, depth, value, counters.
        class_samples: int64 (n, classes, 2): inventory (lots) and cash (tick-lots) by trader class,
            at the same times as ``samples``.
        messages: MESSAGE records of every book event, if recording was asked for.
        phases: PHASE records of every change of phase, batch auctions apart.
        marks: commands and stress events.
        beginning: how the market stood before the first row; see :meth:`Simulator.begin_tape`.
    """

    trades_rows: Rows = field(default_factory=lambda: Rows(TRADE))
    samples_rows: Rows = field(default_factory=lambda: Rows(SAMPLE))
    class_rows: Rows = field(default_factory=lambda: Rows(np.int64, (N_CLASSES, 2)))
    messages_rows: Rows = field(default_factory=lambda: Rows(MESSAGE))
    phases_rows: Rows = field(default_factory=lambda: Rows(PHASE, room=64))
    marks: list[Mark] = field(default_factory=list)
    beginning: Beginning = field(default_factory=Beginning)
    phases_lost: int = 0
    """Changes of phase that came faster than the market's rows were fetched."""

    @property
    def trades(self) -> Records:
        """One TRADE record a fill, oldest first."""
        return self.trades_rows.view

    @property
    def samples(self) -> Records:
        """One SAMPLE record an interval, oldest first."""
        return self.samples_rows.view

    @property
    def class_samples(self) -> np.ndarray:
        """Inventory and cash by trader class at the sample times."""
        return self.class_rows.view

    @property
    def messages(self) -> Records:
        """One MESSAGE record a book event, oldest first; empty unless recorded."""
        return self.messages_rows.view

    @property
    def phases(self) -> Records:
        """One PHASE record a change, oldest first."""
        return self.phases_rows.view

    def clear_rows(self) -> None:
        """Forget what was recorded so far, but not the marks (runs that only need what comes)."""
        for rows in (self.trades_rows, self.samples_rows, self.class_rows, self.messages_rows):
            rows.clear()
        self.phases_rows.clear()
        self.phases_lost = 0

    def copy(self) -> Tape:
        """A tape with the same rows that grows on its own."""
        other = Tape(marks=list(self.marks), beginning=self.beginning, phases_lost=self.phases_lost)
        other.trades_rows.extend(self.trades)
        other.samples_rows.extend(self.samples)
        other.class_rows.extend(self.class_samples)
        other.messages_rows.extend(self.messages)
        other.phases_rows.extend(self.phases)
        return other
