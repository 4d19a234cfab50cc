"""Traders changed in a running market: parameters at once, counts at the next reset."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.inputs import UnavailableError
from abm_desktop.live.commands import ChangePopulation
from abm_desktop.live.recording import Rewinder
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.tuning import is_live
from abm_desktop.scenario import Scenario

BASE = {"name": "tuned", "market": {"warm_up": "2min"}}


def scenario(**population):
    return Scenario.model_validate(BASE | {"population": population})


def messages(feed):
    """Of the noise traders."""
    return next(c.messages for c in feed.fields()["classes"] if c.name == "noise")


@pytest.fixture
def feed():
    feed = SimulatedFeed(scenario(), 5)
    feed.advance(30.0)
    return feed


def test_rates_act_at_once(feed):
    quiet = feed.forked(30.0, 1)
    feed.do(ChangePopulation(scenario=scenario(noise={"limit_rate": 24.0})))
    quiet.do(ChangePopulation(scenario=scenario(noise={"limit_rate": 1.0})))
    before = messages(feed)
    feed.advance(330.0)
    quiet.advance(330.0)
    assert messages(feed) - before > 10 * (messages(quiet) - before)
    rates = feed.simulator.arrays.agents[0]["rate"]
    fresh = SimulatedFeed(scenario(noise={"limit_rate": 24.0}), 5)
    assert np.array_equal(rates, fresh.simulator.arrays.agents[0]["rate"])


def test_what_waits_for_the_reset_does_not_touch_the_market(feed):
    same = feed.forked(30.0, 1)
    wanted = scenario(fundamental={"count": 10}, momentum={"horizon_max": 100.0})
    feed.do(ChangePopulation(scenario=wanted))
    feed.advance(60.0)
    same.advance(60.0)
    assert feed.simulator.mid == same.simulator.mid and feed.events == same.events
    assert feed.next_scenario is wanted
    assert not is_live("fundamental", "count") and is_live("momentum", "entry")
    assert not is_live("fcn", "rate") and not is_live("noise", "order_latency")


def test_a_change_can_be_looked_at_again(feed):
    feed.do(ChangePopulation(scenario=scenario(market_makers={"refresh_rate": 3.0})))
    feed.advance(90.0)
    again = Rewinder(feed.recording).go_to(90.0)
    assert again.events == feed.simulator.events and again.mid == feed.simulator.mid


def test_a_class_cannot_stop_in_a_running_market(feed):
    with pytest.raises(UnavailableError, match="momentum traders cannot start or stop"):
        feed.do(
            ChangePopulation(scenario=scenario(momentum={"rate": 0.0}, noise={"limit_rate": 9.0}))
        )
    assert feed.simulator.arrays.params[0]["noise_limit_rate"] == 12.0
    assert feed.next_scenario.population.momentum.rate == 0.0


def test_rl_traders_join_now_and_only_once(feed, tmp_path):
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(13, 3)).astype(np.float32)
    file = tmp_path / "policy.npz"
    PolicyNet((weights,), (np.zeros(3, np.float32),), name="p").save(file)

    def with_rl(count):
        return Scenario.model_validate(BASE | {"rl": [{"model": str(file), "count": count}]})

    def traders():
        return next(c.traders for c in feed.fields()["classes"] if c.name == "rl")

    feed.do(ChangePopulation(scenario=with_rl(3)))
    assert traders() == 3
    feed.do(ChangePopulation(scenario=with_rl(5)))
    feed.do(ChangePopulation(scenario=with_rl(5)))
    assert traders() == 5
    with pytest.raises(FileNotFoundError, match="no trained model"):
        feed.do(
            ChangePopulation(scenario=Scenario.model_validate(BASE | {"rl": [{"model": "nobody"}]}))
        )
