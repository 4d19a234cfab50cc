"""The process beside the window for computations of more than a few milliseconds, with callbacks.

A job is a function that can be imported, with arguments that can be pickled. Jobs run one after the
other; each answers once on the UI thread. See :mod:`abm_desktop.desk.computing`.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from abm_desktop.desk.computing import Computing
from abm_desktop.desk.worker_process import WorkerError

__all__ = ["Job", "Worker", "WorkerError"]

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A computation that was asked for. :meth:`cancel` it if its answer is not wanted."""

    done: Callable[[Any], None]
    failed: Callable[[WorkerError], None]
    progress: Callable[[float, Any], None] | None
    forget: Callable[[Job], None] = field(repr=False)
    is_over: bool = False
    """Answered, failed or cancelled: nothing will be called any more."""
    answer: Future[Any] | None = None

    def cancel(self, then: Callable[[], object] | None = None) -> None:
        """Forget the job; if it runs already, its process is ended and a new one started.

        ``then`` is called when that process is gone, on any thread.
        """
        if not self.is_over:
            answer = self.answer
            self.forget(self)
            self.end()
            if then is not None and answer is not None:
                answer.add_done_callback(lambda _answer: then())

    def end(self) -> None:
        """Call nothing any more, and let go of everything that was asked and answered.

        Callbacks hold on to whole runs, and the answer to its callbacks: who keeps a job that is
        over would keep them all.
        """
        self.is_over = True
        self.done = self.failed = _nothing
        self.progress = self.answer = None


def _nothing(_value: object) -> None:
    pass


class Worker(QObject):
    """Runs jobs in another process; the callbacks come on the thread that made the worker."""

    _told = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None, computing: Computing | None = None) -> None:
        super().__init__(parent)
        self._computing, self._owns = computing or Computing(), computing is None
        self._closed = False
        self._open: list[Job] = []
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[..., Any],
        *arguments: Any,
        done: Callable[[Any], None],
        failed: Callable[[WorkerError], None],
        progress: Callable[[float, Any], None] | None = None,
    ) -> Job:
        """Call ``work(*arguments)`` in the process, then ``done(result)`` or ``failed(error)``.

        With ``progress``, ``work`` gets a further argument ``progress=``: a function of a share (0
        to 1) and of what is at work, whose calls arrive here. The arguments are pickled on another
        thread, so they must not change.
        """
        job = Job(done, failed, progress, self._forget)
        if self._closed:
            job.is_over = True
            return job
        tells = None
        if progress is not None:
            tells = lambda share, what: self._tell(job, "progress", (share, what))  # noqa: E731
        self._open = [j for j in self._open if not j.is_over]
        self._open.append(job)
        answer = job.answer = self._computing.run(work, *arguments, progress=tells)
        answer.add_done_callback(partial(self._answered, job))
        return job

    @property
    def is_busy(self) -> bool:
        """Whether some job has not been answered yet."""
        return any(not job.is_over for job in self._open)

    def close(self) -> None:
        """Forget all jobs, and end the process unless others use it; nothing is called then."""
        self._closed = True
        for job in self._open:
            job.cancel()
        if self._owns:
            self._computing.close()

    def _forget(self, job: Job) -> None:
        if job.answer is not None:
            self._computing.cancel(job.answer)

    # -- on the thread that talks with the process ---------------------------------------------

    def _answered(self, job: Job, answer: Future[Any]) -> None:
        if answer.cancelled():
            return
        error = answer.exception()
        if error is None:
            self._tell(job, "done", answer.result())
        else:
            self._tell(job, "failed", error)

    def _tell(self, job: Job, kind: str, value: object) -> None:
        if not self._closed and not job.is_over:
            # The window may be gone at this very moment.
            with contextlib.suppress(RuntimeError):
                self._told.emit(job, kind, value)

    # -- on the thread that made the worker -----------------------------------------------------

    def _deliver(self, job: Job, kind: str, value: Any) -> None:
        if self._closed or job.is_over:
            return
        if kind == "progress":
            if job.progress is not None:
                job.progress(*value)
            return
        done, failed = job.done, job.failed
        job.end()
        if kind == "done":
            done(value)
        else:
            log.debug("a computation failed: %s\n%s", value, value.details)
            failed(value)
