"""What is searched for: the table of behavioural parameters, and vectors as scenarios.

A vector has one number from 0 to 1 for each parameter. A row more of the table is a parameter more
of every search.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm_desktop.scenario.reading import put

__all__ = ["PARAMETERS", "Parameter", "Space"]

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dimension of a search."""

    key: str
    """Dotted key of the scenario; see :data:`_SETTERS` for those that are more than one."""
    low: float
    high: float
    """Bounds, of the value or of its multiple of what the search begins with."""
    is_log: bool = False
    is_relative: bool = False
    what: str = ""
    """What it does, in words of the report."""


def _log(key: str, low: float, high: float, what: str) -> Parameter:
    return Parameter(key, low, high, is_log=True, what=what)


def _times(key: str, factor: float, what: str) -> Parameter:
    return Parameter(key, 1.0 / factor, factor, is_log=True, is_relative=True, what=what)


PARAMETERS = (
    Parameter("activity.feedback", 0.0, 0.95, what="how far trades cause trades"),
    Parameter("activity.weights.fast", 0.0, 0.9, what="share of the fast memory"),
    Parameter("activity.weights.slow", 0.0, 0.9, what="share of the slow memory in the rest"),
    _log("activity.cap", 3.0, 60.0, "largest a"),
    _times("population.noise.limit_rate", 4.0, "limit orders a second"),
    _times("population.noise.market_rate", 4.0, "small market orders a second"),
    Parameter("population.noise.limit_exponent", 0.3, 2.5, what="growth of limit orders with a"),
    Parameter("population.noise.share_inside", 0.0, 0.6, what="limit orders inside the spread"),
    Parameter("population.noise.share_at_best", 0.0, 0.4, what="limit orders at the best price"),
    Parameter("population.noise.fleeting_share", 0.0, 0.95, what="limit orders taken back at once"),
    _log("population.noise.fleeting_time", 0.001, 5.0, "after this time"),
    Parameter("population.noise.burst_share", 0.0, 0.95, what="orders in bursts"),
    _log("population.noise.burst_time", 2e-5, 0.05, "time between those"),
    Parameter("population.noise.patient_share", 0.0, 0.3, what="limit orders far away for long"),
    _times("population.noise.patient_distance", 4.0, "their distance"),
    Parameter("population.noise.round_share", 0.0, 1.0, what="limit orders of a round size"),
    _times("population.noise.placement_scale", 6.0, "distance of the others behind it"),
    _log("population.noise.lifetime_scale", 0.001, 60.0, "lifetime at the best price"),
    _log("population.noise.lifetime_tail", 0.1, 3.0, "tail of lifetimes"),
    _log("population.noise.lifetime_distance", 0.5, 500.0, "growth of lifetimes with distance"),
    _times("population.market_makers.refresh_rate", 20.0, "regular quotes of makers"),
    Parameter("population.market_makers.react_probability", 0.0, 1.0, what="reactions of makers"),
    _log("population.market_makers.react_delay", 0.001, 2.0, "their delay"),
    _times("population.market_makers.size", 8.0, "size of their quotes"),
    _times("population.market_makers.min_half_spread", 5.0, "their least half spread"),
    Parameter("population.market_makers.value_anchor", 0.0, 1.0, what="their trust in the value"),
    _times("population.fundamental.rate", 20.0, "looks of value traders"),
    Parameter(
        "population.fundamental.aggressive_probability", 0.0, 1.0, what="value traders that take"
    ),
    _times("population.institutions.rate", 40.0, "child orders of institutions"),
    _log("population.institutions.rest", 1.0, 1200.0, "their pause between two parent orders"),
    Parameter("population.institutions.burst_share", 0.0, 0.95, what="child orders in bursts"),
    _log("population.institutions.burst_time", 0.001, 2.0, "time between those"),
    Parameter("population.institutions.informed_share", 0.0, 1.0, what="parents that know V"),
    _times("population.institutions.parent_min", 10.0, "size of parent orders"),
    _times("population.institutions.child_tail", 3.0, "tail of child orders"),
    _times("fundamental.volatility", 4.0, "volatility of the value"),
    Parameter(
        "fundamental.flow_information", 0.0, 5.0, is_relative=True, what="what trades tell of it"
    ),
)
"""What is searched, in the order of the vector."""


