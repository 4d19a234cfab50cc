"""What an experiment tells people: why it cannot go on. Values that travel in its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from abm_desktop.statements import Fault

__all__ = [
    "AnotherRunsIt",
    "ExperimentBroken",
    "ExperimentFault",
    "ExperimentNotStarted",
    "ExperimentProcessEnded",
    "ExperimentRefused",
    "FolderUnwritable",
    "IndexUnusable",
    "MarketFailed",
    "MarketLost",
    "NoExperimentFile",
    "NoResults",
    "OtherResults",
    "PartDamaged",
    "SharesTooLarge",
    "TaskLost",
    "TrainingBroken",
    "UnknownExperimentMessage",
]

_KEPT = "What is finished is kept."
_REPORT = "This is a fault of the program: please report it."
_OTHER_FOLDER = "Choose another folder (--out)."
_ANEW = "Choose another folder (--out), or begin again (--fresh)."


@dataclass(frozen=True, slots=True)
class SharesTooLarge(Fault):
    """RL traders cannot displace as much as they are to trade."""

    TEXTS = (
        "{displaced} make up {room:.0f} % of the {of} in this market, so RL traders cannot take "
        "the place of {share:g} % by displacing them only.",
    )
    REMEDIES = ("Give smaller shares, or let more classes make room (rl.displaces).",)
    displaced: tuple[str, ...]
    """Names of trader classes."""
    of: str
    """What shares are shares of: "taker volume"."""
    room: float
    """The share of these classes, 0 to 1."""
    share: float
    """The share asked for, 0 to 1."""
    code: Literal["shares_too_large"] = "shares_too_large"

    def values(self) -> dict[str, Any]:
        """With shares in percent."""
        return {
            "displaced": self.displaced,
            "of": self.of,
            "room": 100.0 * self.room,
            "share": 100.0 * self.share,
        }


@dataclass(frozen=True, slots=True)
class TaskLost(Fault):
    """The cluster lost the same piece of work too often."""

    TEXTS = ("The cluster lost a task {attempts:#time}: {error}.",)
    REMEDIES = ("Look after its nodes, then start again.", _KEPT)
    attempts: int
    error: str
    code: Literal["task_lost"] = "task_lost"


@dataclass(frozen=True, slots=True)
class TrainingBroken(Fault):
    """A training that the study asks for failed."""

    TEXTS = ("The training of {name} failed: {error}",)
    REMEDIES = ("Mend that and start again: trainings that are finished are kept.",)
    name: str
    error: str
    code: Literal["training_broken"] = "training_broken"


@dataclass(frozen=True, slots=True)
class MarketLost(Fault):
    """A market was lost with its worker too often."""

    TEXTS = (
        "Market {seed} was lost with its worker {attempts:#time}: {error}.",
        "Market {seed} ended early {attempts:#time}.",
    )
    REMEDIES = (
        "Most often memory ran out: use fewer workers, then start again.",
        _KEPT,
    )
    seed: int
    attempts: int
    error: str = ""
    """What Ray says; "" of a market that ended early."""
    code: Literal["market_lost"] = "market_lost"

    @property
    def text(self) -> str:
        """By whether Ray says anything."""
        return self.TEXTS[not self.error]


@dataclass(frozen=True, slots=True)
class MarketFailed(Fault):
    """Something raised in a market."""

    TEXTS = ("A market failed: {kind}: {error}.",)
    REMEDIES = (_REPORT, _KEPT)
    kind: str
    """Name of the exception's class."""
    error: str
    code: Literal["market_failed"] = "market_failed"


@dataclass(frozen=True, slots=True)
class ExperimentBroken(Fault):
    """Something raised outside of the markets."""

    TEXTS = ("The experiment failed: {kind}: {error}.",)
    REMEDIES = (_REPORT, _KEPT)
    kind: str
    """Name of the exception's class."""
    error: str
    code: Literal["experiment_broken"] = "experiment_broken"


@dataclass(frozen=True, slots=True)
class IndexUnusable(Fault):
    """The list of finished runs cannot be read."""

    TEXTS = ("{file} cannot be used: {error}.",)
    REMEDIES = (_ANEW,)
    file: str
    error: str
    code: Literal["index_unusable"] = "index_unusable"


