"""Bounds of the fields of records, and what a stress event can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from abm_desktop.market.state import STRESS_KINDS
from abm_desktop.market.stress.kinds import PARAMETERS, SIDES


def first_outside(
    name: str, records: Any, within: Mapping[str, tuple[float, float]]
) -> Iterator[str]:
    """Name every field with a value outside its bounds, both included."""
    for field, (low, high) in within.items():
        values = np.atleast_1d(np.asarray(records[field]))
        wrong = ~((values >= low) & (values <= high))
        if wrong.any():
            yield f"{name}.{field} is {values[wrong][0]}, not {low} to {high}"


def first_unsound(event: np.void) -> str:
    """Why a STRESS_EVENT record cannot be one that was asked for; empty if it can."""
    from abm_desktop.scenario import ScenarioError, stress_from_dict
    from abm_desktop.scenario.stress import STRESS_TYPES

    kind = STRESS_KINDS[event["kind"]]
    fields = STRESS_TYPES[kind].model_fields
    values: dict[str, Any] = {"type": kind, "magnitude": float(event["magnitude"])}
    for place, key in enumerate(PARAMETERS[kind]):
        number = float(event[f"p{place}"])
        usual = fields[key].default
        if isinstance(usual, str):
            if number not in range(len(SIDES)):
                return f"{kind}.{key} is {number}"
            values[key] = SIDES[int(number)]
        elif isinstance(usual, bool):
            values[key] = bool(number) if number in (0.0, 1.0) else number
        else:
            values[key] = int(number) if isinstance(usual, int) and number % 1 == 0 else number
    try:
        stress_from_dict(values)
    except ScenarioError as error:
        return str(error)
    return ""
