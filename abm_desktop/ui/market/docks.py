"""Panels that can be moved, floated and closed, and stand where they stood at the next start."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from abm_desktop.ui.widgets.panel import Panel

__all__ = ["BELOW", "LEFT", "RIGHT", "Desk", "Dock"]

LEFT, RIGHT = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
BELOW = Qt.DockWidgetArea.BottomDockWidgetArea
VERSION = 5
"""Of the stored layout: one of another set of docks is not restored."""
FIRST_SHARE = 0.25
"""Of the height, for the panels below, until they are moved by hand."""


def is_dragging() -> bool:
    """Whether the mouse is moving something, such as the border of a panel."""
    return bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)


class Dock(QDockWidget):
    """A panel as a dock: its title line is where it is taken to be moved."""

    came_forward = Signal()
    """It can be seen again: it was closed, or behind another one."""
    resized = Signal()

    def __init__(self, name: str, panel: Panel) -> None:
        super().__init__(panel.title.text())
        self.setObjectName(f"dock.{name}")
        self.panel = panel
        self.in_front = True
        """Whether it can be seen; Qt calls visible also what lies behind another one."""
        self.setTitleBarWidget(panel.take_header())
        self.setWidget(panel)
        self.visibilityChanged.connect(self._see)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of it."""
        super().resizeEvent(event)
        self.resized.emit()

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
        self._widths: dict[Dock, int] = {}
        """Of the docks at the sides, to be given once the page stands; empty if it is stored."""
        self._shares: dict[str, float | None] = {}
        """Of the height, by stack below; None: as it stands, for it was stored so."""
        self._fit = QTimer(self)
        """When Qt has laid out the page: what it is told before, it forgets."""
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._fit_below)

    def place(self, name: str, panel: Panel, area: Qt.DockWidgetArea, size: int) -> Dock:
        """Put ``panel`` at the end of ``area``, ``size`` pixels wide (below: high)."""
        dock = Dock(name, panel)
        dock.resized.connect(lambda: self._take_share(dock))
        self.addDockWidget(area, dock)
        # A panel that is opened behind others would not be seen.
        dock.toggleViewAction().triggered.connect(lambda shown: dock.raise_() if shown else None)
        self.docks[name] = dock
        sideways = area in (LEFT, RIGHT)
        along = Qt.Orientation.Horizontal if sideways else Qt.Orientation.Vertical
        self.resizeDocks([dock], [size], along)
        if sideways:
            self._widths[dock] = size
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
        if self._widths and self.isVisible():
            shown = {dock: width for dock, width in self._widths.items() if dock.in_front}
            self.resizeDocks(list(shown), list(shown.values()), Qt.Orientation.Horizontal)
            self._widths = {}
        now = self.height()
        for dock in self.docks.values():
            if not (self._is_below(dock) and dock.in_front and self.isVisible()):
                continue
            share = self._shares.get(self._stack_of(dock), FIRST_SHARE)
            if share is None:
                share = self._shares[self._stack_of(dock)] = dock.height() / now
            # The line of tabs of a stack is counted with it.
            bars = self.findChildren(QTabBar) if self.tabifiedDockWidgets(dock) else []
            tabs = max((bar.height() for bar in bars), default=0)
            self.resizeDocks([dock], [round(share * now) + tabs], Qt.Orientation.Vertical)

    def _take_share(self, dock: Dock) -> None:
        """Keep the share that a panel below was given by hand."""
        if self._is_below(dock) and is_dragging():
            self._shares[self._stack_of(dock)] = dock.height() / self.height()

    def _is_below(self, dock: Dock) -> bool:
        return self.dockWidgetArea(dock) == BELOW and not dock.isFloating()

    def _stack_of(self, dock: Dock) -> str:
        return min(each.objectName() for each in (dock, *self.tabifiedDockWidgets(dock)))

    def settled(self) -> None:
        """Remember the layout as it is now for :meth:`reset`."""
        self._first_layout = self.saveState(VERSION)

    def reset(self) -> None:
        """Put every dock where it was at the very first start."""
        self.restoreState(self._first_layout, VERSION)
        self._shares.clear()
        self._fit.start()

    def layout_now(self) -> QByteArray:
        """Return the layout, to be stored."""
        return self.saveState(VERSION)

    def restore_layout(self, layout: QByteArray | None) -> bool:
        """Put every dock where it was when ``layout`` was stored; False if that cannot be."""
        if layout is None or not self.restoreState(layout, VERSION):
            return False
        self._shares = {dock.objectName(): None for dock in self.docks.values()}
        self._widths = {}
        return True
