"""Whether limit orders keep up with market orders: a check of a scenario before it runs.

A market whose noise traders post clearly fewer lots than others take may empty its book for good,
which no single value of the scenario shows. The default population posts 1.5 times what is asked
for. With less, the spread of the recipe DR-1 stayed above 200 ticks for a minute in some runs from
a ratio of 0.7 down, and that of the default population from 0.4 down.
"""

from __future__ import annotations

import math

from .errors import Problem
from .models import Scenario
from .traders import Institutions, NoiseTraders

LEAST_SUPPLY = 0.8
"""Supply over demand below which a scenario is warned about."""
_LARGEST = 2_000
_LEAST_STAY = 0.05
"""Share of limit orders that are not fleeting, below which no rate makes a book."""
_JUDGED = ("noise", "market_makers", "fundamental", "momentum", "institutions")


def supply_warnings(scenario: Scenario) -> list[Problem]:
    """Say it if noise traders post too little for what others take.

    Populations with traders beside the default mix are not judged: they have ways of their own.
    """
    people = scenario.population
    if any(traders.count for section, traders in people if section not in _JUDGED):
        return []
    supply, demand = supply_of(scenario), demand_of(scenario)
    if supply >= LEAST_SUPPLY * demand:
        return []
    message = (
        f"noise traders post about {supply:.1f} lots of limit orders a second, market orders ask "
        f"for about {demand:.1f}: the book may run empty, and stay so"
    )
    if not people.noise.count:
        return [
            Problem(None, "population.noise.count", message, "let noise traders in (count = 1)")
        ]
    stay = 1.0 - (1.0 - people.noise.patient_share) * people.noise.fleeting_share
    if stay < _LEAST_STAY:
        return [
            Problem(
                None, "population.noise.fleeting_share", message, "let more of them stay (0.5 do)"
            )
        ]
    enough = LEAST_SUPPLY * demand / (stay * _posted_size(people.noise))
    return [
        Problem(
            None,
            "population.noise.limit_rate",
            message,
            f"raise it to {math.ceil(10.0 * enough) / 10.0:g} or more, or lower the market_rate of "
            "noise traders or the rate of institutions",
        )
    ]


def supply_of(scenario: Scenario) -> float:
    """Lots per second that noise traders post as limit orders at usual activity (a = 1).

    Those that are taken back at once are none to trade with.
    """
    noise = scenario.population.noise
    stay = 1.0 - (1.0 - noise.patient_share) * noise.fleeting_share
    return noise.limit_rate * stay * _posted_size(noise) if noise.count else 0.0


def demand_of(scenario: Scenario) -> float:
    """Lots per second that the default classes ask for with market orders at usual activity.

    What the best price has not got is not traded, so that more is asked for than is taken.
    """
    people = scenario.population
    noise, momentum, value = people.noise, people.momentum, people.fundamental
    lots = _institutions(people.institutions)
    if noise.count:
        lots += noise.market_rate * _pareto_mean(noise.market_size_tail, noise.market_size_cap)
    # The shares of looks that end in an order are those of the default population.
    if momentum.count:
        lots += 0.25 * momentum.rate * momentum.unit_size
    if value.count:
        lots += 0.25 * value.rate * value.aggressive_probability * 2.0 * value.unit_size
    return lots


def _institutions(them: Institutions) -> float:
    if not them.count or not them.rate:
        return 0.0
    child = _pareto_mean(them.child_tail, them.child_cap)
    parent = them.parent_min * _pareto_mean(
        them.parent_tail, max(them.parent_cap // them.parent_min, 1)
    )
    at_work = max(parent / child, 1.0) / them.rate
    return them.count * them.rate * child * at_work / (at_work + them.rest)


def _pareto_mean(tail: float, cap: int) -> float:
    """Mean of the whole part of a Pareto number of at least 1, cut at ``cap``."""
    last = min(cap, _LARGEST)
    return sum(k**-tail for k in range(1, last + 1))


def _posted_size(noise: NoiseTraders) -> float:
    """Mean size: the whole part of a log-normal number, 1 at least, or the next round one."""
    mean, deviation = noise.size_log_mean, max(noise.size_log_sd, 1e-9)
    last = int(min(math.exp(mean + 6.0 * deviation), _LARGEST))

    def above(size: float) -> float:
        return 0.5 * math.erfc((math.log(size) - mean) / (deviation * math.sqrt(2.0)))

    lot = noise.round_lot
    odd = 1.0 + sum(above(k) for k in range(2, last + 1))
    even = lot * (1.0 + sum(above(k) for k in range(lot, last + 1, lot)))
    return (1.0 - noise.round_share) * odd + noise.round_share * even
