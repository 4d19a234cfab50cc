"""Turn a validation failure into problems with keys, plain words and remedies."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from ..inputs import shown
from .bounds import bounds_of_field
from .durations import REMEDY
from .errors import Problem
from .quantity import choices_of, meaning_of, percent, quantity_of

Path = tuple[str | int, ...]
"""Keys and list positions from the top of the file down to a value."""

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": 'text in "quotes"',
    "bool_type": "true or false",
    "tuple_type": "a list in [brackets]",
    "model_type": "a table of keys",
    "model_attributes_type": "a table of keys",
    "dict_type": "a table of keys",
}

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_LONGEST_KEY, _LONGEST_TEXT = 120, 60
_MOST_NAMED, _NEAREST = 12, 5
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def problems_of(
    error: ValidationError, root: Any, most: int | None = None
) -> list[tuple[Path, Problem]]:
    """Return each failure with the path of its key, in the order pydantic found them.

    With ``most``, only so many of them.

    ``root`` is the type that was validated. List positions stay in the path; the tags that pydantic
    puts into the location of a union member do not.
    """
    found: list[dict[str, Any]] = [dict(e) for e in error.errors(include_url=False)[:most]]
    within = {item["loc"][:-1] for item in found}
    # A list with a wrong entry is also said to be too short.
    told = (item for item in found if item["type"] != "too_short" or item["loc"] not in within)
    return [_explain(each, root) for item in told for each in _each_of(item)]


def _each_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The failure itself, and those that the same rule has told with it."""
    others = item.get("ctx", {}).get("others", ()) if item["type"] == "clash" else ()
    return [item, *(item | {"ctx": other} for other in others)]


