"""What a policy is trained for, and keeps to wherever it trades."""

from __future__ import annotations

from dataclasses import dataclass

from abm_desktop.inputs import real, whole

MOST_LOTS, LONGEST_SECONDS = 1_000_000, 86_400.0
"""The largest quotes and parent orders, and the longest time for one."""


@dataclass(frozen=True, slots=True)
class RoleSizes:
    """What a maker or executor is trained for, and keeps to wherever it trades.

    Raises :class:`~abm_desktop.inputs.InputError` for what is not positive, or beyond the bounds.
    """

    quote_size: int = 2
    """Lots of each of a maker's quotes; of a directional trader's orders too."""
    parent_lots: int = 120
    """Lots of an executor's parent order."""
    parent_seconds: float = 600.0
    """Simulated time it has for that; then it is given the next one."""

    def __post_init__(self) -> None:
        whole(self.quote_size, "quote_size", 1, MOST_LOTS)
        whole(self.parent_lots, "parent_lots", 1, MOST_LOTS)
        real(self.parent_seconds, "parent_seconds", above=0.0, high=LONGEST_SECONDS)
