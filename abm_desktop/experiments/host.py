"""The process that runs one experiment: ``python -m abm_desktop.experiments.host``.

It takes commands as JSON lines on standard input and gives messages as JSON lines on standard
output (``abm_desktop.experiments.messages``); whatever else prints, prints to standard error. It
ends with its experiment, or when its standard input ends, that is, when its owner does.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from abm_desktop.experiments.messages import (
    Done,
    Ended,
    Failure,
    Message,
    Pause,
    ProtocolError,
    Resume,
    Start,
    Status,
    Stop,
    encode,
    parse_command,
)
from abm_desktop.experiments.runner import Control, Progress
from abm_desktop.learning.host import die_with_owner

STATUS_SECONDS = 0.1
"""Shortest time between two status messages of one state."""

log = logging.getLogger("abm_desktop.experiments.host")


class Voice:
    """The way to the owner; status messages that come too fast give way to newer ones."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._last = 0.0
        self._state = ""

    def tell(self, progress: Progress) -> None:
        """Pass progress on, where it is new or some time has passed."""
        now = time.monotonic()
        last_of_all = progress.done == progress.total
        if progress.state == self._state and not last_of_all and now - self._last < STATUS_SECONDS:
            return
        self._last, self._state = now, progress.state
        self.send(Status(**asdict(progress)))

    def send(self, message: Message) -> None:
        """Write a message now."""
        try:
            with self._lock:
                self._stream.write(encode(message))
                self._stream.flush()
        except OSError:
            # The owner is gone. Standard input ends as well, which ends this process.
            log.debug("nobody reads the messages any more")


def run(start: Start, control: Control, voice: Voice) -> Message:
    """Run an experiment to its end, which the last message tells."""
    from abm_desktop.cluster import ClusterError
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.pilot import ExperimentError
    from abm_desktop.experiments.runner import Stopped
    from abm_desktop.scenario import ScenarioError

    try:
        experiment = Experiment.load(start.file, seeds=start.seeds)
        folder = Path(start.out) if start.out else experiment.folder
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
        total = experiment.plan.total
        done = experiment.finished(folder)
        voice.send(Status("report", done, total))
        page = experiment.report(folder)
        return Done(str(folder), str(page), done, total, tuple(experiment.answer(folder)))
    except ExperimentError as error:
        return Failure(error.message, error.remedy, traceback.format_exc())
    except ScenarioError as error:
        return Failure(str(error), "mend the file, then start again")
    except ClusterError as error:
        return Failure(str(error), "", traceback.format_exc())
    except Exception as error:
        log.exception("experiment failed")
        return Failure(
            f"The experiment failed: {type(error).__name__}: {error}",
            "This is a fault of the program: please report it. What is finished is kept.",
            traceback.format_exc(),
        )


def read_commands(stream: BinaryIO, control: Control, starts: queue.SimpleQueue[Start]) -> None:
    """Carry out every command; end the process where the stream ends."""
    for line in stream:
        try:
            command = parse_command(line)
        except ProtocolError:
            log.exception("not a command")
            continue
        if isinstance(command, Start):
            starts.put(command)
        elif isinstance(command, Pause):
            control.pause()
        elif isinstance(command, Resume):
            control.resume()
        elif isinstance(command, Stop):
            control.stop()
    # The owner is dead, and nobody may be left behind: what is finished is on disk, and a cluster's
    # reaper sees the end of this process.
    os._exit(0)


def main() -> None:
    """Run the host on this process's standard streams."""
    die_with_owner()
    # The protocol gets standard output for itself; prints of anybody else go to standard error.
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    faulthandler.enable()
    # An interrupt typed in a terminal reaches the whole process group; the owner decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control, voice = Control(), Voice(messages)
    starts: queue.SimpleQueue[Start] = queue.SimpleQueue()
    threading.Thread(
        target=read_commands, args=(sys.stdin.buffer, control, starts), daemon=True
    ).start()
    voice.send(run(starts.get(), control, voice))
    # A thread that waits for input would otherwise hold up the interpreter's end.
    os._exit(0)


if __name__ == "__main__":
    main()
