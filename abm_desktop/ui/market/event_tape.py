"""The message tape: book events as they come, or those before a moment; each can be looked at."""

from __future__ import annotations

import time as clock
from concurrent.futures import Future

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.inputs import InputError
from abm_desktop.live import EventPage, MarketSnapshot, RefusedError
from abm_desktop.ui import theme
from abm_desktop.ui.market.event_model import EventModel
from abm_desktop.ui.session import Session

__all__ = ["EventTape"]

EVENTS = 400
"""Rows of a page."""
BETWEEN = 0.25
"""Real seconds between two pages while the market is followed."""
LOOK_MS = 20
"""Between two looks for a page."""
WIDTHS = (88, 118, 190, 44, 68, 48, 110)


class EventTape(QWidget):
    """A table of events. Hidden it asks for nothing, and it holds one page."""

    looked = Signal(float)
    """A moment is to be looked at: the time of an event."""
    told = Signal(str)
    """What is on show, in a line."""
    followed = Signal()
    """The present is to be followed again."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.model = EventModel()
        self.follow = self._button("Follow", "Show the newest events as they come")
        self.follow.setCheckable(True)
        self.follow.setChecked(True)
        self.follow.clicked.connect(self._follow)
        self.earlier = self._button("Earlier", "The page of events before these")
        self.earlier.clicked.connect(self._show_earlier)
        self.later = self._button("Later", "The page of events after these")
        self.later.clicked.connect(self._show_later)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Book events")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        for column, width in enumerate(WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.clicked.connect(self._look)
        self.table.activated.connect(self._look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self._snapshot: MarketSnapshot | None = None
        self._due: Future[EventPage] | None = None
        self._answer = QTimer(self)
        """Looks for the page that was asked for: a paused market draws no frames."""
        self._answer.setInterval(LOOK_MS)
        self._answer.timeout.connect(self._take_page)
        self._again = QTimer(self)
        """Asks for what came too soon after the page before."""
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._ask)
        self._newest: tuple[MarketSnapshot, float | None] | None = None
        self._asked = 0.0
        self._told: tuple[object, ...] = ()
        """What the page on show is the answer to."""
        self._until: float | None = None
        """End of the page wanted; None is now."""
        self._moment: float | None = None
        self._restyle()
        theme.signals.changed.connect(self._restyle)

    @staticmethod
    def _button(title: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(title)
        button.setToolTip(tip)
        button.setAccessibleName(f"{title}: {tip}")
        button.setProperty("role", "segment")
        return button

    def _restyle(self, _theme: object = None) -> None:
        font = theme.mono_font(8.5)
        self.table.setFont(font)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 3)

    # -- frames ---------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: MarketSnapshot, moment: float | None) -> None:
        """Keep up with the market; ``moment`` is what is looked at, None the present."""
        self._newest = (snapshot, moment)
        if self.isVisible():
            self._keep_up(snapshot, moment)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with the market: it has told nothing while this was hidden."""
        super().showEvent(event)
        if self._newest is not None:
            self._keep_up(*self._newest)

    def _keep_up(self, snapshot: MarketSnapshot, moment: float | None) -> None:
        if self._snapshot is None or snapshot.generation != self._snapshot.generation:
            self._until, self._due, self._told = None, None, ()
            self.follow.setChecked(True)
            self.model.show_page(None, snapshot.tick_size)
        self._snapshot = snapshot
        if snapshot.is_replay:
            self._say("A recording cannot be looked back at: its events are not listed.")
            return
        self._take_moment(moment)
        self._ask()

    def _take_moment(self, moment: float | None) -> None:
        if moment == self._moment:
            return
        self._moment = moment
        page = self.model.page
        if moment is not None:
            self.follow.setChecked(False)
            on_show = (
                page is not None and len(page) > 0 and self.model.time_of(len(page) - 1) <= moment
            )
            if not (on_show and page is not None and moment <= page.until):
                self._until = moment
        elif self._until is not None:
            # Back to the present: so is the list.
            self._follow()
        self._mark()

    def _mark(self) -> None:
        row = self.model.mark(self._moment)
        if row >= 0:
            self.table.scrollTo(self.model.index(row, 0))
        self._tell()

    def _ask(self) -> None:
        snapshot = self._snapshot
        if snapshot is None or self._due is not None or not self.isVisible():
            return
        until = snapshot.time if self._until is None else min(self._until, snapshot.time)
        wanted = (snapshot.generation, until, snapshot.events if self._until is None else None)
        if wanted == self._told:
            return
        waited = clock.monotonic() - self._asked
        if self._until is None and waited < BETWEEN:
            self._again.start(round(1000 * (BETWEEN - waited)) + 1)
            return
        self._asked, self._told = clock.monotonic(), wanted
        try:
            self._due = self._session.live.events_until(until, EVENTS)
            self._answer.start()
        except (InputError, RefusedError):
            self._due = None  # the market was replaced just now: the next frame asks again
            self._told = ()

    def _take_page(self) -> None:
        due = self._due
        if due is None or not due.done():
            return
        self._due = None
        self._answer.stop()
        if due.exception() is not None:
            self._say("These events could not be computed again: the log says why.")
            return
        assert self._snapshot is not None
        self.model.show_page(due.result(), self._snapshot.tick_size)
        if self.follow.isChecked():
            self.table.scrollToTop()
        self._mark()
        self._ask()  # the market may have gone on, or another page be wanted

    def _tell(self) -> None:
        page = self.model.page
        self.earlier.setEnabled(page is not None and page.reaches_back)
        self.later.setEnabled(self._until is not None)
        if page is None or not len(page):
            self._say("Press Run (F5) to let the market trade.")
        elif self.model.looked > 0:
            first, last = self.model.instant
            which = f"event {last:,}" if first == last else f"events {first:,} to {last:,}"
            at_once = "" if first == last else ", which came at one instant"
            self._say(f"Looking at the book right after {which}{at_once}")
        else:
            first, last = page.first, page.first + len(page) - 1
            self._say(f"Events {first:,} to {last:,}; click one to look at the book after it")

    def _say(self, words: str) -> None:
        self.told.emit(words)

    # -- a person -------------------------------------------------------------------------------

    def _look(self, index: QModelIndex) -> None:
        self.follow.setChecked(False)
        page = self.model.page
        assert page is not None
        if self._until is None:
            self._until = page.until  # the page stays while its events are looked at
            self._told = (self._told[0], page.until, None)
        self.looked.emit(self.model.time_of(index.row()))

    def _follow(self) -> None:
        self.follow.setChecked(True)
        self._until = None
        self._told = ()
        if self._moment is not None:
            self.followed.emit()
        self._ask()

    def _show_earlier(self) -> None:
        page = self.model.page
        if page is not None and len(page):
            self.follow.setChecked(False)
            self._until = max(0.0, self.model.time_of(len(page) - 1) - 1e-9)
            self._ask()

    def _show_later(self) -> None:
        page, snapshot = self.model.page, self._snapshot
        if page is None or snapshot is None or not len(page):
            return
        # As long a stretch again: it has about as many.
        until = page.until + max(1e-3, page.until - self.model.time_of(len(page) - 1))
        self._until = until if until < snapshot.time else None
        self.follow.setChecked(self._until is None)
        self._ask()
