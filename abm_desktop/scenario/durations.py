"""Durations as people write them ("500ms", "30min", "6.5h"), as seconds in float."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from ..inputs import InputError, shown
from .quantity import Quantity

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
"""Seconds in one unit."""

_NUMBER = r"[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,3})?"
_TERM = rf"({_NUMBER})\s*(us|ms|s|min|h)"
_LONGEST = 100
"""Characters of a duration as text."""
_TEXT = re.compile(rf"{_TERM}(?:\s*{_TERM})*")

REMEDY = 'write a number of seconds, or text such as "500ms", "90s", "30min", "6.5h" or "1h 30min"'


def parse_duration(value: str | float) -> float:
    """Return seconds. A plain number, also one written as text, already is in seconds.

    Raises InputError, with the remedy in its text, for anything else.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"{shown(value)} is not a duration: {REMEDY}")
    seconds = math.nan
    try:
        if not isinstance(value, str):
            seconds = float(value)
        elif len(value) <= _LONGEST:
            text = value.strip().lower()
            if re.fullmatch(_NUMBER, text):
                seconds = float(text)
            elif _TEXT.fullmatch(text):
                terms = re.findall(_TERM, text)
                seconds = sum(float(number) * UNITS[unit] for number, unit in terms)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise InputError(f"{shown(value)} is not a duration: {REMEDY}")
    return seconds


def format_duration(seconds: float) -> str:
    """Return a short text that :func:`parse_duration` reads back as the very same number.

    >>> format_duration(1800.0), format_duration(1.23456e-05)
    ('30min', '1.23456e-05s')
    """
    seconds = float(seconds)
    for unit in ("h", "min", "s", "ms", "us"):
        text = f"{seconds / UNITS[unit]:.10g}{unit}"
        number = text.removesuffix(unit)
        # Short numbers of the largest unit read best: 30min, not 0.5h; 6.5h stays 6.5h.
        short = number.replace(".", "").isdigit() and float(number) >= 1.0 and len(number) <= 4
        if short and parse_duration(text) == seconds:
            return text
    return f"{seconds!r}s"


def _validate(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError as error:
            raise PydanticCustomError(
                "duration", "is not a duration", {"remedy": REMEDY}
            ) from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("duration", "is not a duration", {"remedy": REMEDY})
    return value


Duration = Annotated[float, BeforeValidator(_validate), Quantity(unit="s", duration=True)]
"""A model field in seconds that also accepts the text forms."""
