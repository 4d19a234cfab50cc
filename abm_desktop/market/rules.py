"""The rules of the venue that an operator or regulator can switch on: their numbers, in one record.

What each does is in :mod:`phases` (halts and price limits) and :mod:`screening` (messages and
fees). All are off by default but the price collar.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from abm_desktop.inputs import InputError, one_of, shown
from abm_desktop.scenario.bounds import within
from abm_desktop.scenario.interventions import RULES as MODELS

INTERVENTIONS: dict[str, dict[str, float]] = {
    name: {key: float(f.default) for key, f in model.model_fields.items() if key != "on"}
    for name, model in MODELS.items()
}
"""Every intervention with its parameters and their defaults, as a scenario describes them; times in
s, shares as fractions, yes and no as 1 and 0."""

RULES = np.dtype(
    [(f"{name}_on", "i4") for name in INTERVENTIONS]
    + [(f"{name}_{key}", "f8") for name, keys in INTERVENTIONS.items() for key in keys],
    align=True,
)


def default_rules() -> np.ndarray:
    """Everything off but the collar, parameters at their defaults; shape ()."""
    rules = np.zeros((), RULES)
    for name, keys in INTERVENTIONS.items():
        for key, value in keys.items():
            rules[f"{name}_{key}"] = value
    rules["price_collar_on"] = 1
    return rules


def set_rule(rules: Any, name: str, on: bool, values: dict[str, float]) -> None:
    """Switch one intervention in a RULES record, with some of its parameters.

    Raises:
        InputError: (a ValueError) if there is no such intervention or parameter, or a value is not
            one that a scenario could give it.
    """
    if not isinstance(on, bool | np.bool_):
        raise InputError(f"must be True or False, not {shown(on)}", key="on")
    checked = checked_values(name, values)
    for key, value in checked.items():
        rules[f"{name}_{key}"] = value
    rules[f"{name}_on"] = int(on)


def checked_values(name: str, values: dict[str, float]) -> dict[str, float]:
    """Parameters of a rule as numbers that a scenario could give it. Raises InputError."""
    one_of(name, "intervention", INTERVENTIONS)
    return {key: _checked(name, key, value) for key, value in values.items()}


def _checked(name: str, key: str, value: Any) -> float:
    known = ", ".join(INTERVENTIONS[name])
    if key not in INTERVENTIONS[name]:
        raise InputError(f"is no parameter of {name}; it has {known}", key=key)
    if isinstance(MODELS[name].model_fields[key].default, bool):
        if isinstance(value, bool | int | float) and value in (0, 1):
            return float(value)
        raise InputError(f"must be true or false, not {shown(value)}", key=f"{name}.{key}")
    return within(MODELS[name], key, value, f"{name}.{key}")


def any_on(rules: Any) -> int:
    """1 if any rule is on that looks at messages, trades or prices, else 0.

    The price collar is not: it is part of what traders ask.
    """
    return int(any(rules[f"{name}_on"] for name in INTERVENTIONS if name != "price_collar"))
