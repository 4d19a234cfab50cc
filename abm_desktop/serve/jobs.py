"""Long work as a resource: it has a state and a progress, and can be cancelled.

A job runs on a thread of its own, or is settled from outside (a command that runs until something
happens). Its result is kept until as many others have ended after it.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from pydantic import BaseModel

from abm_desktop.serve.problems import NotThereError, ProblemDocument, ProblemError, of_error

__all__ = ["JobState", "Jobs", "ServerJob", "StoppedError"]

log = logging.getLogger(__name__)

MOST_KEPT = 200
"""Jobs that have ended, of which the result can still be asked for."""
MOST_UNFINISHED = 100
"""Jobs that run or wait; more are refused."""
WORKERS = 2
"""Jobs at a time; others wait."""

Phase = Literal["waiting", "running", "done", "failed", "cancelled"]


class StoppedError(Exception):
    """Raised in a job's work when it was cancelled."""


class JobState(BaseModel):
    """How a job stands."""

    id: int
    kind: str
    """What it does, like ``advance`` or ``evaluate``."""
    state: Phase
    progress: float | None = None
    """Share done, 0 to 1, if it is known."""
    doing: str = ""
    """What it is at, in English."""
    seconds: float
    """Real seconds since it was asked for, until it ended."""
    result: Any = None
    """What came of it, when it is done."""
    problem: ProblemDocument | None = None
    """Why it failed."""


class ServerJob:
    """One piece of long work."""

    def __init__(self, number: int, kind: str, on_cancel: Callable[[], object] | None) -> None:
        self.number, self.kind = number, kind
        self.phase: Phase = "waiting"
        self.progress: float | None = None
        self.doing = ""
        self.result: Any = None
        self.problem: ProblemDocument | None = None
        self._on_cancel = on_cancel
        self._begun, self._ended = time.monotonic(), 0.0
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._when_over: list[Callable[[], object]] = []

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self._over.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; returns whether it has."""
        return self._over.wait(timeout)

    def when_over(self, call: Callable[[], object]) -> None:
        """Have ``call`` called once it has ended, from any thread; at once if it has."""
        with self._lock:
            if not self.is_over:
                self._when_over.append(call)
                return
        call()

    def forget(self, call: Callable[[], object]) -> None:
        """Do not call ``call`` any more."""
        with self._lock:
            if call in self._when_over:
                self._when_over.remove(call)

    def tell(self, progress: float | None, doing: str = "") -> None:
        """Say how far it is. Raises StoppedError if it was cancelled."""
        self.progress, self.doing = progress, doing or self.doing
        if self._stop.is_set():
            raise StoppedError

    def is_cancelled(self) -> bool:
        """Whether somebody wants it to end."""
        return self._stop.is_set()

    def begin(self) -> None:
        """It runs from now on."""
        with self._lock:
            if not self.is_over:
                self.phase = "running"

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """It has ended, with a result or an error. The first end counts."""
        with self._lock:
            if self.is_over:
                return
            if isinstance(error, StoppedError):
                self.phase = "cancelled"
            elif error is not None:
                self.phase, self.problem = "failed", of_error(error).problem
            else:
                self.phase, self.result, self.progress = "done", result, 1.0
            self._ended = time.monotonic()
            self._over.set()
            calls = tuple(self._when_over)
        for call in calls:
            try:
                call()
            except RuntimeError:
                log.debug("nobody waits for job %d any more", self.number, exc_info=True)

    def cancel(self) -> None:
        """End it as soon as it can; what has ended stays as it is."""
        with self._lock:
            if self.is_over:
                return
            self._stop.set()
            waits = self.phase == "waiting"
        if self._on_cancel is not None:
            self._on_cancel()
        if waits:
            self.settle(error=StoppedError())

    def state(self) -> JobState:
        """How it stands now."""
        with self._lock:
            end = self._ended if self.is_over else time.monotonic()
            return JobState(
                id=self.number,
                kind=self.kind,
                state=self.phase,
                progress=self.progress,
                doing=self.doing,
                seconds=round(end - self._begun, 3),
                result=self.result,
                problem=self.problem,
            )


class Jobs:
    """All jobs of a server."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._jobs: dict[int, ServerJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="serve-job")

    def new(self, kind: str, on_cancel: Callable[[], object] | None = None) -> ServerJob:
        """A job that somebody else settles; ``on_cancel`` is called when it shall end."""
        job = ServerJob(next(self._numbers), kind, on_cancel)
        with self._lock:
            over = [number for number, each in self._jobs.items() if each.is_over]
            if len(self._jobs) - len(over) >= MOST_UNFINISHED:
                raise ProblemError(
                    409, "too_many", f"{MOST_UNFINISHED} jobs wait already.",
                    remedy="wait for one, or cancel one: DELETE /api/v1/jobs/{number}",
                )  # fmt: skip
            for number in over[: max(len(over) - MOST_KEPT, 0)]:
                del self._jobs[number]
            self._jobs[job.number] = job
        return job

    def run(
        self,
        kind: str,
        work: Callable[[ServerJob], Any],
        on_cancel: Callable[[], object] | None = None,
    ) -> ServerJob:
        """Do ``work`` on a thread; it may :meth:`ServerJob.tell` how far it is."""
        job = self.new(kind, on_cancel)

        def do() -> None:
            if job.is_over:
                return
            job.begin()
            try:
                job.settle(work(job))
            except BaseException as error:
                job.settle(error=StoppedError() if job.is_cancelled() else error)

        self._pool.submit(do)
        return job

    def get(self, number: int) -> ServerJob:
        """The job of a number. Raises NotThereError."""
        with self._lock:
            found = self._jobs.get(number)
        if found is None:
            raise NotThereError("job", number, "list them with GET /api/v1/jobs")
        return found

    def all(self) -> list[ServerJob]:
        """Every job that is remembered, the oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def close(self) -> None:
        """Cancel all of them."""
        for job in self.all():
            job.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)
