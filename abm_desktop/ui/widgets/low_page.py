"""A page that scrolls in a window too low for it: with a notice above and the log below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

__all__ = ["LowPage", "PageStack"]


class LowPage(QScrollArea):
    """Gives its page the whole room, but never less height than it needs to be read."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Return little: what is below is scrolled to, and in width a page gives way."""
        return QSize(320, 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the room."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the page when it needs another height."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        room = self.viewport().size()
        height = max(room.height(), self._page.minimumSizeHint().height())
        self._page.resize(room.width(), height)


class PageStack(QStackedWidget):
    """Pages in one place that need no more room than the one on show."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _index: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        """Return what the page on show needs."""
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()
