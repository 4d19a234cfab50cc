"""What is told of experiments: states, events, and all that is known of one, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentBegun,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
)
from abm_desktop.statements import Fault

__all__ = [
    "ExperimentEvent",
    "ExperimentInfo",
    "ExperimentNews",
    "ExperimentResult",
    "ExperimentState",
    "NewExperimentState",
]


class ExperimentState(StrEnum):
    """What an experiment is doing."""

    NONE = "none"
    """No experiment runs."""
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    REPORTING = "reporting"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class NewExperimentState:
    """The process does something else, or nobody runs an experiment any more."""

    state: ExperimentState
    type: Literal["state"] = "state"


ExperimentResult = ExperimentDone | Ended | ExperimentFailure
"""How an experiment ended."""

ExperimentNews = NewExperimentState | ExperimentBegun | ExperimentStatus | ExperimentResult


@dataclass(frozen=True, slots=True)
class ExperimentEvent:
    """One thing that happened, as it is told to all who listen."""

    sequence: int
    """Counts the events of a session's experiments, from 1."""
    experiment: int
    """Number of the experiment it is about."""
    news: ExperimentNews


@dataclass(frozen=True, slots=True)
class ExperimentInfo:
    """All that is known of an experiment, at one moment; its results aside."""

    number: int
    state: ExperimentState
    title: str
    start: ExperimentStart
    """What was asked for."""
    folder: Path | None
    """Where its results lie; None until that is known."""
    total: int | None
    """Runs of the whole experiment; None until its file was read."""
    status: ExperimentStatus | None
    """The newest; None before the first."""
    seconds_left: float | None
    """Expected; None before it can be told, and while it does not run."""
    result: ExperimentResult | None
    """How it ended."""

    @property
    def fault(self) -> Fault | None:
        """What ended it, and what to do about it."""
        return self.result.fault if isinstance(self.result, ExperimentFailure) else None

    @property
    def report(self) -> Path | None:
        """The report's page, once it is written."""
        return Path(self.result.report) if isinstance(self.result, ExperimentDone) else None
