"""Python's lock changes hands sooner while a server runs.

A thread that wants the lock waits for 5 ms before it is given up by one that computes. A command
needs it four times on its way from the client to the market and back, and a market at full speed
needs it after every stretch: with a window that draws beside them they waited for more than they
did. Half a millisecond costs a few hundred changes a second, which are some 10 µs each.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["short_turns"]

TURN_SECONDS = 0.0005

_lock = threading.Lock()
_servers = 0
_usual = 0.0


@contextmanager
def short_turns() -> Iterator[None]:
    """Short turns for all threads of this process, until the last who asked for them has ended."""
    global _servers, _usual
    with _lock:
        if _servers == 0:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(min(TURN_SECONDS, _usual))
        _servers += 1
    try:
        yield
    finally:
        with _lock:
            _servers -= 1
            if _servers == 0:
                sys.setswitchinterval(_usual)
