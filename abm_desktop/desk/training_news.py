"""What is told of trainings: states, warnings, events, and all that is known of one, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import (
    Checkpoint,
    ClusterInfo,
    Done,
    Failure,
    Judging,
    Progress,
    RuleRewards,
)
from abm_desktop.statements import Fault, Statement

__all__ = [
    "BUSY",
    "UNDER_WAY",
    "ClusterGone",
    "ClusterState",
    "Incident",
    "NewState",
    "QueueChange",
    "TrainingEvent",
    "TrainingInfo",
    "TrainingNews",
    "TrainingState",
    "Verdict",
]


class ClusterState(StrEnum):
    """What the training process and its cluster are doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    IDLE = "idle"
    FAILED = "failed"


BUSY = (
    ClusterState.STARTING,
    ClusterState.TRAINING,
    ClusterState.PAUSED,
    ClusterState.STOPPING,
)
"""A training is under way."""


class TrainingState(StrEnum):
    """What has become of one training. While it is under way, the same as its cluster's."""

    WAITING = "waiting"
    STARTING = "starting"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Also one that was taken out of the queue."""
    FAILED = "failed"


UNDER_WAY = tuple(TrainingState(state.value) for state in BUSY)
"""States of a training that has begun and not ended."""


@dataclass(frozen=True, slots=True)
class NewState:
    """The process does something else, or says more about it."""

    state: ClusterState
    detail: Statement | None = None
    type: Literal["state"] = "state"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong in a training or its cluster, kept for the whole session."""

    moment: datetime
    what: tuple[Statement, ...]
    is_fault: bool
    """It ended a training."""
    type: Literal["incident"] = "incident"

    @property
    def told(self) -> str:
        """In English."""
        return " ".join(map(str, self.what))


@dataclass(frozen=True, slots=True)
class ClusterGone:
    """The training process has ended, and its cluster with it."""

    type: Literal["cluster_gone"] = "cluster_gone"


@dataclass(frozen=True, slots=True)
class QueueChange:
    """Other trainings wait, in another order, or the queue is held or let go."""

    waiting: tuple[int, ...]
    """Numbers of the trainings, the next first."""
    is_held: bool
    """The next does not start by itself."""
    type: Literal["queue"] = "queue"


TrainingNews = (
    NewState | Progress | RuleRewards | Checkpoint | Judging | Done | Failure | ClusterInfo
    | ClusterGone | Incident | QueueChange
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingEvent:
    """One thing that happened, as it is told to all who listen."""

    sequence: int
    """Counts the events of a session's trainings, from 1."""
    training: int | None
    """Number of the training it is about; None for the queue, and before the first training."""
    news: TrainingNews


@dataclass(frozen=True, slots=True)
class TrainingInfo:
    """All that is known of a training, at one moment; its curves aside."""

    number: int
    state: TrainingState
    config: TrainingConfig
    model: str
    """Name of its model; empty until the training process has chosen one."""
    detail: Statement | None
    """What it does, while it is under way."""
    iteration: int
    """Finished iterations."""
    last: Progress | None
    """The newest measurements."""
    seconds_left: float | None
    """Expected; None before it is known, and while it waits, is paused or is judged."""
    judging: Judging | None
    """What the finished policy is put to; None while it is trained."""
    warnings: tuple[Incident, ...]
    done: Done | None
    """How it ended, if as asked."""
    failure: Failure | None
    """Why it ended, if by a fault."""

    @property
    def iterations(self) -> int:
        """Asked for."""
        return self.config.iterations

    @property
    def fault(self) -> Fault | None:
        """What ended it, and what to do about it."""
        return None if self.failure is None else self.failure.fault


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model of a training was judged to be, as its file says."""

    model: str
    evaluation: dict[str, Any] | None
    """On held-out days; None if it was not evaluated."""
    stress_test: dict[str, Any] | None
    """Under every stress; None if there was no such test."""
