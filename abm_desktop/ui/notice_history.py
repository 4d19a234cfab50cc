"""Every notice of this session: what went wrong or was done, to read again and to copy."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui import theme
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.notice import trouble_text

__all__ = ["NoticeEntry", "NoticeHistory"]

KEPT = 200
LEAST_TEXT = 44
"""Pixels: the head of the table and a notice."""


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """One notice."""

    when: float
    """``time.time()``."""
    trouble: Trouble
    is_fault: bool
    """Whether something went wrong; else it is news."""


class NoticeHistory(QWidget):
    """A table of the notices, the newest on top, and the details of the one that is marked."""

    unread_changed = Signal(int)
    """How many faults came since the list was last looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: deque[NoticeEntry] = deque(maxlen=KEPT)
        """The newest first."""
        self.unread = 0
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName("Notices")
        self.table.setHorizontalHeaderLabels(["Time", "Notice"])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.currentCellChanged.connect(lambda *_: self._show_details())
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        self.details.setAccessibleName("Details of the notice")
        self.details.setPlaceholderText("Choose a notice to read all of it.")
        self.empty = QLabel("No notices yet: faults and news are kept here.")
        self.empty.setObjectName("panelNote")
        self.copy_button = QPushButton("Copy details")
        self.copy_button.setToolTip("Copy the notice that is marked, for a bug report")
        self.copy_button.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.details.toPlainText())
        )
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Forget all notices")
        self.clear_button.clicked.connect(self.clear)
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.table)
        parts.addWidget(self.details)
        parts.setSizes([500, 500])
        top = QHBoxLayout()
        top.addWidget(self.empty, 1)
        top.addStretch(1)
        top.addWidget(self.copy_button)
        top.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(parts, 1)
        for part in (self.table, self.details):
            part.setMinimumHeight(LEAST_TEXT)
        theme.signals.changed.connect(self._fill)
        self._fill()

    def sizeHint(self) -> QSize:
        """Return a low panel: the charts above need the height more, and it can be dragged."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height() + 26)

    def add(self, trouble: Trouble, *, is_fault: bool = True) -> None:
        """Keep a notice."""
        self.entries.appendleft(NoticeEntry(time.time(), trouble, is_fault))
        if is_fault and not self.isVisible():
            self.unread += 1
            self.unread_changed.emit(self.unread)
        self._fill()

    def clear(self) -> None:
        """Forget all notices."""
        self.entries.clear()
        self._read()
        self._fill()

    def showEvent(self, event: object) -> None:
        """What is looked at counts as read."""
        self._read()

    def _read(self) -> None:
        self.unread = 0
        self.unread_changed.emit(0)

    def _fill(self, _theme: object = None) -> None:
        colors = theme.current().colors
        self.table.setRowCount(len(self.entries))
        for row, entry in enumerate(self.entries):
            when = time.strftime("%H:%M:%S", time.localtime(entry.when))
            for column, text in enumerate((when, entry.trouble.title)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if entry.is_fault:
                    item.setForeground(QColor(colors.danger))
                self.table.setItem(row, column, item)
        some = bool(self.entries)
        self.empty.setVisible(not some)
        self.copy_button.setEnabled(some)
        self.clear_button.setEnabled(some)
        if some:
            self.table.setCurrentCell(0, 1)
        self._show_details()

    def _show_details(self) -> None:
        row = self.table.currentRow()
        some = 0 <= row < len(self.entries)
        self.details.setPlainText(trouble_text(self.entries[row].trouble) if some else "")
