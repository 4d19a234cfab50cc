"""The common base of all scenario models."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Model(BaseModel):
    """Immutable, strict (no text for numbers, no unknown keys), and finite."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True
    )


class LaterBuiltModel(Model):
    """A model whose validator is made when it is first needed: a window opens sooner."""

    model_config = ConfigDict(defer_build=True)


def clash(key: str, message: str, remedy: str, in_percent: str = "") -> PydanticCustomError:
    """An error of our own rules, pinned to ``key`` of the model at hand ("": the value itself).

    ``in_percent`` is the message about a share as forms tell it.
    """
    told = {"key": key, "message": message, "remedy": remedy, "in_percent": in_percent}
    return PydanticCustomError("clash", "{message}", told)


def clashes(found: Sequence[PydanticCustomError]) -> PydanticCustomError:
    """Several :func:`clash` in one, since a rule can raise but once: all of them are told.

    Raises IndexError if there is none.
    """
    first, *others = found
    told = dict(first.context or {}) | {"others": [dict(each.context or {}) for each in others]}
    return PydanticCustomError("clash", "{message}", told)
