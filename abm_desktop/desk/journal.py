"""The journal: sessions that were saved, runs that ended and experiments, with names and notes.

A session lies in the journal's folder as a whole (its record is a few kilobytes), so that it can be
opened again also if the file that a person saved has gone. Each entry is a file of its own: windows
that share the folder do not undo each other's edits.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from abm_desktop import paths
from abm_desktop.desk.formats import clock
from abm_desktop.inputs import InputError
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.market.commands import StepEvents
from abm_desktop.plain_json import JsonError, read_json_object
from abm_desktop.statements import counted
from abm_desktop.whole_files import write_whole

__all__ = ["SESSION_SUFFIX", "Journal", "JournalEntry", "facts_of", "results_kept"]

log = logging.getLogger(__name__)

SESSION_SUFFIX = ".abm-session"
"""Of the file of a session."""
MOST_RUNS = 50
"""Runs kept by themselves; those with a note or a name of their own do not count."""
LONGEST = 4000
"""Letters of a note."""

Kind = Literal["session", "run", "experiment"]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing that was done."""

    key: str
    kind: Kind
    """A session that was saved, a run that ended, or the results of an experiment."""
    name: str
    note: str
    when: float
    """``time.time()`` at which it was kept."""
    facts: str
    """What it is, in a line."""
    place: str
    """File of the session, or folder of the results."""
    is_edited: bool = False
    """Whether a person has named it, or noted something."""


class Journal:
    """The entries of a folder. Reads and writes files: not for the UI thread."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.user_data_dir() / "journal"

    def entries(self) -> list[JournalEntry]:
        """What was kept, the newest first; an entry that cannot be read is told in the log."""
        found = []
        for file in self.folder.glob("*.json"):
            try:
                found.append(_entry(read_json_object(file)))
            except (JsonError, OSError, TypeError, KeyError, ValueError) as error:
                log.warning("the journal has an entry that cannot be read: %s: %s", file, error)
        return sorted(found, key=lambda entry: -entry.when)

    def keep(
        self, record: SessionRecord, kind: Literal["session", "run"], name: str = ""
    ) -> JournalEntry:
        """Keep a session. Raises OSError if it cannot be written."""
        key = secrets.token_hex(8)
        place = self.folder / f"{key}{SESSION_SUFFIX}"
        record.write(place)
        title = name or f"{record.source}, seed {record.seed}"
        entry = JournalEntry(
            key, kind, title, "", record.saved, facts_of(record), str(place), bool(name)
        )
        self._write(entry)
        if kind == "run":
            self._forget_old_runs()
        return entry

    def change(self, entry: JournalEntry, *, name: str, note: str) -> JournalEntry:
        """Give an entry another name or note.

        Raises:
            InputError: if the name is empty, or the note too long.
            OSError: if it cannot be written.
        """
        name, note = name.strip(), note.strip()
        if not name:
            raise InputError("is empty", key="name", remedy="type a name")
        if len(note) > LONGEST or len(name) > LONGEST:
            raise InputError(f"has more than {LONGEST:,} letters", key="note", remedy="shorten it")
        changed = replace(entry, name=name, note=note, is_edited=True)
        self._write(changed)
        return changed

    def delete(self, entry: JournalEntry) -> None:
        """Take an entry out, with its session; results of experiments stay. Raises OSError."""
        if entry.kind != "experiment":
            Path(entry.place).unlink(missing_ok=True)
        self._file(entry.key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _write(self, entry: JournalEntry) -> None:
        write_whole(self._file(entry.key), json.dumps(asdict(entry)))

    def _forget_old_runs(self) -> None:
        plain = [e for e in self.entries() if e.kind == "run" and not e.is_edited]
        for entry in plain[MOST_RUNS:]:
            with contextlib.suppress(OSError):
                self.delete(entry)


def results_kept() -> list[JournalEntry]:
    """Results of experiments, which enter the journal by themselves, the newest first.

    For the process beside the window: it loads what reads experiments.
    """
    from abm_desktop.desk.analytics.experiments import list_results

    return [
        JournalEntry(
            f"experiment-{each.folder.name}",
            "experiment",
            each.name,
            "",
            each.when.timestamp(),
            f"{counted(each.runs, 'run')}" + ("" if each.is_finished else f" of {each.of:,}"),
            str(each.folder),
        )
        for each in list_results()
    ]


def facts_of(record: SessionRecord) -> str:
    """What a session is: "calm, seed 7, up to 21:14, 2 commands by hand, fork at 3:00"."""
    if record.replay:
        return f"{record.source}, at {clock(record.time)}"
    steps = StepEvents.model_fields["do"].default
    commands = sum(entry["command"].get("do") != steps for entry in record.commands)
    parts = [record.source, f"seed {record.seed}", f"up to {clock(record.time)}"]
    if commands:
        parts.append(f"{counted(commands, 'command')} by hand")
    if record.forked:
        parts.append(f"fork at {clock(record.forked[-1])}")
    return ", ".join(parts)


def _entry(values: dict[str, Any]) -> JournalEntry:
    entry = JournalEntry(**values)
    texts = (entry.key, entry.name, entry.note, entry.facts, entry.place)
    if entry.kind not in ("session", "run", "experiment") or not all(
        isinstance(text, str) for text in texts
    ):
        raise ValueError("it is no entry of the journal")
    if not isinstance(entry.when, int | float) or Path(entry.key).name != entry.key:
        raise ValueError("it is no entry of the journal")
    return entry
