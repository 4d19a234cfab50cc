"""The curves of a training, kept beside its model: one line of JSON per iteration.

The file is only ever appended to, at each checkpoint, so that a long training costs no more at its
end than at its beginning. A line that is torn by a crash, or that no training wrote, ends what is
read.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from abm_desktop.learning.process.messages import Progress, parse_message
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_archive import HISTORY_FILE

log = logging.getLogger("abm_desktop.learning.process.history")

_LONGEST_LINE = 1 << 16
_MOST_BYTES = 256 << 20
_LARGEST, _MANY = 1e30, 512


class HistoryWriter:
    """Collects the iterations of one training and writes them when there is a place to write to."""

    def __init__(self, *, goes_on: bool = False) -> None:
        """With ``goes_on`` the curve that is there already goes on, from the checkpoint."""
        self._waiting: list[Progress] = []
        self._begun, self._goes_on = False, goes_on

    def add(self, progress: Progress) -> None:
        """Keep an iteration for the next :meth:`write`."""
        self._waiting.append(progress)

    def write(self, folder: Path) -> None:
        """Append what was added since the last call to the model's file. Raises OSError."""
        if self._goes_on and self._waiting:
            # What was done after the checkpoint is done again.
            self._goes_on, file = False, folder / HISTORY_FILE
            rows = _rows(file) if file.is_file() else iter(())
            self._waiting[:0] = [p for p in rows if p.iteration < self._waiting[0].iteration]
        lines = [json.dumps(asdict(p), separators=(",", ":")) + "\n" for p in self._waiting]
        # A model that is trained again under a name begins a new file.
        with (folder / HISTORY_FILE).open("a" if self._begun else "w", encoding="utf-8") as stream:
            stream.writelines(lines)
        self._begun = True
        self._waiting.clear()


def has_history(name: str) -> bool:
    """Whether the curves of model ``name`` are known."""
    try:
        return (models.get_model(name).folder / HISTORY_FILE).is_file()
    except models.ModelError:
        return False


def load_history(name: str) -> list[Progress]:
    """The iterations of model ``name``, oldest first; empty if none were kept.

    Raises :class:`~abm_desktop.learning.registry.models.ModelError` if there is no such model.
    """
    file = models.get_model(name).folder / HISTORY_FILE
    if not file.is_file():
        return []
    try:
        return list(_rows(file))
    except OSError as error:
        raise models.ModelError(f"cannot be read: {error.strerror or error}", path=file) from error


def _rows(file: Path) -> Iterator[Progress]:
    read = 0
    with file.open("rb") as stream:
        while line := stream.readline(_LONGEST_LINE):
            read += len(line)
            try:
                message = parse_message(line)
                if isinstance(message, Progress):
                    _check(message)
                    yield message
                if read > _MOST_BYTES:
                    raise ValueError(f"it is larger than {_MOST_BYTES:,} bytes")
            except ValueError as error:  # ProtocolError and UnicodeDecodeError among them
                why = " ".join(str(error).split())[:200]
                log.warning("%s is damaged after %d bytes: %s", file, read - len(line), why)
                return


def _check(row: Progress) -> None:
    """Raise ValueError for what no training writes and no curve can show."""
    values = [value for value in asdict(row).values() if isinstance(value, int | float)]
    values += [*row.action_shares, *row.losses.values()]
    if not all(abs(value) <= _LARGEST for value in values):  # nor NaN
        raise ValueError("a number is too large, or none")
    if len(row.action_shares) != len(row.actions) or len(row.losses) + len(row.actions) > _MANY:
        raise ValueError("shares and actions do not fit")
    if not all(name.isprintable() for name in (*row.actions, *row.losses)):
        raise ValueError("a name is no text")
