"""What can be done at a moment of a session, from the menu of any chart over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog

from abm_desktop.desk.formats import clock, shorten
from abm_desktop.live.commands import ForkMarket
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.time_plot import TimeEntry

if TYPE_CHECKING:
    from abm_desktop.ui.market.tab import MarketTab

__all__ = ["Moments"]

NEAR = 0.03
"""Share of the time on show within which a mark is meant."""
MARK_WIDTH = 380
"""Pixels of the dialog for a mark: as wide as its title."""


class Moments(QObject):
    """Looks, forks, measures, stresses and marks at a time of the Market tab."""

    came_forward = Signal()
    """What was asked for is seen on the Market tab; the menu may be that of another."""

    def __init__(self, tab: MarketTab, session: Session) -> None:
        super().__init__(tab)
        self._tab, self._session = tab, session
        self._stress_wanted = False

    def after_fork(self) -> str:
        """What to do with a fork that has just been made."""
        if self._stress_wanted:
            self._stress_wanted = False
            return "Choose the stress that begins here"
        return "Analytics, Twins, draws the fork over the run that it left"

    def entries_at(self, time: float) -> list[TimeEntry]:
        """What can be done at a moment, for the menu of a chart."""
        snapshot = self._tab.snapshot
        if snapshot is None:
            return []
        when = clock(time, tenths=True)
        ahead = time > snapshot.time
        past = "That is ahead of the market." if ahead else ""
        replay = "A recording cannot be changed." if snapshot.is_replay else ""
        looked = "A recording cannot be looked back at." if snapshot.is_replay else past
        if time < 0:
            past = looked = replay = "That is before the open."
        where = f"at {when}…" if ahead else f"at {when}, in a fork…"
        return [
            TimeEntry("look", f"&Look at {when}", lambda: self._look_at(time), looked),
            TimeEntry("fork", f"&Fork from {when}", lambda: self._fork_at(time), replay or past),
            TimeEntry(
                "measure",
                f"&Measure from {when} to now",
                lambda: self._tab.price.brushed.emit(time, snapshot.time),
                past,
            ),
            TimeEntry("inject", f"&Inject a stress {where}", lambda: self._stress_at(time), replay),
            TimeEntry("mark", f"Mar&k {when}…", lambda: self.ask_mark(time)),
            *self._marks_near(time),
        ]

    def _marks_near(self, time: float) -> list[TimeEntry]:
        """The way to take away the mark next to a time, if one is near."""
        span = self._tab.price.span_x
        marks = self._session.bookmarks.marks
        if span is None or not marks:
            return []
        mark = min(marks, key=lambda each: abs(each.time - time))
        if abs(mark.time - time) > NEAR * (span[1] - span[0]):
            return []
        title = f"Take away “{shorten(mark.label, 24)}”"
        return [TimeEntry("unmark", title, lambda: self._mark(mark.time, ""))]

    def _look_at(self, time: float) -> None:
        self._tab.look_at(time)
        self.came_forward.emit()

    def _fork_at(self, time: float, *, stress: bool = False) -> None:
        self._stress_wanted = stress
        self.came_forward.emit()
        self._session.do(ForkMarket(time=time))

    def _stress_at(self, time: float) -> None:
        """Have a stress chosen for a moment; one that has passed is gone back to first."""
        snapshot = self._tab.snapshot
        if snapshot is not None and time <= snapshot.time:
            self._fork_at(time, stress=True)
            self._tab.stress.start_now()
        else:
            self._tab.stress.start_at(time)
            self._session.said.emit(f"The next stress begins at {clock(time)}: choose which")
        self.came_forward.emit()
        dock = self._tab.desk.docks["stress"]
        dock.show()
        dock.raise_()

    def ask_mark(self, time: float) -> QInputDialog:
        """Ask for the words of a mark at a moment."""
        dialog = QInputDialog(self._tab)
        dialog.setWindowTitle(f"Mark {clock(time, tenths=True)}")
        dialog.setLabelText("A few words, to be seen in the charts:")
        dialog.resize(MARK_WIDTH, dialog.height())
        dialog.textValueSelected.connect(lambda words: self._mark(time, words.strip()))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _mark(self, time: float, words: str) -> None:
        self._session.bookmarks.add(time, words)
        self._tab.redraw()
