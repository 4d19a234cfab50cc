"""A notice: what went wrong, where, and what to do. It never blocks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.icons import icon

__all__ = ["Notice", "trouble_text"]

ROWS_SHOWN = 6
MARGIN = 8
LEFT_FREE, LEAST_WIDTH = 320, 600
"""Pixels at the left that a floating notice leaves free if it is that wide then: where a page has
its form, its list or its order book."""


class Notice(QFrame):
    """Shows one :class:`Trouble` until it is closed or another takes its place.

    Args:
        over: the widget over whose lower edge it floats, so that it moves no control when it comes
            and goes; None for one that stands in a layout.
    """

    def __init__(self, over: QWidget | None = None) -> None:
        super().__init__(over)
        self._over = over
        if over is not None:
            over.installEventFilter(self)
        self.setObjectName("notice")
        self.trouble: Trouble | None = None
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        # A long file name must not make the window wider.
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = QTableWidget(0, 4)
        self.table.setHorizontalHeaderLabels(["Line", "Key", "What is wrong", "What to do"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(True)
        self.table.setShowGrid(False)
        self.table.setAccessibleName("Problems in the file")
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.copy_button = QPushButton("Copy details")
        self.copy_button.setToolTip("Copy all of this to the clipboard")
        self.copy_button.clicked.connect(self._copy)
        self.edit_button = QPushButton("Open the file")
        self.edit_button.setToolTip("Open the file with the program you edit text with")
        self.edit_button.clicked.connect(self._edit)
        self.close_button = QToolButton()
        self.close_button.setIcon(icon("close"))
        self.close_button.setToolTip("Close this notice (Esc)")
        self.close_button.setAccessibleName("Close this notice")
        self.close_button.clicked.connect(self.dismiss)
        self.close_button.setProperty("role", "flat")

        # Two lines, with the buttons beside both: it takes its height from the charts below.
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self.title)
        told.addWidget(self.text)
        top = QHBoxLayout()
        top.addLayout(told, 1)
        for button in (self.edit_button, self.copy_button, self.close_button):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self.table)
        self.hide()

    def show_trouble(self, trouble: Trouble) -> None:
        """Show ``trouble`` in place of what was shown before."""
        self.trouble = trouble
        self.title.setText(trouble.title)
        self.text.setText(trouble.text)
        self.setAccessibleName(f"{trouble.title}. {trouble.text}")
        self.edit_button.setVisible(bool(trouble.findings) and trouble.file is not None)
        self.table.setVisible(bool(trouble.findings))
        self.table.setRowCount(len(trouble.findings))
        for row, finding in enumerate(trouble.findings):
            line = "" if finding.line is None else str(finding.line)
            for column, value in enumerate((line, finding.key, finding.message, finding.remedy)):
                item = QTableWidgetItem(value)
                item.setToolTip(value)
                self.table.setItem(row, column, item)
        # About as high as it will be, before it is shown: what is below would jump twice.
        self._fit_table()
        self._place()
        self.show()
        self.raise_()
        if trouble.findings:
            self.table.resizeRowsToContents()
            self._fit_table()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge of the widget below."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        if self._over is None:
            return
        room = self._over.rect()
        width = room.width() - LEFT_FREE - MARGIN
        if width < LEAST_WIDTH:
            width = room.width() - 2 * MARGIN
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = min(layout.totalHeightForWidth(width), room.height() - 2 * MARGIN)
        self.setGeometry(
            room.width() - MARGIN - width, room.height() - MARGIN - height, width, height
        )

    def _fit_table(self) -> None:
        rows = min(self.table.rowCount(), ROWS_SHOWN)
        height = sum(self.table.rowHeight(r) for r in range(rows))
        self.table.setFixedHeight(height + self.table.horizontalHeader().sizeHint().height() + 4)

    def dismiss(self) -> None:
        """Close the notice."""
        self.trouble = None
        self.hide()

    def as_text(self) -> str:
        """Return everything the notice knows, for the clipboard."""
        return "" if self.trouble is None else trouble_text(self.trouble)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())

    def _edit(self) -> None:
        if self.trouble is not None and self.trouble.file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.trouble.file)))


def trouble_text(trouble: Trouble) -> str:
    """Return everything that is known of a trouble, as text to copy."""
    lines = [trouble.title, trouble.text]
    if trouble.file is not None:
        lines.append(f"file: {trouble.file}")
    for f in trouble.findings:
        lines.append(f"line {f.line}: {f.key}: {f.message}; {f.remedy}")
    if trouble.details:
        lines += ["", trouble.details]
    return "\n".join(line for line in lines if line or trouble.details)
