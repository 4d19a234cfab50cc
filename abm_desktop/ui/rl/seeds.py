"""How many seeds a recipe is trained with, and what they came to together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.learning.several_seeds import MOST_SEEDS
from abm_desktop.ui.widgets.close_button import close_button

__all__ = ["SeedsCard", "SeedsRow"]


class SeedsRow(QWidget):
    """A number of seeds, 1 as a rule."""

    def __init__(self) -> None:
        super().__init__()
        self.number = QSpinBox()
        self.number.setRange(1, MOST_SEEDS)
        self.number.setAccessibleName("Seeds")
        label = QLabel("Seeds, side by side")
        label.setBuddy(self.number)
        self.setToolTip(
            "Train with so many seeds, from the one above on, as many at once as there are cores, "
            "each in a process of its own; at the end they are reported together. So does the "
            "command “abm-desktop train --seeds”"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.number)

    def take(self) -> int:
        """The number, which is 1 again from now on."""
        chosen = self.number.value()
        self.number.setValue(1)
        return chosen


class SeedsCard(QFrame):
    """What several trainings came to together; hidden until there is something."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Trainings together")
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = close_button("Close what they came to together")
        self.close_button.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.text)
        self.hide()

    def tell(self, title: str, text: str) -> None:
        """Show it."""
        self.title.setText(title)
        self.text.setText(text)
        self.show()
