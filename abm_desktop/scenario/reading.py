"""From a TOML file, or from the values of a caller, to a model: all that is wrong told at once.

Scenarios, experiments, trainings, the ``--set`` of a command and the calls of the Python face all
come through here, so that they accept the same, and refuse it in the same words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from .errors import MAX_PROBLEMS, Problem, ProblemsError, ScenarioError
from .explain import problems_of
from .toml_lines import key_places, nearest_place
from .toml_reader import MAX_BYTES, UnreadableError, parse, read_text

Kind = TypeVar("Kind", bound=BaseModel)
Values = dict[str, Any]

Located = tuple[tuple[str | int, ...], Problem]
"""What is wrong, and where."""

SET = "--set"
_NUMBERS = "biuf"
"""NumPy's kinds of yes or no, whole and other numbers."""


def no_more(values: Values) -> Iterable[Located]:
    """Nothing is wrong beyond what a model says."""
    return ()


def load_model(
    path: Path | str | None,
    kind: type[Kind],
    *,
    error: type[ProblemsError] = ScenarioError,
    options: Mapping[str, Any] = MappingProxyType({}),
    changes: Iterable[str] = (),
    complete: Callable[[Values], Values] = dict,
    refuse: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    further: Callable[[Values], Iterable[Located]] = no_more,
) -> Kind:
    """Read a TOML file that describes a ``kind``.

    Args:
        path: the file; None if there is none, and the rest says all.
        kind: the model.
        error: what is raised.
        options: values by key that go before what the file says.
        changes: "key=value" each, which go before both; keys may be dotted.
        complete: fills in what nothing says.
        refuse: keys that no file may have, each with message and remedy.
        further: what else is wrong with the values of the file, each with its place (keys, and
            numbers in lists), whether the model has them or not.

    Raises ``error`` that lists everything wrong with it.
    """
    path = None if path is None else Path(path)
    return _model_of(
        ({}, "", []) if path is None else _values_of(path, error),
        path,
        kind,
        error,
        options=options,
        changes=changes,
        complete=complete,
        refuse=refuse,
        further=further,
    )


def load_text(text: str, kind: type[Kind], *, error: type[ProblemsError] = ScenarioError) -> Kind:
    """Read the text of a TOML file that describes a ``kind``.

    Raises ``error`` that lists everything wrong with it, with lines and columns.
    """
    if (size := len(text.encode("utf-8", "replace"))) > MAX_BYTES:
        too_long = Problem(
            None, None, f"has {size:,} bytes; at most {MAX_BYTES:,} are read", "send less"
        )
        raise error(None, [too_long])
    return _model_of(parse(text), None, kind, error)


def _model_of(
    content: tuple[Values, str, list[Problem]],
    path: Path | None,
    kind: type[Kind],
    error: type[ProblemsError],
    *,
    options: Mapping[str, Any] = MappingProxyType({}),
    changes: Iterable[str] = (),
    complete: Callable[[Values], Values] = dict,
    refuse: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    further: Callable[[Values], Iterable[Located]] = no_more,
) -> Kind:
    values, readable, problems = content
    places = key_places(readable)
    for key, (message, remedy) in refuse.items():
        if values.pop(key, None):
            line, column = places.get((key,), (None, None))
            problems.append(Problem(line, key, message, remedy, column))
    for key, value in options.items():
        values[key] = plain(value)
        places = {place: where for place, where in places.items() if place[0] != key}
    set_values, not_set = read_changes(changes)
    before = deepcopy(values) if set_values else values
    for key, value in set_values.items():
        put(values, key, value)
    model: Kind | None = None
    try:
        model = kind.model_validate(complete(values))
    except ValidationError as failure:
        wrong_before = _wrong_in(kind, complete, before) if set_values else None
        for where, problem in _told(failure, kind):
            if (problems or not_set) and problem.message == "is missing":
                continue  # it may stand on the line that could not be read
            line, column = nearest_place(places, where)
            if any(_is_at(key, where) for key in set_values):
                not_set.append(replace(problem, key=f"{SET} {problem.key}"))
            elif wrong_before is not None and (where, problem.message) not in wrong_before:
                # Right as it stands in the file: it does not go with what was set.
                key = ": ".join((f"{SET} {', '.join(set_values)}", problem.key or ""))
                not_set.append(replace(problem, key=key.rstrip(": ")))
            elif where and where[0] in options:
                not_set.append(problem)
            else:
                problems.append(replace(problem, line=line, column=column))
    for where, problem in further(values):
        line, column = nearest_place(places, where)
        problems.append(replace(problem, line=line, column=column))
    if problems or not_set or model is None:
        problems.sort(key=lambda problem: problem.line or math.inf)
        # A file in which nothing is wrong is not named.
        raise error(path if problems else None, [*problems, *not_set])
    return model


