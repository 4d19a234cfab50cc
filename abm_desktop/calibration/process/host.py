"""The process that calibrates: ``python -m abm_desktop.calibration.process.host``.

It takes commands as JSON lines on standard input and gives messages as JSON lines on standard
output (``abm_desktop.calibration.process.messages``). It ends with its calibration, or when its
standard input ends, that is, when its owner does; its own processes end when it does.
"""

from __future__ import annotations

import logging
import math
import os
import queue
import time
import traceback
from pathlib import Path
from typing import BinaryIO

from abm_desktop.calibration.process.messages import (
    CalibrationBegun,
    CalibrationDone,
    CalibrationFailed,
    CalibrationStart,
    CalibrationStatus,
    Command,
    Halted,
    Message,
    encode,
    parse_command,
)
from abm_desktop.calibration.running import (
    CalibrationControl,
    CalibrationProgress,
    CalibrationStopped,
    calibrate,
)
from abm_desktop.host_process import serve_commands, take_streams, write_line
from abm_desktop.inputs import InputError, UnavailableError

STATUS_SECONDS = 0.1
"""Shortest time between two status messages of one stage."""

log = logging.getLogger("abm_desktop.calibration.process.host")


class CalibrationVoice:
    """The way to the owner; status messages that come too fast are left out."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._last, self._stage = 0.0, ""

    def tell(self, progress: CalibrationProgress) -> None:
        """Pass progress on, if its stage is new or some time has passed."""
        now = time.monotonic()
        if progress.stage == self._stage and now - self._last < STATUS_SECONDS:
            return
        self._last, self._stage = now, progress.stage
        best = progress.best if math.isfinite(progress.best) else None
        self.send(
            CalibrationStatus(
                progress.stage, progress.done, progress.total, progress.seconds_left, best
            )
        )

    def send(self, message: Message) -> None:
        """Write a message now."""
        write_line(self._stream, encode(message))


def run(start: CalibrationStart, control: CalibrationControl, voice: CalibrationVoice) -> Message:
    """Calibrate to the end, which the last message tells."""
    try:
        return _calibrated(start, control, voice)
    except CalibrationStopped:
        return Halted(start.folder)
    except (InputError, UnavailableError, OSError) as error:
        return CalibrationFailed(str(error), traceback.format_exc())
    except Exception as error:
        log.exception("calibration failed")
        return CalibrationFailed(
            f"The calibration broke off ({type(error).__name__}: {error}). This is a fault of the "
            "program: please report it.",
            traceback.format_exc(),
        )


def _calibrated(
    start: CalibrationStart, control: CalibrationControl, voice: CalibrationVoice
) -> Message:
    from abm_desktop.calibration.names import name_of
    from abm_desktop.calibration.plan import CalibrationPlan, Sizes, read_days
    from abm_desktop.calibration.result import result_of
    from abm_desktop.calibration.store import TrialStore
    from abm_desktop.calibration.writing import write_result
    from abm_desktop.scenario import find_scenario, load_scenario

    places = [Path(day) for day in start.days]
    days = read_days(places)
    like = load_scenario(find_scenario(start.like)) if start.like else None
    name = start.name or name_of(places[0])
    base = load_scenario(find_scenario(start.base))
    plan = CalibrationPlan.make(days, name, base, Sizes(seed=start.seed), like)
    store = TrialStore(Path(start.folder), plan.as_json(), fresh=start.fresh)
    try:
        voice.send(
            CalibrationBegun(
                name, days.names, days.messages, len(plan.space), len(store.trials["trials"])
            )
        )
        found = calibrate(
            plan,
            store,
            workers=start.workers,
            budget=60.0 * start.minutes,
            control=control,
            tell=voice.tell,
        )
        write_result(result_of(plan, found), Path(start.folder))
    finally:
        store.close()
    return CalibrationDone(start.folder)


def main() -> None:
    """Run the host on this process's standard streams."""
    control, voice = CalibrationControl(), CalibrationVoice(take_streams())
    starts: queue.SimpleQueue[CalibrationStart] = queue.SimpleQueue()

    def take(command: Command) -> None:
        if isinstance(command, CalibrationStart):
            starts.put(command)
        else:
            control.stop()

    serve_commands(parse_command, take, lambda error: log.error("not a command: %s", error))
    voice.send(run(starts.get(), control, voice))
    # A thread that waits for input would otherwise hold up the interpreter's end.
    os._exit(0)


if __name__ == "__main__":
    main()
