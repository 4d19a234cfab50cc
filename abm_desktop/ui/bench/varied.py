"""A long session of varied use: what the window takes in memory, and whether that ends."""

from __future__ import annotations

import asyncio
import gc
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.live import RunState
from abm_desktop.live.commands import ResetMarket, RunMarket
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.controls import ANALYTICS, MARKET, RL, START
from abm_desktop.ui.widgets.chart_export import compose

__all__ = ["measure"]

STEP_SECONDS = 0.8
"""Between two things that are done: a person who is quick."""
STRESSES = ("flash_crash", "volatility_spike", "liquidity_shock")
RESET_AFTER = 12
"""Rounds until the market starts again from the open."""
GROWN = 12
"""Types of Python objects that are told, those that became more most."""


async def measure(window: Any, seconds: float) -> dict[str, Any]:
    """Use everything in turn, at full speed, for so long; returns memory in MiB.

    ``memory_start`` is after the first third, when every page was built and bounded stores are
    full; ``growth_per_hour`` is the slope from there on. ``grown`` names the types of Python
    objects that there are more of at the end than after the first third.
    """
    if window.rl is None:
        window.load_rl_tab()
    window.market.transport.set_speed(None)
    window.session.live.do(RunMarket())
    process, begin = psutil.Process(), time.perf_counter()
    samples: list[tuple[float, float]] = []
    early: Counter[str] | None = None
    done = 0
    for act in _round_after_round(window):
        act()
        done += 1
        await asyncio.sleep(STEP_SECONDS)
        passed = time.perf_counter() - begin
        samples.append((passed, process.memory_info().rss / 2**20))
        if early is None and passed > seconds / 3:
            early = _kinds()
        if passed >= seconds:
            break
    late = np.array([sample for sample in samples if sample[0] > seconds / 3] or samples)
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0]) if len(late) > 2 else 0.0
    now = _kinds()
    now.subtract(early or now)
    return {
        "seconds": samples[-1][0],
        "acts": float(done),
        "memory_start": float(np.median(late[: max(1, len(late) // 10), 1])),
        "memory_end": float(np.median(late[-max(1, len(late) // 10) :, 1])),
        "memory_most": max(size for _, size in samples),
        "growth_per_hour": slope * 3600.0,
        "each_minute": [
            max(size for _, size in of_minute)
            for _, of_minute in itertools.groupby(samples, lambda sample: int(sample[0] // 60))
        ],
        "grown": {kind: more for kind, more in now.most_common(GROWN) if more > 0},
    }


def _kinds() -> Counter[str]:
    gc.collect()
    return Counter(type(thing).__name__ for thing in gc.get_objects())


def _round_after_round(window: Any) -> Iterator[Callable[[], object]]:
    """One thing after another that a person does, without an end."""
    for number in itertools.count():
        kind = STRESSES[number % len(STRESSES)]
        yield lambda: window.tabs.setCurrentIndex(MARKET)
        yield partial(window.market.stress.inject, kind)
        yield partial(window.market.set_window, number % 4)
        yield lambda: window.market.look_by(-30.0)
        yield lambda: window.market.look_by(-200.0)
        # A fork every few rounds: it is another market, whose history begins there.
        yield window.market.fork if number % 4 == 3 else window.market.back_to_live
        yield window.market.back_to_live
        for page in PAGES:
            yield partial(window.controls.show_analytics, page.name)
        yield lambda: _choose_twin(window)
        yield lambda: window.controls.show_analytics("returns")
        yield window.controls.next_theme
        yield lambda: _draw_figure(window)
        for tab in (RL, START, ANALYTICS):
            yield partial(window.tabs.setCurrentIndex, tab)
        if number % RESET_AFTER == RESET_AFTER - 1:
            yield lambda: window.session.live.do(ResetMarket())
        yield partial(_go_on, window)


def _go_on(window: Any) -> None:
    """Run on; a session that is over begins again."""
    if window.snapshot.state is RunState.ENDED:
        window.session.live.do(ResetMarket())
    window.session.live.do(RunMarket())


def _choose_twin(window: Any) -> None:
    choice = window.controls.show_analytics().show_twins().choice
    choice.setCurrentIndex(choice.count() - 1)


def _draw_figure(window: Any) -> None:
    dialog = compose(window.market.price, "Price")
    if dialog is not None:
        # Long enough for its preview.
        asyncio.get_running_loop().call_later(3 * STEP_SECONDS, dialog.close)
