"""A card over the foot of the page that offers something, with a button for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

__all__ = ["Offer"]

MARGIN = 8
MOST_WIDTH, SIDE_FREE = 760, 250
"""Pixels: as wide as it gets, and what it leaves at each side if it can, for the buttons there."""
LEAST_WIDTH = 480


class Offer(QFrame):
    """Asks without standing in the way; it stays until it is answered.

    It floats and moves nothing, unless it is told to make room: before the first frame nobody
    points at anything yet, and a card that may stay for long is to cover no button.

    Args:
        over: the widget over whose lower edge it floats.
        above: another card that floats there; while that is shown this stands on top of it.
    """

    def __init__(self, over: QWidget, above: QWidget) -> None:
        super().__init__(over)
        self._over, self._above = over, above
        self._makes_room = False
        over.installEventFilter(self)
        above.installEventFilter(self)
        self.setObjectName("notice")
        self.setProperty("level", "info")
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.buttons: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 8, 6)
        self._layout.setSpacing(12)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self.title)
        told.addWidget(self.text)
        self._layout.addLayout(told, 1)
        self.hide()

    def ask(
        self,
        title: str,
        text: str,
        answers: Sequence[tuple[str, str, Callable[[], object]]],
        *,
        makes_room: bool = False,
    ) -> None:
        """Offer; each of ``answers`` is what its button says, its tooltip, and what it does.

        ``makes_room``: the page ends above it as long as it is on show.
        """
        self._makes_room = makes_room
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(f"{title}. {text}")
        before: QWidget = self
        for k, (words, tip, run) in enumerate(answers):
            button = QPushButton(words)
            button.setToolTip(tip)
            if k == 0:
                button.setProperty("role", "primary")
            button.clicked.connect(lambda _checked=False, run=run: self._answer(run))
            self._layout.addWidget(button)
            self.buttons.append(button)
            QWidget.setTabOrder(before, button)
            before = button
        self.show()
        self.raise_()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge of the page, or on top of the other card."""
        moved = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
        if event.type() in moved and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._over.rect()
        width = min(MOST_WIDTH, max(room.width() - 2 * SIDE_FREE, LEAST_WIDTH))
        width = min(width, room.width() - 2 * MARGIN)
        self._layout.activate()
        height = self._layout.totalSizeHint().height()
        if self._layout.hasHeightForWidth():  # a text, which is wrapped
            height = self._layout.totalHeightForWidth(width)
        foot = room.height() if self._above.isHidden() else self._above.y()
        self.setGeometry((room.width() - width) // 2, foot - MARGIN - height, width, height)
        self._layout.activate()
        self._leave_free(height + 2 * MARGIN if self._makes_room else 0)

    def _leave_free(self, height: int) -> None:
        """Let the page end so many pixels above the lower edge."""
        layout = self._over.layout()
        if layout is not None and layout.contentsMargins().bottom() != height:
            layout.setContentsMargins(0, 0, 0, height)

    def _answer(self, run: Callable[[], object]) -> None:
        self.hide()
        self._leave_free(0)
        run()
