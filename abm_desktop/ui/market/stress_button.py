"""The button that injects a stress, and says how the newest of its kind stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from abm_desktop.ui.stress_kinds import StressKind
from abm_desktop.ui.widgets.icons import icon

__all__ = ["StressButton"]

_SHORTER = {"press Run": "waits", "acting": "acts", "queued": "later"}
"""How a stress stands, if there is little room."""
_BESIDE = 50
"""Pixels of a button's icon and edges."""


class StressButton(QPushButton):
    """How its stress stands is never cut; its title may be."""

    def __init__(self, stress: StressKind) -> None:
        super().__init__(icon(stress.kind, "warning"), stress.title)
        self.setProperty("role", "stress")
        # What is written on it must not move the panel.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._title, self._standing = stress.title, ""

    def say(self, standing: str) -> None:
        """Say how the stress stands, in a word or two; "" if there is none."""
        if standing != self._standing:
            self._standing = standing
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write what the new width has room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        words, text = self._standing, self._title
        if words:
            bold = QFont(self.font())
            bold.setBold(True)  # by the style sheet, of which the button's font knows nothing
            metrics, room = QFontMetrics(bold), self.width() - _BESIDE
            text = f"{self._title} · {words}"
            if metrics.horizontalAdvance(text) > room:
                after = f" · {_SHORTER.get(words, words)}"
                left = room - metrics.horizontalAdvance(after)
                title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, left)
                text = title + after
        if text != self.text():
            self.setText(text)
