"""Parts of a recorded day: what a policy learns from, and what it is judged on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from abm_desktop.inputs import InputError, shown
from abm_desktop.market.recorded_day import recorded_day
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.durations import parse_duration

__all__ = ["DayPart", "Moment", "clock_text", "part_of", "whole_day"]

Moment = str | float
"""A time of day ("12:45", "12:45:30"), or how long after the recording begins ("3h", 10800)."""

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_REMEDY = 'write a time of day ("12:45") or how long after it begins ("3h 15min")'


@dataclass(frozen=True, slots=True)
class DayPart:
    """From when to when, in simulated seconds since the recording begins."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end - self.begin

    def overlaps(self, other: DayPart) -> bool:
        """Whether some of it is in the other."""
        return self.begin < other.end and other.begin < self.end


def part_of(
    scenario: Scenario, begin: Moment | None = None, until: Moment | None = None
) -> DayPart | None:
    """The part of the recorded day that a scenario is; None for a simulated market.

    Args:
        scenario: the market.
        begin: None or "": from its first message on.
        until: None or "": to its last.

    Raises:
        InputError: for what is no time, one out of the day, an end that is not after the beginning,
            and for a simulated market of which a part is asked for.
    """
    if not scenario.recording:
        for key, moment in (("recording_from", begin), ("recording_until", until)):
            if moment not in (None, ""):
                raise InputError(
                    f"is {shown(moment)}, and {scenario.name} is no recorded day",
                    key=key,
                    remedy="leave it out, or name a recording",
                )
        return None
    session = whole_day(scenario).end
    first = _seconds(scenario, "recording_from", begin, 0.0)
    last = _seconds(scenario, "recording_until", until, session)
    if last <= first:
        raise InputError(
            f"is {clock_text(scenario, last)}, and the part begins at "
            f"{clock_text(scenario, first)}",
            key="recording_until",
            path=scenario.recording,
            remedy="give a later end, or an earlier recording_from",
        )
    return DayPart(first, last)


def whole_day(scenario: Scenario) -> DayPart:
    """All of the recorded day that a scenario names."""
    return DayPart(0.0, recorded_day(scenario.recording).session)


def clock_text(scenario: Scenario, seconds: float) -> str:
    """The time of day so many seconds after a recorded day begins, to the second."""
    time = int(recorded_day(scenario.recording).start + seconds)
    return f"{time // 3600:02}:{time // 60 % 60:02}:{time % 60:02}"


def _seconds(scenario: Scenario, key: str, moment: Moment | None, usual: float) -> float:
    if moment is None or moment == "":
        return usual
    clock = _CLOCK.fullmatch(moment.strip()) if isinstance(moment, str) else None
    if clock is not None:
        hours, minutes, rest = (int(number or 0) for number in clock.groups())
        start = recorded_day(scenario.recording).start
        found = 3600.0 * hours + 60.0 * minutes + rest - start
    else:
        try:
            found = parse_duration(moment)
        except InputError:
            told = f"is {shown(moment)}, which is no time"
            raise InputError(told, key=key, remedy=_REMEDY) from None
    session = whole_day(scenario).end
    if not 0.0 <= found <= session:
        raise InputError(
            f"is {shown(moment)}, and the recording goes from {clock_text(scenario, 0.0)} to "
            f"{clock_text(scenario, session)}",
            key=key,
            path=scenario.recording,
            remedy=_REMEDY,
        )
    return found
