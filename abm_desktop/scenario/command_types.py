"""What the fields of commands hold, beside what scenarios know already, and how one is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ..inputs import InputError, one_of, shown
from .base import Model, clash
from .bounds import LONGEST
from .explain import problems_of

Side = Annotated[int, Field(ge=-1, le=1)]
"""+1 buys, -1 sells."""
OrderKey = Annotated[tuple[int, int], Field(strict=False)]
"""Names an order placed by hand: its slot and its number."""
Events = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0.0, le=LONGEST)]
Speed = Annotated[float, Field(gt=0.0, le=1e6)]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
FilePath = Annotated[Path, Field(strict=False)]
EMPTY: Any = Field(default_factory=dict)
"""The default of a table."""
ALSO_LISTS = Field(strict=False)
"""Of a tuple that JSON has as a list."""

_Model = TypeVar("_Model", bound=Model)


@dataclass(frozen=True)
class Held:
    """Marks a field that holds a value of another room, which no model describes.

    Args:
        read: makes the value from itself or from JSON, or raises InputError.
        write: makes plain values for JSON of it.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Called by pydantic where a model is made."""
        return core_schema.no_info_plain_validator_function(
            self._checked,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write, when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Called by pydantic where a model is described."""
        return {"type": "object"}

    def _checked(self, value: Any) -> Any:
        try:
            return self.read(value)
        except InputError as error:
            raise refused(error) from None


def refused(error: InputError) -> PydanticCustomError:
    """The error for a validator to raise in place of one of our own."""
    return clash(error.key, error.message, error.remedy or "change the value")


def check_some(model: type[BaseModel], values: Mapping[str, object], key: str) -> None:
    """Raise the first thing that is wrong with some of a model's fields, as ``key.field``."""
    try:
        model.model_validate(dict(values))
    except ValidationError as error:
        (path, problem), *_ = problems_of(error, model, most=1)
        where = ".".join(map(str, (key, *path)))
        raise clash(where, problem.message, problem.remedy) from None


def read_one_of(kinds: Mapping[str, type[_Model]], values: object) -> _Model:
    """The command that plain values, as JSON has them, are; their key ``do`` says of which kind.

    Raises :class:`InputError`.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"must be a command of a market, not {shown(values)}", key="command")
    return read_model(kinds[one_of(values.get("do"), "do", kinds)], values)


def read_model(model: type[_Model], values: object) -> _Model:
    """A model from plain values, as JSON has them.

    Raises :class:`InputError`, which names the first key that is wrong and tells of the others.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"must be a table of keys, not {shown(values)}", key=model.__name__)
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        (_, first), *others = problems_of(error, model, most=8)
    more = "".join(f"; {problem.key}: {problem.message}" for _, problem in others)
    raise InputError(f"{first.message}{more}", key=first.key or "", remedy=first.remedy)
