"""The trainings of a running session, for everybody who asks: windows, servers, scripts. No Qt.

One process trains, one training at a time; the others wait in a queue. Trainings that were asked
for together may run beside it, each in a process of its own; when the current one ends, one of
these is the current one, and what waits begins after all of them. Any thread may ask for
anything, and is answered at once; what comes of it is told to all who :meth:`~Trainings.listen`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.statements import (
    CannotNow,
    NotNowError,
    SessionClosed,
    StartingProcess,
    StoppingAfterIteration,
)
from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.desk.training_journal import TrainingJournal, TrainingRecord
from abm_desktop.desk.training_news import (
    BUSY,
    ClusterState,
    Incident,
    QueueChange,
    TrainingEvent,
    TrainingInfo,
    TrainingState,
    Verdict,
)
from abm_desktop.desk.trainings_beside import TrainingsBeside
from abm_desktop.fan_out import MOST_WAITING, Listener
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.client import (
    HURRY_SECONDS,
    TrainingClient,
    check_learning_rate,
)
from abm_desktop.learning.process.messages import ClusterInfo, Done, Failure, Judging, Message
from abm_desktop.learning.registry import models
from abm_desktop.learning.statements import NotStarted
from abm_desktop.statements import Statement

__all__ = ["Trainings"]

log = logging.getLogger(__name__)

IDLE_SECONDS = 120.0
"""How long the cluster stays after a training, so that the next one starts at once."""

SILENT_SECONDS = 10.0
"""Silence of the training process after which it is told."""

CLOSE_SECONDS = 10.0
"""A close that takes longer is given up; its process dies with this one."""

_RUNNING = (ClusterState.TRAINING, ClusterState.PAUSED)


class Trainings:
    """Starts, steers and ends trainings, and keeps what they say.

    Methods that are about one training take its number; None is the one that runs. They raise
    :class:`~abm_desktop.desk.statements.NotNowError` if there is no such training, if it is not in
    a state for what is asked, or after :meth:`close`.

    Args:
        client: talks to the training process.
        loop: where that is done, shared with others; one of its own unless given.
        idle_seconds: how long the cluster stays after a training.
        make_client: makes the client of a training that runs beside another.
    """

    def __init__(
        self,
        client: TrainingClient | None = None,
        loop: BackgroundLoop | None = None,
        idle_seconds: float = IDLE_SECONDS,
        make_client: Callable[[], TrainingClient] | None = None,
    ) -> None:
        self._client = client or TrainingClient(gives_way=True)
        self._owns_loop, self._loop = loop is None, loop or BackgroundLoop("trainings")
        self._idle_seconds = idle_seconds
        self._lock = threading.RLock()
        self._log = TrainingJournal()
        self._waiting: list[int] = []
        self._held = False
        self._idle: Future[None] | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._ending: Future[None] | None = None
        self._own: TrainingRecord | None = None
        """The training that the session's own process has, or had last."""
        self._beside = TrainingsBeside(
            self._log,
            self._loop,
            make_client or partial(TrainingClient, gives_way=True),
            self.take,
            self._go_on,
        )
        self._at_once: list[int] = []
        """How many of each group may run at a time."""

    # -- what there is --------------------------------------------------------------------------

    def listen(
        self, ready: Callable[[], None] | None = None, most: int = MOST_WAITING
    ) -> Listener[TrainingEvent]:
        """Hear everything from now on; see :meth:`~abm_desktop.fan_out.FanOut.listen`.

        ``ready`` is called while others wait, so it only wakes somebody.
        """
        return self._log.events.listen(ready, most)

    @property
    def state(self) -> ClusterState:
        """What the training process does."""
        return self._log.state

    @property
    def detail(self) -> Statement | None:
        """More about the state: what is done, or why it failed."""
        return self._log.detail

    @property
    def is_training(self) -> bool:
        """Whether a training is being started, runs, or is being stopped."""
        return self._log.is_training

    @property
    def current(self) -> int | None:
        """Number of the training that runs, or ran last."""
        current = self._log.current
        return None if current is None else current.number

    @property
    def cluster(self) -> ClusterInfo | None:
        """How the cluster is doing; None while there is none."""
        return self._log.cluster

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Warnings and faults of the session, the newest last."""
        with self._lock:
            return tuple(self._log.incidents)

    @property
    def judging(self) -> Judging | None:
        """What the finished policy is put to; None while it is trained."""
        return self._log.judging

    @property
    def host_pid(self) -> int | None:
        """Process id of the training process, None if there is none."""
        client = self._now
        return client.pid if client.is_running else None

    @property
    def silent_seconds(self) -> float:
        """How long the training process has said nothing, 0 while that is usual."""
        client = self._now
        if not client.is_running:
            return 0.0
        silence = client.silent_seconds
        return silence if silence > SILENT_SECONDS else 0.0

    @property
    def beside(self) -> tuple[int, ...]:
        """Numbers of the trainings that run beside the current one."""
        with self._lock:
            return self._beside.running

    @property
    def waiting(self) -> tuple[int, ...]:
        """Numbers of the trainings that wait, the next first."""
        with self._lock:
            return tuple(self._waiting)

    @property
    def is_held(self) -> bool:
        """Whether the next does not start by itself.

        So it is after somebody stopped a training, and after one that could not even begin.
        """
        return self._held

    def list(self) -> list[TrainingInfo]:
        """All trainings of this session, in the order in which they were asked for."""
        with self._lock:
            return [self._log.info(training) for training in self._log.all.values()]

    def read(self, number: int | None = None) -> TrainingInfo:
        """What is known of a training."""
        with self._lock:
            return self._log.info(self._log.find(number))

    def curves(self, number: int | None = None) -> TrainingHistory:
        """The measurements of a training, as a copy of the caller's own."""
        with self._lock:
            return self._log.find(number).history.copy()

    def verdict(self, number: int | None = None) -> Verdict:
        """What a training's model was judged to be; reads its file.

        Raises :class:`~abm_desktop.learning.registry.models.ModelError` if it has no model.
        """
        model = models.get_model(self.read(number).model)
        return Verdict(
            model.name, model.metrics.get("evaluation"), model.metrics.get("stress_test")
        )

    # -- what can be done -----------------------------------------------------------------------

    def start(self, config: TrainingConfig) -> int:
        """Train, at once or when those before it have ended; returns the training's number."""
        with self._lock:
            training = self._new(config)
            self._hold(False)
            if self.is_training:
                self._waiting.append(training.number)
                self._tell_queue()
            else:
                self._begin(training)
            return training.number

    def enqueue(self, config: TrainingConfig) -> int:
        """Let a training wait, also if none runs now; returns its number."""
        with self._lock:
            training = self._new(config)
            self._waiting.append(training.number)
            self._tell_queue()
            return training.number

    def together(
        self, configs: Sequence[TrainingConfig], at_once: int, *, begin: bool
    ) -> tuple[int, ...]:
        """Train all of ``configs``, up to ``at_once`` of them beside each other; their numbers.

        They wait behind those that wait already. With ``begin`` the first begins now, unless one
        runs.
        """
        with self._lock:
            records = [self._new(config) for config in configs]
            self._at_once.append(at_once)
            for record in records:
                record.group = len(self._at_once)
            numbers = [record.number for record in records]
            if begin and not self.is_training:
                self._waiting += numbers[1:]
                self._hold(False)
                self._begin(records[0])
            else:
                self._waiting += numbers
            self._tell_queue()
            return tuple(numbers)

    def start_next(self) -> int | None:
        """Begin the training that waits first; None while one runs or none waits."""
        with self._lock:
            self._refuse_if_closed()
            if self.is_training or not self._waiting:
                return None
            training = self._log.all[self._waiting.pop(0)]
            self._tell_queue()
            self._hold(False)
            self._begin(training)
            return training.number

    def remove(self, number: int) -> None:
        """Take a training out of the queue."""
        with self._lock:
            del self._waiting[self._place(number, "leave the queue")]
            self._log.all[number].state = TrainingState.STOPPED
            self._tell_queue()

    def move(self, number: int, by: int) -> int:
        """Let a training wait ``by`` places longer (negative: shorter).

        Returns its place, from 0.
        """
        with self._lock:
            place = self._place(number, "change its place in the queue")
            goal = min(max(place + by, 0), len(self._waiting) - 1)
            if goal != place:
                self._waiting.insert(goal, self._waiting.pop(place))
                self._tell_queue()
            return goal

    def stop(self, number: int | None = None) -> None:
        """Ask for an end after the running iteration; the second time, end it at once.

        A training that has not begun ends at once the first time: there is nothing to keep. What
        waits in the queue waits on, for who stops a training is at the desk. One that waits leaves
        the queue. None stops those that run beside the current one as well.
        """
        with self._lock:
            if number in self._waiting:
                self.remove(number)
                return
            if number in self.beside:
                self._hold(True)
                self._beside.stop(number)
                return
            training = self._running(number, "stop", BUSY)
            self._hold(True)
            for other in self.beside if number is None else ():
                self._beside.stop(other)
            if self.state is ClusterState.STARTING:
                # Ray's start and the compiler do not listen meanwhile.
                self._log.change(ClusterState.STOPPING)
                self._loop.submit(self._abandon(training))
            elif self.state is ClusterState.STOPPING:
                self._loop.submit(self._now.close())
            else:
                self._log.change(ClusterState.STOPPING, StoppingAfterIteration())
                self._loop.submit(self._now.stop())

    def pause(self, number: int | None = None) -> None:
        """Wait after the running iteration; the state "paused" tells when.

        None pauses those that run beside the current one as well; :meth:`resume` likewise.
        """
        with self._lock:
            for client in self._meant(number, "pause"):
                self._loop.submit(client.pause())

    def resume(self, number: int | None = None) -> None:
        """Go on after a pause."""
        with self._lock:
            for client in self._meant(number, "go on"):
                self._loop.submit(client.resume())

    def save_now(self, number: int | None = None) -> None:
        """Write a checkpoint after the running iteration."""
        with self._lock:
            self._running(number, "save")
            self._loop.submit(self._now.save_now())

    def set_learning_rate(self, rate: float, number: int | None = None) -> None:
        """Learn at another rate from the next iteration on. Raises InputError outside (0, 1]."""
        check_learning_rate(rate)
        with self._lock:
            last = self._running(number, "learn at another rate").history.last
            log.info(
                "training: learning rate set to %g after iteration %d",
                rate,
                last.iteration if last is not None else 0,
            )
            self._loop.submit(self._now.set_learning_rate(rate))

    def take(self, message: Message, number: int | None = None) -> None:
        """Take in a message of a training process; its listener calls this.

        Args:
            message: what it said.
            number: which training it is about; None is the one that the session's own process has.
        """
        with self._lock:
            training = self._own if number is None else self._log.all[number]
            self._log.take(message, training)
            if not isinstance(message, Done | Failure):
                return
            self._wait_idly()
            begun = training is not None and len(training.history)
            if isinstance(message, Failure) and not begun:
                # What could not even begin would take the whole queue with it.
                self._hold(True)
            # Once the process has said all that it has to say.
            self._loop.submit(self._go_on())

    def end(self) -> Future[None]:
        """Begin to end the training process, and start nothing more; takes at most 5 s."""
        with self._lock:
            if self._ending is None:
                if self.is_training:
                    self._log.change(ClusterState.STOPPING)
                self._ending = Future()
                if self._loop.is_started:
                    self._ending = self._loop.submit(self._end())
                else:
                    self._ending.set_result(None)
            return self._ending

    def close(self) -> None:
        """End the training process, within some seconds; a training is abandoned. Waits for it."""
        ending = self.end()
        with contextlib.suppress(TimeoutError):
            ending.result(CLOSE_SECONDS)
        if self._owns_loop:
            self._loop.close()

    # -- on the loop ----------------------------------------------------------------------------

    async def _end(self) -> None:
        self._stop_waiting_idly()
        await self._client.close()
        await self._beside.close()
        if self._hearing is not None:
            await self._hearing

    async def _start(self, training: TrainingRecord) -> None:
        try:
            spawned = await self._client.start(training.config)
        except (OSError, RuntimeError) as error:
            self.take(Failure(NotStarted(str(error))))
            return
        if spawned:
            self._hearing = asyncio.ensure_future(self._hear())

    async def _hear(self) -> None:
        async for message in self._client.messages():
            self.take(message)

    async def _abandon(self, training: TrainingRecord) -> None:
        await self._beside.client(training.number, self._client).close(HURRY_SECONDS)
        with self._lock:
            self._log.abandoned(training)

    async def _go_on(self) -> None:
        with self._lock:
            if self._ending is not None:
                return
            if not self.is_training and (others := self.beside):
                self._log.show(self._log.all[others[0]])
            if self._waiting and not self._held:
                self.start_next()
                self._fill()

    async def _close_idle(self) -> None:
        await asyncio.sleep(self._idle_seconds)
        with self._lock:
            if self.is_training:
                return
            self._idle = None  # not cancelled from here on: a start waits for the end of the close
        await self._client.close()

    # -- with the lock --------------------------------------------------------------------------

    def _new(self, config: TrainingConfig) -> TrainingRecord:
        self._refuse_if_closed()
        return self._log.add(config)

    def _begin(self, training: TrainingRecord) -> None:
        self._stop_waiting_idly()
        self._own = training
        self._log.begin(training, StartingProcess())
        self._loop.submit(self._start(training))
        self._fill()

    def _fill(self) -> None:
        """Begin what may run beside the current training."""
        current = self._log.current
        if current is None or not current.group or self._held:
            return
        of_group = [n for n in self._waiting if self._log.all[n].group == current.group]
        room = self._at_once[current.group - 1] - 1 - len(self.beside)
        for number in of_group[: max(0, room)]:
            self._waiting.remove(number)
            self._beside.begin(self._log.all[number])
            self._tell_queue()

    @property
    def _now(self) -> TrainingClient:
        """Who talks to the process of the current training."""
        return self._beside.client(self.current, self._client)

    def _meant(self, number: int | None, verb: str) -> Sequence[TrainingClient]:
        """Who talks to a training, or to all that run. Raises NotNowError if it does not."""
        if number in self.beside:
            return [self._beside.client(number, self._client)]
        self._running(number, verb)
        others = self.beside if number is None else ()
        return [self._now, *(self._beside.client(n, self._client) for n in others)]

    def _hold(self, held: bool) -> None:
        if held != self._held:
            self._held = held
            self._tell_queue()

    def _tell_queue(self) -> None:
        self._log.tell(QueueChange(tuple(self._waiting), self._held))

    def _wait_idly(self) -> None:
        self._stop_waiting_idly()
        self._idle = self._loop.submit(self._close_idle())

    def _stop_waiting_idly(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _refuse_if_closed(self) -> None:
        if self._ending is not None:
            raise NotNowError(SessionClosed())

    def _running(
        self, number: int | None, verb: str, states: tuple[ClusterState, ...] = _RUNNING
    ) -> TrainingRecord:
        training = self._log.find(number)
        if training is not self._log.current or self._log.state not in states:
            raise _cannot(training, verb)
        return training

    def _place(self, number: int, verb: str) -> int:
        training = self._log.find(number)
        if number not in self._waiting:
            raise _cannot(training, verb)
        return self._waiting.index(number)


def _cannot(training: TrainingRecord, verb: str) -> NotNowError:
    return NotNowError(CannotNow("Training", training.number, training.state.value, verb))
