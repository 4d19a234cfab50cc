"""The log: what the program did and what went wrong, by level, to filter and copy."""

from __future__ import annotations

import html
import logging
import queue
import time
from collections import deque

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui import theme

__all__ = ["LogConsole"]

LINES_KEPT = 2000
LINES_A_FRAME = 50
LEAST_TEXT = 44
"""Pixels: two lines and a scroll bar."""
LEVELS = (
    ("Debug", logging.DEBUG, "muted"),
    ("Info", logging.INFO, "text"),
    ("Warning", logging.WARNING, "warning"),
    ("Error", logging.ERROR, "danger"),
)


class _Collector(logging.Handler):
    """Takes records on any thread; the console draws them with the next frame."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep ``record`` until the console asks."""
        self.records.put(record)


class LogConsole(QWidget):
    """Shows the records of this program and the warnings of all others."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: deque[tuple[int, str, str]] = deque(maxlen=LINES_KEPT)
        self._collector = _Collector()
        self._root = logging.getLogger("abm_desktop")
        self._root.addHandler(self._collector)
        if self._root.level == logging.NOTSET:
            self._root.setLevel(logging.INFO)
        self.level = QComboBox()
        for title, _number, _role in LEVELS:
            self.level.addItem(title)
        self.level.setCurrentIndex(1)
        self.level.setAccessibleName("Least level shown")
        self.level.setToolTip("Show this level and those above it")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter by text")
        self.search.setAccessibleName("Filter by text")
        self.search.setClearButtonEnabled(True)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy the lines shown to the clipboard")
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Forget all lines")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(LINES_KEPT)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("Log")
        self.text.setPlaceholderText("Nothing happened yet.")
        caption = QLabel("Level")
        caption.setObjectName("panelNote")
        caption.setBuddy(self.level)
        top = QHBoxLayout()
        top.addWidget(caption)
        top.addWidget(self.level)
        top.addWidget(self.search, 1)
        top.addWidget(self.copy_button)
        top.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.text)
        self.text.setMinimumHeight(LEAST_TEXT)
        self.level.currentIndexChanged.connect(lambda _index: self.show_again())
        self.search.textChanged.connect(lambda _text: self.show_again())
        self.copy_button.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())
        )
        self.clear_button.clicked.connect(self.clear)
        theme.signals.changed.connect(self.show_again)
        self.show_again()

    def sizeHint(self) -> QSize:
        """Return a low panel: the charts above need the height more, and it can be dragged."""
        return QSize(super().sizeHint().width(), self.minimumSizeHint().height() + 26)

    def detach(self) -> None:
        """Take no more records: the window closes."""
        self._root.removeHandler(self._collector)

    def pump(self) -> None:
        """Show the records that came since the last frame."""
        for _ in range(LINES_A_FRAME):
            try:
                record = self._collector.records.get_nowait()
            except queue.Empty:
                return
            when = time.strftime("%H:%M:%S", time.localtime(record.created))
            source = record.name.removeprefix("abm_desktop.")
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                text += f" ({type(record.exc_info[1]).__name__}: {record.exc_info[1]})"
            line = (record.levelno, record.levelname, f"{when}  {source}: {text}")
            self._kept.append(line)
            if self._fits(line):
                self._append(line)

    def clear(self) -> None:
        """Forget all lines."""
        self._kept.clear()
        self.text.clear()

    def show_again(self, _theme: object = None) -> None:
        """Show the lines kept that fit the filters, in the colours of the theme."""
        self.text.setFont(theme.mono_font(8.5))
        self.text.clear()
        for line in self._kept:
            if self._fits(line):
                self._append(line)

    def _fits(self, line: tuple[int, str, str]) -> bool:
        number, _name, text = line
        wanted = self.search.text().lower()
        return number >= LEVELS[self.level.currentIndex()][1] and wanted in text.lower()

    def _append(self, line: tuple[int, str, str]) -> None:
        number, name, text = line
        role = next((r for _, least, r in reversed(LEVELS) if number >= least), "muted")
        color = theme.current().colors[role]
        shown = html.escape(f"{name:<8} {text}").replace(" ", "&nbsp;").replace("\n", "<br>")
        self.text.appendHtml(f'<span style="color:{color}">{shown}</span>')
