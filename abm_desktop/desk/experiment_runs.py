"""The experiments of a running session, for everybody who asks: windows, servers, scripts. No Qt.

One experiment runs at a time, in a process of its own. Any thread may ask for anything, and is
answered at once; what takes longer is a Future, computed in another process. What comes of an
experiment is told to all who :meth:`~ExperimentRuns.listen`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from abm_desktop.desk.analytics import experiments as reading
from abm_desktop.desk.analytics.experiment_plan import PlanReport, Problems, read_plan
from abm_desktop.desk.analytics.experiments import ResultEntry, ResultReport
from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.computing import Computing
from abm_desktop.desk.experiment_news import (
    ExperimentEvent,
    ExperimentInfo,
    ExperimentNews,
    ExperimentResult,
    ExperimentState,
    NewExperimentState,
)
from abm_desktop.desk.statements import (
    CannotNow,
    ExperimentRunsAlready,
    NoSuchExperiment,
    NotNowError,
    SessionClosed,
)
from abm_desktop.experiments.process.client import ExperimentClient
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentBegun,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
    Message,
)
from abm_desktop.experiments.statements import ExperimentNotStarted
from abm_desktop.fan_out import MOST_WAITING, FanOut, Listener

__all__ = ["ExperimentRuns"]

log = logging.getLogger(__name__)

CLOSE_SECONDS = 10.0
"""A close that takes longer is given up; its process dies with this one."""

_WAITS = (ExperimentState.PAUSED, ExperimentState.PAUSING)
_OF_STATUS: dict[str, ExperimentState] = {
    "starting": ExperimentState.STARTING,
    "sizing": ExperimentState.STARTING,
    "running": ExperimentState.RUNNING,
    "resumed": ExperimentState.RUNNING,
    "paused": ExperimentState.PAUSED,
    "facts": ExperimentState.REPORTING,
    "report": ExperimentState.REPORTING,
}


@dataclass(slots=True, eq=False)
class _Experiment:
    """What is kept of an experiment."""

    number: int
    start: ExperimentStart
    title: str
    folder: Path | None
    state: ExperimentState = ExperimentState.STARTING
    total: int | None = None
    status: ExperimentStatus | None = None
    result: ExperimentResult | None = None


class ExperimentRuns:
    """Starts, steers and ends experiments, and reads what they have found.

    Methods that are about one experiment take its number; None is the one that runs, or ran last.
    They raise :class:`~abm_desktop.desk.statements.NotNowError` if there is no such experiment, if
    it is not in a state for what is asked, or after :meth:`close`.

    Args:
        client: talks to the experiment's process.
        loop: where that is done, shared with others; one of its own unless given.
        computing: reads files and results, shared with others; one of its own unless given.
    """

    def __init__(
        self,
        client: ExperimentClient | None = None,
        loop: BackgroundLoop | None = None,
        computing: Computing | None = None,
    ) -> None:
        self._client = client or ExperimentClient(gives_way=True)
        self._owns_loop, self._loop = loop is None, loop or BackgroundLoop("experiments")
        self._owns_computing = computing is None
        self._computing = computing or Computing()
        self._lock = threading.RLock()
        self._events: FanOut[ExperimentEvent] = FanOut()
        self._all: dict[int, _Experiment] = {}
        self._state = ExperimentState.NONE
        self._heard = 0.0
        self._gate = asyncio.Lock()
        self._hearing: asyncio.Task[None] | None = None
        self._ending: Future[None] | None = None

    # -- what there is --------------------------------------------------------------------------

    def listen(
        self, ready: Callable[[], None] | None = None, most: int = MOST_WAITING
    ) -> Listener[ExperimentEvent]:
        """Hear everything from now on; see :meth:`~abm_desktop.fan_out.FanOut.listen`.

        ``ready`` is called while others wait, so it only wakes somebody.
        """
        return self._events.listen(ready, most)

    @property
    def state(self) -> ExperimentState:
        """What the process of the experiment that runs does; NONE if none runs."""
        return self._state

    @property
    def is_running(self) -> bool:
        """Whether an experiment is being started, runs, waits, or is being stopped."""
        return self._state is not ExperimentState.NONE

    @property
    def current(self) -> int | None:
        """Number of the experiment that runs, or ran last."""
        return len(self._all) or None

    @property
    def host_pid(self) -> int | None:
        """Process id of the experiment's process, None if there is none."""
        return self._client.pid if self._client.is_running else None

    def list(self) -> list[ExperimentInfo]:
        """All experiments of this session, in the order in which they were started."""
        with self._lock:
            return [self._info(experiment) for experiment in self._all.values()]

    def read(self, number: int | None = None) -> ExperimentInfo:
        """What is known of an experiment."""
        with self._lock:
            return self._info(self._find(number))

    # -- what can be done -----------------------------------------------------------------------

    def start(
        self,
        file: Path | str,
        *,
        seeds: int | None = None,
        workers: int = 0,
        address: str = "",
        out: Path | str | None = None,
        fresh: bool = False,
        report_only: bool = False,
        title: str = "",
    ) -> int:
        """Begin an experiment, or go on with it; returns its number.

        What is wrong with the file is told as a failure; :meth:`plan` tells it before.

        Args:
            file: path of an experiment's file, or the name of a shipped one.
            seeds: another number of markets than the file's.
            workers: processes of a local Ray cluster; 0 runs one market after the other.
            address: a Ray cluster to join.
            out: folder of the results; the usual one unless given.
            fresh: throw away what is there and begin again.
            report_only: only write the report of what is finished.
            title: shown until the file was read.
        """
        folder = None if out is None else Path(out)
        start = ExperimentStart(
            str(file), seeds, workers, address, str(folder or ""), fresh, report_only
        )
        with self._lock:
            if self._ending is not None:
                raise NotNowError(SessionClosed())
            if self.is_running:
                now = self._find(None)
                raise NotNowError(ExperimentRunsAlready(now.number, now.title))
            number = len(self._all) + 1
            self._all[number] = _Experiment(number, start, title or Path(file).stem, folder)
            self._set(ExperimentState.STARTING)
            self._loop.submit(self._start(start))
            return number

    def pause(self, number: int | None = None) -> None:
        """Wait after the runs under way; the state "paused" tells when."""
        with self._lock:
            if self._running(number, "pause").state in _WAITS:
                return
            if self._state is not ExperimentState.RUNNING:
                raise self._cannot(number, "pause")
            self._set(ExperimentState.PAUSING)
            self._loop.submit(self._ask(self._client.pause))

    def resume(self, number: int | None = None) -> None:
        """Go on after a pause."""
        with self._lock:
            if self._running(number, "go on").state is ExperimentState.RUNNING:
                return
            if self._state not in _WAITS:
                raise self._cannot(number, "go on")
            self._set(ExperimentState.RUNNING)
            self._loop.submit(self._ask(self._client.resume))

    def stop(self, number: int | None = None) -> None:
        """End after the runs under way; the second time, end at once. What is finished is kept."""
        with self._lock:
            self._running(number, "stop")
            if self._state is ExperimentState.STOPPING:
                self._loop.submit(self._end_now())
            else:
                self._set(ExperimentState.STOPPING)
                self._loop.submit(self._ask(self._client.stop))

    def take(self, message: Message) -> None:
        """Take in a message of the process; its listener calls this."""
        with self._lock:
            self._take(message)

    def end(self) -> Future[None]:
        """Begin to end the process, and start nothing more; what is finished is kept."""
        with self._lock:
            if self._ending is None:
                self._ending = Future()
                if self._loop.is_started:
                    self._ending = self._loop.submit(self._end())
                else:
                    self._ending.set_result(None)
            return self._ending

    def close(self) -> None:
        """End the process within some seconds, and wait for that; what is finished is kept."""
        ending = self.end()
        with contextlib.suppress(TimeoutError):
            ending.result(CLOSE_SECONDS)
        if self._owns_computing:
            self._computing.close()
        if self._owns_loop:
            self._loop.close()

    # -- files and results, read in another process ---------------------------------------------

    def plan(self, file: Path | str, seeds: int | None = None) -> Future[PlanReport | Problems]:
        """What an experiment would run, its cells and cost, without running it."""
        return self._computing.run(read_plan, file, seeds)

    def results(self) -> Future[Sequence[ResultEntry]]:
        """Every folder of results in the usual place, the newest first."""
        return self._computing.run(reading.list_results)

    def effects(self, number_or_folder: int | Path | None = None) -> Future[ResultReport]:
        """What an experiment has found so far; its report's summary if that is up to date."""
        return self._computing.run(reading.read_folder, self._folder(number_or_folder))

    def runs_table(self, number_or_folder: int | Path | None = None) -> Future[Path]:
        """A Parquet file of all finished runs, a row each, written anew if there are more."""
        return self._computing.run(reading.runs_table, self._folder(number_or_folder))

    def report(self, number_or_folder: int | Path | None = None) -> Path | None:
        """The report's HTML page; None if it was not written."""
        page = self._folder(number_or_folder) / "report" / reading.PAGE
        return page if page.is_file() else None

    def _folder(self, number_or_folder: int | Path | None) -> Path:
        if isinstance(number_or_folder, Path):
            return number_or_folder
        with self._lock:
            experiment = self._find(number_or_folder)
            if experiment.folder is None:
                raise self._cannot(experiment.number, "be read")
            return experiment.folder

    # -- on the loop, one after the other: what is asked while a process is being made waits -----

    async def _start(self, start: ExperimentStart) -> None:
        async with self._gate:
            try:
                if self._client.is_running:
                    await self._client.close()  # the one before has said its last word, and ends
                await self._client.start(start)
            except (OSError, RuntimeError) as error:
                self.take(ExperimentFailure(ExperimentNotStarted(str(error))))
                return
            self._hearing = asyncio.ensure_future(self._hear(self._client.messages()))

    async def _ask(self, command: Callable[[], Awaitable[None]]) -> None:
        async with self._gate:
            await command()

    async def _hear(self, messages: AsyncIterator[Message]) -> None:
        async for message in messages:
            self.take(message)

    async def _end_now(self) -> None:
        await self._ask(self._client.close)
        with self._lock:
            if self.is_running:
                self._finish(Ended(str(self._find(None).folder or "")))

    async def _end(self) -> None:
        await self._end_now()
        if self._hearing is not None:
            await self._hearing

    # -- with the lock --------------------------------------------------------------------------

    def _take(self, message: Message) -> None:
        if not self.is_running:
            log.debug("said after its end: %s", message)
            return
        experiment = self._find(None)
        if isinstance(message, ExperimentBegun):
            experiment.title, experiment.total = message.name, message.total
            experiment.folder = Path(message.folder)
            self._tell(message)
        elif isinstance(message, ExperimentStatus):
            experiment.status, self._heard = message, time.monotonic()
            self._tell(message)
            state = _OF_STATUS[message.state]
            # Somebody asked for the end, which stays on show; before a pause the runs under way
            # are finished.
            waits = self._state is ExperimentState.PAUSING and message.state == "running"
            if self._state is not ExperimentState.STOPPING and not waits:
                self._set(state)
        else:
            self._finish(message)

    def _finish(self, result: ExperimentResult) -> None:
        experiment = self._find(None)
        experiment.result = result
        if isinstance(result, ExperimentFailure):
            log.warning("experiment: %s", result.fault.told)
            experiment.state = ExperimentState.FAILED
        elif isinstance(result, ExperimentDone):
            experiment.state = ExperimentState.FINISHED
            experiment.folder = Path(result.folder)
        else:
            experiment.state = ExperimentState.STOPPED
        self._state = ExperimentState.NONE
        self._tell(NewExperimentState(self._state))
        self._tell(result)

    def _set(self, state: ExperimentState) -> None:
        experiment = self._find(None)
        if state is not self._state:
            self._state = experiment.state = state
            self._tell(NewExperimentState(state))

    def _tell(self, news: ExperimentNews) -> None:
        number = cast(int, self.current)
        self._events.tell(lambda sequence: ExperimentEvent(sequence, number, news))

    def _info(self, experiment: _Experiment) -> ExperimentInfo:
        left, status = None, experiment.status
        if experiment.state is ExperimentState.RUNNING and status is not None:
            left = status.seconds_left
        if left is not None:
            left = max(0.0, left - (time.monotonic() - self._heard))
        return ExperimentInfo(
            experiment.number,
            experiment.state,
            experiment.title,
            experiment.start,
            experiment.folder,
            experiment.total,
            status,
            left,
            experiment.result,
        )

    def _find(self, number: int | None) -> _Experiment:
        number = self.current or 0 if number is None else number
        if number not in self._all:
            raise NotNowError(NoSuchExperiment(number))
        return self._all[number]

    def _running(self, number: int | None, verb: str) -> _Experiment:
        experiment = self._find(number)
        if not self.is_running or experiment.number != self.current:
            raise self._cannot(number, verb)
        return experiment

    def _cannot(self, number: int | None, verb: str) -> NotNowError:
        experiment = self._find(number)
        return NotNowError(CannotNow("Experiment", experiment.number, experiment.state.value, verb))
