"""The curves of a training, kept beside its model: one line of JSON per iteration.

The file is only ever appended to, at each checkpoint, so that a long training costs no more at its
end than at its beginning. A line that is torn by a crash ends what is read.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from abm_desktop.learning import models
from abm_desktop.learning.messages import Progress, ProtocolError, parse_message

HISTORY_FILE = "history.jsonl"


class HistoryWriter:
    """Collects the iterations of one training and writes them when there is a place to write to."""

    def __init__(self) -> None:
        self._waiting: list[Progress] = []
        self._begun = False

    def add(self, progress: Progress) -> None:
        """Keep an iteration for the next :meth:`write`."""
        self._waiting.append(progress)

    def write(self, folder: Path) -> None:
        """Append what was added since the last call to the model's file. Raises OSError."""
        lines = [json.dumps(asdict(p), separators=(",", ":")) + "\n" for p in self._waiting]
        # A model that is trained anew under a name begins a new file.
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
    """The iterations of model ``name``, oldest first; empty where none were kept.

    Raises :class:`~abm_desktop.learning.models.ModelError` where there is no such model.
    """
    file = models.get_model(name).folder / HISTORY_FILE
    rows: list[Progress] = []
    try:
        with file.open(encoding="utf-8") as stream:
            for line in stream:
                message = parse_message(line)
                if isinstance(message, Progress):
                    rows.append(message)
    except FileNotFoundError:
        return []
    except (ProtocolError, UnicodeDecodeError):
        return rows
    return rows
