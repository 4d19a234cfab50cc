"""One measurement of the window in a process of its own; prints one JSON object.

    python -m abm_desktop.ui.bench.probe first
    python -m abm_desktop.ui.bench.probe load --seconds 10 [--training]
    python -m abm_desktop.ui.bench.probe pages --seconds 20 [--training]
    python -m abm_desktop.ui.bench.probe memory --seconds 1800
    python -m abm_desktop.ui.bench.probe varied --seconds 1800
    python -m abm_desktop.ui.bench.probe scrub --trades 10000000 [--looks 40]
    python -m abm_desktop.ui.bench.probe served --seconds 20 --clients 8 [--training]

Run by ``abm-desktop bench ui``. The display is the one Qt finds; QT_QPA_PLATFORM=offscreen needs
none.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from abm_desktop.live.commands import PauseMarket, RunMarket

PATIENCE = 180.0
KINDS = ("first", "load", "pages", "memory", "varied", "scrub", "served")


def main() -> int:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--trades", type=int, default=10_000_000)
    parser.add_argument("--looks", type=int, default=40, help="moments looked at")
    arguments = parser.parse_args()
    # The user's own settings and models stay out of it.
    with tempfile.TemporaryDirectory(prefix="abm-desktop-bench-") as folder:
        import os

        os.environ["ABM_DESKTOP_CONFIG"] = os.environ["ABM_DESKTOP_DATA"] = folder
        found = _run(arguments)
    print(json.dumps(found))
    return 0


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    import qasync

    from abm_desktop.ui.app import make_application

    loop = qasync.QEventLoop(make_application())
    asyncio.set_event_loop(loop)
    with loop:
        found: dict[str, Any] = loop.run_until_complete(_measure(arguments))
    return found


async def _measure(arguments: argparse.Namespace) -> dict[str, Any]:
    import psutil  # type: ignore[import-untyped]  # has no stubs

    from abm_desktop.ui.bench.watch import TimedWindow

    if arguments.what not in ("first", "pages", "varied"):
        _never_end()
    started = psutil.Process().create_time()
    window = TimedWindow()
    window.show()
    # As the program does it: what is heavy comes after the first frame.
    window.session.open_bundled("calm")
    await _wait(lambda: window.first_paint is not None)
    assert window.first_paint is not None
    first = window.first_paint - started
    window.session.start_engine()
    await _wait(lambda: window.snapshot is not None)
    market = time.time() - started
    try:
        if arguments.what == "first":
            return {"first_frame": first, "first_market": market}
        if arguments.what == "memory":
            return await _memory(window, arguments.seconds)
        if arguments.what == "varied":
            from abm_desktop.ui.bench import varied

            return await varied.measure(window, arguments.seconds)
        if arguments.what == "scrub":
            return await _scrub(window, arguments.trades, arguments.looks)
        if arguments.what in ("pages", "served"):
            from abm_desktop.ui.bench import pages, served

            trainer = await train() if arguments.training else None
            try:
                if arguments.what == "pages":
                    return await pages.measure(window, arguments.seconds)
                return await served.measure(window, arguments.seconds, arguments.clients)
            finally:
                if trainer is not None:
                    await trainer.close()
        return await _under_load(window, arguments.seconds, arguments.training)
    finally:
        window.frame_timer.stop()
        await window.shutdown()


def _never_end() -> None:
    """Let markets go on after their session, which is over within half a second at full speed."""
    from abm_desktop.live.simulated_feed import SimulatedFeed

    SimulatedFeed.end = None  # type: ignore[method-assign, assignment]


async def _under_load(window: Any, seconds: float, training: bool) -> dict[str, float]:
    import psutil

    from abm_desktop.ui.bench.watch import LoopDelay, percentile

    client = await train() if training else None
    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    await asyncio.sleep(2.0)
    gc.collect()
    gc.freeze()
    process = psutil.Process()
    delay = LoopDelay(window)
    window.frames.clear()
    events, begin = window.snapshot.events, time.perf_counter()
    memory = []
    while time.perf_counter() - begin < seconds:
        await asyncio.sleep(0.5)
        memory.append(process.memory_info().rss)
    passed = time.perf_counter() - begin
    found = {
        "seconds": passed,
        "frames": float(len(window.frames)),
        "frame_median": percentile(window.frames, 50),
        "frame_p99": percentile(window.frames, 99),
        "delay_p99": percentile(delay.delays, 99),
        "delay_max": percentile(delay.delays, 100),
        "events_per_second": (window.snapshot.events - events) / passed,
        # The first fifth fills the stores of the charts, which have a bounded size.
        "memory_start": memory[len(memory) // 5] / 2**20,
        "memory_end": memory[-1] / 2**20,
    }
    if client is not None:
        await client.close()
    return found


async def _memory(window: Any, seconds: float) -> dict[str, float]:
    """Run at full speed; the bounded stores of charts and past fill in the first third."""
    import psutil

    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    process = psutil.Process()
    begin = time.perf_counter()
    memory: list[tuple[float, int]] = []
    while time.perf_counter() - begin < seconds:
        await asyncio.sleep(min(1.0, seconds / 30))
        memory.append((time.perf_counter() - begin, process.memory_info().rss))
    late = [size for at, size in memory if at > seconds / 3]
    return {
        "seconds": seconds,
        "memory_start": max(late[: max(1, len(late) // 10)]) / 2**20,
        "memory_end": max(late[-max(1, len(late) // 10) :]) / 2**20,
        "events": float(window.snapshot.events),
        "trades": float(window.snapshot.trades),
    }


async def _scrub(window: Any, trades: int, looks: int) -> dict[str, float]:
    """Look at moments spread over a session of so many trades; from the ask to the picture."""
    from abm_desktop.ui.bench.watch import percentile

    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    began = time.perf_counter()
    while window.snapshot.trades < trades:
        await asyncio.sleep(0.05)
    running = time.perf_counter() - began
    window.session.live.do(PauseMarket())
    await _wait(lambda: window.snapshot.state == "paused")
    gc.collect()
    end = window.snapshot.time
    waits = []
    # The golden ratio visits a session evenly, and never two moments near each other in turn.
    for k in range(looks):
        at = end * ((k + 1) * 0.6180339887 % 1.0)
        begin = time.perf_counter()
        window.market.look_at(at)
        await _wait(partial(_is_drawn, window, at))
        waits.append(time.perf_counter() - begin)
    return {
        "trades": float(window.snapshot.trades),
        "session": end,
        "running": running,
        "looks": float(len(waits)),
        "scrub_median": percentile(waits, 50),
        "scrub_p95": percentile(waits, 95),
        "scrub_max": percentile(waits, 100),
    }


def _is_drawn(window: Any, time: float) -> bool:
    drawn = window.market.drawn_past
    return drawn is not None and drawn[0].time == time


async def train() -> Any:
    """Start a PPO training with its usual settings, and wait until it learns."""
    from abm_desktop.learning.config import TrainingConfig
    from abm_desktop.learning.process.client import TrainingClient
    from abm_desktop.learning.process.messages import Failure, Progress

    client = TrainingClient(gives_way=True)
    await client.start(TrainingConfig(iterations=100_000))
    learning = asyncio.Event()
    failures: list[str] = []

    async def listen() -> None:
        async for message in client.messages():
            if isinstance(message, Failure):
                failures.append(str(message))
            if isinstance(message, Failure | Progress):
                learning.set()

    client_task = asyncio.get_running_loop().create_task(listen())
    client_task.add_done_callback(lambda _task: learning.set())
    await asyncio.wait_for(learning.wait(), PATIENCE)
    if failures:
        raise SystemExit(f"the training failed: {failures[0]}")
    return client


async def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        await asyncio.sleep(0.002)
        if time.monotonic() > end:
            raise SystemExit("the window did not get ready in time")


if __name__ == "__main__":
    sys.exit(main())
