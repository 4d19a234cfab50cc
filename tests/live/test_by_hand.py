"""Own orders, queued stresses, and a stress that is ended early, in the live market."""

from __future__ import annotations

import math

import pytest

from abm_desktop.live import RefusedError
from abm_desktop.live.commands import CancelOrder, EndStress, Inject, PlaceOrder
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.scenario import Scenario, stress_from_dict

SCENARIO = Scenario.model_validate({"name": "hand", "market": {"warm_up": "2min"}})
ALL = ("flash_crash", "volatility_spike", "liquidity_shock", "quote_stuffing", "spoofing",
       "toxic_flow", "latency_shock", "deleveraging", "stop_loss_cascade")  # fmt: skip


@pytest.fixture
def feed():
    feed = SimulatedFeed(SCENARIO, 5)
    feed.advance(30.0)
    return feed


def test_own_orders_and_account(feed):
    assert feed.fields()["own"] is None
    s = feed.simulator
    feed.do(PlaceOrder(side=1, price=90.0, size=4))
    feed.do(PlaceOrder(side=1, price=90.0, size=6))
    feed.do(PlaceOrder(side=-1, price=110.0, size=3))
    first, second, third = s.own_orders()
    assert (first.side, first.price, first.size) == (1, 90.0, 4)
    assert second.ahead == first.ahead + 4 and third.side == -1
    ask = s.best_ask
    feed.do(PlaceOrder(side=1, price=None, size=5))
    own = feed.fields()["own"]
    assert own.position == 5 and own.traded == 5 and len(own.orders) == 3
    assert own.break_even >= ask
    feed.do(CancelOrder(order=first.key))
    assert [o.size for o in feed.fields()["own"].orders] == [6, 3]
    feed.do(PlaceOrder(side=-1, price=None, size=5))
    own = feed.fields()["own"]
    assert own.position == 0 and math.isnan(own.break_even) and own.traded == 10
    assert own.pnl < 0


def test_queued_stresses_begin_at_their_time_and_can_be_cancelled(feed):
    shock = stress_from_dict({"type": "liquidity_shock", "magnitude": 1.0, "duration": 5.0})
    for at in (60.0, 40.0, 50.0):
        feed.do(Inject(stress=shock, at=at))
    planned = feed.fields()["planned"]
    assert [p.start for p in planned] == [40.0, 50.0, 60.0]
    feed.cancel_planned(planned[1].number)
    feed.advance(42.0)
    assert [s.start for s in feed.fields()["stresses"]] == [pytest.approx(40.0)]
    feed.advance(52.0)
    assert not feed.fields()["stresses"]
    feed.advance(61.0)
    assert len(feed.fields()["stresses"]) == 1 and not feed.fields()["planned"]
    with pytest.raises(RefusedError, match="Choose a later time"):
        feed.do(Inject(stress=shock, at=3.0))


@pytest.mark.parametrize("kind", ALL)
def test_a_stress_ended_early_is_over_and_stays_over(feed, kind):
    feed.do(Inject(stress=stress_from_dict({"type": kind, "duration": 120.0})))
    feed.advance(50.0)
    (active,) = feed.fields()["stresses"]
    feed.do(EndStress(kind=active.kind, start=active.start))
    # Quote stuffing has filled the engine's queue, which runs off.
    feed.advance(90.0 if kind == "quote_stuffing" else 53.0)
    assert not feed.fields()["stresses"]
    # Neither its old end nor its next step wakes anything, nor ends what comes after it.
    feed.do(Inject(stress=stress_from_dict({"type": kind, "duration": 300.0})))
    feed.advance(200.0)
    assert len(feed.fields()["stresses"]) == 1
    with pytest.raises(ValueError, match="acts any more"):
        feed.simulator.end_stress(kind, active.start)