def values_of(path: Path | str, *, error: type[ProblemsError] = ScenarioError) -> Values:
    """What a TOML file says, not checked against any model. Raises ``error``."""
    values, _, problems = _values_of(Path(path), error)
    if problems:
        raise error(path, problems)
    return values


def checked(
    kind: Any,
    values: Any,
    *,
    key: str = "",
    error: type[ProblemsError] = ScenarioError,
    complete: Callable[[Values], Values] = dict,
) -> Any:
    """A ``kind`` (a model, or a union of them) from the values of a caller.

    They are held to what a file may say. NumPy's numbers count as the plain ones they are.
    ``complete`` fills in what they do not say.

    Raises ``error`` that names every wrong key, below ``key`` if one is given.
    """
    values = plain(values)
    try:
        return _adapter(kind).validate_python(
            complete(values) if isinstance(values, dict) else values
        )
    except ValidationError as failure:
        problems = [problem for _, problem in _told(failure, kind)]
        raise error(None, [_below(key, problem) for problem in problems]) from None


def checked_copy(model: Kind, *, error: type[ProblemsError] = ScenarioError) -> Kind:
    """The model itself, if a file could say what it says.

    One that was made by ``model_copy`` or ``model_construct`` was never looked at. Raises
    ``error`` that names every wrong key.
    """
    try:
        values = model.model_dump(warnings=False)
    except Exception:  # a stranger's values may raise anything
        problem = Problem(None, None, "holds values that cannot be", "build it from plain values")
        raise error(None, [problem]) from None
    again: Kind = checked(type(model), values, error=error)
    return model if again == model else again


def read_changes(changes: Iterable[str]) -> tuple[dict[str, Any], list[Problem]]:
    """Values by their dotted keys from texts "key=value", and what cannot be read.

    A value is read as in a TOML file, and is text if it is none there.
    """
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for item in changes:
        key, separator, value = item.partition("=")
        if not separator or not key.strip():
            problems.append(
                Problem(None, f"{SET} {item}"[:80], "has no key or no value", "write key=value")
            )
            continue
        values, _, wrong = parse(f"value = {value.strip()}")
        is_text = bool(wrong) or set(values) != {"value"}
        found[key.strip()] = value.strip() if is_text else values["value"]
    return found, problems


def put(values: Values, key: str, value: Any) -> None:
    """Set ``value`` under a dotted key; what is no table on the way gives way to one."""
    *tables, last = key.split(".")
    for name in tables:
        inner = values.get(name)
        if not isinstance(inner, dict):
            inner = values[name] = {}
        values = inner
    values[last] = value


def plain(value: Any) -> Any:
    """``value`` with NumPy's numbers as Python's, also in the mappings and lists within."""
    if type(value) is dict:
        return {key: plain(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(inner) for inner in value)
    is_scalar = type(value).__module__ == "numpy" and type(value).__name__ != "ndarray"
    if is_scalar and getattr(getattr(value, "dtype", None), "kind", "") in _NUMBERS:
        return value.item()
    return value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _values_of(path: Path, error: type[ProblemsError]) -> tuple[Values, str, list[Problem]]:
    try:
        return parse(read_text(path))
    except UnreadableError as failure:
        raise error(path, [failure.problem]) from failure


def _wrong_in(
    kind: type[BaseModel], complete: Callable[[Values], Values], values: Values
) -> set[tuple[tuple[str | int, ...], str]]:
    """Where something is wrong in the values, and what."""
    try:
        kind.model_validate(complete(values))
    except ValidationError as failure:
        return {(where, problem.message) for where, problem in _told(failure, kind)}
    return set()


def _told(failure: ValidationError, kind: Any) -> list[Located]:
    found = problems_of(failure, kind, MAX_PROBLEMS)
    if untold := max(failure.error_count() - MAX_PROBLEMS, 0):
        last = Problem(None, None, f"and {untold:,} more problems", "mend the first ones first")
        found.append(((), last))
    return found


def _below(key: str, problem: Problem) -> Problem:
    if not key:
        return problem
    return replace(problem, key=f"{key}.{problem.key}" if problem.key else key)


def _is_at(key: str, where: tuple[str | int, ...]) -> bool:
    """Whether a problem is of what a dotted key has set."""
    parts = tuple(key.split("."))
    return tuple(map(str, where[: len(parts)])) == parts
