"""Models as the text of a TOML file: written afresh, or into a text that keeps its comments."""

from __future__ import annotations

from typing import Any

import tomlkit
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from .durations import format_duration
from .quantity import quantity_of
from .toml_reader import parse

__all__ = ["toml_text"]

_NAMING = frozenset({"name", "type", "magnitude", "duration", "scenario", "seeds", "primary"})
"""Keys that are written whatever they hold: they tell a reader what stands there."""
_LONG = 72
"""Characters of a list; a longer one has a line an entry."""


def toml_text(model: BaseModel, like: str = "", *, every: bool = True) -> str:
    """Write a model as TOML.

    Args:
        model: what is to be written.
        like: the text of a file that says another model of its kind, or tries to: its comments
            and order stay, only what differs is set, and what cannot be read or is no key of the
            model goes. If it is none at all, the model is written afresh.
        every: of a model that is written afresh, every value with its meaning as a comment; else
            what differs from the usual, and what tells things apart.
    """
    document = _changed(like, model, every) if like else None
    if document is None:
        document = tomlkit.document()
        _fill(document, model, every)
    return tomlkit.dumps(document)


def _changed(like: str, model: BaseModel, every: bool) -> TOMLDocument | None:
    """The document of a text so that it says ``model``; None if it says nothing of its kind."""
    kind = type(model)
    try:
        document = tomlkit.parse(like)
        _update(document, kind.model_validate(document.unwrap()), model, every)
        return document
    except (tomlkit.exceptions.TOMLKitError, ValidationError):
        pass
    try:
        document = tomlkit.parse(parse(like)[1])
        known = sum(name in kind.model_fields for name in document)
        if 2 * known < len(document) or not known:
            return None
        _mend(document, model, every)
        return document if kind.model_validate(document.unwrap()) == model else None
    except (tomlkit.exceptions.TOMLKitError, ValidationError):
        return None


def _fill(table: TOMLDocument | Table, model: BaseModel, every: bool) -> None:
    kind = type(model)
    tables = []
    for name, field in kind.model_fields.items():
        value = getattr(model, name)
        usual = not field.is_required() and value == field.get_default(call_default_factory=True)
        if value is None or (usual and not every and name not in _NAMING):
            continue
        if isinstance(value, BaseModel) or _is_list_of_tables(value):
            tables.append(name)  # below all that is none: what followed would be a key of theirs
            continue
        item = _item(_plain(value, kind, name))
        if every and field.description and isinstance(table, Table):
            item.comment(field.description)
        table.add(name, item)
    for name in tables:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            table.add(name, _table(value, every))
        else:
            table.add(name, _tables(value, every))


def _table(model: BaseModel, every: bool) -> Table:
    inner = tomlkit.table()
    _fill(inner, model, every)
    return inner


def _tables(models: tuple[BaseModel, ...], every: bool) -> AoT:
    tables = tomlkit.aot()
    for model in models:
        tables.append(_table(model, every))
    return tables


def _update(table: Any, before: BaseModel, after: BaseModel, every: bool) -> None:
    """Set what differs from ``before``, which is what the document says; the rest stays."""
    kind = type(after)
    for name in kind.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if new is None:
            table.remove(name)
        elif isinstance(new, BaseModel):
            if old is None:
                _put(table, name, _table(new, every))
                continue
            if name not in table:
                table.add(name, tomlkit.table())
            _update(table[name], old, new, every)
        elif _is_list_of_tables(new) or _is_list_of_tables(old):
            _update_list(table, name, old, new, every)
        else:
            _set(table, name, _plain(new, kind, name))


def _update_list(
    table: Any, name: str, old: tuple[BaseModel, ...], new: tuple[BaseModel, ...], every: bool
) -> None:
    """Keep the tables that are still there, with their comments, in the order of ``new``."""
    there = list(table[name]) if name in table else []
    left = dict(enumerate(old))
    kept: list[int | None] = []
    for model in new:
        same = next((k for k, candidate in left.items() if candidate == model), None)
        kept.append(same)
        if same is not None:
            del left[same]
    for k, model in enumerate(new):
        if kept[k] is None and k in left and type(left[k]) is type(model):
            kept[k] = k  # changed where it stands
            del left[k]
    if kept == list(range(len(old))):
        for k, model in enumerate(new):
            _update(there[k], old[k], model, every)
        return
    tables = tomlkit.aot()
    for model, place in zip(new, kept, strict=True):
        if place is None or not isinstance(there[place], Table):
            tables.append(_table(model, every))
            continue
        _update(there[place], old[place], model, every)
        tables.append(there[place])
    if name in table:
        del table[name]
    if new:
        table.add(name, tables)


def _mend(table: Any, model: BaseModel, every: bool) -> None:
    """Set what does not say the same as ``model``, whatever stands there now."""
    kind = type(model)
    for name in [name for name in table if name not in kind.model_fields]:
        table.remove(name)
    for name, field in kind.model_fields.items():
        value, there = getattr(model, name), table.get(name)
        usual = not field.is_required() and value == field.get_default(call_default_factory=True)
        if value is None:
            if there is not None:
                table.remove(name)
        elif there is None:
            if not usual:
                _put(table, name, _written(value, kind, name, every))
        elif isinstance(value, BaseModel) and isinstance(there, dict):
            _mend(there, value, every)
        elif isinstance(there, AoT) and _is_list_of_tables(value) and len(there) == len(value):
            for part, each in zip(there, value, strict=True):
                _mend(part, each, every)
        elif not _says(field, there, value):
            if isinstance(value, BaseModel) or _is_list_of_tables(value):
                table.remove(name)
                _put(table, name, _written(value, kind, name, every))
            else:
                _set(table, name, _plain(value, kind, name))


def _says(field: FieldInfo, there: Any, value: object) -> bool:
    """Whether what stands in a file says the value of a field."""
    adapter: TypeAdapter[object] = TypeAdapter(field.rebuild_annotation())
    try:
        return adapter.validate_python(there.unwrap(), strict=True) == value
    except ValidationError:
        return False


def _written(value: Any, kind: type[BaseModel], name: str, every: bool) -> Any:
    if isinstance(value, BaseModel):
        return _table(value, every)
    return _tables(value, every) if _is_list_of_tables(value) else _item(_plain(value, kind, name))


def _set(table: Any, name: str, value: Any) -> None:
    item = _item(value)
    if name in table:
        old = table[name]
        item.trivia.comment = old.trivia.comment
        item.trivia.comment_ws = old.trivia.comment_ws
    _put(table, name, item)


def _put(table: Any, name: str, item: Any) -> None:
    if name in table:
        table[name] = item
    else:
        table.add(name, item)


def _item(value: Any) -> Any:
    item = tomlkit.item(value)
    if isinstance(value, list) and len(item.as_string()) > _LONG:
        item.multiline(True)
    return item


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value)


def _plain(value: Any, kind: type[BaseModel], name: str) -> Any:
    mark = quantity_of(kind.model_fields[name])
    if mark.duration and isinstance(value, float) and value > 0:
        return format_duration(value)
    return _lists(value)


def _lists(value: Any) -> Any:
    return [_lists(each) for each in value] if isinstance(value, tuple) else value
