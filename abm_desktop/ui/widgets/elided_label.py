"""A label that ends with an ellipsis if there is no room for all of its text."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

__all__ = ["ElidedLabel"]


class ElidedLabel(QLabel):
    """Asks for no width of its own.

    Args:
        text: one line.
        legible: share of it, at the least, that is worth to be shown; below that nothing is.
    """

    def __init__(self, text: str = "", *, legible: float = 0.0) -> None:
        super().__init__(text)
        self._legible = legible
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def shown_text(self) -> str:
        """As much of the text as there is room for."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        needed = metrics.horizontalAdvance(self.text())
        if needed <= room:
            return self.text()
        if room < self._legible * needed:
            return ""
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what there is room for."""
        short = self.shown_text()
        if short == self.text():
            super().paintEvent(event)
        elif short:
            painter = QPainter(self)
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), int(self.alignment()), short)
            painter.end()
