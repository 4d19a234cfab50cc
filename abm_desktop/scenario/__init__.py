"""What a market is: typed models, and TOML files that say everything wrong with them at once."""

from .durations import format_duration, parse_duration
from .errors import Problem, ScenarioError
from .files import bundled_scenarios, find_scenario, load_scenario, save_scenario
from .interventions import Interventions
from .models import Activity, Fundamental, Market, Scenario
from .population import Population
from .stress import FlashCrash, LiquidityShock, Stress, VolatilitySpike, stress_from_dict
from .traders import (
    FundamentalTraders,
    Institutions,
    MarketMakers,
    MomentumTraders,
    NoiseTraders,
    RLTraders,
)
from .warnings import warnings_of

__all__ = [
    "Activity",
    "FlashCrash",
    "Fundamental",
    "FundamentalTraders",
    "Institutions",
    "Interventions",
    "LiquidityShock",
    "Market",
    "MarketMakers",
    "MomentumTraders",
    "NoiseTraders",
    "Population",
    "Problem",
    "RLTraders",
    "Scenario",
    "ScenarioError",
    "Stress",
    "VolatilitySpike",
    "bundled_scenarios",
    "find_scenario",
    "format_duration",
    "load_scenario",
    "parse_duration",
    "save_scenario",
    "stress_from_dict",
    "warnings_of",
]
