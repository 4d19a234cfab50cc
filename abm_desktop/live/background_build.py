"""Making a market beside the worker's thread, so that a person need not wait for it."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["Cancelled", "give_way", "make_beside"]

LOOK_EVERY = 0.05
"""Real seconds between two looks at whether somebody has cancelled."""

Made = TypeVar("Made")


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A person did not want to wait any longer."""


def make_beside(make: Callable[[], Made], is_cancelled: Callable[[], bool]) -> Made:
    """Return ``make()``, computed on a thread of its own.

    Where ``is_cancelled`` becomes true its answer is no longer waited for, and is dropped.

    Raises:
        Cancelled: then.
    """
    answer: queue.SimpleQueue[tuple[Made | None, BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answer.put((make(), None))
        except BaseException as error:  # raised again if it is waited for
            answer.put((None, error))

    threading.Thread(target=work, name="market-maker", daemon=True).start()
    while True:
        try:
            made, error = answer.get(timeout=LOOK_EVERY)
        except queue.Empty:
            if is_cancelled():
                raise Cancelled from None
            continue
        if error is not None:
            raise error
        return made  # type: ignore[return-value]


def give_way() -> None:
    """Let this thread come after the window's where both want a core; Linux has that by thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
