"""Samples at whole multiples of a spacing: the same rows, however a run was played."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from support.live_markets import SCENARIO, SHOCK

from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import Inject, PlaceOrder, ResetMarket, StepTime
from abm_desktop.live.refusals import RefusedError
from abm_desktop.live.series import SampleTimes, kept_samples
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.types import History


def played(speed, pieces, events_between=2_000):
    """A run of two minutes with commands, played in pieces of so many seconds at a speed."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording.events_between = events_between
    feed.limit_samples(10_000.0, speed)
    for at, command in ((30.0, PlaceOrder(side=1, size=9)), (60.0, Inject(stress=SHOCK))):
        _go(feed, at, pieces)
        feed.do(command)
    _go(feed, 120.0, pieces)
    feed.collect()
    return feed


def _go(feed, until, pieces):
    while feed.now < until:
        feed.advance(min(until, feed.now + pieces))


def assert_alike(one: History, other: History):
    for field in fields(History):
        a, b = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_array_equal(a, b, err_msg=field.name)


@pytest.fixture(scope="module")
def slow():
    return played(10.0, 0.5)


@pytest.fixture(scope="module")
def fast():
    return played(1e6, 40.0, events_between=300)


@pytest.mark.parametrize(
    ("left", "right", "spacing"), [(0.0, 120.0, 1.0), (30.0, 90.0, 0.1), (59.95, 60.05, 0.05)]
)
def test_the_pace_makes_no_difference(slow, fast, left, right, spacing):
    moments = SampleTimes(left, right, spacing)
    # At any speed whole seconds are kept.
    assert (kept_samples(fast.history.view(), moments) is None) == (spacing < 1.0)
    found = [feed.sampler().samples(moments) for feed in (slow, fast)]
    assert len(found[0]) == moments.count
    assert_alike(*found)
    np.testing.assert_allclose(found[0].time, moments.times, atol=1e-9)
    kept = kept_samples(slow.history.view(), moments)
    assert (kept is None) == (spacing < 0.1)
    if kept is not None:
        assert_alike(kept, found[1])


def test_one_sampler_goes_back_and_forth(fast):
    sampler = fast.sampler()
    whole = sampler.samples(SampleTimes(0.0, 120.0, 2.0))
    late, early = (
        sampler.samples(SampleTimes(*part, 2.0)) for part in ((100.0, 120.0), (0.0, 20.0))
    )
    np.testing.assert_array_equal(whole.mid[-11:], late.mid)
    np.testing.assert_array_equal(whole.class_pnl[:10], early.class_pnl)


def test_a_live_market_tells_them_and_those_of_the_next_one():
    live = LiveMarket(SCENARIO, 5)
    with pytest.raises(RefusedError):
        live.series()
    live.start()
    try:
        live.do(StepTime(seconds=20.0)).wait(60)
        assert live.series(spacing=5.0).result(60).time.tolist() == [5.0, 10.0, 15.0, 20.0]
        first = live.series(spacing=0.25).result(60)
        assert len(first) == 80
        live.do(ResetMarket(seed=6)).wait(60)
        assert len(live.series().result(60)) == 0
        live.do(StepTime(seconds=20.0)).wait(60)
        assert (live.series(spacing=0.25).result(60).mid != first.mid).any()
        assert len(live.series(left=-1e9, spacing=0.001).result(60)) == 20_000
        for wrong in ({"spacing": 0.0}, {"left": float("nan")}, {"right": "soon"}):
            with pytest.raises(InputError):
                live.series(**wrong)
        with pytest.raises(InputError, match="2,000,000 rows; at most"):
            SampleTimes(0.0, 2000.0, 0.001)
    finally:
        live.close()
