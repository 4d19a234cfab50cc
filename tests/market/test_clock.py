"""Simulated time goes on: no wait is too long or none, and who holds it up is named."""

from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest

from abm_desktop.envs.core import MarketCore
from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket, RunState
from abm_desktop.live.commands import ResetMarket, RunMarket, SetSpeed
from abm_desktop.market import opening, state
from abm_desktop.market.intents import FOREVER, as_lots, as_ticks, nanoseconds
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.standstill import StandstillError
from abm_desktop.scenario import Scenario
from tests.support.bare_book import empty_scenario
from tests.support.market_views import arrays_of, markets_of, on_worker

NOBODY = {"count": 0}


def market(**values: object) -> Simulator:
    scenario = {"name": "clock", "market": {"warm_up": 0}, **values}
    return Simulator(Scenario.model_validate(scenario), 3)


def hurried(simulator: Simulator) -> Simulator:
    """A maker by volume that never waits, which no scenario can ask for."""
    arrays_of(simulator).params["pov_refresh_time"] = 0.0
    return simulator


@pytest.mark.parametrize("seconds", [9.3e9, 1e300, math.inf, math.nan])
def test_a_wait_beyond_the_clock_never_ends(seconds):
    assert nanoseconds(seconds) == FOREVER


def test_waits_within_the_clock_are_exact():
    assert [nanoseconds(x) for x in (0.0, 1.5, 3e-9, 1e9)] == [0, 1_500_000_000, 3, 10**18]
    assert nanoseconds(-math.inf) == -FOREVER


def test_prices_and_sizes_that_are_no_numbers_stay_within_their_integers():
    m = arrays_of(market()).market[0]
    assert [as_ticks(m, x) for x in (math.nan, -1e300, 7.0, 1e300)] == [0, 0, 7, m["ladder"]]
    assert [as_lots(x) for x in (math.nan, -5.0, 2.9, math.inf)] == [0, 0, 2, 2**31 - 1]


@pytest.mark.parametrize("section", ["institutions", "bayesian_value", "fcn"])
def test_a_rate_of_next_to_nothing_is_nearly_never(section):
    simulator = market(population={section: {"count": 5, "rate": 1e-12}})
    simulator.run(60.0)
    kind = {"institutions": state.INSTITUTION}.get(section, state.FUNDAMENTAL)
    agents = simulator.agents
    rare = (agents["kind"] == kind) & (agents["rate"] == 1e-12)
    assert rare.sum() == 5
    assert (agents["inventory"][rare] == 0).all()
    assert simulator.now == 60.0


def test_wild_volatility_within_the_bounds_runs_on():
    wild = {"volatility_of_volatility": 3.0, "session_volatility": 3.0, "volatility": 0.01}
    simulator = market(
        fundamental=wild,
        population={"institutions": {"news": 3.0}},
        stress=[{"type": "volatility_spike", "magnitude": 100.0}] * 32,
    )
    simulator.run(120.0)
    samples = simulator.tape.samples
    assert (np.diff(samples["time"]) > 0).all() and len(samples) == 120
    for name in ("value", "mid", "sigma", "activity"):
        assert np.isfinite(samples[name]).all() and (samples[name] > 0).all()


def test_news_upon_news_leaves_a_value():
    jumps = [{"type": "news_jump", "magnitude": 2.9, "at": float(k)} for k in range(1, 30)]
    simulator = market(stress=jumps)
    simulator.run(40.0)
    assert np.isfinite(simulator.fundamental)
    assert simulator.classes["inventory"].sum() == 0


def test_an_event_of_the_past_happens_now():
    simulator = market()
    simulator.run(10.0)
    opening.schedule_event(arrays_of(simulator), 0, 5_000_000_000, state.PHASE_END, 0)
    simulator.step(1)
    assert simulator.now >= 10.0
    simulator.run(1.0)
    assert (np.diff(simulator.tape.trades["time"]) >= 0).all()


def test_two_stuffers_of_which_one_leaves_the_engine_alone():
    simulator = market(
        stress=[
            {"type": "quote_stuffing", "at": 1.0, "capacity": 1.0, "duration": 5.0},
            {"type": "quote_stuffing", "at": 2.0, "capacity": 0.0, "duration": 5.0},
        ]
    )
    simulator.run(20.0)
    assert int(arrays_of(simulator).market["engine_free"][0]) > 0
    assert (np.diff(simulator.tape.trades["time"]) >= 0).all()


def test_a_trader_that_never_waits_is_named():
    simulator = hurried(market(population={"makers_by_volume": {"count": 1}}))
    with pytest.raises(StandstillError, match="class market maker") as caught:
        simulator.run(60.0)
    assert "1,000,000 events" in str(caught.value)
    assert 0.0 <= simulator.now < 60.0


def test_environments_say_it_too():
    values = {
        "name": "x",
        "market": {"warm_up": 0},
        "population": {"makers_by_volume": {"count": 1}},
    }
    scenario = Scenario.model_validate(values)
    for core in (MarketCore(scenario), MarketCore(scenario, roles=("maker",), rounds=True)):
        core.reset(0)
        markets_of(core).params["pov_refresh_time"] = 0.0
        actions = np.ones((1, 1), np.int64)
        with pytest.raises(StandstillError, match="market maker"):
            for _ in range(100):
                core.step(actions, np.zeros(1, np.bool_))


def test_the_live_market_pauses_and_says_why():
    values = {
        "name": "x",
        "market": {"warm_up": 0},
        "population": {"makers_by_volume": {"count": 1}},
    }
    live = LiveMarket(Scenario.model_validate(values), 3)
    heard = live.outcomes.listen()
    live.start()
    on_worker(live, lambda feed: hurried(feed.simulator))
    live.do(SetSpeed(speed=None))
    live.do(RunMarket())
    tick, until = threading.Event(), time.monotonic() + 60.0
    while (refusal := heard.wait(60.0).refusal) is None:
        pass
    said = refusal.message
    paused = live.snapshot.state
    live.do(ResetMarket())
    while live.snapshot.generation < 2 and time.monotonic() < until:
        tick.wait(0.01)
    again = live.snapshot
    live.close()
    assert refusal.code == "unavailable" and "stands still" in said and "market maker" in said
    assert paused is RunState.PAUSED
    assert again.generation == 2, "the market can be reset"


def test_a_step_in_a_market_where_nothing_happens_comes_back():
    simulator = Simulator(empty_scenario(warm_up=0), 1)
    simulator.run(7200.0)  # the first book has expired
    simulator.step(5)
    assert 7200.0 < simulator.now <= 3 * 7200.0


def test_expiries_of_orders_that_are_gone_never_fill_the_agenda():
    simulator = market(
        market={"warm_up": 0, "max_orders": 1024},
        activity={"feedback": 0.0},
        population={
            "noise": {"limit_rate": 800.0, "market_rate": 800.0, "lifetime_scale": 36000.0},
            "institutions": NOBODY,
        },
    )
    simulator.run(30.0)
    m = arrays_of(simulator).market[0]
    assert m["trades"] > 10_000
    assert m["refused_agenda"] == 0
    assert m["heap_n"] > 0


def test_more_markets_than_memory_are_refused_before_they_are_made():
    large = Scenario.model_validate({"name": "large", "market": {"ladder_ticks": 2**22}})
    with pytest.raises(InputError, match=r"num_envs must be at most \d+ for this scenario"):
        MarketCore(large, num_envs=4096)
