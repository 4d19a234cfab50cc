"""Calls on a loop from other threads: all, in order, and none after the end."""

import asyncio
import threading
from functools import partial

from abm_desktop.serve.loop_calls import LoopCalls

THREADS, CALLS = 4, 500


def test_all_calls_are_made_in_their_order_and_none_after_the_end(caplog):
    made: list[tuple[int, int]] = []

    async def main() -> LoopCalls:
        calls, all_made = LoopCalls(), asyncio.Event()

        def note(thread: int, number: int) -> None:
            made.append((thread, number))
            if len(made) == THREADS * CALLS:
                all_made.set()

        def ask(thread: int) -> None:
            calls.soon(lambda: 1 / 0)  # disturbs nobody
            for number in range(CALLS):
                calls.soon(partial(note, thread, number))

        threads = [threading.Thread(target=ask, args=(k,)) for k in range(THREADS)]
        for thread in threads:
            thread.start()
        async with asyncio.timeout(60):
            await all_made.wait()
        for thread in threads:
            thread.join()
        calls.close()
        return calls

    calls = asyncio.run(main())
    calls.soon(lambda: made.append((-1, -1)))
    for k in range(THREADS):
        assert [number for thread, number in made if thread == k] == list(range(CALLS))
    assert (-1, -1) not in made
    assert "ZeroDivisionError" in caplog.text
