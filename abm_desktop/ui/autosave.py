"""Keeps the session for after a crash, and finds the sessions that crashes have left.

Each window writes one file of its own, whose name it holds by a lock of the operating system. A
window that ends properly takes its file away, so a file whose name nobody holds was left by a
crash: neither the number of a process nor a clock comes into it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.plain_words import report
from abm_desktop.ui.background import Background
from abm_desktop.ui.session import Session
from abm_desktop.ui.trouble import Trouble
from abm_desktop.whole_files import Claim, claim, is_claimed

__all__ = ["Autosave", "Left", "find_left", "folder"]

log = logging.getLogger(__name__)

_TOLD = 3
"""Bad files of which the reason is told; the others are counted."""


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

    Files that are no sessions are put aside under another name, with one warning for all of them;
    each is read by itself. Raises OSError if the folder cannot be read.
    """
    from abm_desktop.live.session_record import SessionRecord

    found, bad = [], []
    for file in sorted(folder().glob("*.json")):
        if is_claimed(folder(), file.stem):
            continue
        try:
            found.append(Left(file, SessionRecord.read(file)))
        except (OSError, ValueError) as error:
            bad.append(str(error))
            with contextlib.suppress(OSError):
                file.replace(file.with_suffix(".unreadable"))
    if bad:
        log.warning(
            "%d sessions cannot be read and are put aside in %s: %s",
            len(bad), folder(), "; ".join(bad[:_TOLD]),
        )  # fmt: skip
    return sorted(found, key=lambda left: -left.record.saved)


class Autosave(QObject):
    """Has the session written aside every so often, and offers what a crash has left."""

    left = Signal(object)
    """A session (:class:`Left`) that can be recovered."""

    def __init__(self, session: Session, remember: Callable[[], None]) -> None:
        """``remember`` is called with each writing: to store the layout of the window."""
        super().__init__(session)
        self._session = session
        self._remember = remember
        self.file = folder() / f"{secrets.token_hex(8)}.json"
        self._held: Claim | None = None
        self._fault = ""
        self._background = Background(self)
        self._kept: tuple[int, int, float] | None = None
        self._waiting: list[Left] = []
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.save)

    def begin(self) -> None:
        """Look for what a crash has left, and write the session aside from now on."""
        self._hold()
        self._background.run(
            find_left, self._found, lambda error: log.warning("autosave: %s", error)
        )
        self.follow_settings()

    def follow_settings(self) -> None:
        """Write as often as the preferences say."""
        settings = self._session.settings
        self.timer.setInterval(1000 * settings.chosen_number("autosave_seconds"))
        if settings.is_on("autosave"):
            self.timer.start()
        else:
            self.timer.stop()
            with contextlib.suppress(OSError):
                self.file.unlink(missing_ok=True)

    def save(self) -> None:
        """Write the session aside, unless nothing has happened since the last time."""
        live = self._session.live
        snapshot = live.snapshot
        if snapshot is None or snapshot.error:
            return
        if not self._hold():
            return
        now = (snapshot.generation, snapshot.events, snapshot.time)
        if now == self._kept:
            return
        self._kept = now
        self._remember()
        live.keep(self.file, {"pid": os.getpid(), **self._session.origin()})

    def recover(self, left: Left) -> None:
        """Compute the session again in place of the market."""
        self._session.recover(left.record, lambda: self.discard(left), lambda: self.left.emit(left))

    def discard(self, left: Left) -> None:
        """Take the file away; the next session that was left is offered."""
        with contextlib.suppress(OSError):
            left.file.unlink(missing_ok=True)
        self._offer()

    def end(self) -> None:
        """Nothing is to be recovered: the program ends properly, and the market is over."""
        self.timer.stop()
        self._background.close()
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)
        if self._held is not None:
            self._held.forget()
            self._held = None

    def _hold(self) -> bool:
        """Hold the name of the file, so that no other window takes it for one that was left."""
        if self._held is None:
            try:
                self._held = claim(self.file.parent, self.file.stem)
            except (OSError, InputError) as error:
                # Tried again every few seconds: once is enough to know.
                known, self._fault = self._fault, report(error)
                if known != self._fault:
                    title = "This session cannot be recovered after a crash"
                    self._session.trouble.emit(Trouble(title, self._fault))
        return self._held is not None

    def _found(self, found: list[Left]) -> None:
        self._waiting = found
        self._offer()

    def _offer(self) -> None:
        if self._waiting:
            self.left.emit(self._waiting.pop(0))
