"""The experiments of the session, as Qt signals and in what the page Experiments shows.

A view: the experiments may be shared with a server, and others may steer them. Nothing here blocks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from abm_desktop.desk.experiment_news import ExperimentInfo, ExperimentState
from abm_desktop.desk.experiment_runs import ExperimentRuns
from abm_desktop.desk.statements import NotNowError
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
)
from abm_desktop.ui.work import Work

__all__ = ["ExperimentController", "ExperimentState"]

log = logging.getLogger(__name__)

_NOTES = {
    ExperimentState.STARTING: "starting",
    ExperimentState.PAUSING: "pausing",
    ExperimentState.PAUSED: "paused",
    ExperimentState.STOPPING: "stopping",
    ExperimentState.REPORTING: "writing the report",
}


class ExperimentController(QObject):
    """Starts, pauses and ends one experiment at a time, and tells the page what it says.

    Args:
        runs: the experiments of the session.
        parent: its owner.
        goes_on: whether others use them after this window has closed.
    """

    changed = Signal()
    """State or progress changed."""
    ended = Signal(object)
    """It is over: :class:`ExperimentDone`, :class:`Ended` or :class:`ExperimentFailure`."""

    _woken = Signal()

    def __init__(
        self, runs: ExperimentRuns, parent: QObject | None = None, *, goes_on: bool = False
    ) -> None:
        super().__init__(parent)
        self.runs = runs
        self.number: int | None = runs.current
        """The experiment that runs, or ran last, as far as it was told here."""
        self._goes_on = goes_on
        self._woken.connect(self.poll, Qt.ConnectionType.QueuedConnection)
        self._heard = runs.listen(self._wake)
        self._lost = 0

    def _wake(self) -> None:
        # On the thread that tells; the window may be gone at this very moment.
        with contextlib.suppress(RuntimeError):
            self._woken.emit()

    # -- what there is --------------------------------------------------------------------------

    @property
    def state(self) -> ExperimentState:
        """What the process of the experiment is doing."""
        return self.runs.state

    @property
    def is_running(self) -> bool:
        """Whether an experiment is being started, runs, waits, or is being stopped."""
        return self.runs.is_running

    @property
    def info(self) -> ExperimentInfo | None:
        """All that is known of the one that runs, or ran last."""
        return None if self.number is None else self.runs.read(self.number)

    @property
    def title(self) -> str:
        """What it is called."""
        info = self.info
        return "" if info is None else info.title

    @property
    def folder(self) -> Path | None:
        """Where the results of the one that runs, or ran last, lie."""
        info = self.info
        return None if info is None else info.folder

    @property
    def status(self) -> ExperimentStatus | None:
        """The newest; None before the first."""
        info = self.info
        return None if info is None else info.status

    @property
    def seconds_left(self) -> float | None:
        """Expected time to the end, counting down between messages; None before it is known."""
        info = self.info
        return None if info is None else info.seconds_left

    @property
    def work(self) -> Work | None:
        """The experiment that runs, for the window; None if none does."""
        info = self.info
        if info is None or not self.is_running:
            return None
        status = info.status
        # Steps of its preparation are no runs.
        counts = status is not None and status.state not in ("starting", "sizing", "facts")
        return Work(
            info.title,
            status.done if status is not None and counts else 0,
            status.total if status is not None and counts else 0,
            info.seconds_left,
            _NOTES.get(info.state, ""),
        )

    # -- what can be done -----------------------------------------------------------------------

    def start(self, start: ExperimentStart, title: str) -> None:
        """Begin an experiment, or go on with it; nothing happens while one runs."""
        if not self.is_running:
            self._ask(
                lambda: self.runs.start(
                    start.file,
                    seeds=start.seeds,
                    workers=start.workers,
                    address=start.address,
                    out=start.out or None,
                    fresh=start.fresh,
                    report_only=start.report_only,
                    title=title,
                )
            )

    def pause(self) -> None:
        """Wait after the runs under way, or go on if it waits."""
        if self.state in (ExperimentState.PAUSED, ExperimentState.PAUSING):
            self._ask(self.runs.resume)
        elif self.state is ExperimentState.RUNNING:
            self._ask(self.runs.pause)

    def stop(self) -> None:
        """End after the runs under way; the second time, end at once. What is finished is kept."""
        if self.is_running:
            self._ask(self.runs.stop)

    def _ask(self, call: Callable[[], object]) -> None:
        try:
            call()
        except NotNowError as error:
            # Somebody else was quicker; the window shows what is now.
            log.info("experiment: %s", error)
        self.poll()

    async def close(self) -> None:
        """Listen no more; end the process within some seconds, unless it goes on for others.

        What is finished is kept.
        """
        if not self._goes_on:
            await asyncio.wrap_future(self.runs.end())
            self.runs.close()
        self._heard.close()

    # -- what is told ---------------------------------------------------------------------------

    def poll(self) -> None:
        """Take what was told since the last call; comes by itself, on the UI thread."""
        for event in self._heard.take():
            self.number = event.experiment
            if isinstance(event.news, ExperimentDone | Ended | ExperimentFailure):
                self.ended.emit(event.news)
            else:
                self.changed.emit()
        if self._heard.lost != self._lost:
            # The window stood still for long.
            self._lost = self._heard.lost
            self.changed.emit()
