"""Questions to the person at the window, which goes on meanwhile."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

__all__ = ["ask", "choose"]


def ask(
    parent: QWidget,
    title: str,
    text: str,
    yes: str,
    run: Callable[[], object],
    *,
    loses: bool = False,
) -> QMessageBox:
    """Ask whether to go on; the window goes on meanwhile. ``run`` is called after a yes.

    If a yes ``loses`` what nobody can give back, Enter is a no.
    """
    # Not all desktops show the title of a dialog.
    box = QMessageBox(
        QMessageBox.Icon.Question, title, f"<b>{html.escape(title)}</b>", parent=parent
    )
    box.setInformativeText(text)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(stay if loses else agree)
    box.accepted.connect(run)
    box.open()
    return box


def choose(
    parent: QWidget,
    title: str,
    text: str,
    entries: list[str],
    yes: str,
    run: Callable[[str], object],
) -> QDialog:
    """Let one of ``entries`` be chosen; the window goes on meanwhile. ``run`` is called with it."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    heading = QLabel(text)
    heading.setWordWrap(True)
    heading.setTextFormat(Qt.TextFormat.PlainText)
    shown = QListWidget()
    shown.setAccessibleName(title)
    shown.addItems(entries)
    shown.setCurrentRow(0)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    agree = buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
    agree.setDefault(True)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    shown.itemActivated.connect(lambda _item: dialog.accept())

    def take() -> None:
        item = shown.currentItem()
        if item is not None:
            run(item.text())

    dialog.accepted.connect(take)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 16, 20, 14)
    layout.addWidget(heading)
    layout.addWidget(shown)
    layout.addWidget(buttons)
    dialog.setMinimumWidth(360)
    dialog.open()
    shown.setFocus()
    return dialog
