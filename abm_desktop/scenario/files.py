"""Read, find and write scenario files (TOML)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from .. import paths
from ..inputs import shown, why_no_file
from ..whole_files import write_whole
from .durations import format_duration
from .errors import Problem, ScenarioError
from .explain import suggestion
from .models import Scenario
from .quantity import quantity_of
from .reading import load_model
from .toml_reader import UnreadableError, read_text

SUFFIX = ".toml"


def load_scenario(path: Path | str, changes: Iterable[str] = ()) -> Scenario:
    """Read a scenario file; ``changes``, each "key=value", go before what it says.

    Raises :class:`ScenarioError` that lists everything wrong with it.
    """
    _check_path(path, "the path of a file")
    return load_model(path, Scenario, changes=changes)


def _check_path(given: object, wanted: str) -> None:
    if not isinstance(given, str | Path) or "\0" in str(given):
        what = f"must be {wanted}, not {shown(given)}"
        raise ScenarioError(None, [Problem(None, None, what, "name a scenario or its file")])


def bundled_scenarios() -> list[Path]:
    """Return the shipped scenario files, then the user's own, each sorted by name."""
    return sorted(paths.scenario_dir().glob(f"*{SUFFIX}")) + sorted(
        paths.user_scenario_dir().glob(f"*{SUFFIX}")
    )


def find_scenario(name_or_path: Path | str) -> Path:
    """Return the file of a scenario given by path, or by the name of a shipped or own scenario.

    A path wins over a name. Raises :class:`ScenarioError` if there is no such file.
    """
    _check_path(name_or_path, "a path or a name")
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    if not str(name_or_path).strip():
        raise ScenarioError(None, [Problem(None, None, "no scenario is named", "name one")])
    known = {file.stem: file for file in bundled_scenarios()}
    name = str(name_or_path).removesuffix(SUFFIX)
    if name in known:
        return known[name]
    if path.is_dir():
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
    document: TOMLDocument | None = None
    if path.is_file():
        try:
            document = tomlkit.parse(_read(path))
            before = Scenario.model_validate(document.unwrap())
        except (tomlkit.exceptions.TOMLKitError, ValidationError, ScenarioError):
            document = None  # what stands there is no scenario: write it afresh
    if document is None:
        document = tomlkit.document()
        _fill(document, scenario)
    else:
        _update(document, before, scenario)
    write_whole(path, tomlkit.dumps(document))


def _read(path: Path) -> str:
    try:
        return read_text(path)
    except UnreadableError as error:
        raise ScenarioError(path, [error.problem]) from error


def _fill(table: TOMLDocument | Table, model: BaseModel) -> None:
    kind = type(model)
    for name, field in kind.model_fields.items():
        value = getattr(model, name)
        if value is None or isinstance(value, BaseModel) or _is_list_of_tables(value):
            continue
        item = tomlkit.item(_plain(value, kind, name))
        if field.description and isinstance(table, Table):
            item.comment(field.description)
        table.add(name, item)
    for name in kind.model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            inner = tomlkit.table()
            _fill(inner, value)
            table.add(name, inner)
        elif _is_list_of_tables(value):
            table.add(name, _tables(value))


def _tables(models: tuple[BaseModel, ...]) -> AoT:
    tables = tomlkit.aot()
    for model in models:
        inner = tomlkit.table()
        _fill(inner, model)
        tables.append(inner)
    return tables


def _update(table: Any, before: BaseModel, after: BaseModel) -> None:
    """Set what differs from ``before``, which is what the document says; the rest stays."""
    kind = type(after)
    for name in kind.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if new is None:
            table.remove(name)
        elif isinstance(new, BaseModel):
            if name not in table:
                table.add(name, tomlkit.table())
            if old is None:
                _fill(table[name], new)
            else:
                _update(table[name], old, new)
        elif _is_list_of_tables(new) or _is_list_of_tables(old):
            _update_list(table, name, old, new)
        else:
            _set(table, name, _plain(new, kind, name))


def _update_list(
    table: Any, name: str, old: tuple[BaseModel, ...], new: tuple[BaseModel, ...]
) -> None:
    same_kinds = len(old) == len(new) and all(
        type(a) is type(b) for a, b in zip(old, new, strict=True)
    )
    if same_kinds:
        for inner, a, b in zip(table[name], old, new, strict=True):
            _update(inner, a, b)
        return
    if name in table:
        del table[name]
    if new:
        table.add(name, _tables(new))


def _set(table: Any, name: str, value: Any) -> None:
    item = tomlkit.item(value)
    if name in table:
        old = table[name]
        item.trivia.comment = old.trivia.comment
        item.trivia.comment_ws = old.trivia.comment_ws
        table[name] = item
    else:
        table.add(name, item)


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)


def _plain(value: Any, kind: type[BaseModel], name: str) -> Any:
    mark = quantity_of(kind.model_fields[name])
    if mark.duration and isinstance(value, float) and value > 0:
        return format_duration(value)
    return list(value) if isinstance(value, tuple) else value
