"""The decisions of an RL trader of the live market; a click goes to the moment of one."""

from __future__ import annotations

import time as clock
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.inputs import InputError
from abm_desktop.live import DecisionPage, MarketSnapshot, RefusedError
from abm_desktop.ui import theme
from abm_desktop.ui.rl.decision_model import DecisionModel

__all__ = ["DecisionList"]

DECISIONS = 60
"""Rows of a page."""
BETWEEN = 1.0
"""Real seconds between two pages while the market is followed: a trader decides every 5 s."""
LOOK_MS = 20
WIDTHS = (46, 64, 112, 44, 60, 66, 222)
"""Pixels of the columns; the last takes what is left."""


class DecisionList(QWidget):
    """A table of decisions. Hidden it asks for nothing, and it holds one page."""

    chosen = Signal(float)
    """The moment of a decision is to be looked at: its time."""

    def __init__(self, features: tuple[str, ...]) -> None:
        """``features``: names of what every trader sees."""
        super().__init__()
        self.read: Callable[[int, float, int], Future[DecisionPage]] | None = None
        """Computes the last decisions of a trader up to a time, at most so many."""
        self.model = DecisionModel(features)
        self.earlier = QToolButton()
        self.earlier.setText("Earlier")
        self.earlier.setToolTip("The decisions before these")
        self.earlier.clicked.connect(self._show_earlier)
        self.newest = QToolButton()
        self.newest.setText("Newest")
        self.newest.setToolTip("Follow the trader again")
        self.newest.clicked.connect(self._follow)
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Decisions of the trader")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 2)
        foot.setSpacing(4)
        foot.addWidget(self.note, 1)
        for button in (self.earlier, self.newest):
            button.setProperty("role", "segment")
            button.setAccessibleName(button.toolTip())
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)
        self._asked: tuple[object, ...] = ()
        """What was asked for last."""
        self._asked_at = 0.0
        self._due: Future[DecisionPage] | None = None
        self._until: float | None = None
        """End of the page wanted; None is now."""
        self._trader = (-1, -1)
        """Generation and number."""
        self._answer = QTimer(self)
        self._answer.setInterval(LOOK_MS)
        self._answer.timeout.connect(self._take)
        self._restyle()
        theme.signals.changed.connect(self._restyle)

    def _restyle(self, _theme: object = None) -> None:
        font = theme.mono_font(8.5)
        self.table.setFont(font)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 3)

    def show_trader(self, snapshot: MarketSnapshot, number: int) -> None:
        """Keep up with a trader, named by its place among the RL traders."""
        if not self.isVisible() or self.read is None:
            return
        if self._trader != (snapshot.generation, number):
            self._trader = (snapshot.generation, number)
            self._until, self._due, self._asked_at = None, None, 0.0
            self.model.show_page(None)
            self._say("Its decisions are computed again…")
        until = snapshot.time if self._until is None else self._until
        wanted = (*self._trader, until)
        soon = self._until is None and clock.monotonic() - self._asked_at < BETWEEN
        if wanted == self._asked or self._due is not None or soon:
            return
        self._asked, self._asked_at = wanted, clock.monotonic()
        try:
            self._due = self.read(number, until, DECISIONS)
        except (InputError, RefusedError):
            self._asked = ()  # the market was replaced just now: the next look asks again
            return
        self._answer.start()

    def _take(self) -> None:
        due = self._due
        if due is None:
            self._answer.stop()
            return
        if not due.done():
            return
        self._due = None
        self._answer.stop()
        if due.exception() is not None:
            self._say("The decisions could not be computed again: the log says why.")
            return
        page = due.result()
        self.model.show_page(page)
        self.earlier.setEnabled(bool(page.decisions) and page.decisions[0].number > 1)
        self.newest.setEnabled(self._until is not None)
        if page.decisions:
            first, last = page.decisions[0].number, page.decisions[-1].number
            self._say(f"Decisions {first:,} to {last:,}; click one to look at its moment")
        else:
            self._say("It has not decided yet.")

    def _say(self, words: str) -> None:
        if self.note.text() != words:
            self.note.setText(words)

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self.model.decision(index.row()).time)

    def _show_earlier(self) -> None:
        if self.model.rowCount():
            self._until = max(0.0, self.model.decision(self.model.rowCount() - 1).time - 1e-6)

    def _follow(self) -> None:
        self._until, self._asked_at = None, 0.0
