"""Every fill of a session has its number, also in forks, in the past, and if many are gone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.live_markets import SCENARIO, wait_for

from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    CallAuction,
    ForkMarket,
    Inject,
    PauseMarket,
    PlaceOrder,
    RunMarket,
    SetSpeed,
    StepEvents,
    StepTime,
)
from abm_desktop.live.fills import FillStore
from abm_desktop.live.session_record import describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import FlashCrash

PATIENCE = 60.0


def whole_session(seconds):
    """All fills of the session, run without a break, and the market."""
    market = Simulator(SCENARIO, 3)
    market.warm_up()
    known = len(market.tape.trades)
    market.run_until(seconds)
    fills = market.tape.trades[known:].copy()
    fills["time"] -= round(SCENARIO.market.warm_up * 1e9)
    return fills


def test_a_reader_that_looks_now_and_then_misses_none_and_sees_none_twice():
    live = LiveMarket(SCENARIO, 3)
    live.start()
    live.do(SetSpeed(speed=None))
    live.do(RunMarket()).wait(PATIENCE)
    taken, known = [], 0
    while live.snapshot.time < 300.0:
        snapshot = wait_for(live, lambda s, known=known: s.trades > known)
        rows, missed = snapshot.fills_since(known)
        assert missed == 0 and len(rows) == snapshot.trades - known
        taken.append(rows)
        known = snapshot.trades
    live.do(PauseMarket()).wait(PATIENCE)
    rows, missed = live.snapshot.fills_since(known)
    end = live.snapshot.time
    live.close()
    assert missed == 0
    assert np.array_equal(np.concatenate([*taken, rows]), whole_session(end))


@pytest.fixture
def lived():
    """A run with a crash, an auction, steps by hand within a nanosecond, and orders by hand."""
    feed = SimulatedFeed(SCENARIO, 3)
    feed.advance(20.0)
    feed.do(PlaceOrder(side=1, size=9))
    feed.do(Inject(stress=FlashCrash(magnitude=0.03, duration=60.0)))
    for _ in range(40):
        feed.do(PlaceOrder(side=-1, size=30))
        feed.step(1)
    feed.do(CallAuction(seconds=10.0))
    feed.advance(90.0)
    feed.collect()
    return feed


def numbered(feed):
    """Check that the store and the counter agree; returns number and row of each fill."""
    fields = feed.fields()
    first = fields["trades"] - len(fields["fills"])
    assert first >= 0
    return dict(zip(range(first, fields["trades"]), fields["fills"].tolist(), strict=True))


def test_forks_and_recovered_sessions_number_alike(lived):
    whole = numbered(lived)
    assert min(whole) == 0 and len(whole) == lived.fields()["trades"]
    steps = [move.end for move in lived.recording.moves_from(0, 1e9)]
    for time in (0.0, 5.0, *steps[::7], 60.0, 90.0):
        lived.simulator.step(1)  # what is not collected yet counts too
        fork = lived.forked(time, 1)
        at_fork = numbered(fork)
        assert at_fork == {number: whole[number] for number in range(len(at_fork))}
    assert numbered(restore(describe(fork))) == numbered(fork)


def test_a_long_session_says_which_fills_are_gone(lived):
    short = SimulatedFeed(SCENARIO, 3)
    short.fills = FillStore(capacity=200)
    short.advance(20.0)
    short.do(PlaceOrder(side=1, size=9))
    for time in np.arange(20.0, 300.0, 7.0):
        short.advance(float(time))
        short.collect()
    kept, whole = numbered(short), whole_session_with_order()
    assert min(kept) > 0 and len(kept) <= 200
    assert kept == {number: whole[number] for number in kept}
    gone, middle = short.forked(25.0, 1), short.forked(float(time) - 10.0, 1)
    assert numbered(gone) == {}
    assert numbered(middle) == {n: row for n, row in kept.items() if n in numbered(middle)}
    gone.advance(40.0)
    gone.collect()
    assert numbered(gone) == {number: whole[number] for number in numbered(gone)} != {}


def whole_session_with_order():
    feed = SimulatedFeed(SCENARIO, 3)
    feed.advance(20.0)
    feed.do(PlaceOrder(side=1, size=9))
    feed.advance(300.0)
    feed.collect()
    return numbered(feed)


def test_a_snapshot_tells_what_a_slow_reader_missed():
    live = LiveMarket(SCENARIO, 3)
    live.start()
    live.do(StepTime(seconds=60.0)).wait(PATIENCE)
    snapshot = live.snapshot
    n = snapshot.trades
    assert snapshot.first_fill == 0 and n > 100
    assert snapshot.fills_since(n)[1] == 0 and len(snapshot.fills_since(n)[0]) == 0
    assert len(snapshot.fills_since(n + 5)[0]) == 0 and snapshot.fills_since(n + 5)[1] == 0
    assert len(snapshot.fills_since(-3)[0]) == n and snapshot.fills_since(-3)[1] == 0
    few = replace(snapshot, fills=snapshot.fills[-10:])
    assert few.first_fill == n - 10
    assert few.fills_since(n - 30)[1] == 20 and len(few.fills_since(n - 30)[0]) == 10
    rows, missed = few.fills_since(n - 4)
    assert missed == 0 and np.array_equal(rows, snapshot.fills[-4:])
    live.close()


def test_a_past_moment_has_the_fills_up_to_then():
    live = LiveMarket(SCENARIO, 3)
    live.start()
    live.do(StepEvents(events=50))
    live.do(StepTime(seconds=60.0)).wait(PATIENCE)
    whole = live.snapshot.fills
    live.look_at(30.0)
    wait_for(live, lambda _s: live.past is not None)
    past = live.past.snapshot
    assert past.first_fill == 0 and 0 < past.trades < len(whole)
    assert np.array_equal(past.fills, whole[: past.trades])
    assert past.fills["time"][-1] <= 30e9 < whole["time"][past.trades]
    live.do(ForkMarket(time=30.0)).wait(PATIENCE)
    assert np.array_equal(live.snapshot.fills, past.fills)
    live.close()
