"""Find the message and the orderbook file of each recorded day in a file, a folder or an archive.

A *place* is a path that may name a day after the file or folder it is in, ``days.zip/2019-05-03``,
so that one path tells all there is to open.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from abm_desktop.inputs import why_no_file
from abm_desktop.readers import RecordingError
from abm_desktop.readers.formats import format_of
from abm_desktop.readers.streams import Source, is_table, kind_of, members, names_in

__all__ = [
    "SUFFIXES",
    "Pair",
    "find_pair",
    "find_pairs",
    "how_to_choose",
    "is_recording",
    "part_of",
    "place_name",
    "split_place",
    "title",
]

SUFFIXES = (
    ".zip", ".7z", ".csv", ".gz", ".txt", ".tsv", ".dbn", ".zst", ".itch", ".itch50",
    ".nasdaq_itch50",
)  # fmt: skip
"""Of files that may be recordings; a folder may be one, too."""

_WORDS = re.compile(r"message|orderbook", re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z.]+)_(\d{4}-\d{2}-\d{2})_")
_DAYS_TOLD = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """The two files of one stock and day."""

    message: Source
    book: Source
    day: str = ""
    """Names it among the others of its file or folder: a date, if that is enough."""


def is_recording(path: Path) -> bool:
    """Whether a path may be a recording: by its suffix, or a folder, or a day in one of these."""
    return split_place(path)[0].is_dir() or split_place(path)[0].suffix.lower() in SUFFIXES


def split_place(path: Path) -> tuple[Path, str]:
    """The file or folder that is there, and the day that is named after it (or an empty text)."""
    with contextlib.suppress(OSError):  # a folder that may not be looked into
        if not path.exists():
            for parent in path.parents:
                if parent.is_file() and _holds_several(parent):
                    return parent, str(PurePosixPath(*path.relative_to(parent).parts))
                if parent.is_dir():
                    dated = parent == path.parent and re.search(r"\d{4}-\d{2}-\d{2}$", path.name)
                    return (parent, path.name) if dated else (path, "")
    return path, ""


def part_of(recording: Path | str, day: str) -> Path:
    """The place of one day, stock or instrument of a recording.

    Raises :class:`RecordingError` if the recording is a file of one day, or names its day itself.

    >>> part_of("01302020.NASDAQ_ITCH50.gz", "AAPL").name
    'AAPL'
    """
    path = Path(recording).expanduser()
    named = split_place(path)[1]
    if named:
        raise RecordingError(f"names {named} already", path=path, remedy=f"name it or {day} alone")
    if path.is_file() and not _holds_several(path):
        raise RecordingError("is one day", path=path, remedy=f"leave the day ({day}) out")
    return path / day


def _holds_several(file: Path) -> bool:
    return kind_of(file) in ("zip", "7z") or format_of(file) in ("itch", "databento")


def title(pair: Pair) -> str:
    """Ticker and date if the names tell them, else the name of the file."""
    for name in (pair.message.name, pair.message.path.name):
        match = _NAMED.match(name)
        if match:
            return f"{match.group(1)} {match.group(2)}"
    return pair.message.path.stem


def place_name(path: Path) -> str:
    """A short name of a place: of the archive and the day in it, or of the file or folder."""
    inside = path.parent.suffix.lower() in SUFFIXES
    return f"{path.parent.name} {path.name}" if inside else path.name


def find_pair(path: Path | str, day: str | None = None) -> Pair:
    """The pair of files to open; ``day`` or the place says which if there are several.

    Raises :class:`RecordingError`, which lists the days.
    """
    place, named = split_place(Path(path).expanduser())
    day = day or named
    pairs = find_pairs(place)
    if day:
        wanted = day.replace(" ", "_").lower()
        fitting = [pair for pair in pairs if wanted in _names(pair)]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting and len(pairs) == 1 and not _NAMED.search(pairs[0].message.name):
            raise RecordingError(
                f"has no day {day!r}; its one day has no date in its name", path=place,
                remedy="open it without a day",
            )  # fmt: skip
        if not fitting:
            raise RecordingError(f"has no day {day!r}", path=place, remedy=_listed(place, pairs))
        pairs = fitting
    if len(pairs) > 1:
        raise RecordingError(f"holds {len(pairs)} days", path=place, remedy=_listed(place, pairs))
    return pairs[0]


def find_pairs(path: Path) -> list[Pair]:
    """Every pair in a folder or an archive, or the one that a file is part of.

    Raises :class:`RecordingError` if there is none.
    """
    try:
        return _with_days(_pairs(path))
    except OSError as error:
        raise RecordingError(
            f"cannot be read ({error.strerror or error})", path=path,
            remedy="check path and permissions",
        ) from error  # fmt: skip


def _pairs(path: Path) -> list[Pair]:
    if path.is_dir():
        files = sorted(path.iterdir())
        tables = [Source(p) for p in files if p.is_file() and is_table(p.name)]
        found = _match(tables)
        packed = [p for p in files if p.is_file() and kind_of(p) in ("zip", "7z")]
        if not found:
            found = [pair for p in packed for pair in _match(members(p))] or _by_columns(tables)
        return found or _none(path, [p.name for p in files])
    if not path.is_file():
        raise RecordingError(why_no_file(path), path=path, remedy="check the path")
    kind = kind_of(path)
    if kind in ("zip", "7z"):
        sources = members(path)
        return _match(sources) or _by_columns(sources) or _none(path, names_in(path))
    if kind in ("rar", "bz2", "xz") or path.suffix.lower() in (".7z", ".rar", ".zip"):
        raise RecordingError(
            "is not a readable zip, 7z or gz file", path=path,
            remedy="unpack it, and name the message file",
        )  # fmt: skip
    return [_with_neighbour(path)]


def _none(path: Path, names: list[str]) -> list[Pair]:
    shown = ", ".join(names[:_DAYS_TOLD]) + (", ..." if len(names) > _DAYS_TOLD else "")
    raise RecordingError(
        f"has no message file with its orderbook file; found: {shown or 'no files'}", path=path,
        remedy="it needs one message and one orderbook CSV file of the same day; a file of another "
        "format is named itself, unpacked if it is in a zip or 7z",
    )  # fmt: skip


def _role(name: str) -> tuple[str, str]:
    """message, orderbook or nothing; and what the names of a pair have in common."""
    name = name.lower().removesuffix(".gz")
    words = list(_WORDS.finditer(name))
    if not words:
        return "", name
    last = words[-1]
    return last.group(), f"{name[: last.start()]}*{name[last.end() :]}"


def _match(sources: Iterable[Source]) -> list[Pair]:
    """Pair the files by their names, whatever their case; two of any names are a pair, too."""
    sources = list(sources)
    labels = {source.label for source in sources}
    found: dict[str, list[Source]] = {"message": [], "orderbook": [], "": []}
    for source in sources:
        if source.label.removesuffix(".gz") not in labels - {source.label}:  # there unpacked
            found[_role(source.name)[0]].append(source)
    messages, books = found["message"], found["orderbook"]
    if len(messages) == 1 and len(books) == 1:
        return [Pair(messages[0], books[0])]
    pairs = []
    for message in messages:
        near = [b for b in books if _role(b.name)[1] == _role(message.name)[1]]
        beside = [b for b in near if _folder(b) == _folder(message)]
        if len(beside or near) == 1:
            pairs.append(Pair(message, (beside or near)[0]))
    return pairs


def _folder(source: Source) -> tuple[Path, PurePosixPath]:
    return source.path.parent, PurePosixPath(source.member).parent


def _by_columns(sources: list[Source]) -> list[Pair]:
    """The pair among files whose names do not tell, by how many columns they have."""
    from abm_desktop.readers.text import Table

    counted = []
    for source in sources[:16]:
        try:
            with source.open() as stream:
                counted.append((source, Table(source, stream).width))
        except RecordingError:
            continue
    messages = [s for s, n in counted if n in (6, 7)]
    books = [s for s, n in counted if n and n % 4 == 0]
    return [Pair(messages[0], books[0])] if len(messages) == len(books) == 1 else []


def _with_neighbour(path: Path) -> Pair:
    role, common = _role(path.name)
    if not role:
        raise RecordingError(
            "is not a LOBSTER file by its name", path=path,
            remedy="open a file named like AAPL_2012-06-21_34200000_57600000_message_10.csv with "
            "its orderbook file beside it, or the zip of both; a CSV file of another layout is "
            f"read if {path.name.partition('.')[0]}.mapping.toml lies beside it, as “recordings” "
            "in the manual says",
        )  # fmt: skip
    other = "orderbook" if role == "message" else "message"
    partners = [
        p
        for p in sorted(path.parent.iterdir())
        if p != path and _role(p.name) == (other, common) and p.is_file()
    ]
    if not partners:
        last = list(_WORDS.finditer(path.name))[-1]
        word = other.upper() if last.group().isupper() else other
        name = path.name[: last.start()] + word + path.name[last.end() :]
        raise RecordingError(
            f"its {other} file {name} is not in the same folder", path=path,
            remedy="put it there, or open the zip that holds both",
        )  # fmt: skip
    # Of several that differ in case, or are packed as well, the one most like it.
    alike = [p for p in partners if p.suffix == path.suffix] or partners
    own, partner = Source(path), Source(alike[0])
    return Pair(own, partner) if role == "message" else Pair(partner, own)


def _with_days(pairs: list[Pair]) -> list[Pair]:
    """Name each pair by the shortest of its names that no other has."""
    for k in range(4):
        names = [_names(pair)[k] for pair in pairs]
        if len(set(names)) == len(pairs) and all(names):
            break
    return [
        Pair(p.message, p.book, _shown(p)[k]) for p in sorted(pairs, key=lambda p: _shown(p)[k])
    ]


def _shown(pair: Pair) -> list[str]:
    named = _NAMED.match(pair.message.name)
    ticker, date = named.groups() if named else ("", "")
    name = pair.message.name
    return [date, f"{ticker}_{date}" if date else "", name, pair.message.label]


def _names(pair: Pair) -> list[str]:
    stem = pair.message.name.lower().split(".csv")[0]
    return [name.lower() for name in _shown(pair)] + [stem]


def how_to_choose(place: Path, there: list[str]) -> str:
    """How to name one of several days, stocks or instruments: a remedy, wherever it is shown.

    >>> how_to_choose(Path("days.zip"), ["2019-05-03", "2019-05-04"])
    'name one after it, as days.zip/2019-05-03: it has 2019-05-03, 2019-05-04'
    """
    more = f" and {len(there) - _DAYS_TOLD:,} more" if len(there) > _DAYS_TOLD else ""
    listed = f"{', '.join(there[:_DAYS_TOLD])}{more}"
    return f"name one after it, as {place.name}/{there[0]}: it has {listed}"


def _listed(place: Path, pairs: list[Pair]) -> str:
    return how_to_choose(place, [pair.day for pair in _with_days(pairs)])
