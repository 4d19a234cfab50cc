"""From a scenario to the one record of numbers that the kernel reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.scenario.population import Population
from abm_desktop.scenario.processes import Activity, Fundamental
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.traders import Trader

if TYPE_CHECKING:
    from pydantic import BaseModel

    from abm_desktop.scenario import Scenario

PREFIXES = {
    "market_makers": "maker",
    "fundamental": "value",
    "institutions": "institution",
    "once_noise": "once",
    "makers_by_volume": "pov",
    "bayesian_value": "bayes",
    "crossover_momentum": "cross",
}
"""What the parameters of a section of the population begin with in the record, if not its name."""


def _numbers(model: type[BaseModel]) -> tuple[str, ...]:
    """Numbers of a section. How long news takes is told to each trader, not to its class."""
    return tuple(
        name
        for name, field in described(model).items()
        if field.kind in ("whole", "number") and name not in Trader.model_fields
    )


_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("fundamental", "fundamental", _numbers(Fundamental)),
    ("activity", "activity", _numbers(Activity)),
    *(
        (PREFIXES.get(name, name), f"population.{name}", _numbers(type(field.default)))
        for name, field in described(Population).items()
    ),
)
"""Prefix in the record, place in the scenario, numbers copied as they are."""

_DERIVED = (
    "start_ticks",
    "average_daily_volume",
    "warm_up",
    "session",
    "opening_auction",
    "closing_auction",
    "noise_bound",
    *(f"time_constant_{k}" for k in range(3)),
    *(f"weight_{k}" for k in range(3)),
)

PARAMS = np.dtype(
    [(f"{prefix}_{name}", "f8") for prefix, _, names in _SECTIONS for name in names]
    + [(name, "f8") for name in _DERIVED],
    align=True,
)
"""Every parameter of a scenario, float64: rates 1/s, times s, prices ticks, sizes lots."""


def parameters(scenario: Scenario) -> np.ndarray:
    """The scenario's numbers as one PARAMS record, shape ()."""
    params = np.zeros((), PARAMS)
    for prefix, path, names in _SECTIONS:
        section = scenario
        for part in path.split("."):
            section = getattr(section, part)
        for name in names:
            params[f"{prefix}_{name}"] = float(getattr(section, name))
    market, activity = scenario.market, scenario.activity
    params["start_ticks"] = round(market.start_price / market.tick_size)
    params["average_daily_volume"] = market.average_daily_volume
    for name in ("warm_up", "session", "opening_auction", "closing_auction"):
        params[name] = getattr(market, name)
    # Noise limit orders arrive at a ** exponent on a clock that runs at a: the rest is thinned,
    # and this is the bound of the ratio.
    exponent = scenario.population.noise.limit_exponent - 1.0
    low = max(activity.floor, 1e-6) ** exponent
    params["noise_bound"] = max(low, activity.cap**exponent)
    for k in range(3):
        params[f"time_constant_{k}"] = activity.time_constants[k]
        params[f"weight_{k}"] = activity.weights[k]
    return params
