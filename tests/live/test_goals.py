"""Running on until a time or a condition: it stops at the same event, however it is played."""

from __future__ import annotations

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair
from support.live_markets import SCENARIO, assert_same, wait_for
from support.market_views import feed_of

from abm_desktop.live import LiveMarket, RunState
from abm_desktop.live.commands import (
    AdvanceUntil,
    CloseMarket,
    Condition,
    ForkMarket,
    Inject,
    LoadScenario,
    PauseMarket,
    PlaceOrder,
    ResetMarket,
    RunMarket,
    SetRule,
    SetSpeed,
    StepEvents,
    StepTime,
)
from abm_desktop.live.refusals import MarketGone, NoMarket, RecordingEnded, SessionEnded
from abm_desktop.live.replay_feed import ReplayFeed
from abm_desktop.live.session_record import describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import FlashCrash, LiquidityShock

PATIENCE = 60.0
FALL = Condition(measure="mid_return", comparison="below", value=-0.004)
NEVER = Condition(measure="mid", comparison="above", value=1e6)


@pytest.fixture
def live():
    market = LiveMarket(SCENARIO, 3)
    market.start()
    yield market
    market.close()


def crashing(live):
    """Fifty seconds, then a crash is planned; the market stands still."""
    live.do(StepTime(seconds=50.0))
    # Sales between two samples: it is the state before them that a sample of their time would tell.
    live.do(Inject(stress=FlashCrash(magnitude=0.03, duration=600.0), at=70.05))
    live.do(Inject(stress=LiquidityShock(duration=20.0), at=400.0))


def test_it_goes_to_a_time_and_pauses_there(live):
    ticket = live.do(AdvanceUntil(until=200.0), client="API", checksum=True)
    reached = ticket.wait(PATIENCE)
    assert reached.accepted and reached.reached and reached.time == pytest.approx(200.0)
    assert reached.client == "API" and reached.ticket == ticket.number
    snapshot = live.snapshot
    assert snapshot.state is RunState.PAUSED and snapshot.goal is None
    market = Simulator(SCENARIO, 3)
    market.warm_up()
    market.run_until(200.0)
    assert market.checksum() == reached.checksum
    again = live.do(AdvanceUntil(until=200.0)).wait(PATIENCE)
    assert again.reached and again.time == reached.time
    late = live.do(AdvanceUntil(until=100.0)).wait(PATIENCE)
    assert late.refusal.key == "until" and "200 s already" in late.message and late.reached is None


def first_in_hand(condition):
    """Where a market stops that looks at itself every tenth of a second, by hand."""
    market = Simulator(SCENARIO, 3)
    market.warm_up()
    market.run_until(50.0)
    before = market.mid
    for tenth in range(501, 10_000):
        if tenth == 701:
            market.inject(FlashCrash(magnitude=0.03, duration=600.0), at=70.05)
        market.run_until(tenth / 10)
        spread = round((market.best_ask - market.best_bid) / 0.01)
        measured = {
            "mid_return": market.mid / before - 1.0,
            "spread_ticks": spread,
            "mid": market.mid,
            "depth": sum(side[:, 1].sum() for side in market.book(5)),
        }[condition.measure]
        if {"above": measured > condition.value, "below": measured < condition.value}[
            condition.comparison
        ]:
            return market
    raise AssertionError("it never holds")


@pytest.mark.parametrize(
    "condition",
    [
        FALL,
        Condition(measure="spread_ticks", comparison="above", value=4),
        Condition(measure="depth", comparison="below", value=60.0),
        Condition(measure="mid", comparison="below", value=99.5),
    ],
    ids=str,
)
def test_it_stops_where_one_would_by_hand(live, condition):
    crashing(live)
    outcome = live.do(AdvanceUntil(when=condition), checksum=True).wait(PATIENCE)
    market = first_in_hand(condition)
    assert outcome.reached and outcome.time == pytest.approx(market.now)
    assert outcome.checksum == market.checksum()
    assert 50.0 < market.now < 400.0


