"""The protocol between the host process and its client: one JSON object per line.

Commands go to the host's standard input, messages come from its standard output. Both are small
frozen dataclasses; :func:`encode` writes one line, :func:`parse_command` and :func:`parse_message`
read one and raise :class:`ProtocolError` for anything that is not exactly one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from abm_desktop.json_lines import Pause, ProtocolError, Resume, Stop, line_of, reader_of
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.statements import Note, TrainingFault, TrainingWarning
from abm_desktop.market.roles import ACTION_NAMES

__all__ = [
    "Checkpoint",
    "Close",
    "ClusterInfo",
    "Command",
    "Done",
    "Failure",
    "Heartbeat",
    "HostState",
    "Judging",
    "Message",
    "Pause",
    "Progress",
    "ProtocolError",
    "Resume",
    "RuleRewards",
    "SaveNow",
    "SetLearningRate",
    "Start",
    "Status",
    "Stop",
    "encode",
    "parse_command",
    "parse_message",
]

HostState = Literal["starting", "ready", "building", "training", "paused", "stopping", "closed"]


@dataclass(frozen=True, slots=True)
class Start:
    """Train one policy. Answered by Status, Progress, Checkpoint, then Done or Failure.

    What is under way at a Stop or Pause is an iteration; after a Stop the checkpoint is written,
    and the host is ready for the next Start.
    """

    config: TrainingConfig
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class SetLearningRate:
    """Learn at another rate from the next iteration on; it still falls as the training says."""

    learning_rate: Annotated[float, Field(gt=0.0, le=1.0)]
    type: Literal["set_learning_rate"] = "set_learning_rate"


@dataclass(frozen=True, slots=True)
class SaveNow:
    """Write a checkpoint after the running iteration, paused or not; answered by Checkpoint."""

    type: Literal["save_now"] = "save_now"


@dataclass(frozen=True, slots=True)
class Close:
    """Stop the cluster and exit. A training that runs is abandoned."""

    type: Literal["close"] = "close"


Command = Start | Stop | Pause | Resume | SetLearningRate | SaveNow | Close


@dataclass(frozen=True, slots=True)
class Status:
    """The host changed its state, or says what it does.

    "closed" comes last and from the client, once the process is gone.
    """

    state: HostState
    note: Note | None = None
    """What it does, or what has happened, for people."""
    model: str = ""
    """Name of the model that is trained, if it is known."""
    type: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class Progress:
    """One finished iteration. What has not been observed yet is None, never a made-up number."""

    iteration: int
    """Finished iterations, from 1."""
    iterations: int
    """Iterations asked for."""
    env_steps: int
    """Decisions sampled since the start."""
    episodes: int
    """Episodes ended since the start."""
    reward_mean: float | None
    """Mean return of the latest episodes (at most 100); None until an episode has ended."""
    episode_length_mean: float | None
    """Mean length of the same episodes in decisions; None until an episode has ended."""
    action_shares: tuple[float, ...]
    """Shares of the ``actions`` among the decisions of this iteration; they sum to 1."""
    steps_per_second: float
    """Decisions sampled and learned from, per second of wall time, in this iteration."""
    sample_seconds: float
    """Wall time this iteration spent sampling."""
    learn_seconds: float
    """Wall time this iteration spent learning."""
    elapsed_seconds: float
    """Wall time since the first iteration began."""
    eta_seconds: float
    """Expected wall time until the last iteration ends."""
    pnl_mean: float | None = None
    """Mean profit in currency of the episodes that ended in this iteration, their last position
    closed at the touch; None if none ended, and outside markets."""
    position_mean: float | None = None
    """Mean absolute position in this iteration as a share of the most a trader may hold; None
    outside markets."""
    learning_rate: float | None = None
    """Step size of the optimiser in this iteration's last update; None in older histories."""
    actions: tuple[str, ...] = ACTION_NAMES
    """Names of the actions of the role that is trained."""
    losses: dict[str, float] = field(default_factory=dict)
    """policy_loss, value_loss, entropy, kl, explained_variance, gradient_norm of the update."""
    type: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """How the cluster of the training process is doing; sent every two seconds while there is one.

    Memory in bytes. Ray's own processes and its workers are counted, and the training process.
    """

    address: str
    """Where Ray can be joined, "host:port"."""
    local: bool
    """Started by this program, rather than joined."""
    nodes: int
    slots: int
    """Worker slots of all nodes."""
    slots_used: float
    processes: int
    """Processes on this machine."""
    cpu: float
    """Cores in use by them on this machine, e.g. 1.5."""
    memory: int
    """Memory that only they use on this machine, as far as the system tells."""
    machine_memory: int
    machine_memory_free: int
    store_used: int
    store_size: int
    """Object store of all nodes."""
    workers: int
    """Sampling workers that answer; 0 if the training process samples itself."""
    workers_wanted: int
    restarts: int
    """Sampling workers that were started again after a fault, in this training."""
    type: Literal["cluster"] = "cluster"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint is on disk, whole, and listed in the registry under ``name``."""

    name: str
    path: str
    iteration: int
    type: Literal["checkpoint"] = "checkpoint"


@dataclass(frozen=True, slots=True)
class Judging:
    """The finished policy is being judged; after the last Checkpoint, before Done."""

    stage: Literal["evaluation", "stress_test"]
    what: str
    """The rule or stress at work."""
    share: float
    """Finished share of both stages together, 0 to 1."""
    type: Literal["judging"] = "judging"


@dataclass(frozen=True, slots=True)
class RuleRewards:
    """What simple rules earn in the reward of this training: lines to beat. Before the first
    Progress; not told of short trainings, nor of roles and environments without such rules."""

    rewards: dict[str, float]
    """Mean return of an episode, by rule, at the fee of the training's end."""
    type: Literal["rule_rewards"] = "rule_rewards"


@dataclass(frozen=True, slots=True)
class Failure:
    """Training ended by a fault. The last checkpoint, if there was one, is still whole."""

    fault: TrainingFault
    """What went wrong, and what to do about it."""
    details: str = ""
    """Traceback or log, for a report."""
    type: Literal["failure"] = "failure"

    def __str__(self) -> str:
        return self.fault.told


@dataclass(frozen=True, slots=True)
class Done:
    """Training ended as asked, with a last checkpoint."""

    reason: Literal["finished", "stopped"]
    iterations: int
    name: str
    path: str
    warnings: tuple[TrainingWarning, ...] = ()
    """What went wrong beside it: no evaluation although one was asked for, lost workers, logs."""
    type: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The host lives, also where an iteration takes long."""

    seconds: float
    """Since the host started."""
    type: Literal["heartbeat"] = "heartbeat"


Message = (
    Status | Progress | RuleRewards | Checkpoint | Judging | Failure | Done | Heartbeat
    | ClusterInfo
)  # fmt: skip


def encode(item: Command | Message) -> bytes:
    """One line; see :func:`~abm_desktop.json_lines.line_of`."""
    if isinstance(item, Start):
        return line_of({"type": item.type, "config": item.config.model_dump(mode="json")})
    return line_of(asdict(item))


parse_command: Callable[[bytes | str], Command] = reader_of(Command, "command")
parse_message: Callable[[bytes | str], Message] = reader_of(Message, "message")
