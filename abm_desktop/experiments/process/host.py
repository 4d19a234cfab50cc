"""The process that runs one experiment: ``python -m abm_desktop.experiments.process.host``.

It takes commands as JSON lines on standard input and gives messages as JSON lines on standard
output (``abm_desktop.experiments.process.messages``); whatever else prints, prints to standard
error. It ends with its experiment, or when its standard input ends, that is, when its owner does.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import traceback
from pathlib import Path
from typing import BinaryIO, cast

from abm_desktop.experiments.process.messages import (
    Command,
    Ended,
    ExperimentBegun,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
    Message,
    Pause,
    Resume,
    Stop,
    encode,
    parse_command,
)
from abm_desktop.experiments.running.runner import Control, ExperimentProgress
from abm_desktop.experiments.statements import (
    ExperimentBroken,
    ExperimentFault,
    ExperimentRefused,
)
from abm_desktop.host_process import serve_commands, take_streams, write_line

STATUS_SECONDS = 0.1
"""Shortest time between two status messages of one state."""

log = logging.getLogger("abm_desktop.experiments.process.host")


class Voice:
    """The way to the owner; status messages that come too fast give way to newer ones."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._last = 0.0
        self._state = ""

    def tell(self, progress: ExperimentProgress) -> None:
        """Pass progress on, if it is new or some time has passed."""
        now = time.monotonic()
        last_of_all = progress.done == progress.total
        if progress.state == self._state and not last_of_all and now - self._last < STATUS_SECONDS:
            return
        self._last, self._state = now, progress.state
        self.send(
            ExperimentStatus(
                progress.state,
                progress.done,
                progress.total,
                progress.markets,
                progress.seconds_left,
                progress.lost_workers,
                progress.workers,
                progress.note,
            )
        )

    def send(self, message: Message) -> None:
        """Write a message now."""
        with self._lock:
            write_line(self._stream, encode(message))


def run(start: ExperimentStart, control: Control, voice: Voice) -> Message:
    """Run an experiment to its end, which the last message tells."""
    from abm_desktop.cluster import ClusterError
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.report.summary import written_answer
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.running.runner import Stopped
    from abm_desktop.scenario import ScenarioError

    try:
        experiment = Experiment.load(start.file, seeds=start.seeds)
        folder = Path(start.out) if start.out else experiment.folder
        plan = experiment.plan
        voice.send(ExperimentBegun(plan.design.name, str(folder), plan.total))
        if not start.report_only:
            try:
                experiment.run(
                    start.workers,
                    address=start.address or None,
                    folder=folder,
                    fresh=start.fresh,
                    control=control,
                    on_progress=voice.tell,
                )
            except Stopped:
                return Ended(str(folder))
        total = plan.total
        done = experiment.finished(folder)
        voice.send(ExperimentStatus("report", done, total))
        page = experiment.report(folder)
        return ExperimentDone(str(folder), str(page), done, total, tuple(written_answer(page)))
    except ExperimentError as error:
        return ExperimentFailure(cast(ExperimentFault, error.fault), traceback.format_exc())
    except ScenarioError as error:
        return ExperimentFailure(ExperimentRefused(str(error)))
    except ClusterError as error:
        return ExperimentFailure(ExperimentRefused(str(error)), traceback.format_exc())
    except Exception as error:
        log.exception("experiment failed")
        return ExperimentFailure(
            ExperimentBroken(type(error).__name__, str(error)), traceback.format_exc()
        )


def main() -> None:
    """Run the host on this process's standard streams."""
    control, voice = Control(), Voice(take_streams())
    starts: queue.SimpleQueue[ExperimentStart] = queue.SimpleQueue()

    def take(command: Command) -> None:
        match command:
            case ExperimentStart():
                starts.put(command)
            case Pause():
                control.pause()
            case Resume():
                control.resume()
            case Stop():
                control.stop()

    serve_commands(parse_command, take, lambda error: log.error("not a command: %s", error))
    voice.send(run(starts.get(), control, voice))
    # A thread that waits for input would otherwise hold up the interpreter's end.
    os._exit(0)


if __name__ == "__main__":
    main()
