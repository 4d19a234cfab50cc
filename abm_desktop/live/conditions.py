"""What a market is run towards: a condition on its quotes, and what there is to measure."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from pydantic import model_validator

from abm_desktop.inputs import shown
from abm_desktop.market.state import PHASES
from abm_desktop.scenario.base import LaterBuiltModel, clash

__all__ = ["Condition", "Quotes"]

DEPTH_LEVELS = 5


class Quotes(NamedTuple):
    """How a market is quoted: at one moment (numbers), or at several (arrays of one length)."""

    spread_ticks: Any
    """Best ask minus best bid, ticks; infinite if a side is empty."""
    mid: Any
    """Currency; in a simulated market the last one while a side is empty, in a replay NaN."""
    depth: Any
    """Lots on the five best levels of both sides together."""
    phase: Any
    """A place in PHASES."""


class Condition(LaterBuiltModel):
    """Something that may hold of a market's quotes.

    >>> wide = Condition(measure="spread_ticks", comparison="above", value=3)
    >>> bool(wide.holds(Quotes(spread_ticks=4.0, mid=100.0, depth=80, phase=0), mid_before=100.0))
    True
    >>> print(Condition(measure="phase", comparison="is", value="halted"))
    phase is halted
    """

    measure: Literal["spread_ticks", "mid", "mid_return", "depth", "phase"]
    """What is looked at: see :class:`Quotes`. ``mid_return`` is the mid over that at the moment of
    asking, minus 1."""
    comparison: Literal["above", "below", "is"]
    value: float | str
    """What it is compared with; the name of a phase if that is what is looked at."""

    @model_validator(mode="after")
    def _fits(self) -> Condition:
        if self.measure == "phase":
            if self.value not in PHASES:
                known = ", ".join(PHASES)
                raise clash("value", f"is {shown(self.value)}, no phase", f"known: {known}")
            if self.comparison != "is":
                raise clash(
                    "comparison",
                    f"is {shown(self.comparison)}, but a phase has no order",
                    'use "is"',
                )
        elif isinstance(self.value, str):
            raise clash("value", f"is {shown(self.value)}, must be a number", "give a number")
        return self

    def holds(self, quotes: Quotes, mid_before: float) -> Any:
        """Whether it holds: one truth, or as many as there are moments.

        Args:
            quotes: of one moment or several.
            mid_before: the mid that returns count from, currency.
        """
        if self.measure == "phase":
            return np.equal(quotes.phase, PHASES.index(str(self.value)))
        value = float(self.value)
        if self.measure == "mid_return":
            measured = np.divide(quotes.mid, mid_before) - 1.0
        else:
            measured = getattr(quotes, self.measure)
        if self.comparison == "above":
            return np.greater(measured, value)
        return np.less(measured, value) if self.comparison == "below" else np.equal(measured, value)

    def __str__(self) -> str:
        name = {"spread_ticks": "spread in ticks", "mid_return": "return of the mid"}
        shown_value = self.value if isinstance(self.value, str) else f"{self.value:g}"
        return f"{name.get(self.measure, self.measure)} {self.comparison} {shown_value}"
