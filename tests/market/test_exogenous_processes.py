"""What comes from outside the market has the mean, variance and memory that its formula says.

The value is stepped millions of times in a compiled loop, at the shipped parameters and at the
bounds of the schema; a statistic may be off by four of its standard errors, which come from blocks
that are long against the memory of the process.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.long_tests import long
from support.market_views import arrays_of

from abm_desktop.market.activity import TICK
from abm_desktop.market.compiled import kernel
from abm_desktop.market.fundamental import start_value, step_value
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import ADDED
from abm_desktop.scenario import Fundamental, Scenario
from abm_desktop.scenario.bounds import bounds_of, is_number

STEPS = 4_000_000
MANY_STEPS = 10_000_000
"""Of the cases that take minutes."""
DT = TICK * 1e-9
"""Seconds in one step."""


@kernel
def walk(markets, parameters, dt, level, log_volatility):
    """Step the value of a market; before each step, ln V and the log volatility of that step."""
    m, p = markets[0], parameters[0]
    for k in range(level.shape[0]):
        level[k] = m.log_value
        log_volatility[k] = m.log_volatility
        step_value(m, p, dt)


@kernel
def starts(markets, parameters, dt, log_volatility, session):
    """Start the value of one market again and again, on one stream of draws."""
    m, p = markets[0], parameters[0]
    for k in range(session.shape[0]):
        start_value(m, p, dt)
        log_volatility[k] = m.log_volatility
        session[k] = m.session_log_volatility


def scenario_of(fundamental: Fundamental) -> Scenario:
    nobody = ("noise", "market_makers", "fundamental", "momentum", "institutions")
    return Scenario.model_validate(
        {
            "name": "value alone",
            "market": {"warm_up": 0.0},
            "activity": {"day_shape": 0.0},
            "fundamental": fundamental,
            "population": {name: {"count": 0} for name in nobody},
        }
    )


class Walk:
    """Many steps of the value, taken apart by the documented formula."""

    def __init__(self, fundamental: Fundamental, steps: int = STEPS, seed: int = 5) -> None:
        f = self.fundamental = fundamental
        state = arrays_of(Simulator(scenario_of(f), seed, record_messages=False))
        m = state.market
        self.level = np.empty(steps)
        self.log_volatility = np.empty(steps)
        walk(m, state.params, DT, self.level, self.log_volatility)
        self.level -= math.log(state.params["start_ticks"][0])
        self.session = float(m["session_log_volatility"][0])
        keep = math.exp(-f.reversion * DT)
        self.innovation = self.level[1:] - keep * self.level[:-1]
        """What news and jumps added in each step."""
        x = 2.0 * f.reversion * DT
        self.root_time = math.sqrt(DT if x == 0.0 else DT * -math.expm1(-x) / x)
        self.volatility_keep = math.exp(-DT / f.volatility_time)


def whole(statistic: np.ndarray, blocks: int = 100) -> tuple[float, float]:
    """Mean of a series and its standard error, from blocks that are nearly independent."""
    means = statistic[: len(statistic) // blocks * blocks].reshape(blocks, -1).mean(1)
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(blocks))


def assert_mean(statistic: np.ndarray, expected: float, errors: float = 4.0) -> None:
    mean, error = whole(statistic)
    assert abs(mean - expected) < errors * error + 1e-12 * abs(expected), (mean, expected, error)


def products(series: np.ndarray, lag: int) -> np.ndarray:
    return series[: len(series) - lag] * series[lag:]


def _bound(name: str, otherwise: float) -> float:
    """The upper bound of a key of the schema; ``otherwise`` if it has none."""
    found = [getattr(mark, "le", None) for mark in Fundamental.model_fields[name].metadata]
    return next((float(value) for value in found if value is not None), otherwise)


_CALM = Fundamental()
_ALL_SURPRISE = {
    "leverage": -1.0,
    "volatility_of_volatility": _bound("volatility_of_volatility", 3),
}
CASES: dict[str, Fundamental] = {
    "calm": _CALM,
    "all news is surprise": _CALM.model_copy(update=_ALL_SURPRISE | {"volatility_time": 60.0}),
    "falls calm": _CALM.model_copy(update={"leverage": 1.0, "volatility_time": 0.1}),
    "hasty reversion": _CALM.model_copy(update={"reversion": min(_bound("reversion", 10.0), 10.0)}),
    "jumps all the time": _CALM.model_copy(
        update={"jump_rate": _bound("jump_rate", 100.0), "jump_size": 1e-4}
    ),
}


@pytest.fixture(scope="module", params=CASES)
def walked(request: pytest.FixtureRequest) -> Walk:
    return Walk(CASES[request.param])


def test_the_log_volatility_is_an_ornstein_uhlenbeck_process(walked: Walk) -> None:
    f, x = walked.fundamental, walked.log_volatility
    variance = f.volatility_of_volatility**2
    assert_mean(x, 0.0)
    assert_mean(x * x, variance)
    for lag in (1, max(1, round(f.volatility_time / DT))):
        assert_mean(products(x, lag), variance * walked.volatility_keep**lag)


def test_news_has_no_mean_and_no_memory_and_moves_the_volatility_as_told(walked: Walk) -> None:
    f = walked.fundamental
    if f.jump_rate > 1.0:
        pytest.skip("news and jumps cannot be told apart")
    spread = f.volatility_of_volatility**2 + f.session_volatility**2
    volatility = f.volatility * np.exp(walked.log_volatility[:-1] + walked.session - spread)
    news = walked.innovation / (volatility * walked.root_time)
    x = walked.log_volatility
    keep = walked.volatility_keep
    surprise = (x[1:] - keep * x[:-1]) / (f.volatility_of_volatility * math.sqrt(1.0 - keep * keep))
    jumps = f.jump_rate * DT * f.jump_size**2
    still = np.abs(walked.innovation) < 8.0 * volatility * walked.root_time  # no jump in it
    news = np.where(still, news, 0.0)
    assert still.mean() > 1.0 - 3.0 * f.jump_rate * DT - 1e-6 and jumps < 1.0
    assert_mean(news, 0.0)
    assert_mean(news * news, 1.0, errors=4.5)
    assert_mean(products(news, 1), 0.0)
    assert_mean(news * surprise, f.leverage)
    assert_mean(news * x[:-1], 0.0)


def test_the_variance_of_the_changes_is_that_of_news_and_jumps(walked: Walk) -> None:
    f = walked.fundamental
    if f.volatility_of_volatility > 1.0:
        pytest.skip("the mean of so skewed a variance is no statistic of so few steps")
    session = math.exp(2.0 * (walked.session - f.session_volatility**2))
    news = (f.volatility * walked.root_time) ** 2 * session
    jumps = f.jump_rate * DT * f.jump_size**2
    assert_mean(walked.innovation**2, news + jumps)
    assert_mean(walked.innovation, 0.0)


def _at_each_bound() -> list[tuple[str, Fundamental]]:
    cases = []
    for name, field in Fundamental.model_fields.items():
        if not is_number(field):
            continue
        bounds = bounds_of(Fundamental, name)
        for value in (bounds.low, bounds.high):
            # Jumps would hide the news, and without reversion they leave what a number can hold.
            others = {"reversion": 0.05, "jump_rate": 0.01} if name == "jump_size" else {}
            others |= {"jump_size": 1e-4} if name == "jump_rate" else {}
            others |= {"jump_rate": 0.0} if not name.startswith("jump") else {}
            cases.append((f"{name} {value:g}", _CALM.model_copy(update=others | {name: value})))
    return cases


@long("takes minutes")
@pytest.mark.parametrize("f", [pytest.param(f, id=case) for case, f in _at_each_bound()])
def test_steps_are_those_of_the_formula_at_each_bound(f: Fundamental) -> None:
    """Each step taken apart: news and surprises are normal, and independent of those before."""
    walked = Walk(f, MANY_STEPS)
    x, keep = walked.log_volatility, walked.volatility_keep
    deviation = f.volatility_of_volatility * math.sqrt(1.0 - keep * keep)
    surprise = (x[1:] - keep * x[:-1]) / deviation if deviation else np.zeros(len(x) - 1)
    if deviation:
        assert_normal(surprise)
    else:
        assert not x.any()
    spread = f.volatility_of_volatility**2 + f.session_volatility**2
    volatility = np.minimum(f.volatility * np.exp(x[:-1] + walked.session - spread), 1.0)
    expected = volatility * walked.root_time
    if not f.volatility:
        np.testing.assert_allclose(walked.innovation, 0.0, atol=1e-14)
        return
    if f.jump_rate * f.jump_size:
        total = (walked.innovation**2).mean() - (expected**2).mean()
        jumps = f.jump_rate * DT
        error = math.sqrt(3.0 * jumps + 2.0 * jumps**2) / math.sqrt(MANY_STEPS)
        assert abs(total / f.jump_size**2 - jumps) < 4.5 * error
        assert_mean(walked.innovation, 0.0, errors=4.5)
        return
    # Known before the step: neither cut at the furthest V, nor lost in the rounding of ln V.
    sound = (np.abs(walked.level[:-1]) < 15.0 - 8.0 * expected) & (expected > 1e-11)
    assert sound.mean() > 0.5
    news = np.where(sound, walked.innovation, 0.0) / np.maximum(expected, 1e-11)
    assert_normal(news[sound])
    assert_mean(products(news, 1), 0.0, errors=4.5)
    if deviation:
        assert_mean((news * surprise)[sound], f.leverage, errors=4.5)


def assert_normal(x: np.ndarray) -> None:
    assert_mean(x, 0.0, errors=4.5)
    assert_mean(x * x, 1.0, errors=4.5)
    for lag in (1, 10):
        assert_mean(products(x, lag), 0.0, errors=4.5)


def test_ln_v_reverts_with_the_stationary_variance_and_memory() -> None:
    f = CASES["hasty reversion"].model_copy(
        update={"volatility_of_volatility": 0.0, "session_volatility": 0.0, "jump_rate": 0.0}
    )
    for reversion in (f.reversion, 0.05):
        found = Walk(f.model_copy(update={"reversion": reversion}))
        level = found.level[len(found.level) // 100 :]
        variance = f.volatility**2 / (2.0 * reversion)
        assert_mean(level, 0.0)
        assert_mean(level**2, variance)
        lag = max(1, round(1.0 / (reversion * DT)))
        assert_mean(products(level, lag), variance * math.exp(-reversion * lag * DT))


def test_the_value_of_the_shipped_market_has_no_drift() -> None:
    """With leverage of either sign and the same draws, all but the surprises cancels.

    So little noise is left that a drift of a tenth of a percent a session would show.
    """
    f = _CALM
    rises, falls = (
        Walk(f.model_copy(update={"leverage": sign * f.leverage}), 5_000_000).innovation
        for sign in (1.0, -1.0)
    )
    per_session = 6.5 * 3600.0 / DT
    mean, error = whole(0.5 * (rises - falls))
    assert error * per_session < 0.0005
    assert abs(mean) < 4.0 * error, f"{mean * per_session:.2%} a session"


def test_volatilities_at_the_start_are_those_of_the_stationary_law() -> None:
    f = _CALM.model_copy(update={"session_volatility": _bound("session_volatility", 3.0)})
    state = arrays_of(Simulator(scenario_of(f), 2, record_messages=False))
    x, session = np.empty(1_000_000), np.empty(1_000_000)
    starts(state.market, state.params, DT, x, session)
    for found, deviation in ((x, f.volatility_of_volatility), (session, f.session_volatility)):
        assert_mean(found, 0.0)
        assert_mean(found**2, deviation**2)
        assert_mean(products(found, 1), 0.0)
    assert_mean(x * session, 0.0)


def test_orders_of_noise_traders_arrive_as_a_poisson_process_with_the_sizes_told() -> None:
    seconds, rate, log_mean, log_sd = 5000, 12.0, 1.5, 0.7
    noise = {
        "limit_rate": rate, "limit_exponent": 1.0, "market_rate": 0.0, "size_log_mean": log_mean,
        "size_log_sd": log_sd, "round_share": 0.0, "limit_volatility": 0.0,
    }  # fmt: skip
    others = ("market_makers", "fundamental", "momentum", "institutions")
    scenario = Scenario.model_validate(
        {
            "name": "noise alone",
            "market": {"warm_up": 0.0},
            "activity": {"feedback": 0.0, "shock": 0.0, "day_shape": 0.0},
            "population": {"noise": noise} | {name: {"count": 0} for name in others},
        }
    )
    simulator = Simulator(scenario, 4, record_messages=True)
    simulator.run_until(float(seconds))
    messages = simulator.tape.messages
    added = messages[messages["kind"] == ADDED]
    added = added[added["size"] > 0]
    counts = np.bincount((added["time"] // 1_000_000_000).astype(int), minlength=seconds)[:seconds]
    mean = counts.mean()
    assert abs(mean - rate) < 4.0 * math.sqrt(rate / seconds)
    assert abs(counts.var() / mean - 1.0) < 4.0 * math.sqrt(2.0 / seconds)
    centred = counts - mean
    for lag in (1, 5, 60):
        assert abs(products(centred, lag).mean() / mean) < 4.0 / math.sqrt(seconds)
    # A log-normal number, cut to whole lots, at least one.
    size = np.maximum(1, np.floor(np.exp(log_mean + log_sd * _NORMAL)))
    found = added["size"]
    assert abs(found.mean() - size.mean()) < 5.0 * size.std() / math.sqrt(len(found))
    assert found.std() == pytest.approx(size.std(), rel=0.05)


_NORMAL = np.random.default_rng(0).standard_normal(2_000_000)
