"""Pages of book events: the very messages of the run, with their numbers, however it was played."""

import numpy as np
import pytest
from support.live_markets import SCENARIO, SHOCK, policy, wait_for

from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket, RefusedError
from abm_desktop.live.commands import AddTraders, Inject, PlaceOrder, StepTime
from abm_desktop.live.event_pages import EventReader
from abm_desktop.live.recording import Rewinder
from abm_desktop.live.session_record import describe
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.simulator import Simulator


@pytest.fixture(scope="module")
def feed():
    """Five minutes with orders by hand, steps, a stress and RL traders."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.recording.events_between = 3_000
    feed.advance(20.0)
    feed.do(PlaceOrder(side=1, price=round(feed.simulator.best_bid, 2), size=7))
    feed.step(3)
    feed.do(AddTraders(policy=policy(), count=2))
    feed.do(Inject(stress=SHOCK, at=90.0))
    for until in range(30, 301, 9):
        feed.advance(float(until))
    return feed


@pytest.fixture(scope="module")
def messages(feed):
    """All messages of that run, from a market that has kept them; and its events."""
    market = Simulator(SCENARIO, 5, record_messages=True)
    market.warm_up()
    market.begin_tape()
    for at, command in describe(feed).moves():
        market.run_until(at)
        command.apply(market)
    market.run_until(feed.now)
    assert market.checksum() == feed.simulator.checksum()
    rows = market.tape.messages.copy()
    rows["time"] -= round(SCENARIO.market.warm_up * 1e9)
    assert len(rows) == feed.events
    return rows


def test_a_page_has_the_messages_up_to_a_time(feed, messages):
    before = feed.simulator.checksum()
    reader = EventReader(feed.recording, feed.reader)
    # Forwards, back, and at both ends.
    # Also little by little, as a market is followed.
    for until in (250.0, 250.7, 250.7, 253.0, 290.0, 95.0, 0.0, 20.0, feed.now, 3.0, 4.0, 4.5):
        page = reader.page(until, 300)
        end = int(np.searchsorted(messages["time"], until * 1e9, side="right"))
        begin = max(0, end - 300)
        while 0 < begin < end and messages["time"][begin - 1] == messages["time"][begin]:
            begin += 1  # an instant is told whole
        assert len(page) == end - begin and page.first == begin + 1
        assert page.numbers.tolist() == list(range(begin + 1, end + 1))
        assert page.rows.tobytes() == messages[begin:end].tobytes()
        assert page.reaches_back == (begin > 0)
    assert (reader.page(290.0, 50).kinds == feed.simulator.agents["kind"]).all()
    assert feed.simulator.checksum() == before


def test_looking_at_the_time_of_an_event_shows_the_book_right_after_it(feed, messages):
    reader = EventReader(feed.recording, feed.reader)
    page = reader.page(123.0, 20)
    rewinder = Rewinder(feed.recording)
    for number, row in zip(page.numbers.tolist(), page.rows, strict=True):
        time = float(row["time"]) / 1e9
        market = rewinder.go_to(time)
        same = int(np.searchsorted(messages["time"], row["time"], side="right"))
        assert feed.reader.events(market) == same >= number


def test_a_live_market_answers_and_refuses():
    live = LiveMarket(SCENARIO, 5)
    with pytest.raises(RefusedError):
        live.events_until(0.0)
    live.start()
    try:
        wait_for(live, lambda snapshot: True)
        live.do(StepTime(seconds=20.0))
        now = wait_for(live, lambda snapshot: snapshot.time >= 20.0)
        page = live.events_until(now.time, 100).result(60)
        assert 90 < len(page) <= 100 and page.numbers[-1] == now.events
        for wrong in (21.0, -1.0, float("nan")):
            with pytest.raises(InputError):
                live.events_until(wrong)
        with pytest.raises(InputError):
            live.events_until(1.0, 10_000)
    finally:
        live.close()
