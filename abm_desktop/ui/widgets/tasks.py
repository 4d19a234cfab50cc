"""What takes longer than a second: how far it is, and a way to end it, beside the tabs."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QTabWidget, QWidget

from abm_desktop.desk.formats import percent
from abm_desktop.ui.widgets.elided_label import ElidedLabel
from abm_desktop.ui.widgets.steady_label import SteadyLabel

__all__ = ["PATIENCE", "Task", "Tasks"]

PATIENCE = 1.0
"""Real seconds that something may take before it is shown."""
LEAST_WATCHED, LEAST_DONE = 5.0, 0.08
"""Real seconds and share from which a pace is one."""
STEPS = 1000
LOOK_MS = 100
BAR_WIDTH = 120
MOST_TITLE = 400
"""Pixels of a title; the rest is in its tooltip."""
MINUTES_FROM = 180
"""Seconds from which minutes are told."""
SAMPLE = "100 % · 100 s · about 100 s left"


class Task:
    """One thing that goes on. It is shown by :class:`Tasks` if it lasts."""

    def __init__(self, title: str, cancel: Callable[[], object] | None) -> None:
        self.title = title
        self.cancel = cancel
        """Ends it; None if that cannot be."""
        self.share: float | None = None
        """How much is done, 0 to 1; None if nobody knows."""
        self.is_over = False
        self.began = time.monotonic()
        self._first: tuple[float, float] | None = None
        """When a share was known first, and which: it may have begun long before."""

    def seconds_left(self) -> float | None:
        """How long it will go on at the pace so far; None until that can be told."""
        if self.share is None:
            return None
        now = time.monotonic()
        if self._first is None or self.share < self._first[1] or self._first[1] == 0.0:
            self._first = (
                now,
                self.share,
            )  # before the first part is done, nothing is known of the pace
        since, before = self._first
        done = self.share - before
        if now - since < LEAST_WATCHED or done < LEAST_DONE:
            return None
        return (now - since) * (1.0 - self.share) / done

    def told(self) -> str:
        """How far it is, since when, and how long still, as far as that is known."""
        text = _lasting(int(time.monotonic() - self.began))
        if self.share is None:
            return text
        text = f"{percent(self.share)} · {text}"
        left = self.seconds_left()
        return text if left is None else f"{text} · about {_lasting(_rounded(left))} left"

    def end(self) -> None:
        """It is done, or was cancelled."""
        self.is_over = True


class _TaskRow(QWidget):
    """Title, bar, seconds, Cancel."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task
        self.title = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(BAR_WIDTH, 16)
        self.seconds = SteadyLabel(SAMPLE)
        self.seconds.setObjectName("panelNote")
        self.button = QPushButton("Cancel")
        self.button.setProperty("role", "small")
        self.button.setVisible(task.cancel is not None)
        self.button.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.title, 1)
        for widget in (self.bar, self.seconds, self.button):
            layout.addWidget(widget)

    def sizeHint(self) -> QSize:
        """With room for the whole title, which asks for none itself."""
        title = self.title.fontMetrics().horizontalAdvance(self.title.text())
        return super().sizeHint() + QSize(min(title, MOST_TITLE) + 4, 0)

    def show_task(self, *, alone: bool) -> None:
        """Show how far it is; beside others there is room for its bar only, not for seconds."""
        task = self.task
        self.seconds.setVisible(alone)
        if self.title.text() != task.title:
            self.title.setText(task.title)
            self.title.setToolTip(task.title)
            self.bar.setAccessibleName(task.title)
            self.button.setAccessibleName(f"Cancel: {task.title}")
        most = 0 if task.share is None else STEPS
        if self.bar.maximum() != most:
            self.bar.setRange(0, most)
        if task.share is not None:
            self.bar.setValue(round(STEPS * min(1.0, max(0.0, task.share))))
        self.seconds.show_text(task.told())
        self.bar.setToolTip(task.told())

    def _cancel(self) -> None:
        self.button.setEnabled(False)
        if self.task.cancel is not None:
            self.task.cancel()


def _rounded(seconds: float) -> int:
    """Seconds as they are promised: in steps of five, so that they do not flicker."""
    return max(5, 5 * round(seconds / 5))


def _lasting(seconds: int) -> str:
    """A time of waiting: seconds, or whole minutes where they are many.

    >>> _lasting(95), _lasting(400)
    ('95 s', '7 min')
    """
    return f"{seconds} s" if seconds < MINUTES_FROM else f"{round(seconds / 60)} min"


class Tasks(QFrame):
    """All that goes on; empty and hidden most of the time.

    It stands in the corner beside the tabs, where it moves nothing when it comes and goes.
    """

    def __init__(self, tabs: QTabWidget) -> None:
        super().__init__()
        self.setAccessibleName("What is being done")
        self._tabs = tabs
        self._tasks: list[Task] = []
        self._rows: dict[Task, _TaskRow] = {}
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 0, 8, 6)
        self._layout.setSpacing(24)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        tabs.setCornerWidget(self)
        self.hide()

    def sizeHint(self) -> QSize:
        """As wide as the tabs leave room for, at the most."""
        wanted = super().sizeHint()
        room = self._tabs.width() - self._tabs.tabBar().sizeHint().width()
        return QSize(max(0, min(wanted.width(), room)), wanted.height())

    def begin(self, title: str, cancel: Callable[[], object] | None = None) -> Task:
        """Say that something goes on; call its :meth:`Task.end` when it is over."""
        task = Task(title, cancel)
        self._tasks.append(task)
        self._timer.start()
        return task

    @property
    def rows(self) -> list[_TaskRow]:
        """The lines on show."""
        return list(self._rows.values())

    def look(self) -> None:
        """Show what lasts, and take away what is over."""
        for task in [task for task in self._tasks if task.is_over]:
            self._tasks.remove(task)
            row = self._rows.pop(task, None)
            if row is not None:
                self._layout.removeWidget(row)
                row.hide()
                row.deleteLater()
        for task in self._tasks:
            if task not in self._rows and time.monotonic() - task.began >= PATIENCE:
                self._rows[task] = _TaskRow(task)
                self._layout.addWidget(self._rows[task])
        for row in self._rows.values():
            row.show_task(alone=len(self._rows) == 1)
        self.setVisible(bool(self._rows))
        if not self._tasks:
            self._timer.stop()
