"""Book events as a table: number, time, what happened, where, and to whose order."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from abm_desktop.desk.formats import clock, decimals_of
from abm_desktop.live import TRADER_CLASSES, EventPage
from abm_desktop.market.state import MESSAGE_CAUSES, TRADED
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.series import class_title

__all__ = ["COLUMNS", "EventModel", "event_words", "exact_clock"]

COLUMNS = ("No.", "Time", "Event", "Side", "Price", "Lots", "Trader")
TIPS = (
    "Book events count from 1 at the open",
    "Simulated time since the open, to the microsecond",
    "What happened to an order that rests or is to rest",
    "The side of that order",
    "Its price",
    "Lots that came to the book or left it",
    "Who placed that order; the taker of a trade is told by the fills",
)
_ROOT = QModelIndex()
KINDS = ("Order rests", "Cancelled", "Expired", "Traded", "Made smaller")
"""In the order of ``MESSAGE_KINDS``."""
CAUSES = {
    "first book": "first book",
    "iceberg": "next part of an iceberg",
    "replace": "replaced",
    "self-trade": "would trade with itself",
    "kill switch": "kill switch",
    "AI halt": "AI halt",
    "auction": "auction",
}


def exact_clock(nanoseconds: int) -> str:
    """Return a time as m:ss.ffffff, truncated to the microsecond."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{clock(seconds)}.{rest // 1000:06d}"


def event_words(row: Any) -> str:
    """Return what a MESSAGE record tells, in words."""
    kind, cause = int(row["kind"]), MESSAGE_CAUSES[int(row["cause"])]
    words = KINDS[kind]
    if kind == TRADED and row["aggressor"]:
        words += ", buyer aggressor" if row["aggressor"] > 0 else ", seller aggressor"
    return f"{words} ({CAUSES.get(cause, cause)})" if cause else words


class EventModel(QAbstractTableModel):
    """One page of events, the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.page: EventPage | None = None
        self._tick = 0.01
        self.looked = -1
        """Number of the last event before the moment looked at; -1 for none."""

    def show_page(self, page: EventPage | None, tick: float) -> None:
        """Show another page."""
        self.beginResetModel()
        self.page, self._tick = page, tick
        self.endResetModel()

    def mark(self, time: float | None) -> int:
        """Mark the last event up to a time, None for none; returns its row, -1 if it has none."""
        row = -1
        # Of what comes after the page it knows nothing.
        if self.page is not None and time is not None and time <= self.page.until:
            last = int(np.searchsorted(self.page.rows["time"], round(time * 1e9), side="right"))
            row = len(self.page) - last if last else -1
        number = -1 if self.page is None or row < 0 else self.number_of(row)
        if number != self.looked:
            self.looked = number
            if self.rowCount():
                self.dataChanged.emit(
                    self.index(0, 0), self.index(self.rowCount() - 1, len(COLUMNS) - 1)
                )
        return row

    @property
    def instant(self) -> tuple[int, int]:
        """Numbers of the first and the last event of the instant that is marked."""
        assert self.page is not None
        times, last = self.page.rows["time"], self.looked - self.page.first
        return self.page.first + int(np.searchsorted(times, times[last], side="left")), self.looked

    def number_of(self, row: int) -> int:
        """Number of the event in a row."""
        assert self.page is not None
        return self.page.first + len(self.page) - 1 - row

    def time_of(self, row: int) -> float:
        """Simulated seconds of the event in a row."""
        assert self.page is not None
        return float(self.page.rows["time"][len(self.page) - 1 - row]) / 1e9

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many events there are."""
        return 0 if parent.isValid() or self.page is None else len(self.page)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return titles of columns, and what they mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(COLUMNS[section])
        return TIPS[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return text, colour or alignment of a cell."""
        if self.page is None or not index.isValid():
            return None
        row = self.page.rows[len(self.page) - 1 - index.row()]
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        colors = theme.current().colors
        if role == Qt.ItemDataRole.ForegroundRole and column in ("Side", "Price"):
            return QBrush(QColor(colors.bid if row["side"] > 0 else colors.ask))
        if role == Qt.ItemDataRole.BackgroundRole and self.number_of(index.row()) == self.looked:
            behind = QColor(colors.accent)
            behind.setAlpha(70)
            return QBrush(behind)
        return None

    def _text(self, row: Any, place: int, column: str) -> str:
        assert self.page is not None
        match column:
            case "No.":
                return f"{self.number_of(place):,}"
            case "Time":
                return exact_clock(int(row["time"]))
            case "Event":
                return event_words(row)
            case "Side":
                return "bid" if row["side"] > 0 else "ask"
            case "Price":
                return f"{row['price'] * self._tick:.{decimals_of(self._tick)}f}"
            case "Lots":
                return f"{row['size']}"
        return class_title(TRADER_CLASSES[int(self.page.kinds[row["agent"]])])


def _alignment(column: str) -> int:
    left = column in ("Event", "Trader", "Side")
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
    return int(side | Qt.AlignmentFlag.AlignVCenter)
