"""Which traders a scenario has: one group for each section of its population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm_desktop.market.state import (
    DEFAULT_RULE,
    FCN_RULE,
    FUNDAMENTAL,
    INSTITUTION,
    LITERATURE_RULE,
    MARKET_MAKER,
    MOMENTUM,
    NOISE,
    RL,
)

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.traders import Trader


@dataclass(frozen=True, slots=True)
class Group:
    """Traders of one class that follow one rule."""

    kind: int
    rule: int
    count: int
    section: Trader | None
    handles: int = 0
    """Orders of its own that a trader keeps note of."""
    remembers: bool = False


def groups_of(scenario: Scenario, external: int) -> list[Group]:
    """All groups, in the order of their rows; ``external`` RL traders come last.

    A class' default traders come before the others, so that adding those leaves the random streams
    of the default ones as they are.
    """
    p = scenario.population
    default, other = DEFAULT_RULE, LITERATURE_RULE
    quotes, volume_quotes = 2 * p.market_makers.levels, 2 * p.makers_by_volume.levels
    return [
        Group(NOISE, default, p.noise.count, p.noise),
        Group(MARKET_MAKER, default, p.market_makers.count, p.market_makers, quotes),
        Group(FUNDAMENTAL, default, p.fundamental.count, p.fundamental),
        Group(MOMENTUM, default, p.momentum.count, p.momentum),
        Group(INSTITUTION, default, p.institutions.count, p.institutions),
        Group(NOISE, other, p.once_noise.count, p.once_noise),
        Group(MARKET_MAKER, other, p.makers_by_volume.count, p.makers_by_volume, volume_quotes),
        Group(FUNDAMENTAL, other, p.bayesian_value.count, p.bayesian_value, 1),
        Group(MOMENTUM, other, p.crossover_momentum.count, p.crossover_momentum, 0, True),
        Group(FUNDAMENTAL, FCN_RULE, p.fcn.count, p.fcn),
        Group(RL, default, external, None),
    ]
