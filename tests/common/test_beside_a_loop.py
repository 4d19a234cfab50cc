"""Waiting for asynchronous work where a loop runs already, as in a notebook."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest

from abm_desktop.beside_a_loop import event_loop_runs, run_beside


async def count(tell):
    for k in range(3):
        tell(k)
        await asyncio.sleep(0)
    return "done"


def test_it_knows_whether_a_loop_runs() -> None:
    async def inside() -> bool:
        return event_loop_runs()

    assert not event_loop_runs()
    assert asyncio.run(inside())


def test_work_is_done_beside_a_loop_and_heard_in_the_callers_thread() -> None:
    heard = []

    def hear(k) -> None:
        heard.append((k, threading.current_thread()))

    async def notebook() -> str:
        return run_beside(count, hear)

    assert asyncio.run(notebook()) == "done"
    assert heard == [(k, threading.main_thread()) for k in range(3)]


def test_what_the_work_raises_is_raised() -> None:
    async def fail(tell):
        raise ValueError("of the work")

    with pytest.raises(ValueError, match="of the work"):
        run_beside(fail, lambda message: None)


def test_what_who_hears_raises_ends_the_work() -> None:
    cancelled = []

    async def wait(tell):
        tell("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    def hear(message) -> None:
        raise KeyError(message)

    with pytest.raises(KeyError, match="begun"):
        run_beside(wait, hear)
    assert cancelled == [True]


@pytest.fixture
def interruptible():
    """Interrupts raise, even if whoever started the tests has them ignored (a shell's ``&``)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_cancels_the_work_which_may_answer(interruptible) -> None:
    async def answer(tell):
        tell("begun")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            asyncio.current_task().uncancel()
        return "kept"

    async def give_up(tell):
        tell("begun")
        await asyncio.Event().wait()

    def interrupt(message) -> None:
        signal.raise_signal(signal.SIGINT)

    assert run_beside(answer, interrupt) == "kept"
    with pytest.raises(KeyboardInterrupt):
        run_beside(give_up, interrupt)
