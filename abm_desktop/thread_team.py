"""A team of threads that do one piece of compiled work together, again and again.

Kernels let go of the interpreter, so threads are enough. A thread pool's futures cost some 50 us a
call, which is much beside a step of a millisecond; here a member waits at a queue of its own.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import cast

__all__ = ["ThreadTeam", "processors"]

Work = Callable[[int], None]
_Result = BaseException | None
_Task = tuple[Work, int, "SimpleQueue[_Result]"] | None

_busy = 0
_counting = threading.Lock()


def processors() -> int:
    """How many this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class ThreadTeam:
    """The calling thread and up to ``threads`` - 1 others; these start when they are first needed.

    Args:
        most: members that there can be something to do for.
        threads: members, or None for as many as there are processors. In that case teams that are
            at work at the same time share the processors, and one takes what the others leave.
    """

    def __init__(self, threads: int | None = None, most: int | None = None) -> None:
        wanted = processors() if threads is None else threads
        self.threads = wanted if most is None else min(wanted, most)
        self._shares = threads is None
        self._queues: list[SimpleQueue[_Task]] = []
        self._members: list[threading.Thread] = []
        self._closed = False
        weakref.finalize(self, _dismiss, self._queues)

    def run(self, work: Work) -> None:
        """Let every member call ``work`` once, at the same time; returns when all are done.

        It is called with the member's number, 0 for the caller, below ``threads``, and shares out
        what there is to do by itself. Raises what one of them has raised, the caller's first.
        """
        global _busy
        with _counting:
            helpers = 0 if self._closed else self.threads - 1
            if self._shares:
                helpers = max(0, min(helpers, processors() - _busy - 1))
            _busy += helpers + 1
        try:
            if helpers:
                self._together(work, helpers)
            else:
                work(0)
        finally:
            with _counting:
                _busy -= helpers + 1

    def _together(self, work: Work, helpers: int) -> None:
        while len(self._queues) < helpers:
            self._add_member()
        results: SimpleQueue[_Result] = SimpleQueue()
        for number, queue in enumerate(self._queues[:helpers], 1):
            queue.put((work, number, results))
        failure: _Result = None
        try:
            work(0)
        except BaseException as error:
            failure = error
        for _ in range(helpers):
            while True:
                try:
                    failure = failure or results.get()
                    break
                except BaseException as error:  # Ctrl+C: what the others write must not be left
                    failure = failure or error
        if failure is not None:
            raise failure

    def _add_member(self) -> None:
        queue: SimpleQueue[_Task] = SimpleQueue()
        member = threading.Thread(target=_serve, args=(queue,), name="team", daemon=True)
        member.start()
        self._queues.append(queue)
        self._members.append(member)

    def close(self) -> None:
        """End the other threads; afterwards the caller works alone."""
        self._closed = True
        _dismiss(self._queues)
        for member in self._members:
            if member is not threading.current_thread():  # the last to know an environment
                member.join()
        self._queues.clear()
        self._members.clear()

    def __getstate__(self) -> dict[str, object]:
        return {"threads": self.threads, "shares": self._shares}

    def __setstate__(self, state: dict[str, object]) -> None:
        threads = cast("int", state["threads"])
        self.__init__(None if state["shares"] else threads, threads)  # type: ignore[misc]


def _serve(queue: SimpleQueue[_Task]) -> None:
    while (task := queue.get()) is not None:
        work, number, results = task
        failure: _Result = None
        try:
            work(number)
        except BaseException as error:
            failure = error
        # Nothing of the work is kept while this thread waits: its owner may be forgotten.
        del work, task
        results.put(failure)
        del results, failure


def _dismiss(queues: list[SimpleQueue[_Task]]) -> None:
    for queue in queues:
        with contextlib.suppress(Exception):
            queue.put(None)
