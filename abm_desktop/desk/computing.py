"""One process beside the program, kept, for computations of more than a few milliseconds. No Qt.

A job is a function that can be imported, with arguments that can be pickled. Jobs run one after the
other. The process starts with the first job and ends with :meth:`Computing.close`, also if its
owner dies: its pipe then ends.
"""

from __future__ import annotations

import logging
import multiprocessing
import queue
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from abm_desktop import child_python
from abm_desktop.desk.statements import ComputationEnded
from abm_desktop.desk.worker_process import WorkerError, work_for_ever

__all__ = ["Computing"]

log = logging.getLogger(__name__)

_JOIN_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class _Job:
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    progress: Callable[[float, Any], object] | None
    answer: Future[Any] = field(default_factory=Future)
    is_forgotten: bool = False


class Computing:
    """Runs jobs in another process; any thread may ask.

    >>> computing = Computing()
    >>> computing.run(divmod, 17, 5).result(60)
    (3, 2)
    >>> computing.close()
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self._current: _Job | None = None
        self._lock = threading.Lock()
        self._closed = False

    def run(
        self,
        work: Callable[..., Any],
        *arguments: Any,
        progress: Callable[[float, Any], object] | None = None,
    ) -> Future[Any]:
        """Call ``work(*arguments)`` in the process.

        With ``progress``, ``work`` gets a further argument ``progress=``: a function of a share (0
        to 1) and of what is at work, whose calls arrive there, on a thread of this object. The
        arguments are pickled on another thread, so they must not change. The answer raises
        :class:`~abm_desktop.desk.worker_process.WorkerError` if ``work`` failed, or if the process
        was ended; after :meth:`close` it is cancelled.
        """
        job = _Job(work, arguments, progress)
        with self._lock:
            if self._closed:
                job.answer.cancel()
                return job.answer
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="computing", daemon=True)
                self._thread.start()
            self._jobs.put(job)
        return job.answer

    def cancel(self, answer: Future[Any]) -> None:
        """Forget a job; if it runs already, its process is ended and a new one started."""
        if answer.cancel():
            return
        with self._lock:
            if self._current is not None and self._current.answer is answer:
                self._current.is_forgotten = True
                self._end_process()

    def close(self) -> None:
        """End the process; what was not answered is cancelled, or fails if it ran."""
        with self._lock:
            self._closed = True
            self._jobs.put(None)
            self._end_process()
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()

    # -- the thread that talks with the process ------------------------------------------------

    def _serve(self) -> None:
        connection: Connection | None = None
        while (job := self._jobs.get()) is not None:
            connection = self._answer(job, connection)
            # The next may come in an hour, and its arguments may be a whole session.
            del job
        self._reap(connection)

    def _answer(self, job: _Job, connection: Connection | None) -> Connection | None:
        """Have a job done; returns the connection to the process that is there afterwards."""
        with self._lock:
            if self._closed:
                job.answer.cancel()
            if not job.answer.set_running_or_notify_cancel():
                return connection
            self._current = job
        try:
            if connection is None:
                connection = self._start_process()
            if job.is_forgotten:
                raise EOFError("it was cancelled while its process started")
            _carry_out(job, connection)
        except (OSError, EOFError):
            # The process is gone: cancelled, or killed by somebody.
            self._reap(connection)
            connection = None
            ended = ComputationEnded()
            job.answer.set_exception(WorkerError(ended.told, fault=ended))
        except Exception as error:  # arguments that cannot be pickled, a wrong answer
            log.exception("a computation could not be handed over")
            job.answer.set_exception(WorkerError(str(error), traceback.format_exc()))
        finally:
            with self._lock:
                self._current = None
        return connection

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
        with self._lock:
            self._process = process
            if self._closed:
                process.kill()
        return here


def _carry_out(job: _Job, connection: Connection) -> None:
    connection.send((job.work, job.arguments, job.progress is not None))
    while True:
        kind, value = connection.recv()
        if kind == "done":
            job.answer.set_result(value)
            return
        if kind == "failed":
            job.answer.set_exception(value)
            return
        if job.progress is not None:
            try:
                job.progress(*value)
            except Exception:
                log.exception("progress of a computation could not be told")
