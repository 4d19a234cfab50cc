"""How large and how small a quantity of a scenario may be: every number has both bounds.

The bounds are generous, but such that a market at any of them still works: within them no clock,
price or size leaves its integer, no rate makes simulated time stand still, and no list or count
asks for memory that nobody has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..inputs import real, whole
from .durations import Duration
from .quantity import Quantity, number_of, quantity_of

MOST_LOTS = 1_000_000
"""Lots of one order; a trader that draws more asks for this many."""
MOST_TRADERS = 10_000
"""Traders of one class."""
MOST_MAKERS = 2000
"""Market makers of one class: each looks at every change of the mid."""
MOST_STRESSES = 32
"""Stress events of one scenario: as many as can be planned or act at once."""
MOST_GROUPS = 64
"""Groups of RL traders of one scenario."""
LONGEST = 604_800.0
"""Seconds of the longest session, and of whatever lasts in it: a week of trading time."""
LONGEST_WARM_UP = 86_400.0
"""Seconds of the longest warm-up, which is computed before the first picture."""
SHORTEST = 0.001
"""Seconds: what happens again and again waits at least this long in between."""
LONGEST_DELAY = 60.0
"""Seconds that news, or a message, may be under way."""
SMALLEST = 1e-6
"""Of a share or factor that cannot be 0."""

Share = Annotated[float, Quantity(0.0, 1.0)]
PositiveShare = Annotated[float, Quantity(SMALLEST, 1.0)]
Fraction = Annotated[float, Quantity(SMALLEST, 0.999, percent=True)]
Count = Annotated[int, Quantity(0, MOST_TRADERS)]
MakerCount = Annotated[int, Quantity(0, MOST_MAKERS)]
Rate = Annotated[float, Quantity(0.0, 10_000.0, unit="1/s")]
Tail = Annotated[float, Quantity(0.05, 20.0)]
Lots = Annotated[int, Quantity(1, MOST_LOTS, unit="lots")]
UnitLots = Annotated[int, Quantity(1, 1000, unit="lots")]
Units = Annotated[int, Quantity(0, 999)]
Ticks = Annotated[float, Quantity(0.0, 100_000.0, unit="ticks")]
WholeTicks = Annotated[int, Quantity(1, 1_000_000, unit="ticks")]
Multiple = Annotated[float, Quantity(0.0, 1000.0)]
PositiveMultiple = Annotated[float, Quantity(SMALLEST, 1000.0)]
Variance = Annotated[float, Quantity(0.0, 1e12)]
Reversion = Annotated[float, Quantity(0.0, 100.0, unit="1/s")]
Delay = Annotated[Duration, Quantity(0.0, LONGEST_DELAY)]
Span = Annotated[Duration, Quantity(SHORTEST, LONGEST)]
Pause = Annotated[Duration, Quantity(0.0, LONGEST)]
AveragingTime = Annotated[Duration, Quantity(0.1, LONGEST)]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and largest value of a number, both allowed."""

    low: float
    high: float
    is_whole: bool

    def __str__(self) -> str:
        return f"{_plain(self.low)} to {_plain(self.high)}"


def bounds_of(model: type[BaseModel], name: str) -> Bounds:
    """The bounds of a numeric field, or of each number in a list of them.

    >>> from abm_desktop.scenario import RLTraders
    >>> bounds_of(RLTraders, "step").low
    0.001

    Raises ``KeyError`` for a field that is no number or has not both bounds.
    """
    found = bounds_of_field(model.model_fields[name])
    if found is None:
        raise KeyError(f"{model.__name__}.{name} is no number with both bounds")
    return found


def bounds_of_field(field: FieldInfo) -> Bounds | None:
    """The bounds of a numeric field; None for text, yes or no, tables, and a missing bound."""
    kind, mark = number_of(field)[0], quantity_of(field)
    if kind is None or mark.low is None or mark.high is None:
        return None
    return Bounds(mark.low, mark.high, kind is int)


def is_number(field: FieldInfo) -> bool:
    """Whether a field is a number, an optional one, or a list of numbers."""
    return number_of(field)[0] is not None


def within(model: type[BaseModel], name: str, value: object, key: str = "") -> float:
    """``value`` as a number that a file could hold in this field.

    Raises :class:`~abm_desktop.inputs.InputError`, which names ``key`` (the field, if none is
    given) and the bounds.

    >>> from abm_desktop.scenario import RLTraders
    >>> within(RLTraders, "jitter", 0.5)
    0.5
    """
    bounds = bounds_of(model, name)
    if bounds.is_whole:
        return whole(value, key or name, int(bounds.low), int(bounds.high))
    return real(value, key or name, bounds.low, bounds.high)


def _plain(value: float) -> str:
    return f"{value:,}".replace(",", "_") if isinstance(value, int) else f"{value:g}"
