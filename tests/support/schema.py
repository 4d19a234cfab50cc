"""Every number of the scenario schema, found by walking the models."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from abm_desktop.scenario import Scenario
from abm_desktop.scenario.bounds import is_number


def models(kind: Any = Scenario) -> dict[str, type[BaseModel]]:
    """Every model reachable from a type, by name."""
    found: dict[str, type[BaseModel]] = {}
    _walk(kind, found)
    return found


def numbers() -> list[tuple[type[BaseModel], str]]:
    """Model and name of every numeric field, in the order of the schema."""
    return [
        (model, name)
        for model in models().values()
        for name, field in model.model_fields.items()
        if is_number(field)
    ]


def _walk(kind: Any, found: dict[str, type[BaseModel]]) -> None:
    if get_origin(kind) is Annotated or get_origin(kind) is not None:
        for inner in get_args(kind):
            _walk(inner, found)
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__ not in found:
        found[kind.__name__] = kind
        for field in kind.model_fields.values():
            _walk(field.annotation, found)
