"""Pictures of the RL tab for ``tools/screenshots.py``, taken while a training runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Wait = Callable[..., Awaitable[None]]
PAGES = ("models", "agent", "queue", "cluster")
MODEL, OTHER = "calm-ppo", "calm-dqn"
WAITING = (("PPO", 3), ("DQN", 5))
"""Trainings that wait in the queue."""


def start_training(window: Any) -> None:
    """Start a training that goes on until it is stopped."""
    form = window.rl.form
    form.set_value("iterations", 2000)
    form.set_value("evaluate_after", False)
    form.start_requested.emit(form.config())


async def wait_for_training(window: Any, wait: Wait, iterations: int) -> None:
    """Wait until so many iterations are done."""
    controller, notice = window.rl.controller, window.rl.notice
    await wait(
        lambda: len(controller.history) >= iterations or notice.isVisible(),
        "the training does not go on",
        400.0,
    )
    if notice.isVisible():
        raise SystemExit(notice.as_text())


async def stop_training(window: Any, wait: Wait) -> None:
    """Stop the training, where one runs."""
    if window.rl.is_training:
        window.rl.controller.stop()
        await wait(lambda: not window.rl.is_training, "the training did not end")


async def load_traders(window: Any, wait: Wait) -> None:
    """Let a model trade in the market, so that there is a trader to look at."""
    from abm_desktop.live.commands import PauseMarket, RunMarket

    _select(window.rl.models, [MODEL])
    window.rl.models.load_selected()
    window.session.live.do(RunMarket())
    await wait(
        lambda: any(c.name == "rl" and c.traders for c in window.snapshot.classes),
        "the model does not trade",
    )
    start = window.snapshot.time
    await wait(lambda: window.snapshot.time > start + 60, "the market does not run")
    window.session.live.do(PauseMarket())


async def save_pages(
    window: Any,
    place: Callable[[str], Path],
    save: Callable[[Any, Path], Awaitable[None]],
) -> None:
    """Save the tab with each of its pages, and with each group of its curves."""
    tab = window.rl
    window.commands["view.rl"].trigger()
    if not len(tab.controller.queue):
        for algorithm, iterations in WAITING:
            tab.form.set_value("algorithm", algorithm)
            tab.form.set_value("iterations", iterations)
            tab.form.queue_requested.emit(tab.form.config())
    for group in ("Learning", "Trading"):
        tab.charts.bar.show_group(group)
        await save(window, place(f"rl-{group.lower()}"))
    tab.charts.bar.show_group("Overview")
    for k, page in enumerate(PAGES):
        tab.pages.setCurrentIndex(k)
        await asyncio.sleep(0.3)
        await save(window, place(f"rl-{page}"))
    tab.pages.setCurrentIndex(0)


async def save_dialogs(
    window: Any, place: Callable[[str], Path], write: Callable[[Any, Path], None]
) -> None:
    """Save the results of a model, the comparison of two, and what is asked before."""
    from PySide6.QtWidgets import QApplication

    models = window.rl.models
    shows = {
        "evaluate": models.evaluate,
        "stress_test": models.stress_test,
        "evaluation": lambda: models.show_results("evaluation"),
        "stress_result": lambda: models.show_results("stress_test"),
        "delete": models.ask_delete,
        "compare": models.compare,
    }
    for name, show in shows.items():
        _select(models, [MODEL, OTHER] if name == "compare" else [MODEL])
        show()
        await asyncio.sleep(0.3)
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            print(f"nothing was shown: {name}")
            continue
        write(dialog, place(f"rl-{name}"))
        dialog.close()
        await asyncio.sleep(0.1)
    models.menu.popup(models.mapToGlobal(models.rect().topLeft()))
    await asyncio.sleep(0.2)
    write(models.menu, place("rl-menu"))
    models.menu.close()


def _select(models: Any, names: list[str]) -> None:
    models.table.set_models(models.table.models, names)
