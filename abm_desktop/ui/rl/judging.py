"""Evaluations and stress tests that run or wait, in a process beside the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from abm_desktop.desk.formats import percent
from abm_desktop.learning.judging import assessment
from abm_desktop.ui.worker import Job, Worker, WorkerError

__all__ = ["JudgingQueue", "JudgingStrip", "JudgingTask"]

WORK = {"evaluation": assessment.evaluate_model, "stress_test": assessment.stress_test_model}
TITLES = {"evaluation": "Evaluating {name}", "stress_test": "Stress-testing {name}"}


@dataclass(slots=True, eq=False)
class JudgingTask:
    """One evaluation or stress test."""

    kind: str
    """ "evaluation" or "stress_test": the key of its results in a model's metrics."""
    name: str
    """Of the model."""
    job: Job | None = None
    share: float = 0.0
    at_work: str = ""


class JudgingQueue(QObject):
    """Carries out tasks one after the other; nothing here blocks."""

    changed = Signal()
    finished = Signal(object, dict)
    """A :class:`JudgingTask` and its results."""
    failed = Signal(object, str, str)
    """A :class:`JudgingTask`, why, and details."""

    def __init__(self, parent: QObject | None = None, worker: Worker | None = None) -> None:
        super().__init__(parent)
        self.tasks: list[JudgingTask] = []
        """The one at work first."""
        self._worker = worker or Worker(self)

    def start(self, kind: str, name: str, settings: dict[str, Any]) -> JudgingTask:
        """Begin a task, or let it wait for those before it."""
        task = JudgingTask(kind, name)

        def told(share: float, text: str) -> None:
            task.share, task.at_work = share, text
            self.changed.emit()

        task.job = self._worker.run(
            _work, kind, name, settings,
            done=lambda results: self._over(task, results),
            failed=lambda error: self._lost(task, error),
            progress=told,
        )  # fmt: skip
        self.tasks.append(task)
        self.changed.emit()
        return task

    def cancel(self, task: JudgingTask) -> None:
        """End a task; nothing of it is kept."""
        if task in self.tasks:
            self.tasks.remove(task)
            if task.job is not None:
                task.job.cancel()
            self.changed.emit()

    def close(self) -> None:
        """End the process."""
        self.tasks.clear()
        self._worker.close()

    def _over(self, task: JudgingTask, results: dict[str, Any]) -> None:
        self.tasks.remove(task)
        self.changed.emit()
        self.finished.emit(task, results)

    def _lost(self, task: JudgingTask, error: WorkerError) -> None:
        self.tasks.remove(task)
        self.changed.emit()
        self.failed.emit(task, str(error), error.details)


def _work(kind: str, name: str, settings: dict[str, Any], *, progress: Any) -> dict[str, Any]:
    """In the process: what :data:`WORK` names."""
    work: Any = WORK[kind]
    results: dict[str, Any] = work(name, **settings, progress=progress)
    return results


class JudgingStrip(QWidget):
    """The task at work, how far it is, and a way to end it; hidden if there is none."""

    def __init__(self, judging: JudgingQueue) -> None:
        super().__init__()
        self._judging = judging
        self.label = QLabel()
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.bar.setAccessibleName("Progress of the evaluation")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setToolTip("End it; the model stays as it is")
        self.cancel_button.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.label, 1)
        row.addWidget(self.bar)
        row.addWidget(self.cancel_button)
        judging.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the task at work."""
        tasks = self._judging.tasks
        self.setVisible(bool(tasks))
        if not tasks:
            return
        task = tasks[0]
        text = TITLES[task.kind].format(name=task.name)
        text += f": {percent(task.share)}"
        if task.at_work:
            text += f" ({task.at_work})"
        if len(tasks) > 1:
            text += f", {len(tasks) - 1} more wait"
        self.label.setText(text)
        self.bar.setValue(round(1000 * task.share))

    def _cancel(self) -> None:
        if self._judging.tasks:
            self._judging.cancel(self._judging.tasks[0])
