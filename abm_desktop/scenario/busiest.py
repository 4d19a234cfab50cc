"""The market at its busiest, and what a turn of a trader then costs: for :mod:`.cost`."""

from __future__ import annotations

from dataclasses import dataclass

# Seconds of one core, measured on the machine that the figures of docs/engine.md are from.
_WAKE = 0.4e-6
_QUOTE = 0.15e-6
_ALERT = 4e-9
VALUE_STEP = 0.1e-6
"""Of one step of the fundamental value."""
_PACE = 2.0


@dataclass(frozen=True, slots=True)
class Busiest:
    """How busy the traders of a scenario can be."""

    activity: float
    """Largest activity factor a."""
    calmest: float
    """Smallest one, above 0."""
    has_news_days: bool
    """Whether the value is more volatile on some days."""
    makers: int
    institutions: int

    @property
    def pace(self) -> float:
        """Pace of institutions on a day of much news."""
        return _PACE if self.has_news_days else 1.0

    @property
    def alert(self) -> float:
        """Seconds for a change of the mid: every maker looks whether it reacts."""
        return _ALERT * self.makers

    def turn(self, messages: int = 0) -> float:
        """Seconds for a turn of a trader, with so many messages beyond the first."""
        return _WAKE + messages * _QUOTE + self.alert
