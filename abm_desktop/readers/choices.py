"""What there is to choose from in a recording: days, stocks or instruments."""

from __future__ import annotations

from pathlib import Path

from abm_desktop.readers.databento import contents
from abm_desktop.readers.files import find_pairs, split_place
from abm_desktop.readers.formats import format_of
from abm_desktop.readers.itch import stocks
from abm_desktop.readers.streams import Source

__all__ = ["choices"]


def choices(path: Path) -> list[str]:
    """The names to open as ``path / name``; empty if there is no choice, or the path has made it.

    Raises :class:`.RecordingError` if the file cannot be read.
    """
    place, chosen = split_place(path)
    if chosen:
        return []
    kind = format_of(place)
    if kind == "lobster":
        found = [pair.day for pair in find_pairs(place)]
    elif kind == "itch":
        found = stocks(Source(place))
    else:
        found = list(contents(place).symbols) if kind == "databento" else []
    return found if len(found) > 1 else []
