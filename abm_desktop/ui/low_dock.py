"""A panel below the pages of the window: log, notices, console."""

from __future__ import annotations

from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QWidget

from abm_desktop.ui.widgets.close_button import close_button

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
        close = close_button(f"Close {title}", "Close")
        close.clicked.connect(self.close)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 2, 8, 0)
        row.addWidget(told, 1)
        row.addWidget(close)
        self.setTitleBarWidget(bar)
