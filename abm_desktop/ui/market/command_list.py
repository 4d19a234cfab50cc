"""Every command of this market, in one list: number, what, when, how it stands, and Cancel.

The newest is at the top, so that what was asked for a moment ago is seen without scrolling; what
is still to come or acts stands before what is over.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import clock, unbroken
from abm_desktop.desk.stress_effect import StressEffect, stress_effect
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.commands import (
    CancelOrder,
    CancelPlanned,
    EndStress,
    Inject,
    MarketCommand,
    RemoveTraders,
    SessionCommand,
    SetRule,
)
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.live.twins import can_be_missed
from abm_desktop.ui.command_words import command_title, standing, tooltip_of
from abm_desktop.ui.market.effect_words import effect_text
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.icons import icon

__all__ = ["CommandList", "CommandRow", "undoing"]

SHOWN = 60
"""Rows drawn; each is a widget. The list in the market is longer."""
FRAMES_BETWEEN = 12
"""Effects are measured again every so many frames: they change slowly."""
EFFECTS = 8
"""Stresses whose effect is measured: the latest."""
EMPTY = (
    "Nothing was asked for yet. Every stress, order, rule and change of the traders that the "
    "market takes is listed here, also those of the scenario and of other programs."
)


def undoing(entry: LedgerEntry) -> tuple[str, MarketCommand | SessionCommand] | None:
    """The name of the button that ends or takes back a command, and what it asks; None if none."""
    command, state = entry.command, entry.state
    if isinstance(command, Inject):
        if state is EntryState.QUEUED and entry.planned is not None:
            return "Cancel", CancelPlanned(number=entry.planned)
        if state in (EntryState.NEXT, EntryState.QUEUED, EntryState.ACTING):
            word = "End now" if state is EntryState.ACTING else "Cancel"
            return word, EndStress(kind=command.stress.type, start=entry.begins)
    elif state is EntryState.RESTING and entry.order is not None:
        return "Cancel", CancelOrder(order=entry.order)
    elif state is EntryState.ACTING and entry.rows is not None:
        return "Take out", RemoveTraders(first=entry.rows[0], count=entry.rows[1])
    elif state is EntryState.ACTING and isinstance(command, SetRule):
        return "Switch off", SetRule(rule=command.rule, on=False)
    return None


class CommandList(QScrollArea):
    """A row a command: open ones first, then those that are done, each the newest first."""

    twin_asked = Signal(int)
    """This run is to be compared with the same without the command of this number."""
    answered = Signal(str)
    """A command was taken: what, and what comes next, in a line."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._frames = 0
        self._seen: tuple[int, int] = (-1, 0)
        """Generation and number of the newest command that was told."""
        self._waits = 0
        """Number of one that was told to begin with the next event, and has not; 0 for none."""
        self._order: list[int] = []
        """Numbers of the rows on show."""
        self._effects: dict[int, StressEffect] = {}
        self._measured_at = -1.0
        self.rows: list[CommandRow] = []
        self.empty = QLabel(EMPTY)
        self.empty.setObjectName("panelNote")
        self.empty.setWordWrap(True)
        self.more = QLabel()
        self.more.setObjectName("panelNote")
        self.more.hide()
        body = QWidget()
        body.setObjectName("panelBody")
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(8, 2, 8, 4)
        self._layout.setSpacing(5)
        self._layout.addWidget(self.empty)
        self._layout.addWidget(self.more)
        self._layout.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)
        self.setMinimumHeight(54)
        self.setAccessibleName("Commands of this market")

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the commands as they stand now, and tell of new ones."""
        self._tell_new(snapshot)
        if not self.isVisible():
            return
        entries = self._in_order(snapshot)
        hidden = max(0, len(entries) - SHOWN) + snapshot.commands_dropped
        entries = entries[:SHOWN]
        self._measure(snapshot, entries)
        while len(self.rows) < len(entries):
            row = CommandRow()
            self.rows.append(row)
            self._layout.insertWidget(len(self.rows), row)
        for row in self.rows[len(entries) :]:
            row.hide()
        paused = snapshot.state is RunState.PAUSED
        for row, entry in zip(self.rows, entries, strict=False):
            self._show_entry(row, entry, snapshot, paused)
        if self.empty.isHidden() == (not entries):
            self.empty.setVisible(not entries)
        self.more.setVisible(hidden > 0)
        self.more.setText(f"and {hidden:,} earlier ones")

    def _in_order(self, snapshot: MarketSnapshot) -> list[LedgerEntry]:
        """Open ones first, then those that are over, each the newest first.

        While the mouse is over the list no row moves below it: new ones come at the end.
        """
        entries = {e.number: e for e in snapshot.commands}
        found = [n for n in self._order if n in entries] if self.is_pointed_at() else []
        found += sorted(
            set(entries).difference(found), key=lambda n: (not entries[n].is_open, -n)
        )  # fmt: skip
        self._order = found
        return [entries[n] for n in found]

    def is_pointed_at(self) -> bool:
        """Whether the mouse is over the list."""
        where = self.mapFromGlobal(QCursor.pos())
        return self.isActiveWindow() and self.rect().contains(where)

    def _tell_new(self, snapshot: MarketSnapshot) -> None:
        newest = snapshot.commands[-1].number if snapshot.commands else 0
        generation, told = self._seen
        self._seen = (snapshot.generation, newest)
        if generation != snapshot.generation:
            self._effects = {}
        if generation != snapshot.generation:
            self._waits = 0
            return
        if not newest or (newest <= told and newest != self._waits):
            return
        entry = snapshot.commands[-1]
        if entry.state is EntryState.NEXT and newest == self._waits:
            return
        words = standing(entry, snapshot.time, snapshot.state is RunState.PAUSED)
        if newest == self._waits and entry.state is EntryState.ACTING:
            words = "has begun"
        # What begins with the next event is told again when it has: the line would be untrue.
        self._waits = newest if entry.state is EntryState.NEXT else 0
        who = f"{entry.client}: " if entry.client else ""
        title = command_title(entry.command, snapshot.tick_size)
        self.answered.emit(f"{who}No. {entry.number}, {title}: {words}")

    def _measure(self, snapshot: MarketSnapshot, entries: list[LedgerEntry]) -> None:
        self._frames += 1
        begun = [
            e for e in entries
            if isinstance(e.command, Inject) and e.state in (EntryState.ACTING, EntryState.OVER)
        ][:EFFECTS]  # fmt: skip
        new = any(e.number not in self._effects for e in begun)
        # A market that stands still is measured where it stands, once.
        running = snapshot.state is RunState.RUNNING
        due = self._frames % FRAMES_BETWEEN == 0 if running else snapshot.time != self._measured_at
        if not (new or due):
            return
        self._measured_at = snapshot.time
        self._effects = {}
        for e in begun:
            end = min(e.ended or e.ends or snapshot.time, snapshot.time)
            self._effects[e.number] = stress_effect(snapshot.history, e.begins, end)

    def _show_entry(
        self, row: CommandRow, entry: LedgerEntry, snapshot: MarketSnapshot, paused: bool
    ) -> None:
        begun = entry.state in (EntryState.ACTING, EntryState.OVER)
        effect = self._effects.get(entry.number) if begun else None
        done = "" if effect is None else effect_text(effect)
        has_twin = can_be_missed(entry, snapshot.time)
        stamp = (entry, done, has_twin, snapshot.tick_size)
        if not entry.is_open and row.stamp == stamp and not row.isHidden():
            return  # it stands as it did in the frame before
        row.stamp = stamp
        text = standing(entry, snapshot.time, paused)
        if not entry.is_written:
            text = f"{clock(entry.asked)} · {text}"
        share = None
        if entry.state is EntryState.ACTING and entry.ends is not None:
            length = max(1e-9, entry.ends - entry.begins)
            share = min(1.0, max(0.0, (entry.ends - snapshot.time) / length))
        found = undoing(entry)
        if snapshot.state is RunState.ENDED:
            found = None
        row.show_row(
            entry,
            command_title(entry.command, snapshot.tick_size),
            f"{text}\n{done}" if done else text,
            share,
            None if found is None else found[0],
            None if found is None else lambda: self._session.do(found[1]),
        )
        number = entry.number
        row.show_twin((lambda: self.twin_asked.emit(number)) if has_twin else None)


class CommandRow(QWidget):
    """One command: its number and name, how it stands below, and at the right its Cancel.

    The button keeps its place when the command is over, so that nothing moves below the mouse.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.text = QLabel()
        self.text.setObjectName("panelNote")
        self.text.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setProperty("role", "thin")
        self.cancel = QToolButton()
        self.cancel.setIcon(icon("close"))
        self.cancel.setProperty("role", "flat")
        self.cancel.clicked.connect(self._cancel)
        policy = self.cancel.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.cancel.setSizePolicy(policy)
        self.twin = QToolButton()
        self.twin.setText("Twin")
        self.twin.setProperty("role", "word")  # as low as the line beside it
        self.twin.setToolTip("Compare with the same market without it (Analytics, Twins)")
        self.twin.clicked.connect(self._compare)
        policy = self.twin.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.twin.setSizePolicy(policy)
        self.stamp: tuple[object, ...] = ()
        """What it was last drawn from."""
        self._run: Callable[[], object] | None = None
        self._twin: Callable[[], object] | None = None
        self.number = 0
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        line.addWidget(self.title, 1)
        line.addWidget(self.cancel)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(3)
        below.addWidget(self.text, 1)
        below.addWidget(self.twin, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.bar)
        layout.addLayout(below)

    def show_row(
        self,
        entry: LedgerEntry,
        title: str,
        text: str,
        share: float | None,
        undo: str | None,
        run: Callable[[], object] | None,
    ) -> None:
        """Show a command; without ``undo`` there is nothing to end, without ``share`` no bar."""
        self._run = run
        who = f"{entry.client} · " if entry.client else ""
        line = f"{entry.number}  {who}{title}"
        shown = unbroken(line)
        if self.title.text() != shown:
            self.title.setText(shown)
            self.setAccessibleName(line)
        if self.number != entry.number or self.text.text() != text:
            self.number = entry.number
            self.text.setText(text)
            self.setToolTip(tooltip_of(entry))
        if self.bar.isHidden() == (share is not None):
            self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(1000 * share))
        if self.cancel.isHidden() == (undo is not None):
            self.cancel.setVisible(undo is not None)
        if undo is not None and self.cancel.toolTip() != undo:
            self.cancel.setToolTip(undo)
        self.cancel.setAccessibleName(f"{undo or 'Cancel'}: {title}")
        if self.isHidden():
            self.show()

    def show_twin(self, run: Callable[[], object] | None) -> None:
        """Offer the comparison with the market that never had it; None if there is none."""
        self._twin = run
        if self.twin.isHidden() == (run is not None):
            self.twin.setVisible(run is not None)
        self.twin.setAccessibleName(f"Compare with the market without {self.number}")

    def _compare(self) -> None:
        if self._twin is not None:
            self._twin()

    def _cancel(self) -> None:
        if self._run is not None:
            self._run()
