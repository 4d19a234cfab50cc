"""Small windows: the sheet of shortcuts, and the about box."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui.commands import CATALOGUE, GROUPS, plain_title

__all__ = ["about_box", "shortcut_sheet"]


def shortcut_sheet(parent: QWidget) -> QDialog:
    """Return a window, not shown yet, that lists every command with its keys."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keyboard shortcuts")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    columns = QGridLayout()
    columns.setHorizontalSpacing(36)
    # Columns of about one height, that fit a screen of 800 pixels.
    shown = (("market", "help"), ("file", "view"), ("training", "analytics"))
    for place, groups in enumerate(shown):
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(2)
        for group in groups:
            title = QLabel(plain_title(GROUPS[group]))
            title.setObjectName("panelTitle")
            title.setContentsMargins(0, 8, 0, 0)
            grid.addWidget(title, grid.rowCount(), 0, 1, 2)
            for command in CATALOGUE:
                if command.group == group and command.keys:
                    row = grid.rowCount()
                    grid.addWidget(
                        QLabel(plain_title(command.title)),
                        row,
                        0,
                    )
                    keys = QLabel(command.keys.replace("Return", "Enter"))
                    keys.setObjectName("panelNote")
                    grid.addWidget(keys, row, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        columns.addLayout(grid, 0, place)
    note = QLabel(
        "In a chart over time the wheel (+, −) zooms, a drag (←, →) moves into the past, a "
        "double click (End) returns.\nIn the ladder the arrow keys choose a price and a side, "
        "Enter places an order there or cancels it.\nTab moves between controls; files may be "
        "dropped anywhere on the window."
    )
    note.setObjectName("panelNote")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 12, 20, 14)
    layout.addLayout(columns)
    layout.addWidget(note)
    layout.addWidget(buttons)
    return dialog


def about_box(parent: QWidget) -> QDialog:
    """Return a window, not shown yet, with the version of the program and what it stands on."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("About ABM Desktop")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title = QLabel("ABM Desktop")
    title.setObjectName("emptyTitle")
    text = QLabel(
        (
            "A desktop market laboratory: deep-RL trading agents and algorithmic traders in one "
            "live limit order book, under stress.\n\nVersion {version} · MIT licence\n"
            "Python {python} · Qt {qt}"
        ).format(version=_version("abm-desktop"), python=platform.python_version(), qt=qVersion())
    )
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(20, 16, 20, 14)
    layout.addWidget(title)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.setMinimumWidth(420)
    return dialog


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "from source"
