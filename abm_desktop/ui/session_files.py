"""What is taken home: sessions as files and in the journal, and their export."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from abm_desktop.desk.journal import SESSION_SUFFIX, Journal, JournalEntry, results_kept
from abm_desktop.inputs import InputError
from abm_desktop.live.refusals import OnlyReplay, RefusedError, refusal_of
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.plain_words import in_words
from abm_desktop.scenario import Scenario
from abm_desktop.ui.background import Background
from abm_desktop.ui.session import Session
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.tasks import Task, Tasks
from abm_desktop.ui.worker import Job, Worker, WorkerError
from abm_desktop.whole_files import clear_parts

__all__ = ["SessionFiles"]

log = logging.getLogger(__name__)

_WAIT = 30.0
"""Real seconds until the market has told what its session is."""
_LEAST_EVENTS = 1000
"""Book events below which a run that ended is not kept: some seconds of a market."""


class SessionFiles(QObject):
    """Saves, opens and exports the session of a window, and keeps its runs in the journal."""

    journal_changed = Signal()
    _left = Signal(object)

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__(session)
        self._session, self._tasks = session, tasks
        self.journal = Journal()
        self._background = Background(self)
        self.worker = Worker(self)
        """A process of its own: an export lasts as long as the session does at full speed."""
        self._exporting: set[Path] = set()
        """Folders that are being written."""
        session.attached.connect(self._listen)
        session.session_chosen.connect(self.open)
        self._left.connect(self._keep_run)

    def close(self) -> None:
        """End what is under way."""
        self._background.close()
        self.worker.close()
        for folder in self._exporting:
            clear_parts(folder)

    def suggested_name(self) -> str:
        """A name for a file of the session."""
        snapshot = self._session.live.snapshot
        source = "session" if snapshot is None else f"{snapshot.source} {snapshot.seed}"
        return re.sub(r"[^\w-]+", "_", source.lower()).strip("_")

    # -- saving and opening -----------------------------------------------------------------------

    def save(self, file: Path) -> None:
        """Write the session to ``file``, and keep it in the journal under the name of the file."""
        if file.suffix != SESSION_SUFFIX:
            file = file.with_name(file.name + SESSION_SUFFIX)
        if not self._session.may("Save session"):
            return
        waiting, origin = self._session.live.record(), self._session.origin()

        def write() -> None:
            record = dataclasses.replace(waiting.result(_WAIT), program=origin)
            record.write(file)
            self.journal.keep(record, "session", file.stem)

        def done(_nothing: None) -> None:
            self._session.settings.set_folder("session", str(file.parent))
            self._session.settings.add_recent(file)
            self._session.recent_changed.emit()
            self.journal_changed.emit()
            self._session.said.emit(f"The session was saved: {file}")

        self._run(write, done, "The session was not saved")

    def open(self, file: Path) -> None:
        """Make the market of a saved session again, bit by bit, in place of the present one."""

        def take(record: SessionRecord) -> None:
            self._session.recover(
                record,
                lambda: self._opened(file),
                lambda: None,
                doing=f"{file.name} was not opened",
                remedy="Open the scenario in its place",
            )

        self._run(lambda: SessionRecord.read(file), take, f"{file.name} was not opened")

    def _opened(self, file: Path) -> None:
        if file.parent == self.journal.folder:  # its file has a name for programs only
            self._session.said.emit("The run was opened from the journal")
            return
        self._session.settings.set_folder("session", str(file.parent))
        self._session.settings.add_recent(file)
        self._session.recent_changed.emit()
        self._session.said.emit(f"The session was opened: {file.name}")

    # -- the journal ----------------------------------------------------------------------------

    def entries(self, take: Callable[[list[JournalEntry]], None]) -> None:
        """Read the journal: what was kept at once, results of experiments when they are known."""

        def add(kept: list[JournalEntry]) -> None:
            take(kept)
            named = {entry.place for entry in kept}
            self._session.worker.run(
                results_kept,
                done=lambda results: take(
                    sorted(
                        [*kept, *(each for each in results if each.place not in named)],
                        key=lambda entry: -entry.when,
                    )
                ),
                failed=lambda error: log.warning("results of experiments: %s", error),
            )

        self._run(self.journal.entries, add, "The journal cannot be read")

    def change(
        self, entry: JournalEntry, name: str, note: str, take: Callable[[JournalEntry], None]
    ) -> None:
        """Give an entry of the journal another name or note."""
        self._run(
            lambda: self.journal.change(entry, name=name, note=note),
            take,
            "The journal was not changed",
        )

    def delete(self, entry: JournalEntry) -> None:
        """Take an entry out of the journal."""
        self._run(
            lambda: self.journal.delete(entry),
            lambda _nothing: self.journal_changed.emit(),
            "The entry was not deleted",
        )

    def keep_last(self, record: SessionRecord) -> None:
        """Keep the run that ends with the window; writes a file at once."""
        if record.events >= _LEAST_EVENTS:
            self.journal.keep(record, "run")

    def _listen(self) -> None:
        # Called by the market's thread: the signal brings it here.
        self._session.live.when_left = self._left.emit

    def _keep_run(self, record: SessionRecord) -> None:
        if record.events < _LEAST_EVENTS:
            return
        record = dataclasses.replace(record, program=self._session.origin())
        self._background.run(
            lambda: self.journal.keep(record, "run"),
            lambda _entry: self.journal_changed.emit(),
            lambda error: log.warning("a run was not kept in the journal: %s", _words(error)),
        )

    # -- export ---------------------------------------------------------------------------------

    def save_script(self, file: Path) -> None:
        """Write the session as a Python script."""

        def make(record: SessionRecord) -> str:
            from abm_desktop.live.session_script import script_of
            from abm_desktop.whole_files import write_whole

            write_whole(file, script_of(record))
            return f"The session was written as a script: {file}"

        self._export(make)

    def save_scenario(self, file: Path, traders: Scenario | None = None) -> None:
        """Write the scenario of the session, with what was given by hand.

        ``traders``: the scenario whose traders are taken, in place of those of the market.
        """
        file = file if file.suffix else file.with_suffix(".toml")

        def make(record: SessionRecord) -> str:
            from abm_desktop.live.session_export import scenario_of
            from abm_desktop.scenario.files import save_scenario
            from abm_desktop.statements import counted

            scenario, others, late = scenario_of(record)
            changed: dict[str, Any] = {"name": file.stem}
            if record.commands or traders is not None:
                about = f"The market {scenario.name}, with what was done to it in a session."
                changed["description"] = about
            if traders is not None:
                changed |= {"population": traders.population, "rl": traders.rl}
            save_scenario(scenario.model_copy(update=changed), file)
            notes = [f"with the seed {scenario.seed}"]
            if others:
                notes.append(f"without {counted(others, 'command')} that no scenario tells")
            if late:
                notes.append(f"with {', '.join(late)} from the open on")
            return ", ".join([f"The scenario was saved: {file}", *notes])

        def done(said: str) -> None:
            self._session.settings.set_folder("scenario.own", str(file.parent))
            self._session.settings.add_recent(file)
            self._session.recent_changed.emit()
            self._session.said.emit(said)

        self._export(make, "The scenario was not saved", done)

    def save_files(self, folder: Path, wanted: Any) -> None:
        """Make the market again beside the session, and write its tape into ``folder``."""
        if not self._session.may("Export session"):
            return
        folder = folder.expanduser().resolve()
        waiting = self._session.live.record()
        job: list[Job] = []

        def cancel() -> None:
            for each in job:
                # A process that is killed leaves what it was writing.
                each.cancel(then=partial(clear_parts, folder))
            task.end()
            self._session.said.emit(
                f"The export was cancelled; what was written of {folder.name} is removed."
            )

        task = self._tasks.begin(f"Exporting the session to {folder.name}", cancel)

        def progress(share: float, doing: object) -> None:
            task.share = share
            task.title = f"Exporting the session: {doing}"

        def done(files: dict[str, int]) -> None:
            task.end()
            self._exporting.discard(folder)
            rows = ", ".join(f"{name} ({count:,} rows)" for name, count in files.items())
            self._session.said.emit(f"The session was exported: {folder}: {rows}")

        def failed(error: WorkerError) -> None:
            task.end()
            self._exporting.discard(folder)
            self._tell("The session was not exported", str(error), error.details)

        def known() -> SessionRecord:
            record = waiting.result(_WAIT)
            if record.replay:
                raise RefusedError(OnlyReplay())
            return record

        def begin(record: SessionRecord) -> None:
            if task.is_over:
                return
            self._exporting.add(folder)
            job.append(
                self.worker.run(
                    _write_files, record.values(), folder, wanted,
                    done=done, failed=failed, progress=progress,
                )
            )  # fmt: skip

        self._run(known, begin, "The session was not exported", task)

    def _export(
        self,
        make: Callable[[SessionRecord], str],
        trouble: str = "The session was not exported",
        done: Callable[[str], None] | None = None,
    ) -> None:
        if not self._session.may("Export session"):
            return
        waiting: Future[SessionRecord] = self._session.live.record()
        self._run(lambda: make(waiting.result(_WAIT)), done or self._session.said.emit, trouble)

    def _run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        title: str,
        task: Task | None = None,
    ) -> None:
        def failed(error: BaseException) -> None:
            if task is not None:
                task.end()
            self._tell(title, _words(error))

        self._background.run(work, done, failed)

    def _tell(self, title: str, text: str, details: str = "") -> None:
        self._session.trouble.emit(Trouble(title, text, details=details))


def _write_files(
    values: dict[str, Any], folder: Path, wanted: Any, *, progress: Callable[[float, Any], None]
) -> dict[str, int]:
    """In the other process: errors of the machine in words, with the remedy."""
    from abm_desktop.live.session_export import export_session

    try:
        return export_session(SessionRecord.of(values), folder, wanted, progress)
    except OSError as error:
        raise InputError(_words(error)) from error


def _words(error: BaseException) -> str:
    return in_words(error) or refusal_of(error).told
