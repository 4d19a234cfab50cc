"""A panel below the pages of the window: log, notices, console."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from abm_desktop.ui.widgets.icons import icon

__all__ = ["LowDock"]


class LowDock(QDockWidget):
    """A panel with a line to take it by, and a button in it that closes it.

    Args:
        name: by which a stored layout knows it.
        title: what stands in the line.
        widget: what it shows.
    """

    def __init__(self, name: str, title: str, widget: QWidget) -> None:
        super().__init__(title)
        self.setObjectName(f"dock.{name}")
        self.setWidget(widget)
        # The icons of the style's own line cannot be seen in dark themes.
        bar = QWidget()
        told = QLabel(title)
        told.setObjectName("panelTitle")
        close = QToolButton()
        close.setIcon(icon("close", "muted"))
        close.setIconSize(QSize(10, 10))
        close.setProperty("role", "flat")
        close.setToolTip("Close")
        close.setAccessibleName(f"Close {title}")
        close.clicked.connect(self.close)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 2, 8, 0)
        row.addWidget(told, 1)
        row.addWidget(close)
        self.setTitleBarWidget(bar)
