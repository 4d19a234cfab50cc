"""The header of a CSV file: which columns it has, and in which letters."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

from abm_desktop.inputs import shown
from abm_desktop.readers import RecordingError
from abm_desktop.readers.streams import Source

__all__ = ["CsvHeader"]

_MOST = 1 << 16
"""Bytes of a header."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TOLD = 20


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """Names of the columns, as they stand in the first line."""

    source: Source
    names: tuple[str, ...]
    encoding: str

    @classmethod
    def read(cls, path: Path, separator: str) -> CsvHeader:
        """Read the first line. Raises :class:`.RecordingError`."""
        source = Source(path)
        head = b""
        with source.open() as stream:
            while len(head) < _MOST and (piece := stream.read(_MOST - len(head))):
                head += piece
        if not head.strip():
            raise RecordingError("is empty", path=path, remedy="choose another file")
        encoding = "utf-16" if head.startswith(_UTF_16) else "utf-8"
        text = head.decode("utf-16" if encoding == "utf-16" else "utf-8-sig", "replace")
        first = next((line for line in text.splitlines() if line.strip()), "")
        names = next(csv.reader([first], delimiter=separator), [])
        return cls(source, tuple(names), encoding)

    def find(self, name: str) -> str:
        """The column of a name, which may have blanks about it in the file.

        Raises :class:`.RecordingError` if there is none, or more than one.
        """
        found = [each for each in self.names if each.strip() == name]
        if len(found) == 1:
            return found[0]
        told = ", ".join(shown(each) for each in self.names[:_TOLD])
        if found:
            raise RecordingError(
                f"has {len(found)} columns {shown(name)}", path=self.source.path,
                remedy="rename one of them: it must be clear which is meant",
            )  # fmt: skip
        raise RecordingError(
            f"has no column {shown(name)}; its header is {told}", path=self.source.path,
            remedy="name the columns in the mapping file as the header does, and the separator",
        )  # fmt: skip
