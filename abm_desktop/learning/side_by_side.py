"""Several trainings at once: each has a process and a model of its own; they share the cores."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from abm_desktop.learning import trainer
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Message
from abm_desktop.thread_team import processors

__all__ = ["SideBySide", "threads_each", "train_side_by_side"]

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SideBySide(Generic[Name]):
    """What came of several trainings, by their names."""

    results: dict[Name, trainer.TrainingResults]
    """Of those that came to an end, stopped ones too."""
    failures: dict[Name, trainer.TrainingFailed]


def threads_each(config: TrainingConfig, at_once: int) -> int:
    """Threads of a training if ``at_once`` share the cores; its own setting, if it has one."""
    return config.threads or max(1, processors() // at_once)


def train_side_by_side(
    configs: Mapping[Name, TrainingConfig],
    at_once: int,
    hear: Callable[[Name, Message], None],
    *,
    go_on: bool = True,
) -> SideBySide[Name]:
    """Train all, ``at_once`` of them at a time, in order of ``configs``.

    An interrupt (Ctrl+C) stops those that run after their iteration and keeps their models; those
    that wait do not begin. One that fails leaves the others alone; without ``go_on`` no further one
    begins after it.
    """
    found: SideBySide[Name] = SideBySide({}, {})
    asyncio.run(_train_all(configs, at_once, hear, go_on, found))
    return found


async def _train_all(
    configs: Mapping[Name, TrainingConfig],
    at_once: int,
    hear: Callable[[Name, Message], None],
    go_on: bool,
    found: SideBySide[Name],
) -> None:
    turns = asyncio.Semaphore(at_once)

    async def train(name: Name, config: TrainingConfig) -> None:
        async with turns:
            whole = not found.failures and all(
                done.reason == "finished" for done in found.results.values()
            )
            if not (whole or go_on):
                return
            try:
                results, _ = await trainer.RLTrainer(config=config).train_in_loop(
                    lambda message: hear(name, message)
                )
            except trainer.TrainingFailed as failed:
                found.failures[name] = failed
            else:
                found.results[name] = results

    tasks = [asyncio.create_task(train(name, config)) for name, config in configs.items()]
    try:
        await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        # Those at work end after their iteration; a second interrupt abandons them.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