def test_it_stops_at_the_same_event_however_it_is_played():
    """At full speed, slowly, and with others asking for things that change nothing meanwhile."""
    told, feeds = [], []
    for speed in (None, 300.0, 40.0):
        live = LiveMarket(SCENARIO, 3)
        live.start()
        crashing(live)
        live.do(SetSpeed(speed=speed))
        if speed == 40.0:
            live.do(StepTime(seconds=30.0))  # another beginning, between the same moments
            live.do(ForkMarket(time=50.0))
        ticket = live.do(AdvanceUntil(when=FALL, fast=speed is None), checksum=True)
        for _ in range(300 if speed == 300.0 else 0):
            live.do(SetSpeed(speed=speed)).wait(PATIENCE)
        told.append(ticket.wait(PATIENCE))
        snapshot, feed = live.snapshot, feed_of(live)
        feeds.append(feed)
        assert told[-1].reached and snapshot.time == told[-1].time
        # What it ran too far is nowhere to be seen.
        assert snapshot.history.time[-1] <= snapshot.time + 1e-9
        assert snapshot.first_fill == 0 and snapshot.fills["time"][-1] <= snapshot.time * 1e9 + 1
        assert [p.start for p in snapshot.planned] == [400.0]
        assert [s.kind for s in snapshot.stresses] == ["flash_crash"]
        live.close()
    assert len({outcome.checksum for outcome in told}) == 1
    assert len({feed.simulator.events for feed in feeds}) == 1
    # And it goes on alike, and comes back alike.
    first, second, _ = feeds
    again = restore(describe(first))
    assert_same(again.simulator, first.simulator)
    for feed in (first, second, again):
        feed.advance(450.0)
    assert_same(first.simulator, second.simulator)
    assert_same(first.simulator, again.simulator)
    assert np.array_equal(first.fills.view(), second.fills.view())


def test_a_phase_is_found_and_one_that_is_there_at_once(live):
    live.do(SetRule(rule="luld", values={"band": 0.002}))
    crashing(live)
    halted = Condition(measure="phase", comparison="is", value="limit")
    outcome = live.do(AdvanceUntil(when=halted)).wait(PATIENCE)
    assert outcome.reached and live.snapshot.phase == "limit"
    events = live.snapshot.events
    assert live.do(AdvanceUntil(when=halted)).wait(PATIENCE).reached
    assert live.snapshot.events == events


def test_a_time_bounds_the_search(live):
    outcome = live.do(AdvanceUntil(until=33.33, when=NEVER)).wait(PATIENCE)
    assert outcome.accepted and outcome.reached is False and outcome.time == pytest.approx(33.33)
    assert live.snapshot.state is RunState.PAUSED


def test_it_ends_with_the_session():
    market = SCENARIO.market.model_copy(update={"session": 60.0})
    live = LiveMarket(SCENARIO.model_copy(update={"market": market}), 3)
    live.start()
    assert live.do(AdvanceUntil(when=NEVER)).wait(PATIENCE).reached is False
    assert live.snapshot.time == pytest.approx(60.0)
    for command in (AdvanceUntil(until=90.0), AdvanceUntil(when=NEVER)):
        assert live.do(command).wait(PATIENCE).refusal == SessionEnded()
    live.close()


ENDS = [
    PauseMarket(),
    RunMarket(),
    StepTime(seconds=1.0),
    StepEvents(events=1),
    ResetMarket(),
    ForkMarket(time=0.0),
    LoadScenario(scenario=SCENARIO, seed=3),
    AdvanceUntil(until=1e6, when=NEVER, fast=False),
    CloseMarket(),
]


