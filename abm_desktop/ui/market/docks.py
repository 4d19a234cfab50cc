"""Panels that can be moved, floated and closed, and stand where they stood at the next start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from abm_desktop.ui.widgets.panel import Panel

__all__ = ["BELOW", "LEFT", "RIGHT", "Desk", "Dock"]

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
VERSION = 3
"""Of the stored layout: one of another set of docks is not restored."""
FIRST_SHARE = 0.25
"""Of the height, for the panels below, until they are moved by hand."""


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
        self._below: dict[str, tuple[float, int, int]] = {}
        """By stack below: its share of the height, and the pixels it was given, of how many."""
        self._fit = QTimer(self)
        """When Qt has laid out the page: what it is told before, it forgets."""
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._fit_below)

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the panels below keep their share of the height; Qt gives the middle all of it."""
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            self._fit.start()

    def _fit_below(self) -> None:
        now = self.height()
        for dock in self.docks.values():
            below = self.dockWidgetArea(dock) == BELOW and not dock.isFloating() and dock.in_front
            if not below or not self.isVisible():
                continue
            stack = self.tabifiedDockWidgets(dock)
            name = min(each.objectName() for each in (dock, *stack))
            share, given, of = self._below.get(name, (FIRST_SHARE, 0, 0))
            if of and abs(dock.height() - given) > 1:  # moved by hand
                share = dock.height() / of
            given = max(round(share * now), dock.minimumSizeHint().height())
            self._below[name] = (share, given, now)
            # The line of tabs of a stack is counted with it.
            bars = self.findChildren(QTabBar) if stack else []
            tabs = max((bar.height() for bar in bars), default=0)
            self.resizeDocks([dock], [given + tabs], Qt.Orientation.Vertical)

    def settled(self) -> None:
        """Remember the layout as it is now for :meth:`reset`."""
        self._first_layout = self.saveState(VERSION)

    def reset(self) -> None:
        """Put every dock where it was at the very first start."""
        self.restoreState(self._first_layout, VERSION)
        self._below.clear()
        self._fit.start()

    def layout_now(self) -> QByteArray:
        """Return the layout, to be stored."""
        return self.saveState(VERSION)

    def restore_layout(self, layout: QByteArray | None) -> bool:
        """Put every dock where it was when ``layout`` was stored; False where that cannot be."""
        if layout is None or not self.restoreState(layout, VERSION):
            return False
        # The heights are those that were stored.
        self._below = {dock.objectName(): (0.0, 0, self.height()) for dock in self.docks.values()}
        return True
