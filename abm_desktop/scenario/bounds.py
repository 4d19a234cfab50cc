"""How large and how small a quantity of a scenario may be: every number has both bounds.

The bounds are generous, but such that a market at any of them still works: within them no clock,
price or size leaves its integer, no rate makes simulated time stand still, and no list or count
asks for memory that nobody has. The market's own calls judge by the same bounds, through
:func:`bounds_of` and :func:`within`.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from ..inputs import real, whole
from .durations import Duration

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
SMALLEST = 1e-6
"""Of a share or factor that cannot be 0."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
PositiveShare = Annotated[float, Field(ge=SMALLEST, le=1.0)]
Fraction = Annotated[float, Field(ge=SMALLEST, le=0.999)]
Count = Annotated[int, Field(ge=0, le=MOST_TRADERS)]
MakerCount = Annotated[int, Field(ge=0, le=MOST_MAKERS)]
Rate = Annotated[float, Field(ge=0.0, le=10_000.0)]
Tail = Annotated[float, Field(ge=0.05, le=20.0)]
Lots = Annotated[int, Field(ge=1, le=MOST_LOTS)]
UnitLots = Annotated[int, Field(ge=1, le=1000)]
Units = Annotated[int, Field(ge=0, le=999)]
Ticks = Annotated[float, Field(ge=0.0, le=100_000.0)]
WholeTicks = Annotated[int, Field(ge=1, le=1_000_000)]
Multiple = Annotated[float, Field(ge=0.0, le=1000.0)]
PositiveMultiple = Annotated[float, Field(ge=SMALLEST, le=1000.0)]
Variance = Annotated[float, Field(ge=0.0, le=1e12)]
Reversion = Annotated[float, Field(ge=0.0, le=100.0)]
Delay = Annotated[Duration, Field(ge=0.0, le=60.0)]
Span = Annotated[Duration, Field(ge=SHORTEST, le=LONGEST)]
Pause = Annotated[Duration, Field(ge=0.0, le=LONGEST)]
AveragingTime = Annotated[Duration, Field(ge=0.1, le=LONGEST)]


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
    kind, marks = _number(field.annotation, tuple(field.metadata))
    if kind is None:
        return None
    low = [mark.ge for mark in marks if getattr(mark, "ge", None) is not None]
    high = [mark.le for mark in marks if getattr(mark, "le", None) is not None]
    if not low or not high:
        return None
    return Bounds(max(low), min(high), kind is int)


def is_number(field: FieldInfo) -> bool:
    """Whether a field is a number, an optional one, or a list of numbers."""
    return _number(field.annotation, ())[0] is not None


def within(model: type[BaseModel], name: str, value: object, key: str = "") -> float:
    """``value`` as a number that a scenario could hold in this field.

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


def _number(kind: Any, marks: tuple[Any, ...]) -> tuple[type | None, tuple[Any, ...]]:
    """The type of a number, and the marks around it, through Annotated, None and lists."""
    if kind in (int, float):
        return kind, marks
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        flat: list[Any] = []
        for mark in inner[1:]:
            flat += mark.metadata if isinstance(mark, FieldInfo) else [mark]
        return _number(inner[0], (*marks, *flat))
    if origin in (Union, types.UnionType):
        others = [member for member in inner if member is not type(None)]
        return _number(others[0], marks) if len(others) == 1 else (None, ())
    if origin is tuple and inner:
        return _number(inner[0], ())
    return None, ()


def _plain(value: float) -> str:
    return f"{value:,}".replace(",", "_") if isinstance(value, int) else f"{value:g}"
