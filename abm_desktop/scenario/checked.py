"""Values from a caller, held against the models of a scenario: what a file may say, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from abm_desktop.inputs import InputError, one_of, shown

from .bounds import LONGEST_DELAY
from .durations import Duration
from .interventions import RULES
from .models import Scenario
from .quantity import Quantity
from .reading import checked, checked_copy
from .stress import STRESS_TYPES, AnyStress
from .traders import PolicyTraders


class PolicyGroup(PolicyTraders):
    """Traders that join a running market with a policy at hand: a ``[[rl]]`` group by call."""

    latency: Annotated[Duration, Quantity(0.0, 2 * LONGEST_DELAY)] = Field(
        0.0, description="age of what they see and time their messages take, together"
    )


def checked_stress(stress: Any) -> AnyStress:
    """A stress event, if it is one that a file could ask for. Raises :class:`InputError`."""
    if type(stress) not in STRESS_TYPES.values():
        raise InputError(
            f"must be a stress event, not {shown(stress)}",
            key="stress",
            remedy="build one with stress_from_dict, or a class such as FlashCrash",
        )
    found: AnyStress = checked_copy(stress)
    return found


def checked_rule(name: object, values: Mapping[str, Any]) -> dict[str, float]:
    """Parameters of a rule as the market takes them; yes and no are 1 and 0.

    Raises :class:`InputError` for an unknown rule, and for what a file could not say of it.
    """
    rule = one_of(name, "intervention", RULES)
    if "on" in values:
        raise InputError(f"is no parameter of {rule}", key=f"{rule}.on", remedy="give on itself")
    model = checked(RULES[rule], dict(values), key=rule)
    return {key: float(getattr(model, key)) for key in values}


def checked_group(**values: Any) -> PolicyGroup:
    """Traders that may join. Raises :class:`InputError` for what no ``[[rl]]`` group can be."""
    found: PolicyGroup = checked(PolicyGroup, values)
    return found


def scenario_from_dict(values: object) -> Scenario:
    """Build a scenario from what ``model_dump`` gave. Raises :class:`ScenarioError`."""
    found: Scenario = checked(Scenario, values)
    return found