def dotted(path: Sequence[str | int]) -> str:
    """Return ``stress[0].at`` for ``("stress", 0, "at")``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text if len(text) <= _LONGEST_KEY else f"{text[:_LONGEST_KEY]}..."


def suggestion(
    word: str, known: Sequence[str], noun: str = "keys", listed: Sequence[str] | None = None
) -> str:
    """Return "did you mean ..." if one is close, else what is known: of many, the nearest few.

    ``listed`` are those that are told if none is close; all, unless given.
    """
    word, spelled = word[:_LONGEST_TEXT].lower(), {name.lower(): name for name in known}
    if close := difflib.get_close_matches(word, spelled, n=1, cutoff=0.6):
        return f'did you mean "{spelled[close[0]]}"?'
    if listed is not None:
        return suggestion(word, listed, noun)
    if len(known) <= _MOST_NAMED:
        return f"known {noun}: {', '.join(known)}"
    near = difflib.get_close_matches(word, spelled, n=_NEAREST, cutoff=0.0)
    named = ", ".join(spelled[name] for name in near)
    return f"the nearest of {len(known)} known {noun}: {named}"


def _explain(item: dict[str, Any], root: Any) -> tuple[Path, Problem]:
    kind: str = item["type"]
    context: Mapping[str, Any] = item.get("ctx", {})
    path, owner, field = _walk(root, item["loc"])
    in_percent = ""
    if kind == "clash":
        in_percent = context.get("in_percent", "")
        path += tuple(int(p) if p.isdigit() else p for p in context["key"].split(".") if p)
        message, remedy = context["message"], context["remedy"]
    elif kind == "extra_forbidden":
        known = list(owner.model_fields) if owner else []
        message, remedy = "is not a known key", suggestion(str(path[-1]), known)
    elif kind in ("missing", "union_tag_not_found"):
        if kind == "union_tag_not_found":
            path, field = (*path, "type"), None
            remedy = f"add type, one of: {', '.join(_tags(owner, root, item['loc']))}"
        else:
            remedy = f"add {path[-1]}{_about(field)}"
        message = "is missing"
    elif kind == "union_tag_invalid":
        path = (*path, "type")
        message = f'"{str(context["tag"])[:_LONGEST_TEXT]}" is not a known type'
        remedy = suggestion(str(context["tag"]), _tags(owner, root, item["loc"]), "types")
    elif kind == "duration":
        message, remedy = f"{shown(item['input'])} is not a duration", REMEDY
    elif kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        message = f"is {_shown(item['input'])}, must be {words} {_shown(context[name])}"
        remedy = f"change the value{_about(field)}"
        if field is not None and quantity_of(field).percent:
            in_percent = f"is {percent(item['input'])}, must be {words} {percent(context[name])}"
    elif kind in ("too_short", "string_too_short"):
        message = "is empty" if not item["input"] else f"has {len(item['input'])} entries"
        remedy = f"give at least {context['min_length']}{_about(field)}"
        if kind == "string_too_short":
            remedy = f"write something{_about(field)}"
    elif kind in ("too_long", "string_too_long"):
        most = context["max_length"]
        what = "characters" if kind == "string_too_long" else "entries"
        message = f"has {len(item['input'])} {what}, must have at most {most}"
        remedy = f"leave some out{_about(field)}"
    elif kind == "literal_error":
        known = list(choices_of(field)) if field else []
        message = f"is {_shown(item['input'])}, must be one of {', '.join(known)}"
        close = suggestion(str(item["input"]), known) if isinstance(item["input"], str) else ""
        remedy = close if close.startswith("did") else f"choose one{_about(field)}"
    elif kind in _KINDS:
        message = f"must be {_KINDS[kind]}, is {_shown(item['input'])}"
        remedy = f"{_rewritten(kind, item['input'])}{_about(field)}"
    else:
        message = item["msg"][:1].lower() + item["msg"][1:]
        remedy = f"change the value{_about(field)}"
    return path, Problem(None, dotted(path) or None, message, remedy, in_percent=in_percent)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        cut = value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}..."
        return f'the text "{cut}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return f"{value:g}" if isinstance(value, float) else shown(value)


def _rewritten(kind: str, value: Any) -> str:
    """What to do about a number of the wrong form."""
    whole = kind in ("int_type", "int_from_float") and isinstance(value, float)
    if whole and value.is_integer() and abs(value) < 2**63:
        return f"write {int(value)}"
    if kind in ("int_type", "int_from_float", "float_type") and isinstance(value, str):
        plain = value.strip().replace("_", "")
        if plain.count(",") == 1 and "." not in plain:
            plain = plain.replace(",", ".")
        if _NUMBER.fullmatch(plain):
            return f"write the number without quotes: {plain}"
    return "change the value"


def _about(field: FieldInfo | None) -> str:
    meaning = "" if field is None else meaning_of(field).rstrip(".")
    if field is None or not meaning:
        return ""
    default, bounds = field.default, bounds_of_field(field)
    said = quantity_of(field).unit
    unit = f" {said}" if said else ""
    text = f"{meaning}; {bounds}{unit}" if bounds else meaning
    if isinstance(default, int | float | str | tuple) and default not in ("", ()):
        text += f"; usual: {list(default) if isinstance(default, tuple) else default}{unit}"
    return f" ({text})"


def _walk(root: Any, loc: Sequence[str | int]) -> tuple[Path, Any, FieldInfo | None]:
    """Follow ``loc`` through the types: the path without tags, the owning model, the last field."""
    kind, path, owner, field = _plain(root), [], None, None
    for part in loc:
        members = _members(kind)
        if isinstance(part, str) and part in members:
            kind = members[part]
            continue
        path.append(part)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            owner, field = kind, kind.model_fields.get(str(part))
            kind = _plain(field.annotation) if field else None
        elif get_origin(kind) is tuple and isinstance(part, int):
            inner = get_args(kind)
            kind = _plain(inner[0]) if inner else None
        else:
            kind = None
    return tuple(path), owner, field


def _plain(kind: Any) -> Any:
    """The type itself, without marks, and without the None that may stand for it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        others = [member for member in get_args(kind) if member is not type(None)]
        if len(others) == 1:
            return _plain(others[0])
    return kind


def _members(kind: Any) -> dict[str, Any]:
    """Members of a tagged union by tag; empty for any other type."""
    if get_origin(kind) not in (Union, types.UnionType):
        return {}
    return {
        member.model_fields["type"].default: member
        for member in map(_plain, get_args(kind))
        if isinstance(member, type)
        and issubclass(member, BaseModel)
        and "type" in member.model_fields
    }


def _tags(owner: Any, root: Any, loc: Sequence[str | int]) -> list[str]:
    kind = _plain(root)
    for part in loc:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = _plain(kind.model_fields[str(part)].annotation)
        elif get_origin(kind) is tuple:
            kind = _plain(get_args(kind)[0])
    return list(_members(kind))
