"""The check that limit orders keep up with market orders."""

from __future__ import annotations

import math

import pytest

from abm_desktop.scenario import Scenario, bundled_scenarios, load_scenario, warnings_of
from abm_desktop.scenario.supply import demand_of, supply_of


def _with(**population: dict[str, float]) -> Scenario:
    return Scenario.model_validate({"name": "test", "population": population})


_OFF = {name: {"count": 0} for name in ("institutions", "momentum", "fundamental")}


def test_flows_of_known_size() -> None:
    # Sizes are the whole part of 2.5, and Pareto numbers cut at 2: 1 + P(at least 2) = 1 + 1/2.
    noise = {"limit_rate": 3.0, "size_log_mean": math.log(2.5), "size_log_sd": 0.0}
    noise |= {"market_rate": 2.0, "market_size_tail": 1.0, "market_size_cap": 2}
    alike = {"fleeting_share": 0.0, "round_share": 0.0}
    scenario = _with(noise=noise | alike, **_OFF)
    assert supply_of(scenario) == pytest.approx(6.0)
    assert demand_of(scenario) == pytest.approx(3.0)
    # A third does not stay, and half of the others are of the next five: 3 * 2/3 * (2 + 5) / 2.
    scenario = _with(
        noise=noise | {"fleeting_share": 1 / 3, "round_share": 0.5, "round_lot": 5}, **_OFF
    )
    assert supply_of(scenario) == pytest.approx(7.0)


def test_an_institution_asks_for_its_parents_over_their_time_and_rest() -> None:
    # One lot a second for ten seconds, then ten of rest.
    one = {"count": 1, "rate": 1.0, "child_cap": 1, "parent_min": 10, "parent_cap": 10}
    off = {**_OFF, "institutions": {**one, "rest": 10.0}}
    scenario = _with(noise={"market_rate": 0.0}, **off)
    assert demand_of(scenario) == pytest.approx(0.5)


def test_the_default_population_posts_more_than_is_asked_for() -> None:
    scenario = Scenario(name="test")
    assert supply_of(scenario) / demand_of(scenario) == pytest.approx(1.52, abs=0.05)


@pytest.mark.parametrize("path", bundled_scenarios(), ids=lambda path: path.stem)
def test_no_shipped_scenario_is_warned_about(path) -> None:
    assert warnings_of(load_scenario(path)) == []


def test_too_few_limit_orders_are_warned_about_with_what_would_be_enough() -> None:
    (warning,) = warnings_of(_with(noise={"limit_rate": 2.0}))
    assert warning.key == "population.noise.limit_rate"
    assert "post about 2.7 lots" in warning.message and "raise it to 6.4" in warning.remedy
    assert warnings_of(_with(noise={"limit_rate": 6.4})) == []
    (warning,) = warnings_of(_with(noise={"fleeting_share": 1.0, "limit_rate": 9999.0}))
    assert warning.key == "population.noise.fleeting_share" and "stay" in warning.remedy
    (warning,) = warnings_of(_with(noise={"count": 0}))
    assert warning.key == "population.noise.count"


def test_busier_institutions_need_more_limit_orders() -> None:
    assert warnings_of(_with(institutions={"count": 20}))


def test_populations_of_the_literature_are_not_judged() -> None:
    assert warnings_of(_with(noise={"count": 0}, fcn={"count": 100})) == []
