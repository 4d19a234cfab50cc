"""Pictures of every page of the Analytics tab, for ``tools/screenshots.py``.

The market runs for ten minutes, is reset to another seed, and takes a flash crash, so that every
page has something to show: an earlier run to compare with, a calm before the stress, returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Wait = Callable[[Callable[[], bool], str], Awaitable[None]]
CALM, END = 1200.0, 2700.0
STRETCH = (1150.0, 1500.0)
"""The stretch that the page Traders shows measured, seconds."""
DOCS_PAGES = {
    "overview": "analytics",
    "stress": "analytics_stress",
    "experiments": "analytics_experiments",
    "twins": "analytics_twins",
}
EXPERIMENT = """
name = "small study"
question = "What does a growing share of PPO and DQN traders do to volatility under stress?"
lead = "10min"
stress_window = "5min"
after = "5min"
seeds = 16
paths = 4
hypothesis = 0.25
[rl]
shares = [0, 0.1, 0.25]
policies = ["calm-ppo", "calm-dqn"]
placebos = ["rule_clones"]
[[stress]]
type = "liquidity_shock"
[[stress]]
type = "flash_crash"
"""
"""What the page Experiments shows: run for the picture, in a minute or two."""


async def play(window: Any, wait: Wait) -> None:
    """Run a market, another one of a new seed, and a flash crash in it."""
    from abm_desktop.live.commands import PauseMarket, RunMarket
    from abm_desktop.market.commands import Inject
    from abm_desktop.scenario.stress import STRESS_TYPES

    session = window.session
    session.reset(3)
    await wait(lambda: window.snapshot.seed == 3, "the market was not reset")
    window.market.transport.set_speed(200.0)
    session.live.do(RunMarket())
    await wait(lambda: window.snapshot.time > 600, "the market does not run")
    session.reset(7)
    await wait(lambda: window.snapshot.seed == 7, "the market was not reset")
    session.live.do(RunMarket())
    await wait(lambda: window.snapshot.time > CALM, "the market does not run")
    session.live.do(Inject(stress=STRESS_TYPES["flash_crash"]()))
    await wait(lambda: window.snapshot.time > END, "the market stopped")
    session.live.do(PauseMarket())


async def run_experiment(window: Any, wait: Wait) -> None:
    """Let the page Experiments run a small study, unless it has."""
    from abm_desktop.paths import user_data_dir

    page = window.analytics.page("experiments")
    await wait(lambda: not window.session.worker.is_busy, "the results were not listed")
    await asyncio.sleep(0.2)
    if page.lists.results:
        page.lists.choose_result(page.lists.results[0].folder)
        return
    file = user_data_dir() / "scenarios" / "experiments" / "small_study.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(EXPERIMENT)
    page.take_file(file)
    await wait(lambda: page.setup.plan is not None, "the experiment was not read")
    page.setup.workers.setValue(0)
    page.start()
    # In steps, for each is waited for two minutes at the most.
    for share in (0.1, 0.4, 0.7, 0.99):
        await wait(lambda share=share: _done(page) >= share, "the experiment does not go on")
    await wait(lambda: not page.controller.is_running, "the report was not written")
    await wait(lambda: bool(page.lists.results), "there are no results")


def _done(page: Any) -> float:
    status = page.controller.status
    if not page.controller.is_running:
        return 1.0
    return status.done / status.total if status is not None and status.state == "running" else 0.0


async def save_pages(
    window: Any, wait: Wait, name: Callable[[str], Path], only: tuple[str, ...] = ()
) -> None:
    """Save a picture of each page, or of those named, as the file that ``name`` gives it."""
    from abm_desktop.ui.analytics.pages import PAGES

    window.commands["view.analytics"].trigger()
    tab = window.analytics
    for page in PAGES:
        if only and page.name not in only:
            continue
        tab.show_page(page.name)
        if page.name == "traders":
            tab.context.time.choose(*STRETCH)
        if page.name == "experiments":
            await run_experiment(window, wait)
        if page.name == "facts":
            tab.show_facts().measure()
        if page.name == "twins":
            window.draw()
            await wait(lambda: tab.show_twins().report is not None, "there is no twin")
        for _ in range(12):
            await asyncio.sleep(0.01)
            window.draw()
        await wait(lambda: not window.session.worker.is_busy, f"the page {page.name} is not ready")
        for _ in range(12):
            await asyncio.sleep(0.01)
            window.draw()
        file = name(page.name)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not window.grab().save(str(file), quality=0):
            raise SystemExit(f"could not write {file}")
        print(file)
        tab.measure_nothing()
