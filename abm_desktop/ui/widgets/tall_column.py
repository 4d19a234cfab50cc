"""A column of controls that scrolls up and down, and is never narrower than what it holds."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

__all__ = ["TallColumn"]


class TallColumn(QScrollArea):
    """Keeps the width of its scroll bar free, so that the bar covers nothing when it comes."""

    def __init__(self, body: QWidget, least_height: int = 80, usual_width: int = 0) -> None:
        """``usual_width``: what it takes where there is room."""
        super().__init__()
        self._least, self._body, self._usual = least_height, body, usual_width
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)

    def minimumSizeHint(self) -> QSize:
        """Return the least width of the body, with room for the scroll bar."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self._body.minimumSizeHint().width() + bar, self._least)

    def sizeHint(self) -> QSize:
        """Return the usual width."""
        hint = super().sizeHint()
        return QSize(max(self._usual, self.minimumSizeHint().width()), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the body when it needs more room."""
        done = super().eventFilter(watched, event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done
