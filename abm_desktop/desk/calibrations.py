"""The calibration of a running session: started, paused, gone on with, and what it found. No Qt.

One runs at a time, in a process of its own. Any thread may ask for anything, and is answered at
once: :attr:`CalibrationRun.view` tells how it stands. A pause ends the process; what is finished
lies in the folder, and going on starts another one from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from abm_desktop import paths
from abm_desktop.calibration.names import plain_name
from abm_desktop.calibration.process.client import CalibrationClient
from abm_desktop.calibration.process.messages import (
    CalibrationBegun,
    CalibrationDone,
    CalibrationFailed,
    CalibrationStart,
    CalibrationStatus,
    Halted,
    Message,
)
from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.inputs import InputError, shown
from abm_desktop.metrics.likeness.scores import SCORES
from abm_desktop.plain_json import read_json_object
from abm_desktop.whole_files import write_whole

__all__ = [
    "CalibrationFound",
    "CalibrationRun",
    "CalibrationState",
    "CalibrationView",
    "ScoreFound",
    "keep_scenario",
    "read_found",
]

CLOSE_SECONDS = 10.0
"""A close that takes longer is given up; its process dies with this one."""


class CalibrationState(Enum):
    """How a calibration stands."""

    NONE = "none"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


AT_WORK = (CalibrationState.STARTING, CalibrationState.RUNNING, CalibrationState.PAUSING)


@dataclass(frozen=True, slots=True)
class ScoreFound:
    """One score: distances to the recorded day, NaN if they are not known."""

    title: str
    found: float
    itself: float
    """Of the day's odd half hours from its even ones: what is no difference."""
    began: float
    """Of the scenario that the search began with."""
    base: float


@dataclass(frozen=True, slots=True)
class CalibrationFound:
    """What a calibration has found, as its folder tells."""

    folder: Path
    sentences: tuple[str, ...]
    scores: tuple[ScoreFound, ...]
    """The 14, then their mean."""
    pictures: tuple[tuple[str, bytes], ...]
    """Caption and PNG of each picture of the report."""

    @property
    def scenario(self) -> Path:
        """The file of the scenario."""
        return self.folder / "scenario.toml"

    @property
    def report(self) -> Path:
        """The page with everything that is told."""
        return self.folder / "report.html"


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """How it stands now."""

    state: CalibrationState = CalibrationState.NONE
    start: CalibrationStart | None = None
    begun: CalibrationBegun | None = None
    status: CalibrationStatus | None = None
    found: CalibrationFound | None = None
    told: str = ""
    """Why it failed."""
    details: str = ""


class CalibrationRun:
    """Starts, pauses and ends calibrations, one at a time.

    Args:
        client: talks to its process; one that gives way to a market unless given.
        loop: where that is done, shared with others; one of its own unless given.
    """

    def __init__(
        self, client: CalibrationClient | None = None, loop: BackgroundLoop | None = None
    ) -> None:
        self._client = client or CalibrationClient(gives_way=True)
        self._owns_loop, self._loop = loop is None, loop or BackgroundLoop("calibration")
        self._lock = threading.Lock()
        self._view = CalibrationView()
        self._hearing: Future[None] | None = None
        self._is_closed = False

    @property
    def view(self) -> CalibrationView:
        """How it stands now."""
        return self._view

    def start(self, start: CalibrationStart) -> None:
        """Begin, or go on where it was stopped. Raises RuntimeError while one is at work."""
        with self._lock:
            if self._is_closed or self._view.state in AT_WORK:
                raise RuntimeError("a calibration is at work, or all is closed")
            self._view = CalibrationView(CalibrationState.STARTING, start)
        self._hearing = self._loop.submit(self._run(start))

    def pause(self) -> None:
        """End the process in good order; nothing happens if none is at work."""
        with self._lock:
            if self._view.state not in AT_WORK:
                return
            self._change(state=CalibrationState.PAUSING)
        self._loop.submit(self._client.stop())

    def go_on(self) -> None:
        """Go on after a pause, or after a failure. Raises RuntimeError unless it was begun."""
        start = self._view.start
        if start is None:
            raise RuntimeError("nothing was begun")
        self.start(dataclasses.replace(start, fresh=False))

    def end(self) -> Future[None]:
        """Begin to end the process; what is finished is kept."""
        with self._lock:
            self._is_closed = True
        return self._loop.submit(self._client.close())

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End the process within ``seconds`` or little more."""
        with contextlib.suppress(TimeoutError):
            self.end().result(seconds)
        if self._owns_loop:
            self._loop.close()

    def _change(self, **values: Any) -> None:
        self._view = dataclasses.replace(self._view, **values)

    # -- on the loop ----------------------------------------------------------------------------

    async def _run(self, start: CalibrationStart) -> None:
        try:
            await self._client.start(start)
        except OSError as error:
            self._fail(f"Its process could not be started ({error.strerror or error}).", "")
            return
        async for message in self._client.messages():
            self._hear(message)
        with self._lock:
            if self._view.state in AT_WORK:  # its owner has closed it
                self._change(state=CalibrationState.PAUSED)

    def _hear(self, message: Message) -> None:
        match message:
            case CalibrationBegun():
                with self._lock:
                    self._change(begun=message)
            case CalibrationStatus():
                with self._lock:
                    if self._view.state is CalibrationState.STARTING:
                        self._change(state=CalibrationState.RUNNING)
                    self._change(status=message)
            case CalibrationDone():
                try:
                    found = read_found(Path(message.folder))
                except (OSError, ValueError, KeyError, TypeError) as error:
                    self._fail(f"What was found cannot be read: {error}", "")
                    return
                with self._lock:
                    self._change(state=CalibrationState.DONE, found=found)
            case Halted():
                with self._lock:
                    self._change(state=CalibrationState.PAUSED)
            case CalibrationFailed():
                self._fail(message.told, message.details)

    def _fail(self, told: str, details: str) -> None:
        with self._lock:
            self._change(state=CalibrationState.FAILED, told=told, details=details)


def read_found(folder: Path) -> CalibrationFound:
    """Read what a calibration has written.

    Raises OSError, ValueError, KeyError or TypeError if it is not there, or damaged.
    """
    values = read_json_object(folder / "result.json")
    parts = [values["found"], values["itself"], values["began"] or {}, values["base"] or {}]
    rows = [
        ScoreFound(
            score.title, *(_known((part.get("scores") or {}).get(score.name)) for part in parts)
        )
        for score in SCORES
    ]
    rows.append(ScoreFound("mean", *(_known(part.get("w1")) for part in parts)))
    return CalibrationFound(
        folder=folder,
        sentences=tuple(str(sentence) for sentence in values["answer"]),
        scores=tuple(rows),
        pictures=tuple(
            (str(each["caption"]), (folder / Path(str(each["file"])).name).read_bytes())
            for each in values.get("pictures", [])
        ),
    )


def keep_scenario(found: Path, name: str) -> Path:
    """Copy the scenario of a calibration to the user's own, under a name; returns its file.

    Raises :class:`.InputError` for what is no plain name, and if there is such a scenario.
    """
    if not name.strip() or plain_name(name) != name:
        raise InputError(
            f"must be letters, digits, - and _, not {shown(name)}", key="name", remedy="choose one"
        )
    target = paths.user_scenario_dir() / f"{name}.toml"
    if target.exists() or (paths.scenario_dir() / target.name).exists():
        raise InputError(f"{name} is taken", key="name", remedy="choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, found.read_text(encoding="utf-8"))
    return target


def _known(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
