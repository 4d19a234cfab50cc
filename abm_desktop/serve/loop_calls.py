"""Calls on an asyncio loop from other threads, which do not make those wait.

``loop.call_soon_threadsafe`` writes to a socket, and Python gives up its lock for that: whoever it
has woken computes at once, and the thread that called goes on when the lock is free again. The
thread of a market at full speed lost a fifth of its time so. Here the byte is written with the lock
held, and one byte is enough for all calls until the loop has looked.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable

__all__ = ["LoopCalls"]

log = logging.getLogger(__name__)

_write = None if sys.platform == "win32" else ctypes.PyDLL(None).write
"""Of the C library, called without giving up the lock: a byte into an empty pipe takes a µs."""


class LoopCalls:
    """Has things called on one loop, in the order in which it was asked. Made on that loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Callable[[], object]] = deque()
        self._is_rung = self._is_closed = False
        self._closing = threading.Lock()
        self._ends = (-1, -1)
        if _write is not None:
            self._ends = os.pipe()
            for end in self._ends:
                os.set_blocking(end, False)
            self._loop.add_reader(self._ends[0], self._woken)

    def soon(self, call: Callable[[], object]) -> None:
        """Have ``call`` made on the loop; from any thread. After :meth:`close` nothing happens."""
        self._waiting.append(call)
        if self._is_rung:
            return
        self._is_rung = True
        with self._closing:
            if self._is_closed:
                self._waiting.clear()
            elif _write is not None:
                _write(self._ends[1], b"\0", 1)
            else:
                self._loop.call_soon_threadsafe(self._work)

    def _woken(self) -> None:
        os.read(self._ends[0], 4096)
        self._work()

    def _work(self) -> None:
        # Before the look, so that what comes after it rings again.
        self._is_rung = False
        while self._waiting:
            call = self._waiting.popleft()
            try:
                call()
            except Exception:
                log.exception("a call from another thread failed")

    def close(self) -> None:
        """Call nothing more; on the loop."""
        with self._closing:
            self._is_closed, self._is_rung = True, False
            self._waiting.clear()
            if _write is not None:
                self._loop.remove_reader(self._ends[0])
                for end in self._ends:
                    os.close(end)
