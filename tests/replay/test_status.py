"""What a recording says of its day beside the book: halts, auctions, and who was the aggressor."""

import numpy as np
import pytest
from support.flow_maker import BUY, SELL, write_pair

from abm_desktop.live.replay_feed import ReplayFeed
from abm_desktop.live.run_data import RunData
from abm_desktop.live.series import SampleTimes
from abm_desktop.live.types import RunState
from abm_desktop.market.replay import Replay
from abm_desktop.market.state import HALTED
from abm_desktop.market.statements import AuctionPrinted, StatusTold
from abm_desktop.metrics import market
from abm_desktop.metrics.stylized_facts.lobster import lobster_session

ROW = [1_000_100, 30, 999_900, 40]
BEFORE, SINCE = "ABC_2014-07-11_34200000_57600000", "ABC_2014-07-14_34200000_57600000"


def day(tmp_path, *messages, name=SINCE):
    """A pair of files whose book never changes."""
    return write_pair(tmp_path, messages, [ROW] * len(messages), name=name)


def halted_day(tmp_path):
    return day(
        tmp_path,
        ("36000", 5, 0, 10, 1_000_000, BUY),
        ("36023", 7, 0, 0, -1, -1),
        ("36323", 7, 0, 0, 0, -1),
        ("36723", 7, 0, 0, 1, -1),
        ("36800", 5, 0, 10, 1_000_000, BUY),
    )


def test_the_phase_is_halted_until_trading_resumes(tmp_path):
    replay = Replay.open(halted_day(tmp_path))
    seen = [(replay.phase, replay.phase_reason)]
    while replay.advance():
        seen.append((replay.phase, replay.phase_reason))
    assert seen == [
        ("continuous", None),
        ("continuous", None),
        ("halted", StatusTold(-1)),
        ("halted", StatusTold(0)),
        ("continuous", StatusTold(1)),
        ("continuous", StatusTold(1)),
    ]
    replay.reset()
    assert replay.phase == "continuous"


def test_a_recording_may_begin_within_a_halt(tmp_path):
    resumes = ("36723", 7, 0, 0, 1, -1)
    replay = Replay.open(day(tmp_path, ("36700", 6, -3, 0, 0, -1), resumes))
    assert replay.phase == "halted"
    replay.advance(2)
    assert replay.phase == "continuous"
    trades = ("36700", 5, 0, 10, 1_000_000, BUY)
    assert Replay.open(day(tmp_path, trades, resumes)).phase == "continuous"


def test_the_live_feed_tells_the_phase_and_marks_it(tmp_path):
    feed = ReplayFeed(halted_day(tmp_path))
    phases = {}
    for time in (36010.0, 36100.0, 36400.0, 36800.0):
        feed.advance(time)
        feed.collect()
        phases[time] = feed.fields()["phase"]
    assert list(phases.values()) == ["continuous", "halted", "halted", "continuous"]
    history = feed.history.view()
    at = (history.time > 36023.5) & (history.time < 36722.5)
    assert (history.phase[at] == HALTED).all() and (history.phase[~at] != HALTED).sum() > 1000
    assert [m.label for m in feed.marks] == ["trading halted", "quoting resumed", "trading resumed"]


def test_samples_at_whole_seconds_do_not_depend_on_the_pace(tmp_path):
    path, found = halted_day(tmp_path), []
    moments = SampleTimes(36000.5, 36790.0, 10.0)
    for speed, pieces in ((1.0, 3.7), (1e6, 400.0)):
        feed = ReplayFeed(path)
        feed.limit_samples(10_000.0, speed)
        for until in np.arange(36000.0, 36795.0, pieces):
            feed.advance(float(until))
        sampler = feed.sampler()
        sampler.samples(SampleTimes(0.0, 36790.0, 100.0))
        found.append(sampler.samples(moments))
    assert found[0].time.tolist() == found[1].time.tolist() == moments.times.tolist()
    assert found[0].time[0] == 36010.0
    assert found[0].phase.tolist() == found[1].phase.tolist()
    assert found[0].messages[[0, 1, 2, -1]].tolist() == [1.0, 1.0, 2.0, 4.0]
    assert found[0].volume.tolist() == [10.0] * len(moments.times)


