"""The protocol between the process that runs an experiment and its client: one JSON object a line.

Commands go to the process's standard input, messages come from its standard output. Both are small
frozen dataclasses; :func:`encode` writes one line, :func:`parse_command` and :func:`parse_message`
read one and raise :class:`ProtocolError` for anything that is not exactly one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from abm_desktop.experiments.statements import ExperimentFault
from abm_desktop.json_lines import Pause, ProtocolError, Resume, Stop, encode, reader_of
from abm_desktop.learning.statements import ClusterNote

__all__ = [
    "Command",
    "Ended",
    "ExperimentBegun",
    "ExperimentDone",
    "ExperimentFailure",
    "ExperimentStart",
    "ExperimentStatus",
    "Message",
    "Pause",
    "ProtocolError",
    "Resume",
    "Stop",
    "encode",
    "parse_command",
    "parse_message",
]


@dataclass(frozen=True, slots=True)
class ExperimentStart:
    """Run an experiment; the first command, and given once. See ``Experiment.run``.

    After a Stop what is finished is kept, and the same Start goes on from there.
    """

    file: str
    """Path of an experiment's file, or the name of a shipped one."""
    seeds: int | None = None
    workers: int = 0
    address: str = ""
    out: str = ""
    """Folder of the results; empty: the usual one."""
    fresh: bool = False
    report_only: bool = False
    """Only write the report of what is finished."""
    type: Literal["start"] = "start"


Command = ExperimentStart | Pause | Resume | Stop


@dataclass(frozen=True, slots=True)
class ExperimentBegun:
    """The file was read and is right; told once, before anything runs."""

    name: str
    folder: str
    """Folder of the results."""
    total: int
    """Runs of the whole experiment."""
    type: Literal["begun"] = "begun"


@dataclass(frozen=True, slots=True)
class ExperimentStatus:
    """How far the experiment is; at most ten a second."""

    state: Literal["starting", "sizing", "running", "paused", "resumed", "facts", "report"]
    done: int
    """Finished runs, those of earlier starts included; finished steps in "sizing" and "facts"."""
    total: int
    markets: int = 0
    """Markets all of whose runs are finished."""
    seconds_left: float | None = None
    """Expected wall time; None until it can be told."""
    lost_workers: int = 0
    """Workers that were lost so far; what they had not finished is run again."""
    workers: int = 0
    note: ClusterNote | None = None
    """What is done before the first run, for people."""
    type: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class ExperimentDone:
    """The report is written."""

    folder: str
    """Folder of the results."""
    report: str
    """The report's HTML page."""
    runs: int
    of: int
    """Runs of the whole experiment."""
    answer: tuple[str, ...] = ()
    """The answer in words, a sentence or two for each stress."""
    type: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Ended:
    """Stopped as asked, before all runs were finished."""

    folder: str
    type: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True)
class ExperimentFailure:
    """The experiment cannot go on; what is finished is kept."""

    fault: ExperimentFault
    """What went wrong, and what to do about it."""
    details: str = ""
    """Traceback or log, for a report."""
    type: Literal["failure"] = "failure"


Message = ExperimentBegun | ExperimentStatus | ExperimentDone | Ended | ExperimentFailure

parse_command: Callable[[bytes | str], Command] = reader_of(Command, "command")
parse_message: Callable[[bytes | str], Message] = reader_of(Message, "message")
