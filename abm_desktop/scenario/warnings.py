"""What a scenario may say, but what will hardly do what it says: told, never refused."""

from __future__ import annotations

from collections.abc import Iterator

from .cost import cost_warnings
from .errors import Problem
from .models import Scenario
from .supply import supply_warnings

__all__ = ["warnings_of"]


def warnings_of(scenario: Scenario) -> list[Problem]:
    """What is allowed but will hardly work as a market; empty for most scenarios.

    >>> from abm_desktop.scenario import FlashCrash, Scenario, warnings_of
    >>> crash = Scenario(name="crash", stress=(FlashCrash(magnitude=0.2),))
    >>> [warning.key for warning in warnings_of(crash)]
    ['stress[0].magnitude']
    """
    return [
        *cost_warnings(scenario),
        *supply_warnings(scenario),
        *_idle_rules(scenario),
        *_beyond_aim(scenario),
    ]


def _idle_rules(scenario: Scenario) -> Iterator[Problem]:
    if any(group.count for group in scenario.rl):
        return
    for name, rule in scenario.interventions:
        if rule is not None and rule.on and rule.for_rl_traders:
            told = "acts on RL traders alone, and there are none: it does nothing"
            remedy = "let RL traders in ([[rl]]), or leave it out"
            yield Problem(None, f"interventions.{name}", told, remedy)


def _beyond_aim(scenario: Scenario) -> Iterator[Problem]:
    for index, event in enumerate(scenario.stress):
        if told := event.beyond_aim():
            yield Problem(None, f"stress[{index}].magnitude", told, "choose one within the range")
