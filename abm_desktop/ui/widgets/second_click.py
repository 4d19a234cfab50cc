"""The second click of a double-click reaches nothing on a page that the first has opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QApplication, QTabWidget

__all__ = ["SecondClick"]

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class SecondClick(QObject):
    """Watches the pages of a tab widget.

    Who clicks twice on *Watch a crash* would else sell with the button that the Market tab has at
    the same place.
    """

    def __init__(self, tabs: QTabWidget) -> None:
        super().__init__(tabs)
        self._tabs = tabs
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._rest)
        self._window: QObject | None = None
        self._where = QCursor.pos()
        tabs.currentChanged.connect(self._watch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the second press of a double-click from the new page."""
        if not isinstance(event, QMouseEvent) or event.type() not in _PRESSES:
            return False
        away = (event.globalPosition().toPoint() - self._where).manhattanLength()
        return away <= QApplication.startDragDistance()

    def _watch(self, _index: int) -> None:
        # Only for so long: a filter in Python costs something with every event.
        self._rest()
        self._where = QCursor.pos()
        self._window = self._tabs.window().windowHandle()
        if self._window is not None:
            self._window.installEventFilter(self)
            self._timer.start(QApplication.doubleClickInterval())

    def _rest(self) -> None:
        if self._window is not None:
            self._window.removeEventFilter(self)
            self._window = None
