"""What a training tells people: what it does, what it warns of, why it ended.

Values that travel in the messages of the protocol. They know neither Ray nor torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from abm_desktop.statements import Fault, Statement

__all__ = [
    "Building",
    "ClusterNote",
    "DiskFull",
    "Diverged",
    "EnvironmentFailed",
    "JoiningCluster",
    "JudgingBegan",
    "LogFailed",
    "MemoryPart",
    "MemoryRanOut",
    "MemoryShort",
    "NotEvaluated",
    "NotStarted",
    "Note",
    "Paused",
    "ProcessEnded",
    "Ready",
    "Refused",
    "StartingCluster",
    "StoppedEarly",
    "Training",
    "TrainingFault",
    "TrainingWarning",
    "Unexpected",
    "UnknownCommand",
    "UnknownMessage",
    "WorkerDied",
    "WorkersCapped",
    "WorkersLost",
    "WorkersReplaced",
    "size",
]


# -- what it does ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready(Statement):
    """The process waits for a training."""

    TEXTS = ("The training process is ready",)
    code: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class StartingCluster(Statement):
    """A cluster of this machine is being started."""

    TEXTS = ("Starting a local Ray cluster",)
    code: Literal["starting_cluster"] = "starting_cluster"


@dataclass(frozen=True, slots=True)
class JoiningCluster(Statement):
    """A cluster elsewhere is being joined."""

    TEXTS = ("Joining the Ray cluster at {address}",)
    address: str
    code: Literal["joining_cluster"] = "joining_cluster"


@dataclass(frozen=True, slots=True)
class Building(Statement):
    """The markets of the training are being made."""

    TEXTS = ("Compiling and warming up the markets",)
    code: Literal["building"] = "building"


@dataclass(frozen=True, slots=True)
class Training(Statement):
    """Iterations are being done."""

    TEXTS = ("Training {name}",)
    name: str
    code: Literal["training"] = "training"


@dataclass(frozen=True, slots=True)
class Paused(Statement):
    """It waits until somebody lets it go on."""

    TEXTS = ("{name} is paused",)
    name: str
    code: Literal["paused"] = "paused"


@dataclass(frozen=True, slots=True)
class JudgingBegan(Statement):
    """The finished policy is put to the test."""

    TEXTS = ("Judging {name}: held-out days, then every stress",)
    name: str
    code: Literal["judging_began"] = "judging_began"


@dataclass(frozen=True, slots=True)
class WorkersReplaced(Statement):
    """A sampling worker died, and another took its place."""

    TEXTS = ("A sampling worker died and was replaced ({count} so far); most often memory ran out",)
    count: int
    """Workers replaced so far in this training."""
    code: Literal["workers_replaced"] = "workers_replaced"


ClusterNote = Annotated[StartingCluster | JoiningCluster, Field(discriminator="code")]

Note = Annotated[
    Ready
    | StartingCluster
    | JoiningCluster
    | Building
    | Training
    | Paused
    | JudgingBegan
    | WorkersReplaced,
    Field(discriminator="code"),
]

# -- what it warns of ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkersCapped(Statement):
    """More workers were asked for than there are processors."""

    TEXTS = (
        "{asked} sampling workers on {processors} processors would cost memory and time: the "
        "training has {processors}, with rollouts longer by as much.",
        "{asked} sampling workers on 1 processor would cost memory and time: the training has 1, "
        "with rollouts longer by as much.",
    )
    asked: int
    processors: int
    code: Literal["workers_capped"] = "workers_capped"

    @property
    def text(self) -> str:
        """By number."""
        return self.TEXTS[self.processors == 1]


@dataclass(frozen=True, slots=True)
class NotEvaluated(Statement):
    """The training is over and kept, its evaluation failed."""

    TEXTS = ("{name} was trained but could not be evaluated: {error}.",)
    name: str
    error: str
    code: Literal["not_evaluated"] = "not_evaluated"


@dataclass(frozen=True, slots=True)
class WorkersLost(Statement):
    """Sampling workers died and were replaced in the whole training."""

    TEXTS = (
        "{count} sampling workers died and were replaced.",
        "1 sampling worker died and was replaced.",
    )
    count: int
    code: Literal["workers_lost"] = "workers_lost"

    @property
    def text(self) -> str:
        """By number."""
        return self.TEXTS[self.count == 1]


@dataclass(frozen=True, slots=True)
class LogFailed(Statement):
    """A run log was given up."""

    TEXTS = ("{kind} could not be written: {error}.",)
    kind: str
    """TensorBoard or MLflow."""
    error: str
    code: Literal["log_failed"] = "log_failed"


TrainingWarning = Annotated[NotEvaluated | WorkersLost | LogFailed, Field(discriminator="code")]

# -- why it ended ----------------------------------------------------------------------------------

_LAST_WHOLE = "The last checkpoint is whole."
_LESS_MEMORY = (
    "Use fewer workers, fewer markets per worker, shorter rollouts or a smaller replay buffer."
)
_FEWER = "Most often memory ran out: use fewer workers or fewer markets per worker."
_REPORT = "Copy the details into a report; the last checkpoint, if there was one, is whole."


@dataclass(frozen=True, slots=True)
class EnvironmentFailed(Fault):
    """The environment raised; ``error`` is the first line of what it said."""

    TEXTS = (
        "The environment could not be made: {error}.",
        "The environment failed at reset: {error}.",
        "The environment failed at a step: {error}.",
    )
    REMEDIES = ("Check the scenario: run it in the Market tab first.", _REPORT)
    when: Literal["making", "reset", "step"]
    error: str
    code: Literal["environment_failed"] = "environment_failed"

    @property
    def text(self) -> str:
        """By when it failed."""
        return self.TEXTS[("making", "reset", "step").index(self.when)]


@dataclass(frozen=True, slots=True)
class Diverged(Fault):
    """A loss or gradient is no number any more."""

    TEXTS = (
        "Training diverged: the gradient is not a finite number (loss {loss}).",
        "Training diverged: the {quantity} is not a finite number.",
    )
    REMEDIES = (
        "Lower the learning rate or the gradient limit.",
        "The last checkpoint is from before.",
    )
    quantity: str
    """"gradient", or the name of a loss."""
    loss: str = ""
    """With the gradient, as it is written: "nan", "inf", "0.31"."""
    code: Literal["diverged"] = "diverged"

    @property
    def text(self) -> str:
        """With the loss, if it is known."""
        return self.TEXTS[not self.loss]


@dataclass(frozen=True, slots=True)
class WorkerDied(Fault):
    """A sampling worker died, and those that took its place."""

    TEXTS = ("A sampling worker died.",)
    REMEDIES = (_FEWER,)
    code: Literal["worker_died"] = "worker_died"


MemoryUse = Literal["process", "workers", "markets", "decisions", "buffer"]
"""What a training needs memory for."""


@dataclass(frozen=True, slots=True)
class MemoryPart(Statement):
    """Memory that a training needs for one thing, bytes."""

    TEXTS = (
        "the training process {memory}",
        "{count:#worker} {memory}",
        "{count:#market} {memory}",
        "{count:#decision} an iteration {memory}",
        "a replay buffer of {count:#decision} {memory}",
    )
    kind: MemoryUse
    count: int
    bytes: int

    @property
    def text(self) -> str:
        """By what it is for."""
        return self.TEXTS[get_args(MemoryUse).index(self.kind)]

    def values(self) -> dict[str, Any]:
        """With the bytes in a unit."""
        return {"count": self.count, "memory": size(self.bytes)}


@dataclass(frozen=True, slots=True)
class MemoryShort(Fault):
    """A training that does not fit into the memory that is free, bytes."""

    TEXTS = (
        "This training needs at least {needed} of memory ({parts}), but only {free} are free.",
    )
    REMEDIES = (_LESS_MEMORY, "Or close other programs.")
    needed: int
    parts: tuple[MemoryPart, ...]
    """The largest first."""
    free: int
    code: Literal["memory_short"] = "memory_short"

    def values(self) -> dict[str, Any]:
        """With the bytes in units."""
        return {"needed": size(self.needed), "parts": self.parts, "free": size(self.free)}


@dataclass(frozen=True, slots=True)
class MemoryRanOut(Fault):
    """The system or torch had no more memory."""

    TEXTS = ("Memory ran out.",)
    REMEDIES = (_LESS_MEMORY, _LAST_WHOLE)
    code: Literal["memory_ran_out"] = "memory_ran_out"


@dataclass(frozen=True, slots=True)
class DiskFull(Fault):
    """A file could not be written any further."""

    TEXTS = ("The disk is full: {file}.",)
    REMEDIES = ("Free some space, for example by deleting models.", _LAST_WHOLE)
    file: str
    code: Literal["disk_full"] = "disk_full"


@dataclass(frozen=True, slots=True)
class Refused(Fault):
    """A setting, file, model or cluster that cannot be used, in the words of its own error."""

    TEXTS = ("{error}",)
    error: str
    code: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Unexpected(Fault):
    """A fault of the program, or of a user's environment."""

    TEXTS = ("{kind}: {error}.",)
    REMEDIES = (_REPORT,)
    kind: str
    """Name of the exception's class."""
    error: str
    code: Literal["unexpected"] = "unexpected"


