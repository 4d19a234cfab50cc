"""An asyncio loop on a thread of its own, for work that is asked for from any thread."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

__all__ = ["BackgroundLoop"]

log = logging.getLogger(__name__)

_JOIN_SECONDS = 5.0

Answer = TypeVar("Answer")


class BackgroundLoop:
    """Runs coroutines one beside the other; its thread starts with the first of them.

    >>> async def answer():
    ...     return 42
    >>> loop = BackgroundLoop()
    >>> loop.submit(answer()).result(5.0)
    42
    >>> loop.close()
    """

    def __init__(self, name: str = "desk-loop") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def is_started(self) -> bool:
        """Whether there is a thread."""
        return self._thread is not None and self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Begin ``work`` on the loop; any thread may wait for its answer, or cancel it.

        What is submitted by one thread begins in this order. An error that nobody can expect is
        logged as well. After :meth:`close` nothing begins: the answer is cancelled.
        """
        with self._lock:
            if self._closed:
                work.close()
                gone: Future[Answer] = Future()
                gone.cancel()
                return gone
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._run, args=(self._loop,), name=self._name, daemon=True
                )
                self._thread.start()
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(_note)
        return future

    def close(self) -> None:
        """Cancel what is under way, and end the thread. Not from the thread itself."""
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_JOIN_SECONDS)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _note(future: Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("work in the background failed", exc_info=error)
