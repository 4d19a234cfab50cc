"""The trainings of the session, as Qt signals and in the numbers that the RL tab shows.

A view: the trainings may be shared with a server, and others may steer them. Widgets read this when
they draw, and call ``start`` and ``stop``; nothing here blocks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal

from abm_desktop.desk.seeds_together import SeedsTogether
from abm_desktop.desk.statements import NotNowError
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
    TrainingState,
)
from abm_desktop.desk.trainings import Trainings
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
from abm_desktop.ui.rl.run_queue import RunQueue
from abm_desktop.ui.rl.runs import Runs

__all__ = ["BUSY", "ClusterState", "TrainingController"]

log = logging.getLogger(__name__)


class TrainingController(QObject):
    """Starts and stops trainings and tells the widgets what they say.

    Args:
        parent: its owner.
        trainings: those of the session; some of its own unless given.
        goes_on: whether others use them after this window has closed.
    """

    changed = Signal()
    """State, detail or failure changed."""
    checkpoint_written = Signal(str)
    """Name of the model whose checkpoint is on disk."""
    ended = Signal(object)
    """A training ended as asked: :class:`Done`."""
    failed = Signal(object)
    """A training failed: :class:`Failure`."""
    together = Signal(str, str)
    """Title and text of what trainings with several seeds came to."""
    cluster_changed = Signal()
    """A new measurement of the cluster, or a warning."""

    _woken = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        trainings: Trainings | None = None,
        *,
        goes_on: bool = False,
    ) -> None:
        super().__init__(parent)
        self.trainings = trainings or Trainings()
        self.runs = Runs(self)
        self._goes_on = goes_on
        self._empty = TrainingHistory()
        self._number: int | None = None
        """The training that is on show."""
        self._woken.connect(self.poll, Qt.ConnectionType.QueuedConnection)
        self._heard = self.trainings.listen(self._wake)
        self._lost = 0
        self._groups: list[SeedsTogether] = []
        """Trainings with several seeds that have not all ended."""
        self.queue = RunQueue(self.trainings, self.poll, self)
        for info in self.trainings.list():
            if info.number == self.trainings.current or info.last is not None:
                self._show(info.number)

    def _wake(self) -> None:
        # On the thread that tells; the window may be gone at this very moment.
        with contextlib.suppress(RuntimeError):
            self._woken.emit()

    # -- what there is --------------------------------------------------------------------------

    @property
    def state(self) -> ClusterState:
        """What the training process and its cluster are doing."""
        return self.trainings.state

    @property
    def detail(self) -> str:
        """More about the state."""
        detail = self.trainings.detail
        return "" if detail is None else str(detail)

    @property
    def config(self) -> TrainingConfig | None:
        """Of the training that runs, or ran last."""
        info = self._info
        return None if info is None else info.config

    @property
    def history(self) -> TrainingHistory:
        """The measurements of the training that runs, or ran last."""
        return self._empty if self.runs.current is None else self.runs.current.history

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self.trainings.is_training

    @property
    def model_name(self) -> str:
        """Name of the model that is trained now; empty if none is, or it has no name yet."""
        info = self._info
        return info.model if info is not None and self.is_training else ""

    @property
    def cluster(self) -> ClusterInfo | None:
        """How the cluster is doing; None while there is none."""
        return self.trainings.cluster

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Warnings and faults of the session, the newest last."""
        return self.trainings.incidents

    @property
    def judging(self) -> Judging | None:
        """What the finished policy is put to; None while it is trained."""
        return self.trainings.judging

    @property
    def host_pid(self) -> int | None:
        """Process id of the training process, None if there is none."""
        return self.trainings.host_pid

    @property
    def remaining_seconds(self) -> float | None:
        """Expected time to the end, counting down between messages; None before it is known."""
        info = self._info
        return None if info is None else info.seconds_left

    @property
    def silent_seconds(self) -> float:
        """How long the training process has said nothing, 0 while that is usual."""
        return self.trainings.silent_seconds

    @property
    def beside(self) -> list[TrainingInfo]:
        """The trainings that run beside the one on show."""
        return [self.trainings.read(number) for number in self.trainings.beside]

    @property
    def _info(self) -> TrainingInfo | None:
        return None if self.trainings.current is None else self.trainings.read()

    # -- what can be done -----------------------------------------------------------------------

    def start(self, config: TrainingConfig) -> None:
        """Begin a training; nothing happens while one runs."""
        if not self.is_training:
            self._ask(lambda: self.trainings.start(config))

    def train_together(
        self, configs: list[TrainingConfig], at_once: int = 1, *, begin: bool
    ) -> None:
        """Let trainings that differ by their seeds wait, or ``begin`` with them.

        Up to ``at_once`` of them run beside each other. Once all have ended, ``together`` tells
        what they came to.
        """
        numbers = self.trainings.together(configs, at_once, begin=begin)
        self._groups.append(SeedsTogether(self.trainings, numbers))
        self.poll()

    def _tell_groups(self) -> None:
        for group in [group for group in self._groups if group.is_over]:
            self._groups.remove(group)
            self.together.emit(*group.told())

    def start_next(self) -> None:
        """Begin the training that waits first; nothing happens while one runs or none waits."""
        self._ask(self.trainings.start_next)

    def stop(self) -> None:
        """Ask for an end after the running iteration; the second time, end it at once.

        So it is for all that run beside it. See :meth:`~abm_desktop.desk.trainings.Trainings.stop`.
        """
        if self.is_training:
            self._ask(self.trainings.stop)

    def pause(self) -> None:
        """Wait after the running iteration, or go on if it waits."""
        if self.state is ClusterState.PAUSED:
            self._ask(self.trainings.resume)
        elif self.state is ClusterState.TRAINING:
            self._ask(self.trainings.pause)

    def save_now(self) -> None:
        """Write a checkpoint after the running iteration."""
        self._ask(self.trainings.save_now)

    def set_learning_rate(self, rate: float) -> None:
        """Learn at another rate from the next iteration on; nothing happens if none is done.

        Raises ValueError outside (0, 1].
        """
        self._ask(lambda: self.trainings.set_learning_rate(rate))

    def _ask(self, call: Callable[[], object]) -> None:
        try:
            call()
        except NotNowError as error:
            # Somebody else was quicker; the window shows what is now.
            log.info("training: %s", error)
        self.poll()

    async def close(self) -> None:
        """Listen no more; end the training process, within 5 s, unless it goes on for others."""
        self.runs.close()
        if not self._goes_on:
            await asyncio.wrap_future(self.trainings.end())
            self.trainings.close()
        self._heard.close()

    # -- what is told ---------------------------------------------------------------------------

    def poll(self) -> None:
        """Take what was told since the last call; comes by itself, on the UI thread."""
        for event in self._heard.take():
            self._take(event)
        if self._heard.lost != self._lost:
            # The window stood still for long.
            self._lost = self._heard.lost
            if self._number is not None and self.runs.current is not None:
                self.runs.current.history = self.trainings.curves(self._number)
            self.queue.follow()
            self.changed.emit()
            self.cluster_changed.emit()

    def _take(self, event: TrainingEvent) -> None:
        shown = event.training in (None, self._number, self.trainings.current)
        if shown and event.training is not None:
            self._show(event.training)
        match event.news:
            case Progress() | RuleRewards() if not shown:
                pass  # kept with the training, which runs beside the one on show
            case Progress() as progress:
                last = self.history.last
                # What was told while this view was made is in its history already.
                if self.runs.current is not None and (
                    last is None or progress.iteration > last.iteration
                ):
                    self.history.append(progress)
            case RuleRewards(rewards=rewards):
                self.history.rules = dict(rewards)
            case NewState():
                self.changed.emit()
            case Checkpoint(name=name):
                self.checkpoint_written.emit(name)
            case Done() as done:
                self.ended.emit(done)
                self._tell_groups()
            case Failure() as failure:
                self.failed.emit(failure)
                self._tell_groups()
            case ClusterInfo() | ClusterGone() | Incident():
                self.cluster_changed.emit()
            case QueueChange():
                self.queue.follow()
                self._tell_groups()  # those that were taken out are over

    def _show(self, number: int) -> None:
        """Draw this training as the present one, under the name that its model has by now."""
        info = self.trainings.read(number)
        if number != self._number:
            self._number = number
            config = info.config
            current = self.runs.begin(config.algorithm, info.iterations)
            current.about = f"{config.algorithm}, {config.scenario}, seed {config.seed}"
            if info.state is not TrainingState.STARTING:
                current.history = self.trainings.curves(number)
        if self.runs.current is not None:
            self.runs.current.name = info.model
