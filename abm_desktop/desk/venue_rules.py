"""The venue's rules as the window shows them, read from the models of a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from abm_desktop.scenario.interventions import RULES, Interventions
from abm_desktop.scenario.quantity import Described, described

__all__ = ["Rule", "venue_rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be switched on."""

    name: str
    title: str
    tip: str
    parameters: tuple[Described, ...]
    for_rl_traders: bool = False
    """It acts on RL traders alone."""


@cache
def venue_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the scenario's table ``[interventions]``."""
    titles = described(Interventions)
    return tuple(
        Rule(
            name,
            titles[name].title,
            " ".join((model.__doc__ or "").split()),
            tuple(field for field in described(model).values() if field.name != "on"),
            model.for_rl_traders,
        )
        for name, model in RULES.items()
    )
