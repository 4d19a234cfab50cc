"""A label for text that changes many times a second."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QLabel, QWidget

__all__ = ["SteadyLabel"]


class SteadyLabel(QLabel):
    """A QLabel of fixed size, which is chosen again only when a text does not fit any more.

    An ordinary label asks for a new layout at every change of its text, and each such request
    repaints the whole window: 8 ms a frame.
    """

    def __init__(self, sample: str = "", parent: QWidget | None = None) -> None:
        """``sample``: a text as wide as is usually needed."""
        super().__init__(parent)
        self._sample = sample
        self.fit(sample)

    def show_text(self, plain: str, rich: str | None = None) -> None:
        """Show ``plain``, or its formatted version ``rich``, which must be as wide."""
        text = plain if rich is None else rich
        if text != self.text():
            needed = self.needed(plain)
            if needed > self.width() or needed < 0.8 * self.width():
                wider = max(plain, self._sample, key=self.needed)
                if self.needed(wider) != self.width():
                    self.fit(wider)
            self.setText(text)

    def fit(self, plain: str) -> None:
        """Take the size that the text ``plain`` needs."""
        margins = self.contentsMargins()
        height = self.fontMetrics().height() + margins.top() + margins.bottom() + 2
        self.setFixedSize(self.needed(plain), height)

    def needed(self, plain: str) -> int:
        """Pixels that the text ``plain`` takes."""
        margins = self.contentsMargins()
        # Styled text is a little wider than its plain version: a fixed reserve covers it.
        text = math.ceil(self.fontMetrics().horizontalAdvance(plain) * 1.03) + 6
        return text + margins.left() + margins.right()
