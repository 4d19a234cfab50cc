"""Read-only tables of measures, which can be saved and copied like charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from abm_desktop.desk.glossary import meaning
from abm_desktop.ui import theme
from abm_desktop.ui.widgets.chart_export import by_own_names, chart_menu
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["ReportTable", "TableCell"]

LEAST = 56
"""Pixels of a column."""
_BAR = Qt.ItemDataRole.UserRole
_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table."""

    text: str
    tip: str = ""
    color: str = ""
    """Role of the colour of the text."""
    mark: str = ""
    """Role of the colour of a square before the text."""
    bar: float | None = None
    """A bar behind the text, from the middle of the cell: -1 to 1 of half its width."""
    bold: bool = False


class ReportTable(QTableWidget):
    """Rows of :class:`TableCell`; the first column is text, the others numbers unless named.

    With ``whole_titles`` no title is cut: if there are many columns the table scrolls.
    """

    ROW = 22

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        *,
        text_columns: int = 1,
        whole_titles: bool = False,
    ) -> None:
        super().__init__(0, len(columns))
        self._whole_titles = whole_titles
        self._text_columns = text_columns
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_BarDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.ROW)
        self.verticalHeader().setMinimumSectionSize(self.ROW)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(LEAST)
        # Qt takes lines of a title together to see if they fit, and would cut those that do.
        elide = Qt.TextElideMode.ElideNone if whole_titles else Qt.TextElideMode.ElideMiddle
        self.horizontalHeader().setTextElideMode(elide)
        self.set_columns(columns)
        theme.signals.changed.connect(self._restyle)

    def set_columns(self, columns: Sequence[str], tips: Sequence[str] = ()) -> None:
        """Name the columns."""
        self.setColumnCount(len(columns))
        header = self.horizontalHeader()
        for k, title in enumerate(columns):
            item = QTableWidgetItem(title)
            left = k < self._text_columns
            side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            tip = tips[k] if k < len(tips) else ""
            item.setToolTip(tip or meaning(title) or title)
            self.setHorizontalHeaderItem(k, item)
            mode = QHeaderView.ResizeMode
            # Where many columns compete, all of them share what the first needs not.
            fits = (k == 0) == (len(columns) > 2 and self._text_columns == 1)
            header.setSectionResizeMode(k, mode.ResizeToContents if fits else mode.Stretch)
        if self._whole_titles:
            widest = max((header.sectionSizeHint(k) for k in range(len(columns))), default=0)
            header.setMinimumSectionSize(max(LEAST, widest))
        header.resizeSections()  # Qt does so for new rows only, and would cut a longer title

    def show_rows(self, rows: Sequence[Sequence[TableCell]]) -> None:
        """Show these rows; cells that stay the same are left alone."""
        if self.rowCount() != len(rows):
            self.setRowCount(len(rows))
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                self._show(r, c, cell)

    def titles(self) -> list[str]:
        """Return what the columns are called."""
        items = [self.horizontalHeaderItem(c) for c in range(self.columnCount())]
        return ["" if item is None else item.text() for item in items]

    def texts(self) -> list[list[str]]:
        """Return what the cells say, row by row."""
        return [
            [self._text(r, c) for c in range(self.columnCount())] for r in range(self.rowCount())
        ]

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the columns as they read, for a CSV file; numbers as programs write them."""
        rows = self.texts()
        columns = []
        for c, title in enumerate(self.titles()):
            texts = [row[c] if c < self._text_columns else _plain(row[c]) for row in rows]
            columns.append((title or f"column {c + 1}", np.array(texts)))
        return by_own_names(columns)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save, copy or enlarge the table."""
        chart_menu(self).popup(event.globalPos())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the rows chosen, or all, as text with tabs."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        chosen = sorted({index.row() for index in self.selectedIndexes()})
        rows = self.texts()
        lines = [self.titles(), *(rows[r] for r in chosen or range(len(rows)))]
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def fitting_height(self, rows: int) -> int:
        """Return the height at which so many rows are visible."""
        return self.horizontalHeader().sizeHint().height() + self.ROW * rows + 4

    def _text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return "" if item is None else item.text()

    def _show(self, row: int, column: int, cell: TableCell) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            right = column >= self._text_columns
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if right:
                item.setFont(theme.mono_font(9.0))
            self.setItem(row, column, item)
        if item.data(_ROLE) == cell:
            return
        item.setData(_ROLE, cell)
        item.setText(cell.text)
        item.setToolTip(cell.tip)
        item.setData(_BAR, cell.bar)
        font = item.font()
        if font.bold() != cell.bold:
            font.setBold(cell.bold)
            item.setFont(font)
        self._dress(item, cell)

    @staticmethod
    def _dress(item: QTableWidgetItem, cell: TableCell) -> None:
        item.setForeground(resolve_color(cell.color or "text"))
        mark = resolve_color(cell.mark) if cell.mark else None
        item.setData(Qt.ItemDataRole.DecorationRole, mark)

    def _restyle(self, _theme: object = None) -> None:
        for r in range(self.rowCount()):
            for c in range(self.columnCount()):
                item = self.item(r, c)
                cell = None if item is None else item.data(_ROLE)
                if item is not None and isinstance(cell, TableCell):
                    self._dress(item, cell)
        self.viewport().update()


def _plain(text: str) -> str:
    """A number and its unit without a typographic minus, no-break space, or marks in thousands."""
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)


class _BarDelegate(QStyledItemDelegate):
    """Draws the bar of a cell below its text."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        share = index.data(_BAR)
        if share:
            box = QRectF(option.rect).adjusted(4, 4, -4, -4)
            middle, half = box.center().x(), box.width() / 2
            length = half * max(-1.0, min(1.0, share))
            colors = theme.current().colors
            color = QColor(colors.good if share > 0 else colors.danger)
            color.setAlpha(70)
            left = middle if length > 0 else middle + length
            painter.fillRect(QRectF(left, box.top(), abs(length), box.height()), color)
        super().paint(painter, option, index)
