"""Keeps the session for after a crash, and finds the sessions that crashes have left.

Each process writes one file of its own. A process that ends properly takes its file away, so a file
whose process is gone was left by a crash.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from abm_desktop import paths
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.background import Background
from abm_desktop.ui.session import Session

__all__ = ["Autosave", "Left", "find_left", "folder"]

log = logging.getLogger(__name__)


def folder() -> Path:
    """Return where the sessions of running processes are kept. Not created here."""
    return paths.user_data_dir() / "sessions"


@dataclass(frozen=True, slots=True)
class Left:
    """A session that a crash has left."""

    file: Path
    record: Any
    """A :class:`~abm_desktop.live.session_record.SessionRecord`."""


def find_left() -> list[Left]:
    """Return the sessions of processes that are gone, the newest first; reads files.

    A file that is no session is put aside under another name, and logged.
    """
    records = importlib.import_module("abm_desktop.live.session_record")
    found = []
    for file in folder().glob("*.json"):
        try:
            record = records.SessionRecord.read(file)
        except (OSError, ValueError) as error:
            log.warning("%s; it is put aside", error)
            file.replace(file.with_suffix(".unreadable"))
            continue
        if not _runs(record.program):
            found.append(Left(file, record))
    return sorted(found, key=lambda left: -left.record.saved)


def _runs(program: dict[str, Any]) -> bool:
    """Whether the process that wrote a session is still there."""
    psutil = importlib.import_module("psutil")
    try:
        began = psutil.Process(int(program["pid"])).create_time()
    except (psutil.Error, KeyError, ValueError):
        return False
    # Numbers of processes are used again.
    return abs(began - float(program.get("began", 0.0))) < 2.0


class Autosave(QObject):
    """Has the session written aside every so often, and offers what a crash has left."""

    left = Signal(object)
    """A session (:class:`Left`) that can be recovered."""

    def __init__(self, session: Session, remember: Callable[[], None]) -> None:
        """``remember`` is called with each writing: to store the layout of the window."""
        super().__init__(session)
        self._session = session
        self._remember = remember
        self.file = folder() / f"{os.getpid()}.json"
        self._background = Background(self)
        self._kept: tuple[int, int, float] | None = None
        self._waiting: list[Left] = []
        self._began = 0.0
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.save)

    def begin(self) -> None:
        """Look for what a crash has left, and write the session aside from now on."""
        self._background.run(_look, self._found, lambda error: log.warning("autosave: %s", error))
        self.follow_settings()

    def follow_settings(self) -> None:
        """Write as often as the preferences say."""
        settings = self._session.settings
        self.timer.setInterval(1000 * settings.chosen_number("autosave_seconds", 5, 600))
        if settings.is_on("autosave"):
            self.timer.start()
        else:
            self.timer.stop()
            self.file.unlink(missing_ok=True)

    def save(self) -> None:
        """Write the session aside, unless nothing has happened since the last time."""
        live = self._session.live
        snapshot: MarketSnapshot | None = None if live is None else live.snapshot
        if live is None or snapshot is None or snapshot.error:
            return
        now = (snapshot.generation, snapshot.events, snapshot.time)
        if now == self._kept:
            return
        self._kept = now
        self._remember()
        live.keep(self.file, {"pid": os.getpid(), "began": self._began, **self._session.origin()})

    def recover(self, left: Left) -> None:
        """Compute the session again in place of the market."""
        self._session.recover(left.record, lambda: self.discard(left), lambda: self.left.emit(left))

    def discard(self, left: Left) -> None:
        """Take the file away; the next session that was left is offered."""
        left.file.unlink(missing_ok=True)
        self._offer()

    def end(self) -> None:
        """Nothing is to be recovered: the program ends properly, and the market is over."""
        self.timer.stop()
        self._background.close()
        self.file.unlink(missing_ok=True)

    def _found(self, found: tuple[float, list[Left]]) -> None:
        self._began, self._waiting = found
        self._offer()

    def _offer(self) -> None:
        if self._waiting:
            self.left.emit(self._waiting.pop(0))


def _look() -> tuple[float, list[Left]]:
    psutil = importlib.import_module("psutil")
    return psutil.Process().create_time(), find_left()
