"""What a field of a model is: its kind, bounds, unit, title and meaning, said once and read by all.

A number carries one mark in its annotation, its default and its meaning stand beside it::

    limit_rate: Annotated[float, Quantity(0.0, 10_000.0, unit="1/s")] = Field(
        6.0, description="limit orders at a = 1"
    )

pydantic takes the bounds from the mark, the readers of files their messages, the calls of a market
what they refuse, and the window titles, units, bounds, steps and tool tips.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import BaseMetadata, Ge, GroupedMetadata, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

Kind = Literal["whole", "number", "flag", "choice", "text", "list", "table"]


@dataclass(frozen=True, slots=True)
class Quantity(GroupedMetadata):
    """Marks a number of a model. Several marks add up; the outer one wins."""

    low: float | None = None
    """Least value, itself allowed."""
    high: float | None = None
    """Largest value, itself allowed."""
    unit: str | None = None
    """Of the value in files and calls: s, ticks, lots, 1/s ...; none for shares and factors."""
    percent: bool | None = None
    """A share that the window shows in percent."""
    step: float | None = None
    """Of an input's arrows, in the unit of the value; none: a tenth of its size."""
    live: bool | None = None
    """False: drawn or laid out at the open, so that a running market keeps it until a reset."""
    duration: bool | None = None
    """Seconds, and written as text too: 500ms, 1h 30min."""
    drawn: tuple[float, float] | None = None
    """Values of severity 0 and 1, if a stress is drawn at random (training)."""

    def __iter__(self) -> Iterator[BaseMetadata]:
        """The bounds, for pydantic."""
        if self.low is not None:
            yield Ge(self.low)
        if self.high is not None:
            yield Le(self.high)

    def under(self, outer: Quantity) -> Quantity:
        """This mark with whatever ``outer`` says."""
        said = {f.name: getattr(outer, f.name) for f in fields(outer)}
        mine = {f.name: getattr(self, f.name) for f in fields(self)}
        return Quantity(**mine | {name: v for name, v in said.items() if v is not None})


AT_RESET = Quantity(live=False)
"""Mark of a parameter that a running market keeps until it is reset."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a text that is one of some names, which may become more while the program runs."""

    names: Callable[[], tuple[str, ...]]
    """Asked each time."""
    meaning: Callable[[], str]
    """What the field means, and each name of it; in place of its description."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Called by pydantic where a model is made."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Called by pydantic where a model is described."""
        return {**handler(schema), "enum": list(self.names()), "description": self.meaning()}

    def _checked(self, value: str) -> str:
        names = self.names()
        if value not in names:
            raise PydanticKnownError("literal_error", {"expected": " or ".join(names)})
        return value


@dataclass(frozen=True, slots=True)
class Described:
    """One field of a model, as files, calls and forms know it."""

    name: str
    title: str
    """For people, e.g. "Limit rate"."""
    meaning: str
    """What it is, in small letters without a full stop; "" if the field says nothing."""
    default: Any
    """None too if there is none."""
    kind: Kind
    quantity: Quantity
    """Of a number, or of each number of a list."""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    extra: Any = None
    """What else the field says of itself (``json_schema_extra``)."""
    one_of: OneOf | None = None

    @property
    def tip(self) -> str:
        """The meaning as a sentence begins."""
        return self.meaning[:1].upper() + self.meaning[1:]

    @property
    def is_live(self) -> bool:
        """Whether a running market takes another value."""
        return self.quantity.live is not False

    @property
    def scale(self) -> float:
        """Shown value over value."""
        return 100.0 if self.quantity.percent else 1.0

    @property
    def suffix(self) -> str:
        """Unit as the window shows it."""
        return "%" if self.quantity.percent else self.quantity.unit or ""


def percent(share: float) -> str:
    """A share as forms show it.

    >>> percent(0.125)
    '12.5 %'
    """
    return f"{100.0 * share:g} %"


