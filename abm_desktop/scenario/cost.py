"""What a scenario costs: computing time per simulated second, estimated before anything is built.

Counts, rates and delays that are fine one by one may ask for hours of computing a simulated second
together. The estimate takes every trader as busy as the scenario lets it be (all rates at the
largest activity), so an ordinary market costs a tenth of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .busiest import Busiest
from .errors import Problem
from .interventions import Interventions
from .population import Population
from .processes import Activity, Fundamental
from .stress import AnyStress
from .traders import RLTraders
from .venue import Market

MOST_SECONDS = 1.0
"""Seconds of computing per simulated second, on one core, beyond which a scenario is refused: at
its busiest it would not keep up with a clock."""
SLOW_SECONDS = 0.1
"""Those from which on it is warned about."""
# Seconds of one core, measured on the machine that the figures of docs/engine.md are from.
_DECISION = 10e-6
_AUCTION = 10e-6
_CANDIDATE = 2e-9


class Costly(Protocol):
    """What of a scenario costs computing time."""

    @property
    def market(self) -> Market: ...
    @property
    def fundamental(self) -> Fundamental: ...
    @property
    def activity(self) -> Activity: ...
    @property
    def population(self) -> Population: ...
    @property
    def interventions(self) -> Interventions: ...
    @property
    def rl(self) -> tuple[RLTraders, ...]: ...
    @property
    def stress(self) -> tuple[AnyStress, ...]: ...


def costs_of(scenario: Costly) -> dict[str, float]:
    """Seconds of computing per simulated second at the busiest, by the key that asks for most."""
    found: dict[str, float] = {}
    for key, seconds in _parts(scenario):
        found[key] = found.get(key, 0.0) + seconds
    return found


def largest(scenario: Costly) -> tuple[str, float]:
    """The key that costs most, and the cost of all together, s per simulated second."""
    costs = costs_of(scenario)
    return max(costs, key=lambda key: costs[key]), sum(costs.values())


def cost_warnings(scenario: Costly) -> list[Problem]:
    """What is allowed but slow; empty for an ordinary scenario."""
    key, seconds = largest(scenario)
    if seconds < SLOW_SECONDS:
        return []
    message = (
        f"asks for most of what may come to {seconds:.2g} s of computing per simulated second: "
        "the market may be slow"
    )
    return [Problem(None, key, message, "lower it for a faster market")]


def _parts(scenario: Costly) -> Iterator[tuple[str, float]]:
    people = scenario.population
    busiest = Busiest(
        activity=max(scenario.activity.cap, 1.0),  # a market begins at a = 1, whatever the cap
        calmest=max(scenario.activity.floor, 1e-6),
        has_news_days=bool(scenario.fundamental.volatility_of_volatility),
        makers=people.market_makers.count,
        institutions=people.institutions.count,
    )
    for name, traders in people:
        for key, seconds in traders.computing(busiest):
            yield f"population.{name}.{key}", seconds
    for k, group in enumerate(scenario.rl):
        yield f"rl.{k}.step", group.count / group.step * (_DECISION + busiest.alert)
    for k, event in enumerate(scenario.stress):
        for key, seconds in event.computing(busiest):
            yield f"stress.{k}.{key}", seconds
    batch = scenario.interventions.batch_auction
    if batch is not None and batch.on:
        # Orders at any price are called too, so that every price of the ladder may be a candidate.
        auction = _AUCTION + _CANDIDATE * scenario.market.ladder_ticks
        yield "interventions.batch_auction.interval", auction / batch.interval