def test_an_auction_is_marked_and_no_trade(tmp_path):
    path = day(
        tmp_path,
        ("34200.5", 6, -1, 70_000, 1_000_000, -1),
        ("34300", 5, 0, 10, 1_000_000, BUY),
        ("34400", 6, -2, 5_000, 1_000_100, 1),
        ("34401", 6, -4, 3, 1_000_000, -1),
    )
    replay = Replay.open(path)
    assert replay.check().ok
    assert replay.trades()["size"].tolist() == [10]
    assert [(a.name, a.size) for a in replay.auctions()] == [
        ("opening auction", 70_000),
        ("closing auction", 5_000),
        ("auction", 3),
    ]
    feed = ReplayFeed(path)
    feed.advance(34250.0)
    feed.collect()
    (mark,) = feed.marks
    assert mark.time == 34200.5 and mark.what == AuctionPrinted("opening auction", 70_000, 100.0)
    assert mark.label == "opening auction: 70,000 at 100.0000 (not in the volume)"
    assert feed.fields()["volume"] == 0
    feed.advance(34400.0)
    assert feed.fields()["volume"] == 10


@pytest.mark.parametrize(
    ("name", "directions", "sides"),
    [
        (BEFORE, (BUY, BUY), [-1, -1]),
        (SINCE, (BUY, BUY), [0, 0]),
        (SINCE, (BUY, SELL), [-1, 1]),
        ("some_day", (BUY, BUY), [0, 0]),
        (BEFORE, (0, SELL), [0, 1]),
    ],
)
def test_no_aggressor_is_claimed_for_masked_orders(tmp_path, name, directions, sides):
    rows = [(f"{34300 + k}", 5, 0, 10, 1_000_000, d) for k, d in enumerate(directions)]
    path = day(tmp_path, *rows, name=name)
    replay = Replay.open(path)
    replay.advance(10)
    assert replay.trades()["side"].tolist() == sides
    assert replay.hidden() == (2, 20, sides.count(0))
    feed = ReplayFeed(path)
    feed.advance(34302.0)
    fields = feed.fields()
    assert fields["fills"]["side"].tolist() == fields["recent_trades"]["side"].tolist() == sides


def test_trades_without_an_aggressor_leave_spreads_and_flow_alone():
    sign, price = np.array([1.0, 0.0]), np.array([101.0, 150.0])
    size, mid = np.array([1.0, 99.0]), np.array([100.0, 100.0])
    assert market.effective_spread_bp(sign, price, size, mid) == pytest.approx(200.0)
    assert np.isnan(market.effective_spread_bp(sign[1:], price[1:], size[1:], mid[1:]))


def test_facts_leave_out_what_was_halted(tmp_path):
    record = lobster_session(halted_day(tmp_path))
    seconds = 36000 + np.arange(len(record.mid))
    quiet = (seconds >= 36023) & (seconds < 36723)
    assert np.isnan(record.mid[quiet]).all() and not np.isnan(record.mid[~quiet]).any()
    assert np.isnan(record.spread[quiet]).all()


def test_the_window_measures_no_sign_that_is_not_told(tmp_path, make_snapshot_of):
    from abm_desktop.desk.analytics.facts import session_record
    from abm_desktop.desk.trader_flow import TraderFlow

    rows = [(f"{34300 + k}", 5, 0, 10, 1_000_000, BUY) for k in range(700)]
    snapshot = make_snapshot_of(day(tmp_path, *rows), 34999.0)
    assert snapshot.trades == 700
    assert len(session_record(RunData.of(snapshot)).trade_sign) == 0
    store = TraderFlow()
    store.take(snapshot)
    assert store.bought.sum() == store.sold.sum() == 0 and len(store) > 60


@pytest.fixture
def make_snapshot_of():
    from abm_desktop.live.types import MarketSnapshot

    def make(path, until):
        feed = ReplayFeed(path)
        feed.advance(until)
        feed.collect()
        return MarketSnapshot(
            generation=1, state=RunState.PAUSED, source="x", is_replay=True, seed=0,
            time=feed.now, end=feed.end, speed_target=None, speed=0.0, events_per_second=0.0,
            events=feed.events, tick_size=feed.tick_size, history=feed.history.view(),
            **feed.fields(),
        )  # fmt: skip

    return make
