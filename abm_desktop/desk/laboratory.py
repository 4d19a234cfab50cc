"""The one running session of a program: its trainings and experiments, shared by all who ask.

A window makes one, or is handed one; a server beside it gets the same. Importing this is cheap:
what trainings and experiments need is loaded when they are first asked for.
"""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.computing import Computing

if TYPE_CHECKING:
    from abm_desktop.desk.calibrations import CalibrationRun
    from abm_desktop.desk.experiment_runs import ExperimentRuns
    from abm_desktop.desk.trainings import Trainings

__all__ = ["Laboratory"]

CLOSE_SECONDS = 10.0


class Laboratory:
    """Trainings and experiments on one asyncio loop, and one process that computes for all.

    Example::

        with Laboratory() as laboratory:
            number = laboratory.trainings.start(TrainingConfig(iterations=10))
            with laboratory.trainings.listen() as listener:
                event = listener.wait(60.0)
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.loop = BackgroundLoop("laboratory")
        """Where the processes are talked to."""
        self.computing = Computing()
        """Computes what takes more than a few milliseconds."""
        self._trainings: Trainings | None = None
        self._experiments: ExperimentRuns | None = None
        self._calibration: CalibrationRun | None = None

    @property
    def trainings(self) -> Trainings:
        """The trainings of the session; made when it is first asked for."""
        with self._lock:
            if self._trainings is None:
                from abm_desktop.desk.trainings import Trainings

                self._trainings = Trainings(loop=self.loop)
            return self._trainings

    @property
    def experiments(self) -> ExperimentRuns:
        """The experiments of the session; made when it is first asked for."""
        with self._lock:
            if self._experiments is None:
                from abm_desktop.desk.experiment_runs import ExperimentRuns

                self._experiments = ExperimentRuns(loop=self.loop, computing=self.computing)
            return self._experiments

    @property
    def calibration(self) -> CalibrationRun:
        """The calibration of the session; made when it is first asked for."""
        with self._lock:
            if self._calibration is None:
                from abm_desktop.desk.calibrations import CalibrationRun

                self._calibration = CalibrationRun(loop=self.loop)
            return self._calibration

    def end(self) -> list[Future[None]]:
        """Begin to end the processes of what is under way, for :meth:`close`."""
        with self._lock:
            owned = (self._trainings, self._experiments, self._calibration)
            return [each.end() for each in owned if each is not None]

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End everything within ``seconds`` or little more; nothing is left behind."""
        for ending in self.end():
            with contextlib.suppress(TimeoutError):
                ending.result(seconds)
        self.computing.close()
        self.loop.close()

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
