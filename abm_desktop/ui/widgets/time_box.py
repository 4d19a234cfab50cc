"""A number field for a time, which also takes it as charts and files write it."""

from __future__ import annotations

import re

from PySide6.QtGui import QValidator

from abm_desktop.inputs import InputError
from abm_desktop.scenario.durations import UNITS, parse_duration
from abm_desktop.ui.widgets.numbers import NumberBox, read_number

__all__ = ["TimeBox", "read_seconds"]

State = QValidator.State

_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]{1,3}):([0-5][0-9](?:\.[0-9]+)?)")
_TYPED = frozenset("0123456789.,:+-eE ") | frozenset("".join(UNITS))


def read_seconds(text: str) -> float | None:
    """The seconds of a time of the session or a duration; None if it is neither.

    >>> read_seconds("1:30:00"), read_seconds("90 min"), read_seconds("1h 30min")
    (5400.0, 5400.0, 5400.0)
    >>> read_seconds("2:05"), read_seconds("1.5"), read_seconds("2:5")
    (125.0, 1.5, None)
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = found.groups()
        return int(hours or 0) * 3600.0 + int(minutes) * 60.0 + float(seconds)
    try:
        return parse_duration(text)
    except InputError:
        return None


class TimeBox(NumberBox):
    """A time in the unit of its suffix; 1:30:00, 90min and 1h 30min can be typed too."""

    def __init__(self, unit: str = "") -> None:
        self._second = 1.0
        super().__init__(unit)

    def set_unit(self, seconds: float) -> None:
        """Say how many seconds one of the unit shown is."""
        self._second = seconds

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let a time be typed in any usual way."""
        if not set(text) <= _TYPED | set(self.suffix()) | set(self.prefix()):
            return State.Invalid, text, position
        value = self._read(text)
        good = value is not None and self.minimum() <= value <= self.maximum()
        return State.Acceptable if good else State.Intermediate, text, position

    def valueFromText(self, text: str) -> float:
        """Read the time, in the unit shown; the very number shown is itself, to the last bit."""
        value, shown = self._read(text), self.textFromValue(self.value())
        if value is None or text == f"{self.prefix()}{shown}{self.suffix()}":
            return float(self.value())
        return value

    def _read(self, text: str) -> float | None:
        """Without a unit, or with the one shown, a number counts the unit shown."""
        body = text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
        number = read_number(body)
        if number is not None:
            return number  # not by way of seconds, which would cost the last bit
        seconds = read_seconds(body)
        return None if seconds is None else seconds / self._second
