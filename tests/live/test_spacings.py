"""Whole seconds are sampled at any speed, and stay when other samples go."""

import gc
import weakref

import numpy as np
import pytest
from support.flow_maker import BUY, write_pair
from support.live_markets import SCENARIO, SHOCK

from abm_desktop.live.commands import Inject
from abm_desktop.live.history import SERIES, HistoryStore
from abm_desktop.live.replay_feed import ReplayFeed
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.spacings import measured_rows, on_multiples
from abm_desktop.live.types import TRADER_CLASSES
from abm_desktop.scenario import Scenario

SPEEDS = (1.0, 3e4, 1e6, 50.0, 2e3, 1.0)


def whole_seconds(time):
    return np.rint(time[on_multiples(time, 1.0)]).astype(int).tolist()


def assert_on_multiples_of(time, spacing):
    assert len(time) and on_multiples(time, spacing).all(), time[~on_multiples(time, spacing)][:5]


def append(store, times):
    wide = np.zeros((len(times), len(TRADER_CLASSES)))
    store.extend(dict.fromkeys(SERIES, times), wide, wide)


def go(feed, seconds, piece=7.3):
    """Play for so long, in pieces, at one speed after another."""
    end = feed.now + seconds
    k = 0
    while feed.now < end - 1e-6:
        feed.limit_samples(10_000.0, SPEEDS[k % len(SPEEDS)])
        feed.advance(min(end, feed.now + piece))
        feed.collect()
        k += 1


@pytest.mark.parametrize("warm_up", [120.0, 12.34])
def test_a_market_has_all_whole_seconds_at_any_speed_and_after_forks(warm_up):
    scenario = SCENARIO.model_dump(mode="json")
    scenario["market"]["warm_up"] = warm_up
    feed = SimulatedFeed(Scenario.model_validate(scenario), 3)
    go(feed, 60.05)
    feed.do(Inject(stress=SHOCK))
    go(feed, 60.0)
    fork = feed.forked(77.77, 1)
    go(fork, 30.0)
    for played, until in ((feed, 120), (fork, 107)):
        time = played.history.view().time
        assert whole_seconds(time) == list(range(1, until + 1))
        assert_on_multiples_of(time, 0.1)
        assert len(np.unique(time)) == len(time) < 10 * until
    before = measured_rows(feed.history.view().time, 0.0, 77.0)
    one, other = (each.history.view().mid[before] for each in (feed, fork))
    np.testing.assert_array_equal(one, other)


def test_a_full_store_keeps_whole_seconds_as_long_as_they_fit():
    store = HistoryStore(capacity=256)
    spacings = [0.1]
    for second in range(120):
        append(store, second + store.spacing * np.arange(1, round(1.0 / store.spacing) + 1))
        if store.spacing != spacings[-1]:
            spacings.append(store.spacing)
        assert len(store) <= 256
        assert whole_seconds(store.view().time) == list(range(1, second + 2))
    assert spacings == [0.1, 0.2, 0.5]
    now = 120.0
    while now < 5000.0:
        now = (now // store.spacing + 1.0) * store.spacing
        append(store, np.array([now]))
    time = store.view().time
    assert store.spacing in (20.0, 50.0) and 64 <= len(time) <= 256
    # But for those that came as the store was thinned.
    assert on_multiples(time, 10.0).mean() > 0.97
    assert time[-1] == 5000.0 and time[0] <= 2 * store.spacing
    assert np.diff(time).max() <= 2 * store.spacing
    half = store.until(2500.0)
    assert half.spacing == store.spacing and half.view().time[-1] <= 2500.0


def test_a_store_that_nobody_has_any_more_is_gone_without_the_collector():
    store = HistoryStore(64)
    append(store, np.arange(40.0))  # half of it and more: it has asked which rows are to stay
    gc.disable()
    try:
        left = weakref.ref(store)
        del store
        assert left() is None
    finally:
        gc.enable()


def test_uneven_samples_are_thinned_too():
    store = HistoryStore(capacity=64)
    append(store, np.arange(1.0, 33.0))
    append(store, 32.0 + np.arange(1, 200) / 10.0)
    time = store.view().time
    assert len(time) <= 64 and whole_seconds(time)[-1] == 51
    append(store, np.arange(52.0, 400.0))
    assert len(store) <= 64


def test_a_recorded_day_is_sampled_at_whole_seconds_by_time_and_by_hand(tmp_path):
    row = [1_000_100, 30, 999_900, 40]
    messages = [(f"{36000.05 + 0.7 * k:.9f}", 1, k + 1, 1, 1_000_100, BUY) for k in range(100)]
    files = write_pair(tmp_path, messages, [row] * 100, name="ABC_2014-07-14_34200000_57600000")
    feed = ReplayFeed(files)
    go(feed, 20.0, piece=1.3)
    for events in (1, 3, 20):
        feed.step(events)
    go(feed, 10.0, piece=1.3)
    feed.collect()
    time = feed.history.view().time
    assert_on_multiples_of(time, 0.1)
    first, last = int(np.ceil(time[0])), int(feed.now)
    assert whole_seconds(time) == list(range(first, last + 1)) and last - first > 40
    # As if it had been played at once.
    again = ReplayFeed(files)
    again.advance(feed.now)
    again.collect()
    rows = np.isin(again.history.view().time, time)
    np.testing.assert_array_equal(again.history.view().messages[rows], feed.history.view().messages)
