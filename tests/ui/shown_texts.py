"""Every text that a widget and its parts show, also in tips, menus, lists and to screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from PySide6.QtCore import QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QWidget,
)

_MOST_ROWS = 200


def shown_texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """(text, where it is shown) of a widget, its children and its actions."""
    for each in (widget, *widget.findChildren(QWidget)):
        where = f"{type(each).__name__} {each.objectName()}".strip()
        for text in _texts_of(each):
            if plain := _plain(text):
                yield plain, where
    for action in widget.findChildren(QAction):
        for text in (action.text(), action.toolTip(), action.statusTip()):
            if plain := _plain(text):
                yield plain, "QAction"


def _texts_of(each: QWidget) -> Iterator[str]:
    yield from (each.toolTip(), each.statusTip(), each.accessibleName(), each.windowTitle())
    if isinstance(each, QLabel | QAbstractButton):
        yield each.text()
    elif isinstance(each, QGroupBox):
        yield each.title()
    elif isinstance(each, QLineEdit):
        yield each.placeholderText()
    elif isinstance(each, QTextEdit | QPlainTextEdit):
        yield each.toPlainText()
    elif isinstance(each, QDockWidget):
        yield each.windowTitle()
    elif isinstance(each, QComboBox):
        yield from (each.itemText(k) for k in range(each.count()))
    elif isinstance(each, QTabWidget):
        for k in range(each.count()):
            yield from (each.tabText(k), each.tabToolTip(k))
    elif isinstance(each, QAbstractSpinBox) and hasattr(each, "suffix"):
        yield from (each.suffix(), each.prefix())
    elif isinstance(each, QAbstractItemView):
        yield from _texts_of_items(each)


def _texts_of_items(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    # A list model hides its number of columns: it has one.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    for column in range(columns):
        for role in roles:
            yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
    for row in range(min(model.rowCount(), _MOST_ROWS)):
        for column in range(columns):
            for role in roles:
                yield str(model.index(row, column).data(role) or "")


def _plain(text: str) -> str:
    """Without markup, the marks of mnemonics and key sequences."""
    text = unescape(re.sub(r"<[^>]+>", " ", text)).replace("&", "")
    return " ".join(text.split())
