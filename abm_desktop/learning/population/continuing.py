"""A population that stopped or was killed goes on where its models were last kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from abm_desktop.inputs import InputError
from abm_desktop.learning.population.config import PopulationConfig
from abm_desktop.learning.population.selection import Replacement
from abm_desktop.learning.registry.model_info import ModelInfo

__all__ = ["check_same_settings", "iterations_done", "other_settings", "past_replacements"]

_OWN = ("iterations", "threads", "checkpoint_interval", "judging")
"""Settings that may be others when it goes on."""


def check_same_settings(config: PopulationConfig, kept: Sequence[ModelInfo]) -> None:
    """Raise :class:`InputError` unless these models were kept by the population of ``config``."""
    for model in kept:
        before = model.metrics.get("population", {}).get("settings")
        if before is None:
            raise InputError(
                f"would go on with model {model.name!r}, which is of no population",
                key="name",
                remedy="give the name that the population had",
            )
        other = other_settings(config, before)
        if other:
            raise InputError(
                f"is not as it was when {model.name!r} learned",
                key=other[0],
                remedy=f"set it back, or begin a new population (but {', '.join(_OWN)} may change)",
            )


def other_settings(config: PopulationConfig, before: Mapping[str, Any]) -> list[str]:
    """Settings of ``config`` that change what is learned, and are others than those before."""
    fields = type(config).model_fields
    # A population of an earlier version of the program learned as if each had been usual.
    return [
        key
        for key, value in config.model_dump(mode="json").items()
        if key not in _OWN and before.get(key, fields[key].get_default()) != value
    ]


def iterations_done(kept: Sequence[ModelInfo]) -> int:
    """Iterations after which a population goes on: those that all of its models have.

    It may have been killed while it kept them; then the first ones are ahead of the others.
    """
    return min(model.iterations for model in kept)


def past_replacements(kept: Sequence[ModelInfo]) -> list[Replacement]:
    """What a selection did before, oldest first."""
    places = {model.name: who for who, model in enumerate(kept)}
    found = [
        Replacement(one["iteration"], who, places[one["by"]], dict(one["with"]))
        for who, model in enumerate(kept)
        for one in model.metrics["population"]["replaced"]
    ]
    return sorted(found, key=lambda one: one.iteration)
