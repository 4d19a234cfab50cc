"""A slider that goes where it is clicked, and can be dragged on from there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

__all__ = ["JumpSlider"]


class JumpSlider(QSlider):
    """Horizontal; a click beside the handle brings it there at once, instead of a page nearer."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)

    def value_at(self, x: float) -> int:
        """Return the value whose handle stands at a pixel."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, control = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        return QStyle.sliderValueFromPosition(
            self.minimum(),
            self.maximum(),
            round(x) - groove.x() - handle.width() // 2,
            groove.width() - handle.width(),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and take hold of the handle."""
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > self.minimum():
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            if not handle.contains(event.position().toPoint()):
                self.setValue(self.value_at(event.position().x()))
        super().mousePressEvent(event)
