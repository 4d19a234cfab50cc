"""JSON files of strangers: read within limits, or refused with their path.

What comes back holds only finite numbers, whole numbers of 64 bits, and text that can be written
again, nested no deeper than anything that this program writes.
"""

from __future__ import annotations

import json
import math
import stat
from pathlib import Path
from typing import Any, NoReturn

from abm_desktop.inputs import InputError, shown

MAX_BYTES = 4 << 20
MAX_DEPTH = 24
_LARGEST = 2**63


class JsonError(InputError):
    """A JSON file that cannot be read, or holds what no file of this program does."""


def read_json(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """What the file holds. Raises :class:`JsonError`; ``OSError`` if there is no such file."""
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
        raise JsonError("is no file", path=path)
    with path.open("rb") as stream:
        data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise JsonError(f"is larger than {max_bytes:,} bytes", path=path)
    try:
        return parse_json(data)
    except InputError as error:
        raise JsonError(f"is no JSON of this program: {error}", path=path) from error


def parse_json(data: bytes | str) -> Any:
    """What a text holds. Raises :class:`JsonError`."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        found = json.loads(text, parse_constant=_refuse)
    except JsonError:
        raise
    except RecursionError:
        raise JsonError("it is nested too deeply") from None
    except (ValueError, MemoryError) as error:
        raise JsonError(shown(str(error)).strip("'\"")) from error
    check_plain(found)
    return found


def check_plain(value: Any, depth: int = 0) -> None:
    """Raise :class:`JsonError` unless ``value`` is as :mod:`abm_desktop.plain_json` says."""
    if depth > MAX_DEPTH:
        raise JsonError("it is nested too deeply")
    match value:
        case None | bool():
            pass
        case str():
            if any("\ud800" <= letter <= "\udfff" for letter in value):
                raise JsonError(f"{shown(value)} is no text")
        case int():
            if not -_LARGEST <= value < _LARGEST:
                raise JsonError(f"{shown(value)} is no number of 64 bits")
        case float():
            if not math.isfinite(value):
                raise JsonError(f"{value} is no finite number")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise JsonError(f"{shown(key)} is no key")
                check_plain(key)
                check_plain(item, depth + 1)
        case list() | tuple():
            for item in value:
                check_plain(item, depth + 1)
        case _:
            raise JsonError(f"{shown(value)} is no plain value")


def _refuse(name: str) -> NoReturn:
    raise JsonError(f"{name} is no number")
