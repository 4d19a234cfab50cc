"""The protocol between the process that calibrates and its client: one JSON object a line.

Commands go to the process's standard input, messages come from its standard output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from abm_desktop.json_lines import ProtocolError, Stop, encode, reader_of

__all__ = [
    "CalibrationBegun",
    "CalibrationDone",
    "CalibrationFailed",
    "CalibrationStart",
    "CalibrationStatus",
    "Command",
    "Halted",
    "Message",
    "ProtocolError",
    "Stop",
    "encode",
    "parse_command",
    "parse_message",
]


@dataclass(frozen=True, slots=True)
class CalibrationStart:
    """Calibrate; the first command, given once.

    After a Stop what is finished is kept, and the same Start goes on from there.
    """

    days: tuple[str, ...]
    """Places of recorded days."""
    folder: str
    """For trials, scenario and report."""
    name: str = ""
    """Of the scenario; empty: that of the first day."""
    base: str = "calm"
    like: str = ""
    """Scenario with whose values the search begins; empty: what is read off."""
    minutes: float = 20.0
    """Real ones, earlier starts included."""
    workers: int = 0
    seed: int = 0
    fresh: bool = False
    type: Literal["start"] = "start"


Command = CalibrationStart | Stop


@dataclass(frozen=True, slots=True)
class CalibrationBegun:
    """The days were read, and a market can be made like them."""

    name: str
    days: tuple[str, ...]
    messages: int
    """Of the longest day."""
    parameters: int
    """That are searched."""
    kept: int
    """Candidates of earlier starts."""
    type: Literal["begun"] = "begun"


@dataclass(frozen=True, slots=True)
class CalibrationStatus:
    """How far it is; see ``CalibrationProgress``."""

    stage: Literal["search", "choice", "profile", "posterior", "report"]
    done: int
    total: int | None
    seconds_left: float | None
    best: float | None
    """Mean distance of the best candidate so far."""
    type: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class CalibrationDone:
    """Scenario, report, pictures and numbers are written."""

    folder: str
    type: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Halted:
    """Stopped as asked; what is finished is kept."""

    folder: str
    type: Literal["halted"] = "halted"


@dataclass(frozen=True, slots=True)
class CalibrationFailed:
    """It cannot go on; what is finished is kept."""

    told: str
    """What is wrong, and what to do about it."""
    details: str = ""
    """Traceback or log, for a report."""
    type: Literal["failed"] = "failed"


Message = CalibrationBegun | CalibrationStatus | CalibrationDone | Halted | CalibrationFailed

parse_command: Callable[[bytes | str], Command] = reader_of(Command, "command")
parse_message: Callable[[bytes | str], Message] = reader_of(Message, "message")
