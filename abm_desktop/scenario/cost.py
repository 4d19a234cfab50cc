"""What a scenario costs: computing time per simulated second, estimated before anything is built.

Counts, rates and delays that are fine one by one may ask for hours of computing a simulated second
together. The estimate takes every trader as busy as the scenario lets it be (all rates at the
largest activity), so an ordinary market costs a tenth of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

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
_WAKE = 0.4e-6
_QUOTE = 0.15e-6
_ALERT = 4e-9
_DECISION = 10e-6
_VALUE_STEP = 0.1e-6
_AUCTION = 10e-6
_CANDIDATE = 2e-9
_PACE = 2.0
"""Pace of institutions on a day of much news."""


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
    cap = max(scenario.activity.cap, 1.0)  # a market begins at a = 1, whatever the cap
    makers, volume, noise = people.market_makers, people.makers_by_volume, people.noise
    alert = _ALERT * makers.count
    """Of a change of the mid: every maker looks whether it reacts."""
    wake = _WAKE + alert
    if noise.count:
        exponent, floor = noise.limit_exponent - 1.0, max(scenario.activity.floor, 1e-6)
        bound = max(floor**exponent, cap**exponent)
        yield "population.noise.limit_rate", noise.limit_rate * bound * cap * wake
        yield "population.noise.market_rate", noise.market_rate * cap * wake
    quoting = _WAKE + 4 * makers.levels * _QUOTE + alert
    reactions = makers.react_probability / max(makers.react_delay, makers.min_gap)
    yield "population.market_makers.count", makers.count * reactions * quoting
    yield "population.market_makers.refresh_rate", makers.count * makers.refresh_rate * quoting
    for name, section in (("fundamental", people.fundamental), ("momentum", people.momentum)):
        yield f"population.{name}.rate", section.rate * cap * wake if section.count else 0.0
    institutions = people.institutions
    pace = _PACE if scenario.fundamental.volatility_of_volatility else 1.0
    yield "population.institutions.rate", institutions.count * institutions.rate * cap * pace * wake
    yield "population.institutions.rest", institutions.count * pace / institutions.rest * wake
    quoting = _WAKE + 4 * volume.levels * _QUOTE + alert
    yield "population.makers_by_volume.refresh_time", volume.count / volume.refresh_time * quoting
    for name, each in (("bayesian_value", people.bayesian_value), ("fcn", people.fcn)):
        yield f"population.{name}.rate", each.count * each.rate * cap * wake
    cross = people.crossover_momentum
    yield "population.crossover_momentum.wake_time", cross.count / cross.wake_time * cap * wake
    for k, group in enumerate(scenario.rl):
        yield f"rl.{k}.step", group.count / group.step * (_DECISION + alert)
    for k, event in enumerate(scenario.stress):
        if event.type == "quote_stuffing":
            yield f"stress.{k}.magnitude", event.magnitude * wake
        elif event.type == "spoofing":
            yield f"stress.{k}.reaction", (_WAKE + 16 * _QUOTE + alert) / event.reaction
        elif event.type == "toxic_flow" and institutions.count:
            yield f"stress.{k}.horizon", 100.0 * event.horizon * _VALUE_STEP
    batch = scenario.interventions.batch_auction
    if batch is not None and batch.on:
        # Orders at any price are called too, so that every price of the ladder may be a candidate.
        auction = _AUCTION + _CANDIDATE * scenario.market.ladder_ticks
        yield "interventions.batch_auction.interval", auction / batch.interval
