"""From a scenario to the one record of numbers that the kernel reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

# Record prefix, attribute path in the scenario, numeric fields copied as they are.
_SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "fundamental",
        "fundamental",
        (
            "reversion",
            "volatility",
            "volatility_of_volatility",
            "volatility_time",
            "session_volatility",
            "leverage",
            "jump_rate",
            "jump_size",
        ),
    ),
    (
        "activity",
        "activity",
        (
            "feedback",
            "base_trade_rate",
            "shock",
            "floor",
            "cap",
            "sigma_time",
            "sigma_long_time",
            "sigma_reference",
        ),
    ),
    (
        "noise",
        "population.noise",
        (
            "count",
            "limit_rate",
            "limit_exponent",
            "market_rate",
            "share_inside",
            "share_at_best",
            "placement_scale",
            "placement_tail",
            "max_distance",
            "size_log_mean",
            "size_log_sd",
            "lifetime_scale",
            "lifetime_distance",
            "lifetime_tail",
            "lifetime_cap",
            "market_size_tail",
            "market_size_cap",
        ),
    ),
    (
        "maker",
        "population.market_makers",
        (
            "count",
            "refresh_rate",
            "react_probability",
            "react_delay",
            "min_gap",
            "imbalance_skew",
            "inventory_skew",
            "value_anchor",
            "value_noise",
            "min_half_spread",
            "spread_volatility",
            "levels",
            "level_step",
            "size_exponent",
            "size",
            "max_inventory",
            "dump_share",
            "stop_volatility",
        ),
    ),
    (
        "value",
        "population.fundamental",
        (
            "count",
            "rate",
            "bias",
            "noise",
            "threshold_min",
            "threshold_max",
            "unit_size",
            "max_units",
            "aggressive_probability",
            "aggressive_multiple",
            "lifetime",
        ),
    ),
    (
        "momentum",
        "population.momentum",
        (
            "count",
            "rate",
            "horizon_min",
            "horizon_max",
            "entry",
            "exit",
            "unit_size",
            "max_units",
            "max_inventory",
        ),
    ),
    (
        "institution",
        "population.institutions",
        (
            "count",
            "rate",
            "parent_min",
            "parent_tail",
            "parent_cap",
            "child_tail",
            "child_cap",
            "rest",
            "news",
            "give_up",
        ),
    ),
)

_LITERATURE = (
    ("once", "once_noise", ("before_open",)),
    (
        "pov",
        "makers_by_volume",
        (
            "refresh_time",
            "participation",
            "levels",
            "level_spacing",
            "spread_weight",
            "imbalance_skew",
            "min_size",
        ),
    ),
    (
        "bayes",
        "bayesian_value",
        (
            "rate",
            "observation_variance",
            "reversion",
            "shock_variance",
            "aggressive_share",
            "depth_spread",
        ),
    ),
    ("cross", "crossover_momentum", ("wake_time",)),
    (
        "fcn",
        "fcn",
        (
            "rate",
            "fundamental_weight",
            "chartist_weight",
            "noise_weight",
            "value_time",
            "horizon",
            "noise",
            "margin",
            "size",
            "lifetime",
        ),
    ),
)
_SECTIONS += tuple((prefix, f"population.{path}", names) for prefix, path, names in _LITERATURE)

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
