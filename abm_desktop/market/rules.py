"""The rules of the venue that an operator or regulator can switch on: their numbers, in one record.

What each does is in :mod:`phases` (halts and price limits) and :mod:`screening` (messages and
fees). All are off by default but the price collar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from abm_desktop.inputs import InputError, shown
from abm_desktop.scenario.checked import checked_rule
from abm_desktop.scenario.interventions import RULES as MODELS
from abm_desktop.scenario.quantity import described

INTERVENTIONS: dict[str, dict[str, float]] = {
    name: {key: float(field.default) for key, field in described(model).items() if key != "on"}
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


def set_rule(rules: Any, name: str, on: bool, values: Mapping[str, Any]) -> None:
    """Switch one intervention in a RULES record, with some of its parameters.

    Raises:
        InputError: (a ValueError) if there is no such intervention or parameter, or a value is not
            one that a scenario could give it.
    """
    if not isinstance(on, bool | np.bool_):
        raise InputError(f"must be True or False, not {shown(on)}", key="on")
    for key, value in checked_rule(name, values).items():
        rules[f"{name}_{key}"] = value
    rules[f"{name}_on"] = int(on)


def values_in(rules: Any, name: str) -> dict[str, float | bool]:
    """Parameters of a rule as a RULES record holds them; what is neither yes nor no stays."""
    found: dict[str, float | bool] = {}
    for key, field in described(MODELS[name]).items():
        if key != "on":
            value = float(rules[f"{name}_{key}"])
            found[key] = bool(value) if field.kind == "flag" and value in (0.0, 1.0) else value
    return found


def any_on(rules: Any) -> int:
    """1 if any rule is on that looks at messages, trades or prices, else 0.

    The price collar is not: it is part of what traders ask.
    """
    return int(any(rules[f"{name}_on"] for name in INTERVENTIONS if name != "price_collar"))