def described(model: type[BaseModel]) -> dict[str, Described]:
    """Every field of a model by its name, in the order of the model.

    >>> from abm_desktop.scenario import RLTraders
    >>> step = described(RLTraders)["step"]
    >>> step.title, step.quantity.low, step.suffix
    ('Step', 0.001, 's')
    """
    found = dict(_described(model))
    for name, field in found.items():
        if field.one_of is not None:
            names, meaning = field.one_of.names(), field.one_of.meaning()
            found[name] = replace(field, kind="choice", choices=names, meaning=meaning)
    return found


@cache
def _described(model: type[BaseModel]) -> tuple[tuple[str, Described], ...]:
    found = ((name, _describe(name, field)) for name, field in model.model_fields.items())
    if getattr(model, "changes_live", True):
        return tuple(found)
    return tuple(
        (name, replace(field, quantity=field.quantity.under(AT_RESET))) for name, field in found
    )


def _describe(name: str, field: FieldInfo) -> Described:
    kind, choices = _kind(field.annotation)
    return Described(
        name,
        field.title or name.replace("_", " ").capitalize(),
        (field.description or "").strip(),
        None if field.is_required() else field.default,
        kind,
        quantity_of(field),
        choices,
        field.is_required(),
        field.json_schema_extra,
        one_of(field),
    )


def one_of(field: FieldInfo) -> OneOf | None:
    """The mark of a text that is one of some names; None if it has none."""
    return next((mark for mark in field.metadata if isinstance(mark, OneOf)), None)


def meaning_of(field: FieldInfo) -> str:
    """What a field means; "" if it does not say."""
    names = one_of(field)
    return names.meaning() if names is not None else (field.description or "").strip()


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The texts that a field can be; none if it can be others."""
    names = one_of(field)
    return names.names() if names is not None else _kind(field.annotation)[1]


def entry_choices(model: type[BaseModel], name: str) -> tuple[str, ...]:
    """The texts that the entries of a list can be; none if they can be others."""
    kind = model.model_fields[name].annotation
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return _kind(get_args(kind)[0])[1] if get_origin(kind) is tuple else ()


def quantity_of(field: FieldInfo) -> Quantity:
    """What the marks of a field say together; empty if it has none."""
    return _merged(number_of(field)[1])


def number_of(field: FieldInfo) -> tuple[type | None, tuple[Any, ...]]:
    """The type of a number, or of the numbers of a list, and the marks around it; else None."""
    return _number(field.annotation, tuple(field.metadata))


def _merged(marks: tuple[Any, ...]) -> Quantity:
    found = Quantity()
    for mark in marks:
        if isinstance(mark, Quantity):
            found = found.under(mark)
    return found


def _number(kind: Any, marks: tuple[Any, ...]) -> tuple[type | None, tuple[Any, ...]]:
    """Look through Annotated, None and lists."""
    if kind in (int, float):
        return kind, marks
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        flat: list[Any] = []
        for mark in inner[1:]:
            flat += mark.metadata if isinstance(mark, FieldInfo) else [mark]
        return _number(inner[0], (*flat, *marks))
    if origin in (Union, types.UnionType):
        others = _without_none(inner)
        return _number(others[0], marks) if len(others) == 1 else (None, ())
    if origin is tuple and inner:
        return _number(inner[0], ())
    return None, ()


def _kind(kind: Any) -> tuple[Kind, tuple[str, ...]]:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        others = _without_none(get_args(kind))
        return _kind(others[0]) if len(others) == 1 else ("text", ())
    if get_origin(kind) is Literal:
        return "choice", tuple(str(choice) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "list", ()
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "table", ()
    plain: dict[Any, Kind] = {bool: "flag", int: "whole", float: "number"}
    return plain.get(kind, "text"), ()


def _without_none(members: tuple[Any, ...]) -> list[Any]:
    return [member for member in members if member is not type(None)]