@dataclass(frozen=True, slots=True)
class AnotherRunsIt(Fault):
    """The folder of the results is held by another process."""

    TEXTS = ("Another program runs this experiment already, in {folder}.",)
    REMEDIES = ("Wait for it, stop it, or choose another folder (--out).",)
    folder: str
    code: Literal["another_runs_it"] = "another_runs_it"


@dataclass(frozen=True, slots=True)
class FolderUnwritable(Fault):
    """The folder of the results cannot be written."""

    TEXTS = ("{folder} cannot be written: {error}.",)
    REMEDIES = (_OTHER_FOLDER,)
    folder: str
    error: str
    code: Literal["folder_unwritable"] = "folder_unwritable"


@dataclass(frozen=True, slots=True)
class NoResults(Fault):
    """Nothing was run yet."""

    TEXTS = ("There are no results in {folder}.",)
    REMEDIES = ("Run the experiment first, or name its folder.",)
    folder: str
    code: Literal["no_results"] = "no_results"


@dataclass(frozen=True, slots=True)
class NoExperimentFile(Fault):
    """A folder of results lacks the file that they were made from."""

    TEXTS = ("{folder} has no experiment.toml.",)
    REMEDIES = ("Copy the file into it.",)
    folder: str
    code: Literal["no_experiment_file"] = "no_experiment_file"


@dataclass(frozen=True, slots=True)
class OtherResults(Fault):
    """The folder belongs to another experiment."""

    TEXTS = (
        "{folder} holds the results of another experiment, or of another version of this one.",
    )
    REMEDIES = (_ANEW,)
    folder: str
    code: Literal["other_results"] = "other_results"


@dataclass(frozen=True, slots=True)
class PartDamaged(Fault):
    """A file of finished runs is not what was written."""

    TEXTS = ("{file}: {error}.",)
    REMEDIES = ("Run the experiment again: the runs of this part are made again, the others kept.",)
    file: str
    error: str
    code: Literal["part_damaged"] = "part_damaged"


@dataclass(frozen=True, slots=True)
class ExperimentRefused(Fault):
    """A file, scenario or cluster that cannot be used, in the words of its own error."""

    TEXTS = ("{error}",)
    error: str
    code: Literal["experiment_refused"] = "experiment_refused"


@dataclass(frozen=True, slots=True)
class ExperimentProcessEnded(Fault):
    """The experiment's process is gone without a last word."""

    TEXTS = (
        "The experiment's process ended unexpectedly (exit code {number}).",
        "The experiment's process ended unexpectedly (killed by signal {number}).",
    )
    REMEDIES = (
        "Start it again: what is finished is kept.",
        "If memory ran out, use fewer workers.",
    )
    exit_code: int
    """Negative: the signal that killed it."""
    code: Literal["experiment_process_ended"] = "experiment_process_ended"

    @property
    def text(self) -> str:
        """By how it ended."""
        return self.TEXTS[self.exit_code < 0]

    def values(self) -> dict[str, Any]:
        """The number of the signal or exit code."""
        return {"number": abs(self.exit_code)}


@dataclass(frozen=True, slots=True)
class UnknownExperimentMessage(Fault):
    """The process said something that is none of its messages; the details have it."""

    TEXTS = ("The experiment's process sent an unknown message.",)
    code: Literal["unknown_experiment_message"] = "unknown_experiment_message"


@dataclass(frozen=True, slots=True)
class ExperimentNotStarted(Fault):
    """No process could be made."""

    TEXTS = ("The experiment's process could not be started: {error}.",)
    REMEDIES = ("Free some memory and try again.",)
    error: str
    code: Literal["experiment_not_started"] = "experiment_not_started"


ExperimentFault = Annotated[
    SharesTooLarge
    | TaskLost
    | TrainingBroken
    | MarketLost
    | MarketFailed
    | ExperimentBroken
    | IndexUnusable
    | AnotherRunsIt
    | FolderUnwritable
    | NoResults
    | NoExperimentFile
    | OtherResults
    | PartDamaged
    | ExperimentRefused
    | ExperimentProcessEnded
    | UnknownExperimentMessage
    | ExperimentNotStarted,
    Field(discriminator="code"),
]
