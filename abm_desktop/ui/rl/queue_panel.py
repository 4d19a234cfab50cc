"""The trainings that wait: reorder them, take them out, start the next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.ui.rl.run_queue import RunQueue, title_of
from abm_desktop.ui.widgets.panel import EmptyState

__all__ = ["QueuePanel"]


class QueuePanel(QWidget):
    """A view of a :class:`RunQueue`."""

    start_next_requested = Signal()
    edit_requested = Signal(object)
    """A configuration that was taken out, to be changed in the form."""

    def __init__(self, queue: RunQueue) -> None:
        super().__init__()
        self._queue = queue
        self._is_training = False
        self.list = QListWidget()
        self.list.setAccessibleName("Trainings that wait, the next first")
        self.list.currentRowChanged.connect(lambda _row: self._follow())
        self.note = QLabel()
        self.note.setObjectName("panelNote")
        self.next_button = self._button(
            "Start next", "Train the first of the list now",
            self.start_next_requested.emit,
        )  # fmt: skip
        self.up_button = self._button(
            "Up", "Train the selected one earlier", lambda: self._move(-1)
        )
        self.down_button = self._button(
            "Down", "Train the selected one later", lambda: self._move(1)
        )
        self.edit_button = self._button(
            "Edit", "Take it out of the list and into the form", self._edit
        )
        self.remove_button = self._button(
            "Remove", "Take the selected one out of the list", self._remove
        )
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.note, 1)
        for button in (
            self.next_button, self.up_button, self.down_button, self.edit_button,
            self.remove_button,
        ):  # fmt: skip
            row.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        self.list.setViewportMargins(5, 0, 5, 0)
        column.addWidget(self.list, 1)
        self.empty = EmptyState(
            "No training waits",
            "Fill in the form and press “Add to queue”: each training starts when the one "
            "before it has ended.",
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        queue.changed.connect(self._fill)
        self._fill()

    def show_training(self, is_training: bool) -> None:
        """Follow whether a training runs: the next cannot start before it ends."""
        self._is_training = is_training
        self._follow()

    def _button(self, text: str, tip: str, run: object) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: run())  # type: ignore[operator]
        return button

    def _fill(self) -> None:
        titles = [title_of(config) for config in self._configs()]
        if titles != [self.list.item(k).text() for k in range(self.list.count())]:
            row = self.list.currentRow()
            self.list.clear()
            self.list.addItems(titles)
            self.list.setCurrentRow(min(max(row, 0), len(titles) - 1))
        self._pages.setCurrentIndex(1 if titles else 0)
        self._follow()

    def _configs(self) -> list[TrainingConfig]:
        return [self._queue[k] for k in range(len(self._queue))]

    def _follow(self) -> None:
        row, n = self.list.currentRow(), len(self._queue)
        self.next_button.setEnabled(n > 0 and not self._is_training)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < n - 1)
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(0 <= row < n)
        if self._queue.is_held:
            note = "Waits: press “Start next” to go on"
        elif self._is_training:
            note = "The first starts when the training that runs has ended"
        else:
            note = "Press “Start next”"
        self.note.setText(note)

    def _move(self, by: int) -> None:
        self.list.setCurrentRow(self._queue.move(self.list.currentRow(), by))

    def _remove(self) -> None:
        self._queue.remove(self.list.currentRow())

    def _edit(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._queue):
            config = self._queue[row]
            self._queue.remove(row)
            self.edit_requested.emit(config)
