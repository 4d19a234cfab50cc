"""The journal as a window: a table of what was done, with names and notes to be edited in place."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from abm_desktop.desk.journal import JournalEntry
from abm_desktop.ui.session_files import SessionFiles
from abm_desktop.ui.widgets.questions import ask

__all__ = ["JournalDialog"]

COLUMNS = ("Name", "What", "When", "Is", "Note")
NAME, KIND, WHEN, FACTS, NOTE = range(5)
KINDS = {"session": "Saved session", "run": "Run", "experiment": "Experiment"}
HINT = (
    "Sessions that were saved, runs that ended (the last fifty), and results of experiments. "
    "Click twice on a name or a note to change it: what has a name or a note is kept for good. "
    "Two clicks elsewhere in a line open it: a session or run as the market, results with their "
    "report."
)


class JournalDialog(QDialog):
    """A window, not shown yet; it reads the journal, and again when that changes."""

    def __init__(
        self,
        files: SessionFiles,
        open_session: Callable[[Path], object],
        open_results: Callable[[Path], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Journal")
        self._files, self._open_session, self._open_results = files, open_session, open_results
        self.entries: list[JournalEntry] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names, notes and what it is")
        self.search.setAccessibleName("Search the journal")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._filter())
        hint = QLabel(HINT)
        hint.setObjectName("panelNote")
        hint.setWordWrap(True)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName("Journal")
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        # What a person wrote has room first; what the run is ends with an ellipsis.
        header.setSectionResizeMode(FACTS, QHeaderView.ResizeMode.Stretch)
        for column, width in ((NAME, 230), (NOTE, 240)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(column, width)
        self.table.itemChanged.connect(self._edited)
        self.table.itemSelectionChanged.connect(self._allow)
        self.table.itemDoubleClicked.connect(self._double_clicked)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_button = buttons.addButton("Open", role)
        self.delete_button = buttons.addButton("Delete…", role)
        self.open_button.clicked.connect(lambda _checked=False: self.open_selected())
        self.delete_button.clicked.connect(lambda _checked=False: self.ask_and_delete())
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            if isinstance(button, QPushButton):
                button.setAutoDefault(False)  # Enter in the search would open what is selected
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addWidget(hint)
        layout.addWidget(buttons)
        self.resize(QSize(1160, 520).boundedTo(parent.window().size()))
        files.journal_changed.connect(self.refresh)
        self._allow()
        self.refresh()

    @property
    def selected(self) -> JournalEntry | None:
        """The entry of the row that is selected."""
        row = self.table.currentRow()
        return self.entries[row] if 0 <= row < len(self.entries) else None

    def refresh(self) -> None:
        """Read the journal again."""
        self._files.entries(self._take)

    def open_selected(self) -> None:
        """Open what is selected, and close the journal."""
        entry = self.selected
        if entry is not None:
            open_it = self._open_results if entry.kind == "experiment" else self._open_session
            self.accept()
            open_it(Path(entry.place))

    def _double_clicked(self, item: QTableWidgetItem) -> None:
        if item.column() not in (NAME, NOTE):
            self.open_selected()

    def ask_and_delete(self) -> None:
        """Delete what is selected, after a question."""
        entry = self.selected
        if entry is not None:
            ask(
                self,
                "Delete this entry?",
                f"“{entry.name}” ({entry.facts}) and its note. A file that you have saved "
                "elsewhere stays.",
                "Delete",
                lambda: self._files.delete(entry),
                loses=True,
            )

    def _take(self, entries: list[JournalEntry]) -> None:
        if isValid(self.table):  # it may have been closed meanwhile
            self._show(entries)

    def _show(self, entries: list[JournalEntry]) -> None:
        before = self.selected
        self.entries = entries
        was_blocked = self.table.blockSignals(True)
        self.table.setRowCount(len(entries))
        for row, entry in enumerate(entries):
            when = time.strftime("%d %b %Y %H:%M", time.localtime(entry.when))
            texts = (entry.name, KINDS[entry.kind], when, entry.facts, entry.note)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column not in (NAME, NOTE):
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(f"{text}\n{entry.place}" if column == FACTS else text)
                self.table.setItem(row, column, item)
        self.table.blockSignals(was_blocked)
        keys = [entry.key for entry in entries]
        if before is not None and before.key in keys:
            self.table.selectRow(keys.index(before.key))
        self._filter()
        self._allow()

    def _filter(self) -> None:
        words = self.search.text().lower().split()
        for row, entry in enumerate(self.entries):
            text = f"{entry.name} {entry.note} {entry.facts} {KINDS[entry.kind]}".lower()
            self.table.setRowHidden(row, not all(word in text for word in words))

    def _edited(self, item: QTableWidgetItem) -> None:
        entry = self.entries[item.row()]
        name, note = (self._text(item.row(), column) for column in (NAME, NOTE))
        if (name, note) == (entry.name, entry.note):
            return

        def take(changed: JournalEntry) -> None:
            self.entries = [changed if e.key == changed.key else e for e in self.entries]

        self._files.change(entry, name, note, take)
        if not name.strip():
            self.refresh()  # it is refused: the old name comes back

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return "" if item is None else item.text()

    def _allow(self) -> None:
        entry = self.selected
        self.open_button.setEnabled(entry is not None)
        may_go = entry is not None and entry.kind != "experiment"
        self.delete_button.setEnabled(may_go)
        self.delete_button.setToolTip(
            "" if may_go or entry is None else "Results are deleted by deleting their folder"
        )
