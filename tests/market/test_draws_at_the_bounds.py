"""The traders' own draws follow their laws at every bound of the schema, over ten million draws.

All of it with ``make test-long``; in every run of the tests a million draws at the shipped
parameters of those traders that test_traders_draws.py leaves out. Laws with tails so fat that a
mean or a variance has no meaning are judged by the places of the draws in them: these have a mean,
a variance and a memory.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from support.long_tests import long

from abm_desktop.scenario import Population
from abm_desktop.scenario.bounds import bounds_of
from tests.support.schema import numbers
from tests.support.trader_draws import DEEP, IS_LONG, check_law, drawn, make_state

_PREFIX = {
    "noise": "noise", "fundamental": "value", "institutions": "institution", "fcn": "fcn",
    "market_makers": "maker", "makers_by_volume": "pov", "bayesian_value": "bayes",
}  # fmt: skip
_SECTION = {field.annotation: name for name, field in Population.model_fields.items()}
_BELONGS: dict[str, dict[str, float]] = {
    "noise_share_inside high": {"noise_share_at_best": 0.0},
    "noise_share_at_best high": {"noise_share_inside": 0.0},
    "value_threshold_min high": {"value_threshold_max": 1.0},
    "value_threshold_max low": {"value_threshold_min": 1e-6},
    "institution_parent_min high": {"institution_parent_cap": 1e7},
    "institution_parent_cap low": {"institution_parent_min": 1.0},
}
"""What goes along with a bound, because the two belong together."""

Given = dict[str, float]

in_minutes = long("takes minutes")


def at_bounds(*names: str) -> list[Any]:
    """The shipped parameters; in a long run also these numbers at each of their bounds."""
    cases = [pytest.param({}, id="shipped")]
    bounds = {
        f"{_PREFIX[_SECTION[model]]}_{name}": bounds_of(model, name)
        for model, name in numbers() if _SECTION.get(model) in _PREFIX
    }  # fmt: skip
    for name in names if IS_LONG else ():
        for end, value in (("low", bounds[name].low), ("high", bounds[name].high)):
            case = f"{name} {end}"
            cases.append(pytest.param({name: value} | _BELONGS.get(case, {}), id=case))
    return cases


@pytest.fixture(scope="module")
def state():
    return make_state()


def values(state, given: Given) -> dict[str, float]:
    """All parameters, with these instead of the shipped ones."""
    return {name: float(state.params[name][0]) for name in state.params.dtype.names} | given


def check_side(side):
    check_law(side, np.where(side > 0, 0.5, 0.0), 0.5)


def check_exponential(x, mean):
    """``x`` is cut to whole nanoseconds, and one is added where a life is meant."""
    check_law(x, -np.expm1(-x / mean))


def check_uniform(x, low, high):
    if low == high:
        assert np.ptp(x) == 0 and x[0] == pytest.approx(low)
    else:
        check_law(x, (x - low) / (high - low))


def check_pareto(lots, minimum, tail, cap):
    """Whole parts of Pareto numbers, at most ``cap``."""
    assert lots.min() >= math.floor(minimum) and lots.max() <= cap
    at_least = np.minimum((minimum / lots) ** tail, 1.0)
    more = np.where(lots >= cap, 0.0, (minimum / (lots + 1.0)) ** tail)
    check_law(lots, 1.0 - at_least, at_least - more)


@in_minutes
@pytest.mark.parametrize(
    "given", at_bounds("value_bias", "value_threshold_min", "value_threshold_max")
)
def test_biases_and_thresholds_of_fundamental_traders(state, given):
    p = values(state, given)
    biases, thresholds = drawn(state, 0, 2, **given)
    if p["value_bias"]:
        check_law(biases, ndtr(biases / p["value_bias"]))
    else:
        assert not biases.any()
    check_uniform(thresholds, *(math.log(p[f"value_threshold_{end}"]) for end in ("min", "max")))


@in_minutes
@pytest.mark.parametrize("given", at_bounds("value_lifetime"))
def test_lifetimes_of_the_orders_of_fundamental_traders(state, given):
    always = {"value_noise": 0.0, "value_aggressive_probability": 0.0,
              "value_aggressive_multiple": 1e9}  # fmt: skip
    value = {"value": 1.01 * state.market["mid"][0]}
    (life,) = drawn(state, 1, 1, market=value, **always, **given)
    check_exponential(life, values(state, given)["value_lifetime"])


@in_minutes
@pytest.mark.parametrize(
    "given",
    at_bounds(
        "noise_share_inside", "noise_share_at_best", "noise_placement_scale",
        "noise_placement_tail", "noise_max_distance", "noise_size_log_mean", "noise_size_log_sd",
        "noise_lifetime_scale", "noise_lifetime_distance", "noise_lifetime_tail",
        "noise_lifetime_cap",
    ),
)  # fmt: skip
def test_limit_orders_of_noise_traders(state, given):
    p = {name.removeprefix("noise_"): value for name, value in values(state, given).items()}
    # Far from both ends of the ladder, which cut the distance.
    high = {"best_bid": 2_000_000, "best_ask": 2_000_003, "mid": 2e6 + 1.5, "ladder": 4_000_000}
    side, size, life, distance = drawn(
        state, 2, 4, market=high, noise_market_rate=0.0, noise_bound=1.0, **given
    )
    check_side(side)

    most, sd = float(DEEP), p["size_log_sd"]
    if sd:

        def less(lots):
            return ndtr((np.log(lots) - p["size_log_mean"]) / sd)

        below = np.where(size <= 1.0, 0.0, less(size))
        check_law(size, below, np.where(size >= most, 1.0, less(size + 1.0)) - below)
    else:
        assert (size == max(1, math.floor(math.exp(p["size_log_mean"])))).all()

    inside, best = p["share_inside"], p["share_at_best"]
    rest = 1.0 - inside - best
    behind, furthest = np.maximum(distance, 1.0), p["max_distance"]
    assert distance.min() >= -2 and distance.max() <= furthest

    def beyond(d):
        return rest * (1.0 + (d - 1.0) / p["placement_scale"]) ** -p["placement_tail"]

    at = beyond(behind) - np.where(behind >= furthest, 0.0, beyond(behind + 1.0))
    at = np.where(distance < 0, inside / 2, np.where(distance == 0, best, at))
    below = np.where(distance == 0, inside, 1.0 - beyond(behind))
    below = np.where(distance < 0, (distance + 2.0) * inside / 2, below)
    check_law(distance, below, at)

    # A Lomax number of seconds, longer far from the best price, cut at the longest.
    own = p["lifetime_scale"] * (1.0 + np.maximum(distance, 0.0) / p["lifetime_distance"])
    at_least = (1.0 + np.minimum(life, p["lifetime_cap"]) / own) ** -p["lifetime_tail"]
    check_law(life, 1.0 - at_least, np.where(life >= p["lifetime_cap"], at_least, 0.0))


@in_minutes
@pytest.mark.parametrize("given", at_bounds("noise_market_size_tail", "noise_market_size_cap"))
def test_market_orders_of_noise_traders(state, given):
    p = values(state, given)
    side, size, _, _ = drawn(state, 2, 4, noise_limit_rate=0.0, noise_market_rate=1.0, **given)
    check_side(side)
    check_pareto(size, 1.0, p["noise_market_size_tail"], min(p["noise_market_size_cap"], DEEP))


@in_minutes
@pytest.mark.parametrize(
    "given",
    at_bounds(
        "institution_parent_min", "institution_parent_tail", "institution_parent_cap",
        "institution_rest", "institution_child_tail", "institution_child_cap", "institution_news",
    ),
)  # fmt: skip
def test_parents_and_children_of_institutions(state, given):
    p = {k.removeprefix("institution_"): v for k, v in values(state, given).items()}
    volatile = 0.8
    side, parent, rest, gap, child = drawn(
        state, 3, 5, market={"log_volatility": volatile}, institution_give_up=0.0, **given
    )
    variance = p["fundamental_volatility_of_volatility"] ** 2 + (
        p["fundamental_session_volatility"] ** 2
    )
    pace = math.exp(p["news"] * volatile - 0.5 * p["news"] ** 2 * variance)
    check_side(side)
    check_pareto(parent, p["parent_min"], p["parent_tail"], p["parent_cap"])
    check_exponential(rest, p["rest"] / pace)
    check_exponential(gap, 1.0 / (p["rate"] * pace))
    check_pareto(child, 1.0, p["child_tail"], p["child_cap"])


@in_minutes
@pytest.mark.parametrize(
    "given", at_bounds("fcn_fundamental_weight", "fcn_chartist_weight", "fcn_noise_weight")
)
def test_weights_of_chartists(state, given):
    p = values(state, given)
    for name, weight in zip(
        ("fundamental", "chartist", "noise"), drawn(state, 5, 3, **given), strict=True
    ):
        mean = p[f"fcn_{name}_weight"]
        if mean:
            check_exponential(weight, mean)
        else:
            assert not weight.any()


@pytest.mark.parametrize("given", at_bounds("fcn_margin", "fcn_size", "fcn_lifetime"))
def test_orders_of_chartists(state, given):
    p = values(state, given)
    # Half a million ticks: what a whole tick cuts off is small. All they expect is noise.
    high = {"best_bid": 499_999, "best_ask": 500_001, "mid": 5e5, "value": 5e5, "ladder": 4_000_000}
    horizon, noise = 4.0, 0.01
    side, size, life, away = drawn(
        state, 7, 4, market=high, agent={"bias": 0.0, "threshold": 0.0, "step": 1.0,
        "jitter": horizon}, fcn_noise=noise, **given,
    )  # fmt: skip
    check_side(side)
    check_law(size, (size - 1.0) / p["fcn_size"], 1.0 / p["fcn_size"])
    check_exponential(life, p["fcn_lifetime"])
    # The expected return is normal, and the margin a uniform number on the safe side of it.
    deviation, margin = noise * math.sqrt(horizon), p["fcn_margin"]
    steps = np.linspace(0.0, 1.0, 2001)[:-1] + 0.25e-3
    buys, sells = np.log(1.0 - margin * steps), np.log(1.0 + margin * steps)
    half = deviation / math.sqrt(2.0 * math.pi)  # of E[max(return, 0)]
    mean = 0.5 * (buys.mean() + sells.mean())
    square = deviation**2 + 0.5 * ((buys**2).mean() + (sells**2).mean())
    square += 2.0 * half * (buys.mean() - sells.mean())
    root = math.sqrt(len(away))
    assert abs(away.mean() - mean) < 4.5 * away.std() / root
    assert abs((away**2).mean() - square) < 4.5 * (away**2).std() / root + 2e-6 * deviation
    centred = away - mean
    assert abs(centred[:-1] @ centred[1:]) / len(away) < 4.5 * away.var() / root


@pytest.mark.parametrize("given", at_bounds("maker_refresh_rate", "pov_refresh_time"))
def test_refreshes_of_market_makers_and_steps_of_learners(state, given):
    p = values(state, given)
    bins, refresh, step, by_volume = drawn(state, 6, 4, **given)
    number = int(bins.max()) + 1
    check_law(bins, bins / number, 1.0 / number)
    # One that never refreshes waits for 30 years.
    check_exponential(refresh, 1.0 / max(p["maker_refresh_rate"], 1e-9))
    check_uniform(step, 4.0, 6.0)
    check_exponential(by_volume, p["pov_refresh_time"])


@pytest.mark.parametrize(
    "given",
    at_bounds("bayes_observation_variance", "bayes_aggressive_share", "bayes_depth_spread"),
)
def test_looks_and_orders_of_bayesian_traders(state, given):
    p = values(state, given)
    error, side, behind = drawn(state, 8, 3, **given)
    deviation = math.sqrt(p["bayes_observation_variance"])
    if deviation:
        check_law(error, ndtr(error / deviation))
        check_side(side)
    else:
        assert not error.any()
    share, reach = p["bayes_aggressive_share"], max(3.0 * p["bayes_depth_spread"], 1.0)
    whole = np.minimum((behind + 1.0) / reach, 1.0) - behind / reach
    at = (1.0 - share) * whole + np.where(behind == 0, share, 0.0)
    below = np.where(behind == 0, 0.0, share + (1.0 - share) * behind / reach)
    check_law(behind, below, at)
