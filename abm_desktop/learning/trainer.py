"""Training from a script, in one call, over the same host process as the window's.

::

    results, checkpoint = RLTrainer(algorithm="PPO", num_workers=4, training_iterations=100).train()
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from abm_desktop.beside_a_loop import event_loop_runs, run_beside
from abm_desktop.inputs import shown
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.process.client import CLOSE_SECONDS, HURRY_SECONDS, TrainingClient
from abm_desktop.learning.process.messages import (
    Checkpoint,
    Done,
    Failure,
    Judging,
    Message,
    Progress,
    Status,
)
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import models
from abm_desktop.learning.rllib.samplers import within_processors
from abm_desktop.learning.statements import StoppedEarly
from abm_desktop.progress_bar import ProgressBar
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.reading import checked_copy


class TrainingFailed(RuntimeError):  # noqa: N818  (a fact, told by its failure message)
    """Training ended by a fault; ``failure`` has the fault and details."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(str(failure))


@dataclass(frozen=True, slots=True)
class TrainingResults:
    """What a training measured."""

    name: str
    """Name of the model in the registry."""
    reason: str
    """"finished", or "stopped" if it was interrupted."""
    history: tuple[Progress, ...]
    """One entry per iteration, oldest first; very fast iterations may share one."""
    evaluation: dict[str, Any] | None = None
    """How the policy did on held-out days (:meth:`Evaluation.summary`); None if not judged."""
    stress_test: dict[str, Any] | None = None
    """How it did under every stress (``summary_of`` in ``learning.judging.stress_test``)."""
    warning: str = ""
    """Why it could not be judged, and whatever else went wrong beside the training."""

    @property
    def last(self) -> Progress:
        """The newest measurements."""
        return self.history[-1]

    def columns(self) -> dict[str, list[Any]]:
        """The history as columns, ready for a data frame."""
        rows = [asdict(progress) for progress in self.history]
        return {key: [row[key] for row in rows] for key in rows[0]} if rows else {}


class RLTrainer:
    """Trains one policy and waits for it. All other settings are fields of ``TrainingConfig``.

    What is not given is that of the algorithm's shipped recipe (``scenarios/training``), which says
    where it trains and how much it samples. More workers than processors would cost memory and
    time: they are capped, with a warning.

    A finished policy is then judged on held-out days and under every stress, which takes about a
    minute; ``evaluate_after=False`` leaves that out.
    """

    def __init__(
        self,
        algorithm: str = "PPO",
        num_workers: int = 4,
        training_iterations: int = 100,
        config: TrainingConfig | None = None,
        **settings: Any,
    ) -> None:
        """Take either a whole ``config`` or settings. Raises ``ConfigError``."""
        usual = {
            "algorithm": algorithm,
            "workers": num_workers,
            "iterations": training_iterations,
        }
        asked = make_config(**usual | settings) if config is None else _whole(config, settings)
        self.config, note = within_processors(asked)
        if note:
            warnings.warn(str(note), stacklevel=2)

    def train(
        self,
        on_message: Callable[[Message], None] | None = None,
        *,
        progress: bool | None = None,
    ) -> tuple[TrainingResults, Path]:
        """Train; returns the results and the folder of the model (policy, metadata, checkpoint).

        ``on_message`` sees every message as it comes. An interrupt (Ctrl+C) stops after the
        running iteration and keeps its checkpoint; a second one, or one before the training has
        begun, abandons it and raises KeyboardInterrupt. Raises
        :class:`TrainingFailed`.

        If an event loop runs already in this thread, as in a notebook, it waits as well, while the
        training's own loop runs on another thread; ``TrainingClient`` does not make a loop wait.
        There, unless ``progress`` is False, a bar shows how far it is; elsewhere if it is True.
        """
        loop_runs = event_loop_runs()
        with ProgressBar("Training", shown=loop_runs if progress is None else progress) as bar:

            def hear(message: Message) -> None:
                _show(bar, message)
                if on_message is not None:
                    on_message(message)

            if loop_runs:
                return run_beside(self.train_in_loop, hear)
            return asyncio.run(self.train_in_loop(hear))

    async def train_in_loop(
        self, on_message: Callable[[Message], None]
    ) -> tuple[TrainingResults, Path]:
        """As :meth:`train`, in a loop that runs. A cancelled task stops as an interrupt does."""
        client = TrainingClient()
        history: list[Progress] = []
        checkpoint: Checkpoint | None = None
        work = asyncio.current_task()
        assert work is not None
        begun, asked_to_stop, seconds = False, False, CLOSE_SECONDS
        try:
            await client.start(self.config)
            messages = client.messages()
            while True:
                try:
                    message = await anext(messages)
                except asyncio.CancelledError:
                    again = asked_to_stop or work.cancelling() > 1
                    if again or not begun or not client.is_training:
                        seconds = HURRY_SECONDS
                        raise
                    asked_to_stop = True
                    work.uncancel()
                    on_message(Status("stopping"))
                    await client.stop()
                    messages = client.messages()
                    continue
                on_message(message)
                begun = begun or (isinstance(message, Status) and message.state == "training")
                match message:
                    case Progress():
                        history.append(message)
                    case Checkpoint():
                        checkpoint = message
                    case Failure():
                        raise TrainingFailed(message)
                    case Done():
                        if checkpoint is None:
                            raise TrainingFailed(Failure(StoppedEarly()))
                        metrics = models.get_model(message.name).metrics
                        results = TrainingResults(
                            message.name,
                            message.reason,
                            tuple(history),
                            evaluation=metrics.get("evaluation"),
                            stress_test=metrics.get("stress_test"),
                            warning=" ".join(map(str, message.warnings)),
                        )
                        return results, Path(checkpoint.path)
        finally:
            await client.close(seconds)


def _show(bar: ProgressBar, message: Message) -> None:
    match message:
        case Status(note=note) if note is not None:
            bar.say(str(note))
        case Progress(iteration=iteration, iterations=iterations, reward_mean=reward):
            told = "" if reward is None else f"reward {reward:.4g}"
            bar.update(iteration / iterations, f"Iteration {iteration} of {iterations}", told)
        case Judging(stage=stage, share=share):
            what = "Held-out days" if stage == "evaluation" else "Under stress"
            bar.update(share, what)


def _whole(config: object, settings: dict[str, Any]) -> TrainingConfig:
    """A configuration that is one, and all that is given."""
    if not isinstance(config, TrainingConfig):
        message, remedy = f"must be a TrainingConfig, not {shown(config)}", "make one"
        raise ConfigError(None, [Problem(None, "config", message, remedy)])
    if settings:
        message = f"says all, and {', '.join(settings)} beside it would be lost"
        raise ConfigError(None, [Problem(None, "config", message, "give one or the other")])
    return checked_copy(config, error=ConfigError)
