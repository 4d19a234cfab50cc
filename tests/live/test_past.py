"""Any past moment of a run can be computed again, bit by bit, and gone on from."""

from __future__ import annotations

import queue

import numpy as np
import pytest
from support.live_markets import SCENARIO, SHOCK, assert_same, policy

from abm_desktop.live.commands import AddTraders, Inject, PlaceOrder, SetRule
from abm_desktop.live.past import PastReader
from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.types import MarketSnapshot, RunState


@pytest.fixture
def feed():
    """A run of ten minutes with one command of each sort."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording.events_between = 2_000
    feed.advance(30.0)
    feed.do(PlaceOrder(side=1, price=round(feed.simulator.best_bid, 2), size=7))
    feed.step(1)
    feed.step(3)
    feed.do(SetRule(rule="transaction_tax", values={"rate": 0.0003}))
    feed.do(Inject(stress=SHOCK, at=90.0))
    for until in range(40, 300, 7):
        feed.advance(float(until))
    feed.do(AddTraders(policy=policy(), count=2))
    feed.do(PlaceOrder(side=-1, size=5))
    for until in range(300, 600, 10):
        feed.advance(float(until))
    feed.collect()
    return feed


@pytest.mark.parametrize("order", [(590.0, 300.5, 31.0, 0.0), (100.0, 120.0, 119.0, 590.0)])
def test_a_moment_is_computed_again_bit_by_bit(feed, order):
    assert len(feed.recording) > 5
    rewinder = Rewinder(feed.recording)
    alone = SimulatedFeed(SCENARIO, 5)
    reference = {}
    for time in sorted(order):
        Rewinder(alone.recording)  # a rewinder disturbs nothing
        reference[time] = Rewinder(feed.recording.until(1e9)).go_to(time).fork()
    for time in order:
        assert_same(rewinder.go_to(time), reference[time])
    assert_same(rewinder.go_to(590.0), feed.simulator)


def test_without_checkpoints_on_the_way_it_is_the_same(feed):
    only_open = feed.recording.until(1e9)
    only_open.checkpoints = only_open.checkpoints[:1]
    assert_same(Rewinder(only_open).go_to(590.0), feed.simulator)


def test_a_market_that_is_called_away_takes_its_checkpoint_later():
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording.events_between = 100
    bell = np.zeros((1, 1), np.int64)
    feed.advance(20.0, bell)
    before = len(feed.recording)
    feed.simulator.run(60.0)  # due by now
    bell[:] = 1
    feed.advance(feed.now + 60.0, bell)
    assert len(feed.recording) == before
    bell[:] = 0
    feed.advance(feed.now + 1.0, bell)
    assert len(feed.recording) == before + 1
    assert_same(Rewinder(feed.recording).go_to(feed.now), feed.simulator)


def test_memory_is_bounded_and_the_past_stays():
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording = Recording(feed.simulator, most_checkpoints=8)
    feed.recording.events_between = 500
    for until in range(5, 400, 5):
        feed.advance(float(until))
    assert len(feed.recording) <= 8
    assert feed.recording.nbytes < 8 << 20
    one = Rewinder(feed.recording).go_to(200.0)
    other = SimulatedFeed(SCENARIO, 5)
    other.advance(200.0)
    assert_same(one, other.simulator)


def test_a_fork_has_the_same_past_and_its_own_future(feed):
    fork = feed.forked(200.0, generation=3)
    assert fork.now == 200.0 and fork.forked_from == (3, 200.0)
    assert 0 < len(fork.history) < len(feed.history)
    assert fork.history.view().time[-1] <= 200.0
    assert_same(fork.simulator, Rewinder(feed.recording).go_to(200.0))
    assert [m.label for m in fork.simulator.tape.marks][-1] == "forked"
    fork.advance(250.0)
    assert_same(fork.simulator, Rewinder(feed.recording).go_to(250.0))
    fork.do(PlaceOrder(side=1, size=50))
    fork.advance(260.0)
    assert fork.simulator.mid != Rewinder(feed.recording).go_to(260.0).mid or (
        fork.simulator.volume != Rewinder(feed.recording).go_to(260.0).volume
    )
    # The fork can be looked back at too, before and after it left.
    assert_same(Rewinder(fork.recording).go_to(260.0), fork.simulator)
    assert Rewinder(fork.recording).go_to(100.0).active_stresses


def test_a_fork_keeps_what_was_queued_before_it():
    feed = SimulatedFeed(SCENARIO, 5)
    feed.advance(10.0)
    feed.do(Inject(stress=SHOCK, at=100.0))
    feed.advance(50.0)
    feed.do(Inject(stress=SHOCK, at=200.0))
    feed.advance(60.0)
    fork = feed.forked(30.0, 1)
    assert [p.start for p in fork.fields()["planned"]] == [100.0]
    fork.advance(120.0)
    assert [kind for kind, *_ in fork.simulator.active_stresses] == ["flash_crash"]


def snapshot_of(feed):
    history = feed.history.view()
    return MarketSnapshot(
        generation=1, state=RunState.RUNNING, source="past", is_replay=False, seed=5,
        time=feed.now, end=None, speed_target=None, speed=1.0, events_per_second=1.0,
        events=feed.events, tick_size=0.01, history=history, **feed.fields(),
    )  # fmt: skip


def test_the_reader_tells_the_moment_and_the_span_around_it(feed):
    reader, live = PastReader(), snapshot_of(feed)
    past = reader.compute(_request(feed, live, 250.0, 100.0, 400.0))
    there = Rewinder(feed.recording).go_to(250.0)
    s = past.snapshot
    assert (s.time, s.state, s.mid, s.best_bid) == (
        250.0, RunState.PAUSED, there.mid, there.best_bid,
    )  # fmt: skip
    assert np.array_equal(s.bids, there.book(50)[0])
    assert s.recent_trades["time"][-1] <= 250.0 < past.trades["time"][-1] <= 400.0
    assert 39.9 <= s.history.time[0] <= 100.0 and s.history.time[-1] >= 399.0
    assert len(past.book_time) > 100 and 250.0 in past.book_time
    k = int(np.searchsorted(past.book_time, 250.0))
    assert past.book_ticks[k, 0] == round(there.best_bid / 0.01)
    assert past.book_lots[k, 0] == there.book(1)[0][0, 1]


def _request(feed, live, time, left, right):
    from abm_desktop.live.past import _Request

    return _Request(1, feed.recording, feed.reader, live, time, left, right)


def test_a_span_too_long_is_not_computed_but_the_moment_is(feed):
    live = snapshot_of(feed)
    past = PastReader().compute(_request(feed, live, 250.0, -5000.0, 10_000.0))
    # The span is cut to what there is, and that is short enough here.
    assert (past.left, past.right) == (0.0, feed.now)
    past = PastReader().compute(_request(feed, live, 250.0, 300.0, 400.0))
    assert past.left == past.right == past.time == 250.0 and len(past.book_time) == 1
    assert past.snapshot.history is live.history


def test_a_moment_that_cannot_be_computed_is_told(feed):
    failed = queue.SimpleQueue()
    reader = PastReader(lambda *told: failed.put(told))
    live = snapshot_of(feed)
    # No recording: as if its memory had been lost.
    reader.ask(None, feed.reader, live, 100.0, 90.0, 110.0)
    assert failed.get(timeout=10)[0] == 100.0
    assert reader.moment is None
    reader.close()


def test_the_book_is_read_as_the_market_tells_it(feed):
    simulator, levels = feed.simulator, 50
    # A handful of levels near each other, then more than there are.
    for most in (5, levels, 4000):
        ticks, lots = np.zeros(2 * most, np.int32), np.zeros(2 * most, np.float32)
        simulator.best_levels(ticks, lots)
        for side, start in zip(simulator.book(most), (0, most), strict=True):
            n = len(side)
            assert n > 0 and not lots[start + n : start + most].any()
            np.testing.assert_array_equal(
                ticks[start : start + n], np.rint(side[:, 0] / feed.tick_size)
            )
            np.testing.assert_array_equal(lots[start : start + n], side[:, 1])
