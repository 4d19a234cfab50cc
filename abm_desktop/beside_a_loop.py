"""Asynchronous work for callers who wait, although an event loop runs in their thread already.

Notebooks run their cells inside a loop, and a loop cannot run inside another.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue
from typing import Any, TypeVar

__all__ = ["event_loop_runs", "run_beside"]

T = TypeVar("T")
_Told = Callable[[Any], None]


def event_loop_runs() -> bool:
    """Whether an event loop runs in this thread, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def run_beside(work: Callable[[_Told], Coroutine[Any, Any, T]], hear: _Told) -> T:
    """Run ``work`` in a loop on a thread of its own, and wait for it.

    What it tells through the function that it is given, ``hear`` is called with here, in the
    caller's thread. An interrupt (Ctrl+C) cancels the task, as ``asyncio.run`` does; if the work
    ends by that, KeyboardInterrupt is raised.
    """
    told: SimpleQueue[tuple[bool, Any]] = SimpleQueue()
    result: Future[T] = Future()
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await work(lambda message: told.put((True, message)))

    def run() -> None:
        try:
            result.set_result(asyncio.run(main()))
        except BaseException as error:
            result.set_exception(error)
        told.put((False, None))

    def cancel() -> None:
        loop, task = begun.result()
        if not result.done():
            loop.call_soon_threadsafe(task.cancel)

    thread = threading.Thread(target=run, name="beside-a-loop", daemon=True)
    thread.start()
    interrupted = False
    failure: BaseException | None = None
    goes_on = True
    while goes_on:
        try:
            goes_on, message = told.get()
            if goes_on and failure is None:
                hear(message)
        except KeyboardInterrupt:
            interrupted = True
            cancel()
        except BaseException as error:  # of whoever hears: the work is abandoned
            failure = error
            cancel()
            cancel()
    thread.join()
    if failure is not None:
        raise failure
    try:
        return result.result()
    except (CancelledError, asyncio.CancelledError):
        if interrupted:
            raise KeyboardInterrupt from None
        raise
