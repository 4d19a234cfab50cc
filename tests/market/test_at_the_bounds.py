"""A market at each bound of each number, and at many at once, runs."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Population, RLTraders, Scenario
from abm_desktop.scenario.bounds import bounds_of
from abm_desktop.scenario.cost import SLOW_SECONDS, largest
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.models import Activity, Fundamental, Market
from abm_desktop.scenario.stress import STRESS_TYPES
from tests.support.market_views import arrays_of
from tests.support.random_scenarios import accepted, random_scenario
from tests.support.schema import numbers

_SEEDS = range(40)
_PLACES: dict[type, tuple[str, str]] = {
    **{f.annotation: ("population", name) for name, f in Population.model_fields.items()},
    **{model: ("interventions", name) for name, model in RULES.items()},
    **{model: ("stress", name) for name, model in STRESS_TYPES.items()},
    Market: ("market", ""),
    Fundamental: ("fundamental", ""),
    Activity: ("activity", ""),
    RLTraders: ("rl", ""),
    Scenario: ("", ""),
}
# What has to be changed along with a number at a bound, because the two belong together.
_BELONGS: dict[tuple[type, str, bool], dict[str, Any]] = {}
for _kind, _low, _high in (
    (Population.model_fields["fundamental"].annotation, "threshold_min", "threshold_max"),
    (Population.model_fields["momentum"].annotation, "horizon_min", "horizon_max"),
    (Population.model_fields["momentum"].annotation, "exit", "entry"),
    (Population.model_fields["institutions"].annotation, "parent_min", "parent_cap"),
    (Population.model_fields["noise"].annotation, "share_inside", "share_at_best"),
    (Activity, "floor", "cap"),
    (STRESS_TYPES["deleveraging"], "leverage_min", "leverage_max"),
):
    if _low == "share_inside":
        _BELONGS[_kind, _low, True], _BELONGS[_kind, _high, True] = {_high: 0.0}, {_low: 0.0}
        continue
    _BELONGS[_kind, _low, True] = {_high: bounds_of(_kind, _low).high}
    _BELONGS[_kind, _high, False] = {_low: bounds_of(_kind, _high).low}
_SIGMAS = {"unit": "daily_sigma", "daily_sigma": 0.0005}
for _name in ("flash_crash", "deleveraging"):
    _BELONGS[STRESS_TYPES[_name], "magnitude", True] = _SIGMAS
_BELONGS[STRESS_TYPES["news_jump"], "magnitude", True] = _SIGMAS
_BELONGS[STRESS_TYPES["news_jump"], "magnitude", False] = _SIGMAS
_BELONGS[Market, "tick_size", False] = {"start_price": 1e-4}
_BELONGS[Market, "tick_size", True] = {"start_price": 1e9}
_BELONGS[Market, "start_price", False] = {"tick_size": 1e-8}
_BELONGS[Market, "start_price", True] = {"tick_size": 1e5}
_BELONGS[Market, "ladder_ticks", False] = {"tick_size": 0.5}
_BELONGS[Market, "opening_auction", True] = {"warm_up": 86_400.0}
_BELONGS[Market, "closing_auction", True] = {"session": 604_800.0}
_BELONGS[Market, "session", False] = {}


def at_bound(model: type, name: str, is_high: bool) -> Scenario:
    """A scenario with this number at its bound and everything else as usual."""
    bounds = bounds_of(model, name)
    value: Any = bounds.high if is_high else bounds.low
    if bounds.is_whole:
        value = int(value)
    if name == "time_constants":
        value = [value] * 3
    if name == "weights":
        value = [0.0, 0.0, 1.0]
    values = {name: value, **_BELONGS.get((model, name, is_high), {})}
    place, key = _PLACES[model]
    scenario: dict[str, Any] = {"name": "bound", "market": {"warm_up": 0, "max_orders": 2048}}
    if place == "":
        scenario |= values
    elif place == "market":
        scenario["market"] |= values
    elif place in ("population", "interventions"):
        count = {"count": 5} if place == "population" else {}
        scenario[place] = {key: {**count, **values}}
    elif place in ("fundamental", "activity"):
        scenario[place] = values
    elif place == "rl":
        scenario["rl"] = [{"model": "calm-ppo", **values}]
    else:
        scenario["stress"] = [{"type": key, "at": 0.0, **values}]
        if name == "at":
            scenario["market"]["session"] = max(value * 1.001, 60.0)
            if is_high:  # a stress is within the session
                scenario["stress"][0]["at"] = value * 0.999
                scenario["market"]["session"] = value
    return Scenario.model_validate(scenario)


def run_a_little(scenario: Scenario, seed: int = 1) -> Simulator:
    """Run it, and see that time, money and numbers are as they must be."""
    simulator = Simulator(scenario, seed)
    until = 2.0 if largest(scenario)[1] < SLOW_SECONDS else 0.3
    simulator.run(until)
    for event in scenario.stress[:4] if len(scenario.stress) < 28 else ():
        simulator.inject(event)
    simulator.run(until)
    m = arrays_of(simulator).market[0]
    clock = 2 * until * 1e9
    assert abs(int(m["now"]) - clock) < 1e3
    assert not m["stuck"] and m["refused_agenda"] == 0
    for name in m.dtype.names:
        if m.dtype[name].kind == "f":
            assert np.isfinite(m[name]), name
    assert m["value"] > 0 and m["mid"] > 0 and m["activity"] > 0
    assert (np.diff(simulator.tape.trades["time"]) >= 0).all()
    assert simulator.agents["inventory"].sum() == 0
    assert simulator.agents["cash"].sum() + simulator.fees == 0
    return simulator


@pytest.mark.parametrize("is_high", [False, True], ids=["low", "high"])
@pytest.mark.parametrize("model", _PLACES, ids=lambda model: model.__name__)
def test_a_market_runs_at_each_bound(model, is_high):
    names = [name for owner, name in numbers() if owner is model]
    for name in names:
        try:
            run_a_little(at_bound(model, name, is_high))
        except Exception as error:
            raise AssertionError(f"{model.__name__}.{name}: {error}") from error


def test_the_walk_knows_a_place_for_every_number():
    assert {model for model, _ in numbers()} <= set(_PLACES)


def test_markets_at_many_bounds_at_once_run():
    ran = 0
    for seed in _SEEDS:
        scenario = accepted(random_scenario(seed))
        if scenario is None or largest(scenario)[1] > 0.2:
            continue
        begin = time.process_time()
        run_a_little(scenario, seed)
        assert time.process_time() - begin < 30.0, f"seed {seed}"
        ran += 1
    assert ran > len(_SEEDS) // 2


def test_a_scenario_that_would_take_hours_is_refused_by_name():
    with pytest.raises(
        ValueError, match=r"asks for most of .* s of computing per simulated second"
    ):
        Scenario.model_validate(
            {"name": "x", "population": {"fcn": {"count": 10_000, "rate": 10_000.0}}}
        )


def test_a_low_cap_of_activity_makes_the_first_moment_no_cheaper():
    crowd = {"count": 2678, "rate": 6863.0}
    with pytest.raises(ValueError, match=r"population.fcn.rate|asks for most"):
        Scenario.model_validate(
            {"name": "x", "activity": {"floor": 0.0, "cap": 0.01}, "population": {"fcn": crowd}}
        )
