"""Other markets than the design's own, by parameters of its scenario that differ: ``[[vary]]``."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from abm_desktop.scenario import Scenario, ScenarioError
from abm_desktop.scenario.base import Model
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.reading import SET, checked, put, read_changes

__all__ = ["AS_IT_IS", "Variant", "varied"]

AS_IT_IS = "as it is"
"""Name of the market that the design names, unchanged."""

Changes = Annotated[
    tuple[Annotated[str, Field(max_length=1000)], ...], Field(strict=False, max_length=100)
]


class Variant(Model):
    """A market that differs from the study's in some parameters, from its warm-up on."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="how the report calls it"
    )
    set: Changes = Field(
        (),
        title="Parameters",
        description='parameters with their values, ["population.market_makers.count=10"]',
    )
    times: Changes = Field(
        (),
        title="Parameters × factor",
        description="parameters with a factor on the value that the market has, "
        '["population.market_makers.max_inventory=0.3"]',
    )


def varied(scenario: Scenario, variant: Variant) -> Scenario:
    """The scenario with what a variant changes; whole numbers stay whole, rounded.

    Raises :class:`ScenarioError` that names the key: for one that there is not, a factor on what is
    no number, a change that changes nothing, or a market that no file could describe.

    >>> from abm_desktop.scenario import Scenario
    >>> few = Variant(name="few makers", times=("population.market_makers.count=0.4",))
    >>> varied(Scenario(name="calm"), few).population.market_makers.count
    2
    """
    values = scenario.model_dump()
    for key, value in _read(variant.set).items():
        put(values, key, value)
    for key, factor in _read(variant.times).items():
        put(values, key, _multiplied(values, key, factor))
    result: Scenario = checked(Scenario, values)
    if result == scenario:
        raise _problem("set", "changes nothing", "give values that this market does not have")
    return result


def _read(given: tuple[str, ...]) -> dict[str, Any]:
    found, problems = read_changes(given)
    if problems:
        # Told as of the file, not of the command's option, which nobody gave.
        told = [replace(p, key=(p.key or "").removeprefix(f"{SET} ")) for p in problems]
        raise ScenarioError(None, told)
    return found


def _multiplied(values: dict[str, Any], key: str, factor: Any) -> Any:
    now: Any = values
    for name in key.split("."):
        now = now.get(name) if isinstance(now, dict) else None
    if isinstance(now, bool) or not isinstance(now, int | float):
        raise _problem(key, "has no number to multiply", "give its value under set")
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise _problem(key, f"must have a number as its factor, not {factor!r}", "write key=0.5")
    return round(now * factor) if isinstance(now, int) else now * factor


def _problem(key: str, message: str, remedy: str) -> ScenarioError:
    return ScenarioError(None, [Problem(None, key, message, remedy)])
