"""Decisions of RL traders computed again: those the traders took, with what came of each."""

import numpy as np
import pytest
from support.live_markets import SCENARIO, policy

from abm_desktop.live.commands import AddTraders, RemoveTraders
from abm_desktop.live.decisions import DecisionReader
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.named_policies import find_policy


@pytest.fixture(scope="module")
def feed():
    """Four minutes: two traders from the open, makers from one minute on; one leaves at three."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording.events_between = 3_000
    feed.do(AddTraders(policy=policy(), count=2, greedy=True))
    feed.advance(60.0)
    feed.do(AddTraders(policy=find_policy("calm-maker"), count=1))
    for until in range(70, 181, 10):
        feed.advance(float(until))
    feed.do(RemoveTraders(first=feed.simulator.rows - 2, count=1))
    for until in range(190, 241, 10):
        feed.advance(float(until))
    return feed


def test_every_decision_up_to_now_is_found(feed):
    before = feed.simulator.checksum()
    page = DecisionReader(feed.recording).page(0, feed.now, 200)
    trader = feed.watched(0)
    assert [d.number for d in page.decisions] == list(range(1, trader.decisions + 1))
    assert page.since == 0.0 and page.role == trader.role and page.greedy
    # The likeliest is what a greedy trader takes: it saw what is told here.
    held = [d.position for d in page.decisions]
    assert max(map(abs, held)) < trader.max_position  # or some actions would be forbidden
    assert [int(d.probabilities.argmax()) for d in page.decisions] == [
        d.action for d in page.decisions
    ]
    assert len({d.action for d in page.decisions}) == 3
    assert page.decisions[-1].action == trader.last_action
    # Positions and profits join up from one decision to the next.
    moved = [d.bought - d.sold for d in page.decisions]
    assert np.cumsum(moved).tolist() == [*held[1:], trader.position]
    assert sum(d.earned for d in page.decisions) == pytest.approx(trader.pnl, abs=1e-6)
    assert [d.is_open for d in page.decisions] == [False] * (len(held) - 1) + [True]
    assert feed.simulator.checksum() == before


def test_a_page_is_the_last_part_of_them_and_can_end_earlier(feed):
    reader = DecisionReader(feed.recording)
    whole = reader.page(0, feed.now, 200).decisions
    some = reader.page(0, 120.0, 8)
    expected = [d for d in whole if d.time <= 120.0][-8:]
    assert [d.number for d in some.decisions] == [d.number for d in expected]
    for one, other in zip(some.decisions[:-1], expected[:-1], strict=True):
        assert one.time == other.time and one.earned == other.earned
        assert np.array_equal(one.observation, other.observation)
    assert some.decisions[-1].is_open


def test_traders_that_come_later_or_leave_have_what_they_decided(feed):
    reader = DecisionReader(feed.recording)
    maker = reader.page(2, feed.now, 200)
    assert maker.role == "maker" and maker.decisions[0].number == 1
    assert maker.decisions[0].time > 60.0
    assert reader.page(2, 50.0, 10).decisions == ()
    assert reader.page(9, feed.now, 10).decisions == ()
    left = reader.page(1, feed.now, 200).decisions
    assert left and left[-1].time <= 180.0


def test_who_left_long_ago_has_its_last_decisions_before_that(feed):
    reader = DecisionReader(feed.recording)
    every = reader.page(1, feed.now, 200).decisions
    few = reader.page(1, feed.now, 3)
    assert few.until == 180.0
    assert [d.number for d in few.decisions] == [d.number for d in every[-3:]]
    assert len(few.decisions) == 3
