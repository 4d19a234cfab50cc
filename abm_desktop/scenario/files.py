"""Read, find and write scenario files (TOML)."""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from .. import paths
from ..inputs import shown, why_no_file
from ..readers import RecordingError
from ..readers.files import SUFFIXES, find_pairs, split_place
from ..whole_files import write_whole
from .errors import Problem, ScenarioError
from .explain import suggestion
from .models import Scenario
from .reading import SET, load_model
from .toml_lines import Place, key_places, nearest_place
from .toml_reader import UnreadableError, read_text
from .toml_writer import toml_text

SUFFIX = ".toml"


def load_scenario(path: Path | str, changes: Iterable[str] = ()) -> Scenario:
    """Read a scenario file; ``changes``, each "key=value", go before what it says.

    A recorded day is a scenario too: the one that replays it. A file names a recording from its own
    folder on; what is not there is looked for in the current one, as what ``changes`` name is. It
    is kept as a whole path, so that what was made of it can be made again elsewhere.

    Raises :class:`ScenarioError` that lists everything wrong with it.
    """
    _check_path(path, "the path of a file")
    if _is_recorded_day(Path(path)):
        return scenario_of_recording(path, changes)
    changes = list(changes)
    scenario = load_model(path, Scenario, changes=changes)
    if not scenario.recording:
        return scenario
    named = Path(scenario.recording).expanduser()
    beside = Path(path).parent / named
    changed = any(change.partition("=")[0].strip() == "recording" for change in changes)
    found = beside if not changed and _is_there(beside) else named
    if not _is_there(found):
        told = Problem(
            None if changed else key_places(_text(Path(path))).get(("recording",), (None, None))[0],
            f"{SET} recording" if changed else "recording",
            f"names {named}, which is not there",
            "name a recorded day, from the folder of this file on or with its whole path",
        )
        raise ScenarioError(None if changed else path, [told])
    return scenario.model_copy(update={"recording": str(found.resolve())})


def _is_there(recording: Path) -> bool:
    try:
        return split_place(recording)[0].exists()
    except OSError:  # as a name that is too long
        return False


def in_file(path: Path | str, error: ScenarioError) -> ScenarioError:
    """What is wrong with a scenario, found when it was used, as of its file: with its lines."""
    path = Path(path)
    if error.path is not None or _is_recorded_day(path):
        return error
    places = key_places(_text(path))
    return ScenarioError(
        path, [replace(each, line=_line_of(each.key or "", places)) for each in error.problems]
    )


def _line_of(key: str, places: dict[tuple[str | int, ...], Place]) -> int | None:
    parts = re.findall(r"[^.\[\]]+", key)
    return nearest_place(places, tuple(int(p) if p.isdigit() else p for p in parts))[0]


def scenario_of_recording(path: Path | str, changes: Iterable[str] = ()) -> Scenario:
    """The scenario that replays a recorded day, whose prices and session the market reads there.

    Raises :class:`ScenarioError` for ``changes`` that cannot be.
    """
    place, part = split_place(Path(path).expanduser())
    name = place.name
    for suffix in place.suffixes[::-1]:
        name = name.removesuffix(suffix) if suffix.lower() in SUFFIXES else name
    options = {
        "name": f"{name} {part}".strip() or str(path),
        "recording": str(Path(path).expanduser().resolve()),
    }
    return load_model(None, Scenario, options=options, changes=changes)


def _is_recorded_day(path: Path) -> bool:
    """Whether it is recorded order flow: a file by its name, a folder by its files, or a part."""
    place = split_place(path.expanduser())[0]
    if place.is_dir():
        with contextlib.suppress(RecordingError):
            return bool(find_pairs(place))
    return place.suffix.lower() in SUFFIXES and place.is_file()


def _check_path(given: object, wanted: str) -> None:
    if not isinstance(given, str | Path) or "\0" in str(given):
        what = f"must be {wanted}, not {shown(given)}"
        raise ScenarioError(None, [Problem(None, None, what, "name a scenario or its file")])


def bundled_scenarios() -> list[Path]:
    """Return the shipped scenario files, then the user's own, each sorted by name."""
    return sorted(paths.scenario_dir().glob(f"*{SUFFIX}")) + sorted(
        paths.user_scenario_dir().glob(f"*{SUFFIX}")
    )


@cache
def described_as(path: Path) -> str:
    """What a shipped scenario file says of itself in a line; "" if it says nothing.

    >>> described_as(find_scenario("deleveraging"))
    'Leveraged funds take a loss elsewhere and sell one after the other.'
    """
    try:
        return str(tomllib.loads(_text(path)).get("description", ""))
    except tomllib.TOMLDecodeError:
        return ""  # opening it tells what is wrong


def find_scenario(name_or_path: Path | str) -> Path:
    """Return the file of a scenario given by path, or by the name of a shipped or own scenario.

    A file of recorded order flow, or a part of one, is such a file.
    A path wins over a name. Raises :class:`ScenarioError` if there is no such file.
    """
    _check_path(name_or_path, "a path or a name")
    path = Path(name_or_path).expanduser()
    is_folder = path.is_dir()  # names of scenarios go before those of folders
    if path.is_file() or (not is_folder and _is_recorded_day(path)):
        return path
    if not str(name_or_path).strip():
        raise ScenarioError(None, [Problem(None, None, "no scenario is named", "name one")])
    known = {file.stem: file for file in bundled_scenarios()}
    name = str(name_or_path).removesuffix(SUFFIX)
    if name in known:
        return known[name]
    if is_folder and _is_recorded_day(path):
        return path
    if is_folder:
        raise ScenarioError(
            path, [Problem(None, None, "is a folder", f"name a {SUFFIX} file in it")]
        )
    if os.path.lexists(path):
        raise ScenarioError(path, [Problem(None, None, why_no_file(path), f"name a {SUFFIX} file")])
    raise ScenarioError(
        path,
        [
            Problem(
                None,
                None,
                "there is no such file or scenario",
                suggestion(name, list(known), "scenarios"),
            )
        ],
    )


def save_scenario(scenario: Scenario, path: Path | str) -> None:
    """Write a scenario. An existing file keeps its comments and order; only changed values are set.

    A new file lists every value with its meaning as a comment. The file is replaced in one step, so
    that a crash leaves the old one.
    """
    path = Path(path)
    write_whole(path, toml_text(scenario, _text(path) if path.is_file() else ""))


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except UnreadableError:
        return ""  # what stands there is no scenario: it is written afresh
