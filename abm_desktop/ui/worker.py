"""One process beside the window, kept, for computations of more than a few milliseconds.

A job is a function that can be imported, with arguments that can be pickled. Jobs run one after the
other; each answers once on the UI thread. The process starts with the first job and ends with the
window, also where that dies: its pipe then ends.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import queue
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from abm_desktop import child_python
from abm_desktop.desk.worker_process import WorkerError, work_for_ever

__all__ = ["Job", "Worker", "WorkerError"]

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A computation that was asked for. :meth:`cancel` it where its answer is not wanted."""

    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    done: Callable[[Any], None]
    failed: Callable[[WorkerError], None]
    progress: Callable[[float, Any], None] | None
    worker: Worker = field(repr=False)
    is_over: bool = False
    """Answered, failed or cancelled: nothing will be called any more."""

    def cancel(self) -> None:
        """Forget the job; if it runs already, its process is ended and a new one started."""
        if not self.is_over:
            self.is_over = True
            self.worker.forget(self)


class Worker(QObject):
    """Runs jobs in another process; the callbacks come on the thread that made the worker."""

    _told = Signal(object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._current: Job | None = None
        self._lock = threading.Lock()
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
        job = Job(work, arguments, done, failed, progress, self)
        if self._closed:
            job.is_over = True
            return job
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="ui-worker", daemon=True)
            self._thread.start()
        self._open = [j for j in self._open if not j.is_over]
        self._open.append(job)
        self._jobs.put(job)
        return job

    @property
    def is_busy(self) -> bool:
        """Whether some job has not been answered yet."""
        return any(not job.is_over for job in self._open)

    def close(self) -> None:
        """End the process; nothing is called afterwards."""
        self._closed = True
        self._jobs.put(None)
        self._end_process()
        if self._thread is not None:
            self._thread.join(5.0)

    def forget(self, job: Job) -> None:
        """End the process if it is at this job; for :meth:`Job.cancel`."""
        with self._lock:
            if self._current is job:
                self._end_process()

    def _end_process(self) -> None:
        process = self._process
        if process is not None:
            process.kill()

    # -- the thread that talks with the process ------------------------------------------------

    def _serve(self) -> None:
        connection: Connection | None = None
        while not self._closed:
            job = self._jobs.get()
            if job is None or self._closed:
                break
            if job.is_over:
                continue
            try:
                if connection is None:
                    connection = self._start_process()
                with self._lock:
                    self._current = job
                if not job.is_over:
                    self._carry_out(job, connection)
            except (OSError, EOFError):
                # The process is gone: cancelled, or killed by somebody.
                self._reap(connection)
                connection = None
                self._tell(job, "failed", WorkerError("the process for computations ended"))
            except Exception as error:  # arguments that cannot be pickled, a wrong answer
                log.exception("a computation could not be handed over")
                self._tell(job, "failed", WorkerError(str(error), traceback.format_exc()))
            finally:
                with self._lock:
                    self._current = None
        self._reap(connection)

    def _reap(self, connection: Connection | None) -> None:
        if connection is not None:
            connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def _start_process(self) -> Connection:
        child_python.protect_children()
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(
            target=work_for_ever, args=(there,), name="abm-desktop-worker", daemon=True
        )
        process.start()
        there.close()
        self._process = process
        if self._closed:
            process.kill()
        return here

    def _carry_out(self, job: Job, connection: Connection) -> None:
        connection.send((job.work, job.arguments, job.progress is not None))
        while True:
            kind, value = connection.recv()
            self._tell(job, kind, value)
            if kind != "progress":
                return

    def _tell(self, job: Job, kind: str, value: object) -> None:
        if not self._closed and not job.is_over:
            # The window may be gone at this very moment.
            with contextlib.suppress(RuntimeError):
                self._told.emit(job, kind, value)

    def _deliver(self, job: Job, kind: str, value: Any) -> None:
        if self._closed or job.is_over:
            return
        if kind == "progress":
            if job.progress is not None:
                job.progress(*value)
            return
        job.is_over = True
        if kind == "done":
            job.done(value)
        else:
            log.debug("a computation failed: %s\n%s", value, value.details)
            job.failed(value)
