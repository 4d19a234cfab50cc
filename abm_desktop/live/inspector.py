"""Closer looks at the past of a run: every event of its book, every decision of an RL trader.

Nothing of this is kept while the market runs: it is computed again, on a thread of its own, from a
checkpoint and the commands since.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from abm_desktop.live.background_build import give_way

__all__ = ["Inspector"]

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class Inspector:
    """Answers questions one after the other, on a thread that starts with the first."""

    def __init__(self) -> None:
        self._questions: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def ask(self, question: Callable[[], Found]) -> Future[Found]:
        """Have ``question`` computed; the future fails with what it raises."""
        found: Future[Found] = Future()

        def work() -> None:
            if not found.set_running_or_notify_cancel():
                return
            try:
                found.set_result(question())
            except Exception as error:
                log.exception("a look at the past failed")
                found.set_exception(error)

        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="inspector", daemon=True)
            self._thread.start()
        self._questions.put(work)
        return found

    def close(self, timeout: float = 5.0) -> None:
        """End the thread; what was not answered stays so."""
        self._questions.put(None)
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        give_way()
        while (question := self._questions.get()) is not None:
            question()
            # It holds a whole run, and the next may come in an hour.
            del question
