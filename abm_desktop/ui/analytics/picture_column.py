"""Pictures one below the other, each as wide as there is room, with its caption."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

__all__ = ["PictureColumn"]

_MARGIN = 8


class PictureColumn(QScrollArea):
    """Shows PNG pictures; it scrolls down, never aside."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(240)
        self.setAccessibleName("Pictures of the report")
        self.pictures: list[tuple[QLabel, QPixmap]] = []

    def show_pictures(self, pictures: Sequence[tuple[str, bytes]]) -> None:
        """Show these, (caption, PNG) each, in place of what was shown."""
        self.pictures = []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        for caption, content in pictures:
            pixmap = QPixmap()
            pixmap.loadFromData(content)
            label, text = QLabel(), QLabel(caption)
            label.setAccessibleName(caption)
            text.setObjectName("panelNote")
            text.setWordWrap(True)
            column.addWidget(label)
            column.addWidget(text)
            self.pictures.append((label, pixmap))
        column.addStretch(1)
        self.setWidget(body)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the pictures as wide as there is room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(self.viewport().width() - _MARGIN, 1)
        ratio = self.devicePixelRatioF()
        for label, pixmap in self.pictures:
            if pixmap.isNull():
                continue
            fitted = pixmap.scaledToWidth(
                round(width * ratio), Qt.TransformationMode.SmoothTransformation
            )
            fitted.setDevicePixelRatio(ratio)
            label.setPixmap(fitted)
            label.setFixedHeight(round(fitted.height() / ratio))