def _weight(place: int) -> Callable[[Values, float], None]:
    def put_weight(values: Values, share: float) -> None:
        fast, middle, slow = values["activity"]["weights"]
        if place == 0:
            left = middle + slow
            rest = slow / left if left > 0 else 0.5
            fast = share
        else:
            rest = share
        weights = [round(fast, 6), 0.0, round((1.0 - fast) * rest, 6)]
        weights[1] = round(1.0 - weights[0] - weights[2], 6)
        values["activity"]["weights"] = tuple(weights)

    return put_weight


def _parents(values: Values, lots: float) -> None:
    """The smallest parent order, and the largest in the same proportion to it."""
    section = values["population"]["institutions"]
    times = section["parent_cap"] / section["parent_min"]
    section["parent_min"] = max(round(lots), 1)
    section["parent_cap"] = int(min(max(round(times * lots), section["parent_min"]), 10_000_000))


_SETTERS: Mapping[str, Callable[[Values, float], None]] = {
    "activity.weights.fast": _weight(0),
    "activity.weights.slow": _weight(2),
    "population.institutions.parent_min": _parents,
}
"""Keys that are no single number of the scenario."""
_DIGITS = 5
"""Significant digits of a value: as many as a reader wants, and far more than matter."""


class Space:
    """The parameters of a search, about a scenario that it begins with."""

    def __init__(
        self,
        start: Values,
        parameters: Sequence[Parameter] = PARAMETERS,
        like: Values | None = None,
    ) -> None:
        """``like`` has other values of the parameters, with which the search begins."""
        self.start = start
        self.parameters = tuple(parameters)
        self.is_continued = like is not None
        self._like = start if like is None else like
        self._bounds = [self._bounds_of(each) for each in self.parameters]

    def __len__(self) -> int:
        return len(self.parameters)

    def bounds(self, place: int) -> tuple[float, float]:
        """Least and largest value of a parameter."""
        return self._bounds[place]

    def value(self, place: int, share: float, *, is_bounded: bool = True) -> float:
        """What a number from 0 to 1 stands for; without bounds others stand for something, too.

        No value is below 0.
        """
        low, high = self._bounds[place]
        share = min(max(float(share), 0.0), 1.0) if is_bounded else float(share)
        if self.parameters[place].is_log:
            found = math.exp(math.log(low) + share * math.log(high / low))
        else:
            found = max(low + share * (high - low), 0.0)
        return float(f"{found:.{_DIGITS}g}")

    def share(self, place: int, value: float, *, is_bounded: bool = True) -> float:
        """The other way round; values out of bounds are brought to the nearest bound, if asked."""
        low, high = self._bounds[place]
        value = min(max(value, low), high) if is_bounded else value
        if self.parameters[place].is_log:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def beginning(self) -> np.ndarray:
        """The vector of the scenario that the search begins with, float64 (n,)."""
        return np.array(
            [self.share(k, _read(self._like, each.key)) for k, each in enumerate(self.parameters)]
        )

    def named(self, vector: np.ndarray) -> dict[str, float]:
        """The values of a vector, by key."""
        return {each.key: self.value(k, vector[k]) for k, each in enumerate(self.parameters)}

    def values(self, vector: np.ndarray) -> Values:
        """The values of the scenario that a vector stands for."""
        values = copy.deepcopy(self.start)
        for k, each in enumerate(self.parameters):
            value = self.value(k, vector[k])
            setter = _SETTERS.get(each.key)
            if setter is not None:
                setter(values, value)
                continue
            is_whole = isinstance(_read(self.start, each.key), int)
            put(values, each.key, round(value) if is_whole else value)
        return values

    def _bounds_of(self, each: Parameter) -> tuple[float, float]:
        if not each.is_relative:
            return each.low, each.high
        usual = max(_read(self.start, each.key), 1e-9)
        return each.low * usual, each.high * usual


def _read(values: Values, key: str) -> Any:
    if key.startswith("activity.weights."):
        fast, middle, slow = values["activity"]["weights"]
        if key.endswith("fast"):
            return fast
        return slow / (middle + slow) if middle + slow > 0 else 0.5
    found: Any = values
    for name in key.split("."):
        found = found[name]
    return found
