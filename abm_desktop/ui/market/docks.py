"""Panels that can be moved, floated and closed, and stand where they stood at the next start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget

from abm_desktop.ui.widgets.panel import Panel

__all__ = ["BELOW", "LEFT", "RIGHT", "Desk", "Dock"]

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
VERSION = 3
"""Of the stored layout: one of another set of docks is not restored."""


class Dock(QDockWidget):
    """A panel as a dock: its title line is where it is taken to be moved."""

    came_forward = Signal()
    """It can be seen again: it was closed, or behind another one."""

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(panel.title.text())
        self.setObjectName(f"dock.{name}")
        self.panel = panel
        self.in_front = True
        """Whether it can be seen; Qt calls visible also what lies behind another one."""
        self.setTitleBarWidget(panel.take_header())
        self.setWidget(panel)
        self.visibilityChanged.connect(self._see)

    def _see(self, shown: bool) -> None:
        came = shown and not self.in_front
        self.in_front = shown
        if came:
            self.came_forward.emit()


class Desk(QMainWindow):
    """A page with one panel in the middle, and docks around it."""

    def __init__(self, centre: QWidget) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("desk")
        self.setDockNestingEnabled(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, LEFT), (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopRightCorner, RIGHT), (Qt.Corner.BottomRightCorner, RIGHT),
        ):  # fmt: skip
            self.setCorner(corner, area)
        self.setCentralWidget(centre)
        self.docks: dict[str, Dock] = {}
        self._first_layout = QByteArray()

    def place(self, name: str, panel: Panel, area: Qt.DockWidgetArea, size: int) -> Dock:
        """Put ``panel`` at the end of ``area``, ``size`` pixels wide (below: high)."""
        dock = Dock(name, panel)
        self.addDockWidget(area, dock)
        self.docks[name] = dock
        sideways = area in (LEFT, RIGHT)
        along = Qt.Orientation.Horizontal if sideways else Qt.Orientation.Vertical
        self.resizeDocks([dock], [size], along)
        return dock

    def stack(self, names: Sequence[str]) -> None:
        """Let the docks called so share one place, with the first on top."""
        first, *others = (self.docks[name] for name in names)
        for other in others:
            self.tabifyDockWidget(first, other)
            other.in_front = False
        first.raise_()

    def settled(self) -> None:
        """Remember the layout as it is now for :meth:`reset`."""
        self._first_layout = self.saveState(VERSION)

    def reset(self) -> None:
        """Put every dock where it was at the very first start."""
        self.restoreState(self._first_layout, VERSION)

    def layout_now(self) -> QByteArray:
        """Return the layout, to be stored."""
        return self.saveState(VERSION)

    def restore_layout(self, layout: QByteArray | None) -> bool:
        """Put every dock where it was when ``layout`` was stored; False where that cannot be."""
        return layout is not None and self.restoreState(layout, VERSION)
