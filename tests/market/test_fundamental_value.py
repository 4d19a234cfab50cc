"""The value process: its volatility within and between sessions, leverage, and who follows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.market_views import arrays_of

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import BUY, INSTITUTION, NOISE, SELL
from abm_desktop.scenario import Scenario, stress_from_dict

_SECONDS = 6 * 3600.0
_ORDERS_ALONE = {"jump_rate": 0.0, "reversion": 0.0, "volatility": 0.0}
"""Of a value that nothing but orders moves."""
_EMPTY = {
    name: {"count": 0} for name in ("market_makers", "fundamental", "momentum", "institutions")
}


def _values(seed: int, **fundamental: Any) -> np.ndarray:
    """Changes of ln V by the second, in a market in which next to nobody trades."""
    scenario = Scenario.model_validate(
        {
            "name": "value",
            "market": {"warm_up": 0.0, "session": _SECONDS},
            "fundamental": {"jump_rate": 0.0, "reversion": 0.0, **fundamental},
            "population": {"noise": {"limit_rate": 0.5, "market_rate": 0.0}, **_EMPTY},
        }
    )
    simulator = Simulator(scenario, seed, record_messages=False)
    simulator.run_until(_SECONDS)
    return np.diff(np.log(simulator.tape.samples["value"]))


def _leverage(change: np.ndarray) -> float:
    """Correlation of each change with the squares of the following minute."""
    after = np.convolve(change**2, np.ones(60), mode="valid")[1:]
    return float(np.corrcoef(change[: len(after)], after)[0, 1])


def test_volatility_rises_after_falls_where_leverage_is_negative() -> None:
    still = {"volatility_of_volatility": 0.8, "volatility_time": 120.0, "session_volatility": 0.0}
    found = {
        rho: np.mean([_leverage(_values(seed, leverage=rho, **still)) for seed in range(3)])
        for rho in (-0.9, 0.0, 0.9)
    }
    assert found[-0.9] < -0.06
    assert abs(found[0.0]) < 0.03
    assert found[0.9] > 0.06


def test_leverage_leaves_the_volatility_as_it_was() -> None:
    still = {"volatility_of_volatility": 0.0, "session_volatility": 0.0}
    for leverage in (-1.0, -0.35, 0.0):
        change = _values(4, volatility=5e-5, leverage=leverage, **still)
        assert change.std() == pytest.approx(5e-5, rel=0.03)


def test_sessions_differ_in_volatility_by_what_is_asked_for() -> None:
    flat = {"volatility_of_volatility": 0.0, "volatility": 5e-5}
    spread = [_values(seed, session_volatility=0.4, **flat).std() for seed in range(24)]
    assert np.log(spread).std() == pytest.approx(0.4, rel=0.3)
    # The mean of the variance is the parameter squared, however much sessions differ.
    level = [_values(seed, session_volatility=0.0, **flat).std() for seed in range(3)]
    assert np.log(level).std() < 0.02
    assert np.sqrt(np.mean(np.square(spread))) == pytest.approx(5e-5, rel=0.35)


def _volatility_and_lots_taken(seed: int, news: float) -> tuple[float, float]:
    """Volatility of the value in half an hour, and the lots that institutions took."""
    scenario = Scenario.model_validate(
        {
            "name": "news",
            "market": {"warm_up": 300.0},
            "fundamental": {"session_volatility": 0.8, "volatility_of_volatility": 0.0},
            "population": {"institutions": {"news": news}},
        }
    )
    simulator = Simulator(scenario, seed, record_messages=False)
    simulator.warm_up()
    simulator.run_until(1800.0)
    volatility = float(np.diff(np.log(simulator.tape.samples["value"])).std())
    return volatility, float(simulator.classes["taker_volume"][INSTITUTION])


def test_institutions_trade_faster_where_the_value_moves_more() -> None:
    power = {}
    for news in (0.0, 1.3):
        found = np.array([_volatility_and_lots_taken(seed, news) for seed in range(12)])
        power[news] = np.polyfit(*np.log(found).T, 1)[0]
    # Volatile sessions see more trades in any case; trades that beget trades raise the power set.
    assert power[1.3] - power[0.0] > 1.0


@pytest.mark.parametrize("give_up", [0.004, 0.0])
def test_an_institution_gives_up_a_parent_from_which_the_price_runs_away(give_up: float) -> None:
    large = {"rate": 0.2, "parent_min": 50_000, "parent_cap": 50_000, "give_up": give_up}
    scenario = Scenario.model_validate(
        {
            "name": "run",
            "market": {"warm_up": 300.0},
            "population": {"institutions": large | {"count": 8}},
        }
    )
    simulator = Simulator(scenario, 3, record_messages=False)
    simulator.warm_up()

    def parents() -> dict[int, tuple[int, float]]:
        """Side and mid price at arrival (ticks) of the parents that are being executed."""
        agents = arrays_of(simulator).agents[0]
        rows = np.flatnonzero((agents["kind"] == INSTITUTION) & (agents["active"] != 0))
        return {int(k): (int(agents["side"][k]), float(agents["threshold"][k])) for k in rows}

    before = parents()
    assert {side for side, _ in before.values()} == {BUY, SELL}
    simulator.inject(stress_from_dict({"type": "news_jump", "magnitude": 0.02}))
    simulator.run_until(180.0)
    assert simulator.mid > 101.0
    kept = {side for k, (side, start) in before.items() if parents().get(k) == (side, start)}
    assert kept == ({SELL} if give_up else {BUY, SELL})


def _surprises(signs: np.ndarray) -> np.ndarray:
    """Sides of market orders (1, -1) less what those before them let expect."""
    fast = slow = 0.0
    surprises = []
    for sign in signs:
        surprises.append(sign - 0.65 * fast - 0.12 * slow)
        fast, slow = 0.2 * fast + 0.8 * sign, 0.95 * slow + 0.05 * sign
    return np.array(surprises)


def test_the_value_moves_with_the_surprise_of_trades_and_by_nothing_else() -> None:
    tells, seconds = 1e-4, 1200.0
    scenario = Scenario.model_validate(
        {
            "name": "told",
            "market": {"warm_up": 0.0, "session": seconds},
            "fundamental": {**_ORDERS_ALONE, "flow_information": tells},
            "population": {"noise": {"market_rate": 2.0}, **_EMPTY},
        }
    )
    simulator = Simulator(scenario, 5, record_messages=False)
    simulator.run_until(seconds)
    trades = simulator.tape.trades
    _, first = np.unique(trades["time"], return_index=True)  # the fills of one order are one
    signs = trades["side"][first].astype(float)
    assert len(signs) > 1000
    values = tells * _surprises(signs).cumsum()
    samples = simulator.tape.samples
    seen = np.searchsorted(trades["time"][first], samples["time"], side="left")
    told = np.concatenate(([0.0], values))[seen]
    start = np.log(round(scenario.market.start_price / scenario.market.tick_size))
    # A sample at the very time of a trade may be before or after it.
    np.testing.assert_allclose(np.log(samples["value"]) - start, told, atol=1e-12)


def test_undirected_orders_tell_and_nobody_who_looks_at_the_price_moves_the_value() -> None:
    tells, seconds = 1e-4, 1200.0
    scenario = Scenario.model_validate(
        {
            "name": "undirected",
            "market": {"warm_up": 0.0, "session": seconds},
            "fundamental": {
                **_ORDERS_ALONE,
                "flow_information": tells,
                "informative_orders": "undirected",
            },
            "population": {"institutions": {"informed_share": 0.0}},
        }
    )
    simulator = Simulator(scenario, 5, record_messages=False)
    simulator.run_until(seconds)
    trades = simulator.tape.trades
    undirected = np.isin(trades["taker_class"], (NOISE, INSTITUTION))
    assert 100 < undirected.sum() < len(trades) - 100  # others took as well
    trades = trades[undirected]
    _, first = np.unique(trades["time"], return_index=True)
    told = tells * _surprises(trades["side"][first].astype(float))
    samples = simulator.tape.samples
    seen = np.searchsorted(trades["time"][first], samples["time"], side="left")
    start = np.log(round(scenario.market.start_price / scenario.market.tick_size))
    expected = np.concatenate(([0.0], told.cumsum()))[seen]
    np.testing.assert_allclose(np.log(samples["value"]) - start, expected, atol=1e-12)


def test_a_parent_order_that_knows_the_value_does_not_move_it_further() -> None:
    scenario = Scenario.model_validate(
        {
            "name": "informed",
            "market": {"warm_up": 0.0, "session": 600.0},
            "fundamental": {
                **_ORDERS_ALONE,
                "flow_information": 1e-4,
                "informative_orders": "undirected",
            },
            "population": {
                "noise": {"market_rate": 0.0},
                "institutions": {"informed_share": 1.0, "give_up": 0.0},
            },
        }
    )
    simulator = Simulator(scenario, 5, record_messages=False)
    simulator.run_until(600.0)
    assert (simulator.tape.trades["taker_class"] == INSTITUTION).sum() > 20
    assert np.ptp(simulator.tape.samples["value"]) == 0.0
