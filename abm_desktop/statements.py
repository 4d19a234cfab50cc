"""What a room tells a person, as a value: a code, its fields, and its words.

The bottom of the import order. A room says what happened as a small frozen dataclass, a
:class:`Statement`; what can be mended is a :class:`Fault`. Nobody parses their words: whoever wants
to know what happened asks for the class and its fields; ``str()`` of a value, and ``told`` of a
fault, are its words, in the window as on the command line.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar

__all__ = ["Fault", "FaultError", "Statement", "counted"]


class Statement:
    """Base of the values that are told to people; derive frozen dataclasses from it.

    The fields of the dataclass are what the texts name in braces. ``str()`` fills them in;
    ``{count:#order}`` is a number of orders, which may be one.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Joining(Statement):
    ...     TEXTS = ("Joining the cluster at {address}",)
    ...     address: str
    >>> print(Joining("10.0.0.5:6379"))
    Joining the cluster at 10.0.0.5:6379
    """

    __slots__ = ()

    TEXTS: ClassVar[tuple[str, ...]] = ()
    """All that it can say, with names in braces."""

    @property
    def text(self) -> str:
        """The one of :attr:`TEXTS` that fits this value."""
        return self.TEXTS[0]

    def values(self) -> dict[str, Any]:
        """What stands for the names in braces; a Statement among them has words of its own."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def __str__(self) -> str:
        return _filled(self.text, self.values())


class Fault(Statement):
    """Something that went wrong or is refused, and what to do about it."""

    __slots__ = ()

    REMEDIES: ClassVar[tuple[str, ...]] = ()
    """All that may help, each a sentence of its own."""

    @property
    def remedies(self) -> tuple[str, ...]:
        """Those of :attr:`REMEDIES` that help here, the most likely first."""
        return self.REMEDIES

    @property
    def remedy(self) -> str:
        """What to do; "" if nothing is known to help."""
        return " ".join(_filled(text, self.values()) for text in self.remedies)

    @property
    def told(self) -> str:
        """What went wrong and what to do."""
        return f"{self} {self.remedy}".strip()


class FaultError(Exception):
    """An error that knows its :class:`Fault`; ``str()`` is the fault and its remedy."""

    def __init__(self, fault: Fault, *args: object) -> None:
        super().__init__(fault, *args)  # all of them: a copy in another process is made from these
        self.fault = fault

    def __str__(self) -> str:
        return self.fault.told


class _Formatter(string.Formatter):
    """Format strings that also know numbers of things: ``{count:#order}`` is "1 order"."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.startswith("#"):
            return counted(value, format_spec[1:])
        return str(super().format_field(value, format_spec))


def _filled(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with values for the names in braces; those in a tuple with commas between them."""
    told = {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
    return _Formatter().vformat(text, (), told)


def counted(number: int, noun: str) -> str:
    """A number and what it counts, which is one or several.

    >>> counted(1, "command"), counted(1200, "command")
    ('1 command', '1,200 commands')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
