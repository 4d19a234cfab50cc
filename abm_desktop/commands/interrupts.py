"""Ends that a system asks for (SIGTERM, a closed terminal), taken as those of a person."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["ends_like_interrupts", "first_interrupt"]


@contextlib.contextmanager
def ends_like_interrupts() -> Iterator[None]:
    """Let SIGTERM and the end of the terminal (SIGHUP) keep what was learned, as Ctrl+C does."""
    numbers = [signal.SIGTERM]
    # A program begun with nohup has been told to ignore it.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _as_interrupt) for number in numbers}
    # Scripts let their background jobs ignore Ctrl+C. The loop knows how to end at an interrupt
    # only if it finds the usual handler: it finds it, and Ctrl+C itself is kept away all the same.
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if ignored:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextlib.contextmanager
def first_interrupt(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` at the first interrupt (Ctrl+C) within; the next one ends the work at once."""
    usual = signal.getsignal(signal.SIGINT)

    def hear(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, usual)
        stop()

    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    """Let the end that a system asks for be like one that a person does (Ctrl+C)."""
    if number != signal.SIGTERM:  # the terminal is gone: nothing can be written to it any more
        _write_nowhere()
    interrupt = signal.getsignal(signal.SIGINT)
    assert callable(interrupt)
    interrupt(signal.SIGINT, frame)


def _write_nowhere() -> None:
    """What is printed from now on goes nowhere, in place of an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
