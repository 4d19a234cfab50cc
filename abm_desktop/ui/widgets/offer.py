"""A line at the top of the window that offers something, with a button for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

__all__ = ["Offer"]


class Offer(QFrame):
    """Asks without standing in the way; it stays until it is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setProperty("level", "info")
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.buttons: list[QPushButton] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 8, 6)
        self._layout.setSpacing(12)
        self._layout.addWidget(self.title)
        self._layout.addWidget(self.text, 1)
        self.hide()

    def ask(
        self, title: str, text: str, answers: Sequence[tuple[str, str, Callable[[], object]]]
    ) -> None:
        """Offer; each of ``answers`` is what its button says, its tooltip, and what it does."""
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

    def _answer(self, run: Callable[[], object]) -> None:
        self.hide()
        run()
