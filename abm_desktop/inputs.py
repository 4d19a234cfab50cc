"""What cannot be used, and how to mend it: the one kind of error for bad input, and its checks.

The bottom of the import order. Every room's own error (a scenario's, a model's, a recording's) is
an :class:`InputError`, so that a caller needs to know one kind only.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

_LONGEST = 80


class InputError(ValueError):
    """Something given to the program that it cannot use.

    Args:
        message: what is wrong, e.g. "must be a whole number from 1 to 10, not 1.9".
        key: the argument, field or dotted key it is about; begins the text.
        remedy: what to do; ends the text.
        path: the file it stands in; goes before everything else.
        fault: what is wrong as a value (a ``Fault`` of :mod:`abm_desktop.statements`), for windows
            that have words of their own.

    >>> print(InputError("must be positive, not -1", key="size", remedy="give lots"))
    size must be positive, not -1; give lots
    """

    cannot_now: ClassVar[bool] = False
    """Whether it is right in itself, and only cannot be used now."""

    def __init__(
        self,
        message: str,
        *,
        key: str = "",
        remedy: str = "",
        path: Path | str | None = None,
        fault: object = None,
    ) -> None:
        self.message, self.key, self.remedy = message, key, remedy
        self.path = Path(path) if path is not None else None
        self.fault = fault
        super().__init__(message)

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path is not None else ""
        what = f"{self.key} {self.message}" if self.key else self.message
        return f"{where}{what}; {self.remedy}" if self.remedy else f"{where}{what}"


class UnavailableError(RuntimeError):
    """Something right in itself but impossible now, e.g. a stress when all slots are taken.

    Its argument is its text, or a :class:`~abm_desktop.statements.Fault`, which has one.
    """


def why_no_file(path: Path) -> str:
    """Why there is nothing to read at a path, in words: it is not there, or is no plain file.

    >>> why_no_file(Path("/dev/null"))
    'is no plain file but a device, a pipe or a socket'
    """
    try:
        if path.is_dir():
            return "is a folder"
        if path.exists():
            return "is no plain file but a device, a pipe or a socket"
    except OSError as error:
        return f"cannot be looked at ({error.strerror or error})"
    return "is a link to nothing" if path.is_symlink() else "there is no such file"


def shown(value: object) -> str:
    """``repr`` of a value for a message: one short line, whatever the value.

    >>> shown(10**6000)
    'a number of some 6001 digits'
    """
    try:
        if isinstance(value, int) and abs(value) >= 10**_LONGEST:
            digits = math.floor(value.bit_length() * math.log10(2)) + 1
            return f"a number of some {digits} digits"
        text = repr(value)
    except Exception:  # a stranger's __repr__ may do anything
        return f"a {type(value).__name__}"
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def whole(
    value: object, key: str, low: int | None = None, high: int | None = None, *, unit: str = ""
) -> int:
    """``value`` as an int, if it is a whole number within the bounds. Raises :class:`InputError`.

    NumPy's integers count; 1.9, 2.0, "2" and True do not.

    >>> whole(3, "size", 1, 10)
    3
    """
    try:
        if isinstance(value, bool) or type(value).__name__ == "bool":
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]
    except Exception:  # a stranger's __index__ may do anything
        raise InputError(
            f"must be a whole number{_range(low, high)}{_of(unit)}, not {shown(value)}", key=key
        ) from None
    if (low is not None and number < low) or (high is not None and number > high):
        raise InputError(
            f"must be a whole number{_range(low, high)}{_of(unit)}, not {shown(number)}", key=key
        )
    return number


def real(
    value: object,
    key: str,
    low: float | None = None,
    high: float | None = None,
    *,
    above: float | None = None,
    unit: str = "",
) -> float:
    """``value`` as a finite float within the bounds. Raises :class:`InputError`.

    ``above`` is a lower bound that is itself excluded. Text and True are no numbers.

    >>> real(1, "seconds", above=0.0)
    1.0
    """
    number = math.nan
    kind = type(value)
    # float() would read text and bytes, and an array that holds one number.
    is_number = hasattr(kind, "__float__") or hasattr(kind, "__index__")
    is_other = isinstance(value, str | bytes) or kind.__name__ in ("bool", "timedelta64")
    if is_number and not is_other and getattr(value, "shape", ()) == ():
        try:
            number = float(value)  # type: ignore[arg-type]
        except Exception:  # a stranger's __float__ may do anything
            number = math.nan
    wrong = (
        not math.isfinite(number)
        or (low is not None and number < low)
        or (high is not None and number > high)
        or (above is not None and number <= above)
    )
    if wrong:
        bounds = _range(low, high) if above is None else f" above {above:g}"
        if above is not None and high is not None:
            bounds += f" and up to {high:g}"
        raise InputError(f"must be a number{bounds}{_of(unit)}, not {shown(value)}", key=key)
    return number


def one_of(value: object, key: str, known: Iterable[str]) -> str:
    """``value`` itself, if it is one of these words. Raises :class:`InputError`."""
    names = tuple(known)
    if isinstance(value, str) and value in names:
        return value
    raise InputError(f"must be one of {', '.join(names)}, not {shown(value)}", key=key)


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {_plain(low)} to {_plain(high)}"
    if low is not None:
        return f" of at least {_plain(low)}"
    return f" of at most {_plain(high)}" if high is not None else ""


def _of(unit: str) -> str:
    return f" ({unit})" if unit else ""


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"
