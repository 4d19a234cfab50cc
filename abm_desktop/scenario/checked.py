"""Values from a caller, held against the models of a scenario: what a file may say, and no more."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from abm_desktop.inputs import InputError, real, shown

from .bounds import bounds_of, within
from .errors import ScenarioError
from .explain import problems_of
from .models import Scenario
from .stress import STRESS_TYPES, AnyStress, stress_from_dict
from .traders import RLTraders


def checked_stress(stress: Any) -> AnyStress:
    """A stress event, if it is one that a file could ask for. Raises :class:`InputError`."""
    if type(stress) not in STRESS_TYPES.values():
        raise InputError(
            f"must be a stress event, not {shown(stress)}",
            key="stress",
            remedy="build one with stress_from_dict, or a class such as FlashCrash",
        )
    # One that was copied with other values was never looked at.
    return stress_from_dict(stress.model_dump(warnings=False))


def check_group(
    *,
    count: object,
    size: object,
    max_inventory: object,
    step: object,
    jitter: object,
    greedy: object,
    latency: object,
) -> None:
    """Raise :class:`InputError` for what no ``[[rl]]`` group of a scenario can be."""
    if within(RLTraders, "count", count) == 0:
        raise InputError("must be at least 1, not 0", key="count")
    within(RLTraders, "max_inventory", max_inventory)
    within(RLTraders, "step", step)
    within(RLTraders, "jitter", jitter)
    # Of size 0 they look and decide and never send an order: an experiment's placebo.
    if size is not None and not (type(size) is int and size == 0):
        within(RLTraders, "size", size)
    if not isinstance(greedy, bool):
        raise InputError(f"must be True or False, not {shown(greedy)}", key="greedy")
    delays = bounds_of(RLTraders, "data_latency").high + bounds_of(RLTraders, "order_latency").high
    real(latency, "latency", 0.0, delays, unit="simulated seconds")


def scenario_from_dict(values: object) -> Scenario:
    """Build a scenario from what ``model_dump`` gave. Raises :class:`ScenarioError`."""
    try:
        return Scenario.model_validate(values)
    except ValidationError as error:
        problems = [problem for _, problem in problems_of(error, Scenario)]
        raise ScenarioError(None, problems) from None
