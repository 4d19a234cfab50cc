"""What trainings have said so far: the records of a session, and the events that tell of them."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime

from abm_desktop.desk.statements import (
    AlmostFullStore,
    LittleMemory,
    NoSuchTraining,
    NotNowError,
    WorkerRestarted,
)
from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.desk.training_news import (
    BUSY,
    ClusterGone,
    ClusterState,
    Incident,
    NewState,
    QueueChange,
    TrainingEvent,
    TrainingInfo,
    TrainingNews,
    TrainingState,
)
from abm_desktop.fan_out import FanOut
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import (
    Checkpoint,
    ClusterInfo,
    Done,
    Failure,
    Heartbeat,
    Judging,
    Message,
    Progress,
    RuleRewards,
    Status,
)
from abm_desktop.statements import Statement

__all__ = ["TrainingJournal", "TrainingRecord"]

log = logging.getLogger(__name__)

MOST_WARNINGS = 200
SHORT_OF_MEMORY = 400 * 2**20
"""Free bytes below which the system is likely to kill a process."""
FULL_STORE = 0.9

_SHOWN_AS: dict[str, ClusterState] = {
    "starting": ClusterState.STARTING,
    "building": ClusterState.STARTING,
    "paused": ClusterState.PAUSED,
    "training": ClusterState.TRAINING,
}
"""What the process says of itself, and how that is shown."""


@dataclass(slots=True, eq=False)
class TrainingRecord:
    """What is kept of a training."""

    number: int
    config: TrainingConfig
    model: str
    state: TrainingState = TrainingState.WAITING
    history: TrainingHistory = field(default_factory=TrainingHistory)
    warnings: list[Incident] = field(default_factory=list)
    done: Done | None = None
    failure: Failure | None = None
    group: int = 0
    """Trainings of one group, above 0, may run beside each other."""


class TrainingJournal:
    """Keeps what the training process says, and tells it. One thread at a time may use it."""

    def __init__(self) -> None:
        self.events: FanOut[TrainingEvent] = FanOut()
        self.all: dict[int, TrainingRecord] = {}
        self.current: TrainingRecord | None = None
        """The training that runs, or ran last."""
        self.state = ClusterState.STOPPED
        self.detail: Statement | None = None
        self.cluster: ClusterInfo | None = None
        self.incidents: list[Incident] = []
        self.judging: Judging | None = None
        self._heard = 0.0
        self._restarts = 0
        self._told: set[Statement] = set()

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.state in BUSY

    def add(self, config: TrainingConfig) -> TrainingRecord:
        """Give a training the next number."""
        training = TrainingRecord(len(self.all) + 1, config, config.model_name)
        self.all[training.number] = training
        return training

    def find(self, number: int | None) -> TrainingRecord:
        """A training; None: the current one. Raises NotNowError if there is none."""
        if number is None:
            number = 0 if self.current is None else self.current.number
        if number not in self.all:
            raise NotNowError(NoSuchTraining(number))
        return self.all[number]

    def begin(self, training: TrainingRecord, detail: Statement) -> None:
        """A training is being started."""
        self._restarts = 0
        self.judging = None
        self.current = training
        self.change(ClusterState.STARTING, detail)

    def show(self, training: TrainingRecord) -> None:
        """The current training has ended; this one, which ran beside it, is the current one now."""
        self.judging = None
        self.current = training
        self.change(ClusterState(training.state.value))

    def change(self, state: ClusterState, detail: Statement | None = None) -> None:
        """The process does something else, or more is known about it."""
        self.state, self.detail = state, detail
        if self.current is not None and state in BUSY:
            self.current.state = TrainingState(state.value)
        self.tell(NewState(state, detail))

    def abandoned(self, training: TrainingRecord) -> None:
        """A training was stopped before its first iteration."""
        training.state = TrainingState.STOPPED
        training.done = Done("stopped", 0, training.model, "")
        self.tell(training.done, training)

    def tell(self, news: TrainingNews, training: TrainingRecord | None = None) -> None:
        """Tell all who listen; about the current training unless another is named."""
        about = None if isinstance(news, QueueChange) else training or self.current
        number = None if about is None else about.number
        self.events.tell(lambda sequence: TrainingEvent(sequence, number, news))

    # -- what the process says ------------------------------------------------------------------

    def take(self, message: Message, beside: TrainingRecord | None = None) -> None:
        """Take in a message of a training process; ``beside``: of another than the current one."""
        training = beside or self.current
        match message:
            case Progress():
                if training is self.current:
                    self._heard = time.monotonic()
                if training is not None:
                    training.history.append(message)
                self.tell(message, training)
            case Checkpoint():
                if training is not None:
                    training.model = message.name
                self.tell(message, training)
            case RuleRewards():
                if training is not None:
                    training.history.rules = dict(message.rewards)
                self.tell(message, training)
            case _ if training is not None and training is not self.current:
                self._take_beside(message, training)
            case Status():
                self._take_status(message)
            case ClusterInfo():
                self._take_cluster(message)
            case Judging():
                self.judging = message
                self.tell(message)
            case Done():
                self._take_end(message)
            case Failure():
                self._take_failure(message)
            case Heartbeat():
                pass  # of which the client takes care

    def _take_beside(self, message: Message, training: TrainingRecord) -> None:
        """What is not about the cluster on show is kept with the training, and told of it."""
        match message:
            case Status():
                training.model = message.model or training.model
                if message.state in _SHOWN_AS and training.state is not TrainingState.STOPPING:
                    training.state = TrainingState(_SHOWN_AS[message.state].value)
            case Done():
                training.state = TrainingState(message.reason)
                training.model, training.done = message.name or training.model, message
                self.tell(message, training)
            case Failure():
                training.state, training.failure = TrainingState.FAILED, message
                self._warn(message.fault, is_fault=True)
                self.tell(message, training)

    def _take_status(self, status: Status) -> None:
        training = self.current
        if status.model and training is not None:
            training.model = status.model
        if status.state == "closed":
            self.cluster = None
            self.tell(ClusterGone())
            # While one starts, this is the news of the process before it.
            if self.state not in (ClusterState.FAILED, ClusterState.STARTING):
                if training is not None and self.is_training:
                    training.state = TrainingState.STOPPED
                self.judging = None
                self.change(ClusterState.STOPPED)
        elif self.state is ClusterState.STOPPING:
            pass  # a person asked for the end; what comes before it is no news
        elif status.state in _SHOWN_AS:
            self.change(_SHOWN_AS[status.state], status.note)

    def _take_cluster(self, info: ClusterInfo) -> None:
        self.cluster = info
        if info.restarts > self._restarts:
            self._warn(WorkerRestarted(info.restarts))
        self._restarts = info.restarts
        if info.machine_memory_free < SHORT_OF_MEMORY:
            self._warn_once(LittleMemory())
        if info.store_size and info.store_used > FULL_STORE * info.store_size:
            self._warn_once(AlmostFullStore())
        self.tell(info)

    def _take_end(self, done: Done) -> None:
        self.judging = None
        if done.warnings:
            self._warn(*done.warnings)
        if self.current is not None:
            self.current.state = TrainingState(done.reason)
            self.current.model, self.current.done = done.name or self.current.model, done
        self.change(ClusterState.IDLE)
        self.tell(done)

    def _take_failure(self, failure: Failure) -> None:
        self.judging = None
        self._warn(failure.fault, is_fault=True)
        if self.current is not None:
            self.current.state, self.current.failure = TrainingState.FAILED, failure
        self.change(ClusterState.FAILED, failure.fault)
        self.tell(failure)

    def _warn(self, *what: Statement, is_fault: bool = False) -> None:
        incident = Incident(datetime.now(), what, is_fault)
        if not is_fault:
            log.warning("training: %s", incident.told)
        self.incidents = [*self.incidents, incident][-MOST_WARNINGS:]
        if self.current is not None and not is_fault:
            self.current.warnings = [*self.current.warnings, incident][-MOST_WARNINGS:]
        self.tell(incident)

    def _warn_once(self, what: Statement) -> None:
        if what not in self._told:
            self._told.add(what)
            self._warn(what)

    # -- what is known --------------------------------------------------------------------------

    def info(self, training: TrainingRecord) -> TrainingInfo:
        """All that is known of a training now."""
        runs = training is self.current and self.is_training
        last = training.history.last
        return TrainingInfo(
            number=training.number,
            state=training.state,
            config=training.config,
            model=training.model,
            detail=self.detail if runs else None,
            iteration=0 if last is None else last.iteration,
            last=last,
            seconds_left=self._seconds_left(last) if runs else None,
            judging=self.judging if runs else None,
            warnings=tuple(training.warnings),
            done=training.done,
            failure=training.failure,
        )

    def _seconds_left(self, last: Progress | None) -> float | None:
        if last is None or self.state is ClusterState.PAUSED or self.judging is not None:
            return None  # judging: all iterations are done; how long the rest takes is not known
        return max(0.0, last.eta_seconds - (time.monotonic() - self._heard))
