"""The pure parts of drawing: ranges, decimation, trade store, formats, depth stairs."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fake_live import make_snapshot
from PySide6.QtGui import QImage, QPainter

from abm_desktop.desk import formats
from abm_desktop.desk.pyramid import Pyramid
from abm_desktop.desk.ranges import CalmRange, decimate, visible
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.desk.time_view import time_span
from abm_desktop.desk.trade_store import TradeStore
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.ui.analytics.series import MEASURES, MOST_SAMPLES, curves, used_samples
from abm_desktop.ui.market.depth_chart import depth_steps
from abm_desktop.ui.market.ladder import Ladder
from abm_desktop.ui.market.volume_chart import VolumeChart


def test_range_stays_while_data_moves_inside_it():
    axis = CalmRange()
    first = axis.follow(100.0, 101.0)
    assert axis.follow(100.1, 100.9) == first


def test_range_grows_at_once_and_only_on_the_side_that_needs_it():
    axis = CalmRange()
    low, high = axis.follow(100.0, 101.0)
    low_2, high_2 = axis.follow(100.0, 102.0)
    assert low_2 == low and high_2 > 102.0 > high


def test_range_shrinks_step_by_step_to_small_data():
    axis = CalmRange()
    axis.follow(0.0, 100.0)
    spans = [np.ptp(axis.follow(50.0, 51.0)) for _ in range(60)]
    assert all(a >= b for a, b in pairwise(spans))
    assert spans[0] > 50 and spans[-1] < 2


def test_range_ignores_missing_data_and_keeps_its_least_span():
    axis = CalmRange(minimum=4.0)
    assert axis.follow(math.nan, math.nan) is None
    low, high = axis.follow(10.0, 10.0)
    assert high - low >= 4.0
    assert axis.follow(math.nan, math.nan) == (low, high)


def test_anchored_range_stands_on_its_anchor():
    low, high = CalmRange(anchor=0.0).follow(3.0, 10.0)
    assert low == 0.0 and high > 10.0


def test_decimation_keeps_every_extreme_and_the_last_point():
    x = np.arange(100_000.0)
    y = np.sin(x / 500)
    y[54_321] = 9.0
    y[12_345] = -9.0
    dx, dy = decimate(x, y, 500)
    assert len(dx) <= 4 * 500
    assert dy.max() == 9.0 and dy.min() == -9.0
    assert dx[-1] == x[-1] and dy[-1] == y[-1]
    assert np.all(np.diff(dx) >= 0)


def test_decimation_leaves_short_series_alone_and_bridges_nan_within_a_run():
    x = np.arange(10.0)
    assert decimate(x, x, 500)[1] is x
    y = np.ones(10_000)
    y[::7] = np.nan
    assert not np.isnan(decimate(np.arange(10_000.0), y, 100)[1][:-50]).any()


def test_visible_slice_begins_at_whole_runs_so_that_a_sliding_window_does_not_shimmer():
    x = np.arange(50_000.0)
    y = np.random.default_rng(1).normal(size=50_000)
    drawn = []
    for left in (1000.0, 1007.0):
        part = visible(x, left, left + 40_000, 500)
        dx, dy = decimate(x[part], y[part], 500)
        drawn.append(dict(zip(dx.tolist(), dy.tolist(), strict=True)))
    common = [t for t in drawn[0] if 2000 < t < 40_000]
    assert common and all(drawn[1].get(t) == drawn[0][t] for t in common)


def test_trade_store_takes_each_trade_once_and_counts_the_missed():
    store = TradeStore()
    snapshot = make_snapshot(30)
    store.take(snapshot)
    n = len(snapshot.recent_trades)
    assert len(store) == n
    store.take(snapshot)
    assert len(store) == n
    store.take(make_snapshot(30, trades=snapshot.trades + 5))
    assert len(store) == n + 5 and store.missed == 0
    store.take(make_snapshot(30, trades=snapshot.trades + 5 + n + 100))
    assert len(store) == 2 * n + 5 and store.missed == 100
    store.take(make_snapshot(30, generation=2))
    assert len(store) == n and store.missed == 0


def test_trade_store_keeps_the_newest_when_full(monkeypatch):
    monkeypatch.setattr(TradeStore, "CAPACITY", 128)
    store = TradeStore()
    snapshot = make_snapshot(40, trades=120)
    for k in range(5):
        recent = snapshot.recent_trades.copy()
        recent["time"] += 1000.0 * k
        store.take(make_snapshot(40, trades=120 + 60 * k, recent_trades=recent))
    time, _price, _size, _side = store.between(-math.inf, math.inf)
    assert len(time) <= 128
    assert time[-1] == recent["time"][-1] and np.all(np.diff(time) >= 0)


def test_depth_stairs():
    levels = np.array([[100.0, 5.0, 1.0], [99.0, 2.0, 1.0]])
    x, y = depth_steps(levels, 98.0)
    np.testing.assert_array_equal(x, [100.0, 100.0, 99.0, 99.0, 98.0])
    np.testing.assert_array_equal(y, [0.0, 5.0, 5.0, 7.0, 7.0])
    assert len(depth_steps(levels[:0], 98.0)[0]) == 0


def test_ladder_centres_calmly_and_folds_a_huge_spread(qtbot):
    ladder = Ladder()
    qtbot.addWidget(ladder)
    ladder.resize(250, 31 * ladder.row_height)
    snapshot = make_snapshot(600)
    ladder.show_snapshot(snapshot)
    centre = ladder.centre_price
    assert centre == pytest.approx(snapshot.mid, abs=0.011)
    assert len(ladder.shown_levels()) == ladder.rows == 30
    ladder.show_snapshot(replace(snapshot, mid=snapshot.mid + 0.05))
    assert ladder.centre_price == centre
    ladder.show_snapshot(replace(snapshot, mid=snapshot.mid + 0.10))
    assert ladder.centre_price == pytest.approx(centre + 0.10)
    asks = snapshot.asks + [3.0, 0.0, 0.0]
    ladder.show_snapshot(replace(snapshot, asks=asks, best_ask=float(asks[0, 0])))
    levels = ladder.shown_levels()
    assert levels.count(None) == 1
    middle = levels.index(None)
    assert levels[middle - 1] == round(asks[0, 0] / 0.01)
    assert levels[middle + 1] == round(snapshot.best_bid / 0.01)
    ladder.grab()


def test_long_histories_are_thinned_evenly_and_without_shimmer():
    time = np.arange(200_000.0)
    part = used_samples(time, 3.0)
    assert part.step == 8 and len(time[part]) <= MOST_SAMPLES
    assert part.start % part.step == 0
    assert used_samples(time, 190_000.0) == slice(190_000, 200_000, 1)


@pytest.mark.parametrize("key", [m.key for m in MEASURES])
def test_every_measure_gives_curves_within_its_history(key):
    snapshot = make_snapshot(1800)
    history, flow = snapshot.history, TraderFlow()
    flow.take(snapshot)
    shown = curves(key, history, flow, [0, 1, 2], 0.0)
    assert shown
    for curve in shown:
        assert len(curve.time) == len(curve.values) > 0
        # Who traded what is told at the end of each bar.
        assert curve.time[0] >= history.time[0] and curve.time[-1] <= history.time[-1] + flow.width
        assert np.isfinite(curve.values).any()


def test_unknown_measure_is_named():
    with pytest.raises(KeyError, match="beta"):
        curves("beta", make_snapshot(60).history, TraderFlow(), [], 0.0)


def test_time_span_slides_and_starts_full():
    early = make_snapshot(20)
    assert time_span(early, 300.0) == (0.0, 300.0)
    late = make_snapshot(600)
    left, right = time_span(late, 300.0)
    assert right - left == 300.0 and left < late.time < right
    left, right = time_span(late, None)
    assert left == 0.0 and right > late.time


def test_volume_bars_are_at_most_ninety():
    for span in (30.0, 300.0, 1800.0, 23_400.0, 60_000.0):
        assert span / VolumeChart.bucket_width(span) <= 90


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (3661, "1:01:01"), (-30, "-0:30"), (math.nan, "–")],
)
def test_clock(seconds, text):
    assert formats.clock(seconds) == text


def test_numbers():
    assert formats.clock(61.25, tenths=True) == "1:01.2"
    assert formats.price(100.1, 0.05) == "100.10" and formats.price(7.0, 1.0) == "7"
    assert formats.compact(9_999) == "9999" and formats.compact(12_345) == "12.3k"
    assert formats.compact(4_560_000) == "4.56M"
    assert formats.signed(-1234.5, 1) == "−1,234.5" and formats.signed(0.0, 2) == "0.00"
    assert formats.shorten("AAPL_2012-06-21.zip", 11) == "AAPL_…1.zip"
    assert formats.shorten("short", 11) == "short"
    assert formats.speed(0.5) == "×0.5" and formats.speed(3400) == "×3,400"


def test_a_pyramid_draws_what_decimation_draws_while_the_series_grows():
    rng = np.random.default_rng(3)
    room = np.empty(200_000)
    time = np.arange(len(room), dtype=float)
    pyramid = Pyramid()
    for n in (50_000, 50_001, 77_777, 131_072, 199_999):
        room[:n] = np.cumsum(np.random.default_rng(3).normal(size=n))
        room[20_000:20_100] = np.nan
        values = room[:n]
        for left, right in ((-1.0, 3e5), (1_000.0, 45_000.0), (11_000.0, float(n))):
            part = visible(time[:n], left, right, 300)
            expected = decimate(time[part], values[part], 300)
            found = pyramid.line(time[:n], values, part, 300)
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_array_equal(a, b)
    # Thinned, the store hands out another array: nothing of the old one is left.
    other = rng.normal(size=60_000)
    part = visible(time[:60_000], 0.0, 1e6, 300)
    np.testing.assert_array_equal(
        pyramid.line(time[:60_000], other, part, 300)[1], decimate(time[part], other[part], 300)[1]
    )


@pytest.mark.parametrize("low", [-0.01, 0.0, 7.0])
def test_labels_of_axes_stand_where_they_are_painted_anew(qtbot, low):
    """What is painted beyond the bounds of an item stays on the screen when it goes."""
    chart = VolumeChart(StressLog())
    qtbot.addWidget(chart)
    chart.resize(400, 160)
    chart.show()
    chart.set_x(36000.0 + low, 39600.0 + low)
    chart.set_y(low, low + 90.0)
    for side in ("left", "bottom"):
        axis = chart.getPlotItem().getAxis(side)
        image = QImage(400, 160, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.setFont(axis.style["tickFont"])
        _axis, _ticks, texts = axis.generateDrawSpecs(painter)
        assert texts
        for box, flags, text in texts:
            assert axis.boundingRect().contains(painter.boundingRect(box, int(flags), text))
        painter.end()
