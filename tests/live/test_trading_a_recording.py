"""A recorded day in a live market: commands, forks and kept sessions, as in a simulated one."""

from __future__ import annotations

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair
from support.live_markets import assert_same, policy

from abm_desktop.inputs import UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    AddTraders,
    CancelOrders,
    ChangePopulation,
    Inject,
    PlaceOrder,
    SetRule,
    StepTime,
)
from abm_desktop.live.session_record import SessionRecord, describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.scenario import Scenario, find_scenario, load_scenario, stress_from_dict


@pytest.fixture
def feed(tmp_path):
    """A random day of about a minute, before its first message."""
    day = write_pair(tmp_path, *random_day(8, rows=3000, depth=5))
    return SimulatedFeed(Scenario(name="a day", recording=str(day)), None)


def live_through(feed):
    """Order, inject, let RL traders in, and switch a rule on."""
    feed.advance(10.0)
    feed.do(PlaceOrder(side=1, price=round(feed.simulator.mid - 0.02, 2), size=70))
    feed.do(AddTraders(policy=policy(), count=2, step=1.0))
    feed.advance(20.0)
    feed.do(Inject(stress=stress_from_dict({"type": "fat_finger", "magnitude": 0.2})))
    feed.do(SetRule(rule="transaction_tax", values={"rate": 3e-4}))
    feed.advance(35.0)
    feed.do(CancelOrders())
    feed.collect()


def test_a_kept_session_and_a_fork_are_the_same_bit_by_bit(feed):
    live_through(feed)
    record = describe(feed)
    assert not record.replay
    assert record.scenario["recording"]
    again = restore(SessionRecord.of(record.values()))
    assert_same(feed.simulator, again.simulator)
    other = feed.forked(15.0, 1)
    assert other.now == 15.0
    for each in (feed, other):
        each.advance(40.0)


def test_what_a_snapshot_tells(feed):
    live_through(feed)
    fields = feed.fields()
    names = {account.name for account in fields["classes"] if account.traders or account.messages}
    assert {"recorded", "rl", "human"} <= names
    assert np.isnan(fields["fundamental"])
    assert feed.session_end == feed.scenario.market.session > 35.0
    assert feed.history.view().time[-1] == pytest.approx(35.0, abs=0.11)


def test_a_stress_that_sends_no_orders_is_refused(feed):
    with pytest.raises(UnavailableError, match="recorded ones do not react"):
        feed.do(Inject(stress=stress_from_dict({"type": "news_jump"})))


def test_recorded_traders_cannot_be_retuned_and_others_may_join(feed):
    calm = load_scenario(find_scenario("calm"))
    with pytest.raises(UnavailableError, match="no parameter of theirs"):
        feed.do(ChangePopulation(scenario=calm))
    feed.do(ChangePopulation(scenario=feed.simulator.scenario))


def test_the_twin_of_a_recorded_market_is_the_record_without_the_command(tmp_path):
    day = write_pair(tmp_path, *random_day(8, rows=3000, depth=5))
    live = LiveMarket(Scenario(name="a day", recording=str(day)), None)
    live.start()
    try:
        live.do(StepTime(seconds=20.0)).wait(60)
        stress = stress_from_dict({"type": "fat_finger", "magnitude": 0.2})
        assert live.do(Inject(stress=stress)).wait(60).accepted
        live.do(StepTime(seconds=20.0)).wait(60)
        twin = live.twin(live.snapshot.commands[0].number).result(60)
    finally:
        live.close()
    plain = SimulatedFeed(Scenario(name="a day", recording=str(day)), None)
    plain.advance(40.0)
    plain.collect()
    other, alone = twin.other.open().history, plain.history.view()
    k = np.searchsorted(alone.time, other.time[0] - 1e-9)
    np.testing.assert_array_equal(other.mid, alone.mid[k:])
    np.testing.assert_array_equal(
        other.volume - other.volume[0], alone.volume[k:] - alone.volume[k]
    )
    assert not np.array_equal(other.volume, twin.original.open().history.volume)