@dataclass(frozen=True, slots=True)
class ProcessEnded(Fault):
    """The training process is gone without a last word."""

    TEXTS = (
        "The training process ended unexpectedly (exit code {number}).",
        "The training process ended unexpectedly (killed by signal {number}).",
    )
    REMEDIES = ("Start the training again.", _FEWER, _LAST_WHOLE)
    exit_code: int
    """Negative: the signal that killed it."""
    trained: bool
    """Whether a training ran in it."""
    code: Literal["process_ended"] = "process_ended"

    @property
    def text(self) -> str:
        """By how it ended."""
        return self.TEXTS[self.exit_code < 0]

    def values(self) -> dict[str, Any]:
        """The number of the signal or exit code."""
        return {"number": abs(self.exit_code)}

    @property
    def remedies(self) -> tuple[str, ...]:
        """A kill is most often the system's answer to a lack of memory."""
        again, fewer, whole = self.REMEDIES
        if not self.trained:
            return ()
        return (fewer if self.exit_code == -9 else again, whole)


@dataclass(frozen=True, slots=True)
class UnknownMessage(Fault):
    """The process said something that is none of its messages; the details have it."""

    TEXTS = ("The training process sent an unknown message.",)
    code: Literal["unknown_message"] = "unknown_message"


@dataclass(frozen=True, slots=True)
class UnknownCommand(Fault):
    """The process heard something that is none of its commands; the details have it."""

    TEXTS = ("The training process got a command it does not know.",)
    code: Literal["unknown_command"] = "unknown_command"


@dataclass(frozen=True, slots=True)
class NotStarted(Fault):
    """No process could be made."""

    TEXTS = ("The training process could not be started: {error}.",)
    REMEDIES = ("Free some memory and try again.",)
    error: str
    code: Literal["not_started"] = "not_started"


@dataclass(frozen=True, slots=True)
class StoppedEarly(Fault):
    """There is no model: it was stopped too early."""

    TEXTS = ("Training was stopped before its first iteration ended.",)
    code: Literal["stopped_early"] = "stopped_early"


TrainingFault = Annotated[
    EnvironmentFailed
    | Diverged
    | WorkerDied
    | MemoryShort
    | MemoryRanOut
    | DiskFull
    | Refused
    | Unexpected
    | ProcessEnded
    | UnknownMessage
    | UnknownCommand
    | NotStarted
    | StoppedEarly,
    Field(discriminator="code"),
]


def size(number: float) -> str:
    """Bytes in a unit, e.g. "3.0 GiB"."""
    return f"{number / 2**30:.1f} GiB" if number >= 2**30 else f"{number / 2**20:.0f} MiB"
