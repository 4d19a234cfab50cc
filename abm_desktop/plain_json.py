"""JSON files, of ours and of strangers: read within limits, or refused with their path.

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
_MOST_DIGITS = 20
"""Of a whole number of 64 bits, with its sign."""
_AGAIN = "it is damaged, or of another program: make it again"


class JsonError(InputError):
    """A JSON file that cannot be read, or holds what no file of this program does."""


def read_json(path: Path, *, max_bytes: int = MAX_BYTES) -> Any:
    """What the file holds. Raises :class:`JsonError`; ``OSError`` if it cannot be read."""
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


def read_json_object(path: Path, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """What a file holds that must be an object. Raises :class:`JsonError`, also if there is none.

    The error of a file that holds something else has a remedy: it is one that the program writes.
    """
    try:
        found = read_json(path, max_bytes=max_bytes)
    except OSError as error:
        raise JsonError(f"cannot be read: {error.strerror or error}", path=path) from error
    except JsonError as error:
        raise JsonError(error.message, path=path, remedy=_AGAIN) from error
    if not isinstance(found, dict):
        raise JsonError("holds no JSON object", path=path, remedy=_AGAIN)
    return found


def parse_json(data: bytes | str) -> Any:
    """What a text holds. Raises :class:`JsonError`."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        found = json.loads(text, parse_constant=_refuse, parse_int=_whole)
    except JsonError:
        raise
    except RecursionError:
        raise JsonError("it is nested too deeply") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise JsonError(f"line {line} holds bytes that are not UTF-8") from None
    except (ValueError, MemoryError) as error:
        raise JsonError(shown(str(error)).strip("'\"")) from error
    check_plain(found)
    return found


def check_plain(value: Any, depth: int = 0) -> None:
    """Raise :class:`JsonError` unless ``value`` is as :mod:`abm_desktop.plain_json` says."""
    # By the type itself first: a list of models looks at some hundred thousand values.
    kind = type(value)
    if kind is float:
        if not math.isfinite(value):
            raise JsonError(f"{value} is no finite number")
    elif kind is str:
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise JsonError(f"{shown(value)} is no text")
    elif kind is int:
        if not -_LARGEST <= value < _LARGEST:
            raise JsonError(f"{shown(value)} is no number of 64 bits")
    elif kind is dict or isinstance(value, dict):
        _check_depth(value, depth)
        for key, item in value.items():
            if not isinstance(key, str):
                raise JsonError(f"{shown(key)} is no key")
            check_plain(key)
            check_plain(item, depth + 1)
    elif isinstance(value, list | tuple):
        _check_depth(value, depth)
        for item in value:
            check_plain(item, depth + 1)
    elif value is None or kind is bool:
        pass
    elif isinstance(value, float | int | str):  # of a kind made from these
        check_plain(next(of(value) for of in (float, int, str) if isinstance(value, of)), depth)
    else:
        raise JsonError(f"{shown(value)} is no plain value")


def _check_depth(value: Any, depth: int) -> None:
    if value and depth >= MAX_DEPTH:
        raise JsonError("it is nested too deeply")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:  # Python reads no more than 4,300, and has a remedy of its own
        raise JsonError(f"a number of {len(digits.lstrip('-')):,} digits is none of 64 bits")
    return int(digits)


def _refuse(name: str) -> NoReturn:
    raise JsonError(f"{name} is no number")
