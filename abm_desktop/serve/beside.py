"""Heavy tasks of clients in processes of their own: neither market nor window feels them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from abm_desktop.desk.computing import Computing
from abm_desktop.desk.worker_process import WorkerError
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.serve.jobs import Jobs, ServerJob
from abm_desktop.serve.tasks import Task, Tell, attempt

__all__ = ["Beside", "job_beside"]


class Beside:
    """One task in a process that lives as long as it.

    Args:
        task: a function of :mod:`abm_desktop.serve.tasks`.
        values: what it takes, as plain values.
    """

    def __init__(self, task: Task, values: dict[str, Any]) -> None:
        self._task, self._values = task, values
        self._computing = Computing()
        self._answer: Future[Any] | None = None
        self._is_cancelled = False
        self._lock = threading.Lock()

    def run(self, tell: Tell | None = None) -> Any:
        """Do it, and wait for its result; ``tell`` is called from another thread.

        Raises InputError for what the task refuses, UnavailableError if it fails or was ended.
        """
        with contextlib.closing(self._computing), _told():
            return _result(self._begin(tell).result())

    async def done(self) -> Any:
        """The same for a request: no thread waits, and the end of the server is its end."""
        with contextlib.closing(self._computing), _told():
            return _result(await asyncio.wrap_future(self._begin(None)))

    def _begin(self, tell: Tell | None) -> Future[Any]:
        with self._lock:
            if self._is_cancelled:
                raise UnavailableError("it was cancelled")
            self._answer = self._computing.run(
                attempt, self._task, self._values, progress=tell or _nobody
            )
            return self._answer

    def cancel(self) -> None:
        """End it at once, or before it has begun."""
        with self._lock:
            self._is_cancelled = True
            if self._answer is not None:
                self._computing.cancel(self._answer)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (WorkerError, concurrent.futures.CancelledError) as error:
        raise UnavailableError(str(error) or "it was cancelled") from error


def _result(found: dict[str, Any]) -> Any:
    if "refused" in found:
        message, key, remedy = found["refused"]
        raise InputError(message, key=key, remedy=remedy)
    return found["result"]


def _nobody(share: float, doing: str) -> None:
    pass


def job_beside(
    jobs: Jobs,
    kind: str,
    task: Task,
    values: dict[str, Any],
    tidy: Callable[[], object] = lambda: None,
) -> ServerJob:
    """A job that is such a task; cancelled, its process is killed.

    ``tidy`` is called when the process is gone, however that came: one that was killed leaves what
    it was writing.
    """
    beside = Beside(task, values)

    def work(job: ServerJob) -> Any:
        def tell(share: float, doing: str) -> None:
            job.progress, job.doing = share, doing

        try:
            return beside.run(tell)
        finally:
            tidy()

    return jobs.run(kind, work, on_cancel=beside.cancel)
