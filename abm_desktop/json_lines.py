"""What the protocols of all host processes share: one JSON object a line, and three commands.

A command or message is a small frozen dataclass with a ``type``; a protocol is a union of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

__all__ = ["Pause", "ProtocolError", "Resume", "Stop", "encode", "line_of", "reader_of"]


class ProtocolError(ValueError):
    """A line that is not a command or message of its protocol."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish what is under way, keep what is finished, and end in good order."""

    type: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class Pause:
    """Finish what is under way and wait; the state "paused" answers."""

    type: Literal["pause"] = "pause"


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a Pause."""

    type: Literal["resume"] = "resume"


def line_of(values: dict[str, Any]) -> bytes:
    """One line, newline included. NaN and infinity are refused: unknown values are None."""
    return json.dumps(values, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def encode(item: Any) -> bytes:
    """One line of a command or message, a dataclass; see :func:`line_of`."""
    return line_of(asdict(item))


def reader_of(protocol: Any, what: str) -> Callable[[bytes | str], Any]:
    """A function that reads one line of the union ``protocol``, whose members are a ``what`` each.

    It raises :class:`ProtocolError` for anything that is not exactly one of them.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[protocol, Field(discriminator="type")])

    def read(line: bytes | str) -> Any:
        try:
            return adapter.validate_json(line)
        except ValidationError as error:
            raise ProtocolError(f"not a {what}: {error}") from error

    return read
