"""The Analytics tab in use: frames, first sights of its pages, theme changes, memory of both."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import time
from typing import Any

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.live import RunState
from abm_desktop.live.commands import ResetMarket, RunMarket
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.bench.watch import LoopDelay, percentile
from abm_desktop.ui.controls import MARKET

__all__ = ["measure", "worker_memory"]

WORKER = "abm-desktop-worker"
"""Name of the process beside the window."""
SETTLING = 1.0
"""Seconds from one thing that is done to the next."""
TURN, STAY = 0.5, 2.0
"""Seconds that a page has to appear, and that it is looked at then."""
THEME_CHANGES = 6
SPEED = 1000.0
"""Simulated seconds per real one: a session in 23 s. As fast as it goes it is over in half a
second, and nothing moves any more on the pages."""


async def measure(window: Any, seconds: float) -> dict[str, float]:
    """Show page after page while the market runs fast, for so long.

    How long the event loop stands still for it is told of every page's first sight
    (``first_sight_most``), of turning to a page that was seen (``turn_``), and of a change of the
    theme with all pages built (``theme_``). Frames and delays are those of pages that stay. Times
    are in ms, memory is in MiB.
    """
    window.market.transport.set_speed(SPEED)
    window.session.live.do(RunMarket())
    window.market.stress.inject("flash_crash")
    await asyncio.sleep(SETTLING)
    delay = LoopDelay(window)
    for page in PAGES:
        window.controls.show_analytics(page.name)
        await asyncio.sleep(SETTLING)
        _go_on(window)
    first_sight = percentile(delay.delays, 100)
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    frames: list[float] = []
    delays: list[float] = []
    turns: list[float] = []
    memory, worker = [], []
    while time.perf_counter() - begin < seconds:
        delay.delays.clear()
        window.controls.show_analytics(PAGES[len(turns) % len(PAGES)].name)
        await asyncio.sleep(TURN)
        turns.append(max(delay.delays))
        window.frames.clear()
        delay.delays.clear()
        await asyncio.sleep(min(STAY, seconds / len(PAGES)))
        frames += window.frames
        delays += delay.delays
        _go_on(window)
        memory.append(psutil.Process().memory_info().rss / 2**20)
        worker.append(worker_memory())
    found = {
        "seconds": time.perf_counter() - begin,
        "frames": float(len(frames)),
        "frame_median": percentile(frames, 50),
        "frame_p99": percentile(frames, 99),
        "delay_p99": percentile(delays, 99),
        "delay_max": percentile(delays, 100),
        "first_sight_most": first_sight,
        "turns": float(len(turns)),
        "turn_median": percentile(turns, 50),
        "turn_most": percentile(turns, 100),
        "memory_most": max(memory),
        "worker_most": max(worker),
    }
    changes = await _theme_changes(window, delay)
    return found | {
        "theme_median": percentile(changes, 50),
        "theme_most": percentile(changes, 100),
    }


async def _theme_changes(window: Any, delay: LoopDelay) -> list[float]:
    """Longest stand of the event loop in the second after each, real seconds; on two tabs."""
    found = []
    for number in range(THEME_CHANGES):
        if number % 2:
            window.tabs.setCurrentIndex(MARKET)
        else:
            window.controls.show_analytics(PAGES[0].name)
        await asyncio.sleep(SETTLING)
        delay.delays.clear()
        window.controls.next_theme()
        await asyncio.sleep(SETTLING)
        found.append(max(delay.delays))
    return found


def _go_on(window: Any) -> None:
    """A session that is over begins again, with a crash."""
    if window.snapshot.state is RunState.ENDED:
        window.session.live.do(ResetMarket())
        window.session.live.do(RunMarket())
        window.market.stress.inject("flash_crash")


def worker_memory() -> float:
    """MiB of the process that computes beside the window; 0 if there is none."""
    mine = [child for child in multiprocessing.active_children() if child.name == WORKER]
    return sum(psutil.Process(child.pid).memory_info().rss for child in mine) / 2**20