@pytest.mark.parametrize("command", ENDS, ids=lambda c: c.do)
def test_another_command_ends_it(live, command):
    heard = live.outcomes.listen()
    goal = live.do(AdvanceUntil(until=1e6, when=NEVER, fast=False), client="API")
    # Orders and rules do not.
    bought = live.do(PlaceOrder(side=1, size=2)).wait(PATIENCE)
    assert bought.filled == 2 and goal.outcome is None
    shown = live.snapshot.goal
    assert (shown.ticket, shown.client, shown.when) == (goal.number, "API", NEVER)
    assert live.snapshot.state is RunState.RUNNING
    other = live.do(command)
    outcome = goal.wait(PATIENCE)
    assert outcome.accepted and outcome.reached is False and outcome.time is not None
    if isinstance(command, AdvanceUntil):
        assert other.outcome is None
        wait_for(live, lambda s: s.goal is not None and s.goal.ticket == other.number)
    else:
        assert other.wait(PATIENCE).accepted
        assert live.snapshot is None or live.snapshot.goal is None
    assert [o.ticket for o in heard.take()].count(goal.number) == 1


def test_a_market_that_cannot_be_made_does_not_end_it(live, tmp_path):
    goal = live.do(AdvanceUntil(until=1e6, when=NEVER, fast=False))
    assert not live.open_replay(tmp_path / "missing.zip").wait(PATIENCE).accepted
    assert goal.outcome is None and live.snapshot.goal.ticket == goal.number
    live.close(PATIENCE)
    assert goal.wait(0.0).refusal == MarketGone()


def test_there_must_be_a_market():
    live = LiveMarket()
    live.start()
    assert live.do(AdvanceUntil(until=5.0)).wait(PATIENCE).refusal == NoMarket()
    assert live.do(CloseMarket()).wait(PATIENCE).refusal == NoMarket()
    live.close()


def test_a_closed_market_is_gone_and_another_is_opened(live):
    live.do(StepTime(seconds=1.0)).wait(PATIENCE)
    closed = live.do(CloseMarket()).wait(PATIENCE)
    assert closed.accepted and closed.generation == 2 and live.snapshot is None
    assert live.do(RunMarket()).wait(PATIENCE).refusal == NoMarket()
    loaded = live.do(LoadScenario(scenario=SCENARIO, seed=8), client="API").wait(PATIENCE)
    assert loaded.generation == 3 and live.snapshot.seed == 8 and live.snapshot.time == 0.0


def test_a_recording_is_searched_too(tmp_path):
    path = write_pair(tmp_path, *random_day(3, 1500, 5))
    by_hand, depths = ReplayFeed(path), []
    for tenth in range(int(by_hand.now * 10) + 1, int(by_hand.end * 10)):
        by_hand.advance(tenth / 10)
        bids, asks = by_hand.fields()["bids"][:5], by_hand.fields()["asks"][:5]
        depths.append((bids[:, 1].sum() + asks[:, 1].sum(), tenth, by_hand.events))
    most = max(depths[:-20])[0]
    first = next(row for row in depths if row[0] == most)
    for fast in (True, False):
        live = LiveMarket()
        live.start()
        live.open_replay(path)
        live.do(SetSpeed(speed=400.0))
        live.do(StepEvents(events=3))
        deep = Condition(measure="depth", comparison="above", value=float(most) - 0.5)
        assert live.do(AdvanceUntil(when=deep, fast=fast)).wait(PATIENCE).reached
        snapshot = live.snapshot
        assert (round(snapshot.time * 10), snapshot.events) == first[1:]
        assert live.do(AdvanceUntil()).wait(PATIENCE).reached
        assert live.snapshot.state is RunState.ENDED
        assert live.do(AdvanceUntil()).wait(PATIENCE).refusal == RecordingEnded()
        live.close()


def test_the_quotes_of_samples_are_those_of_the_market():
    feed = SimulatedFeed(SCENARIO, 4)
    rule = Condition(measure="spread_ticks", comparison="above", value=1e9)
    seen = []
    for tenth in range(1, 300):
        feed.search(tenth / 10, lambda quotes: seen.append(quotes) or rule.holds(quotes, 1.0))
        now, sampled = feed.quotes(), seen[-1]
        assert [float(part) for part in now] == [float(part[-1]) for part in sampled]
