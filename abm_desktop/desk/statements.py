"""What trainings and experiments of a session tell people, and why they refuse, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from abm_desktop.statements import Fault, FaultError, Statement

__all__ = [
    "AlmostFullStore",
    "CannotNow",
    "ComputationEnded",
    "ExperimentRunsAlready",
    "LittleMemory",
    "NoSuchExperiment",
    "NoSuchTraining",
    "NotNowError",
    "SessionClosed",
    "StartingProcess",
    "StoppingAfterIteration",
    "WorkerRestarted",
]


class NotNowError(FaultError):
    """What was asked of a training or an experiment cannot be done."""


@dataclass(frozen=True, slots=True)
class StartingProcess(Statement):
    """A training was asked for; its process is being made."""

    TEXTS = ("Starting the training process",)
    code: Literal["starting_process"] = "starting_process"


@dataclass(frozen=True, slots=True)
class StoppingAfterIteration(Statement):
    """Somebody stopped a training."""

    TEXTS = ("Stopping: the running iteration is finished first",)
    code: Literal["stopping_after_iteration"] = "stopping_after_iteration"


@dataclass(frozen=True, slots=True)
class WorkerRestarted(Statement):
    """A sampling worker ended; another took its place."""

    TEXTS = (
        "A sampling worker ended and was started again ({n} so far). If that goes on, "
        "use fewer workers or fewer markets per worker.",
    )
    n: int
    """In this training."""
    code: Literal["worker_restarted"] = "worker_restarted"


@dataclass(frozen=True, slots=True)
class LittleMemory(Statement):
    """The system is likely to kill a process soon."""

    TEXTS = (
        "Less than 400 MB of memory is free. Close other programs, or train with "
        "fewer workers or fewer markets per worker.",
    )
    code: Literal["little_memory"] = "little_memory"


@dataclass(frozen=True, slots=True)
class AlmostFullStore(Statement):
    """Samples of workers fill Ray's object store."""

    TEXTS = ("Ray's object store is almost full; use shorter rollouts.",)
    code: Literal["almost_full_store"] = "almost_full_store"


@dataclass(frozen=True, slots=True)
class NoSuchTraining(Fault):
    """No training of this session has that number."""

    TEXTS = ("There is no training {number}.",)
    REMEDIES = ("List the trainings of this session.",)
    number: int
    code: Literal["no_such_training"] = "no_such_training"


@dataclass(frozen=True, slots=True)
class NoSuchExperiment(Fault):
    """No experiment of this session has that number."""

    TEXTS = ("There is no experiment {number}.",)
    REMEDIES = ("List the experiments of this session.",)
    number: int
    code: Literal["no_such_experiment"] = "no_such_experiment"


@dataclass(frozen=True, slots=True)
class CannotNow(Fault):
    """A training or an experiment is not in a state for that."""

    TEXTS = ("{what} {number} is {state}: it cannot {verb}.",)
    what: Literal["Training", "Experiment"]
    number: int
    state: str
    verb: str
    """What was asked of it: "pause", "wait for its turn"."""
    code: Literal["cannot_now"] = "cannot_now"


@dataclass(frozen=True, slots=True)
class ExperimentRunsAlready(Fault):
    """Experiments do not wait for each other."""

    TEXTS = ("Experiment {number}, “{title}”, runs already.",)
    REMEDIES = ("Stop it, or wait for its end.",)
    number: int
    title: str
    code: Literal["experiment_runs_already"] = "experiment_runs_already"


@dataclass(frozen=True, slots=True)
class SessionClosed(Fault):
    """The program is about to end."""

    TEXTS = ("The session is closed: nothing more is started.",)
    code: Literal["session_closed"] = "session_closed"


@dataclass(frozen=True, slots=True)
class ComputationEnded(Fault):
    """The process for computations was killed, or a job in it cancelled."""

    TEXTS = ("the process for computations ended",)
    code: Literal["computation_ended"] = "computation_ended"
