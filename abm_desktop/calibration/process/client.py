"""The asyncio side of a calibration's process. No Qt: it runs in any asyncio loop."""

from __future__ import annotations

from abm_desktop.calibration.process.messages import (
    CalibrationDone,
    CalibrationFailed,
    CalibrationStart,
    Halted,
    Message,
    parse_message,
)
from abm_desktop.one_job_process import OneJobClient

__all__ = ["CalibrationClient"]


class CalibrationClient(OneJobClient[CalibrationStart, Message]):
    """Owns at most one process, which calibrates; Halted answers a stop.

    Args:
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(self, *, gives_way: bool = False) -> None:
        super().__init__(
            "a calibration",
            "abm_desktop.calibration.process.host",
            "calibration.log",
            parse=parse_message,
            last=(CalibrationDone, Halted, CalibrationFailed),
            unknown=lambda wrong: CalibrationFailed(
                "The process of the calibration said something unknown.", wrong
            ),
            lost=lambda code, log: CalibrationFailed(
                f"The process of the calibration ended by itself (exit code {code}; out of memory, "
                "perhaps). What is finished is kept: start it again to go on.",
                log,
            ),
            gives_way=gives_way,
        )
