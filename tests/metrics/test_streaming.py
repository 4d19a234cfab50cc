"""Streaming measures against answers worked out by hand."""

import numpy as np
import pytest

from abm_desktop.metrics import streaming as s

NAN = float("nan")


def test_last_known_fills_gaps_and_keeps_a_leading_gap():
    filled = s.last_known(np.array([NAN, 1.0, NAN, NAN, 4.0]))
    np.testing.assert_array_equal(filled, [NAN, 1.0, 1.0, 1.0, 4.0])


def test_grid_takes_the_last_value_at_or_before_each_multiple():
    grid, values = s.on_grid(np.array([3.0, 9.0, 10.0, 21.0]), np.array([1.0, 2.0, 3.0, 4.0]), 10.0)
    np.testing.assert_array_equal(grid, [10.0, 20.0])
    np.testing.assert_array_equal(values, [3.0, 3.0])


def test_grid_survives_rounded_sample_times():
    time = np.arange(1, 101) * 0.1  # 0.1 * 3 is not 0.3 in binary
    grid, values = s.on_grid(time, np.arange(1.0, 101.0), 1.0)
    np.testing.assert_array_equal(grid, np.arange(1.0, 11.0))
    np.testing.assert_array_equal(values, np.arange(10.0, 101.0, 10.0))


def test_grid_refuses_a_step_of_zero():
    with pytest.raises(ValueError, match="positive"):
        s.on_grid(np.array([1.0]), np.array([1.0]), 0.0)


def test_volatility_of_a_price_that_alternates_by_a_fixed_log_return():
    # |r| = 0.001 every 10 s: variance per second 1e-6 / 10, times the seconds of a year.
    time = np.arange(0.0, 1001.0, 1.0)
    mid = 100.0 * np.exp(0.001 * ((time // 10) % 2))
    at, volatility = s.realised_volatility(time, mid, window=300.0, step=10.0)
    assert at[0] == 30.0 and at[-1] == 1000.0
    np.testing.assert_allclose(volatility, np.sqrt(1e-7 * s.SECONDS_PER_YEAR), rtol=1e-9)


def test_volatility_forgets_a_jump_after_the_window():
    time = np.arange(0.0, 1000.0, 1.0)
    mid = np.where(time < 500.0, 100.0, 101.0)
    at, volatility = s.realised_volatility(time, mid, window=300.0, step=10.0)
    by_time = dict(zip(at, volatility, strict=True))
    jump = np.log(1.01) * np.sqrt(s.SECONDS_PER_YEAR / 300.0)
    assert by_time[490.0] == 0.0
    assert by_time[500.0] == pytest.approx(jump)
    assert by_time[790.0] == pytest.approx(jump)
    assert by_time[800.0] == 0.0


def test_volatility_uses_the_spacing_of_a_thinned_history():
    time = np.arange(0.0, 4000.0, 40.0)
    mid = 100.0 * np.exp(0.001 * (np.arange(100) % 2))
    _, volatility = s.realised_volatility(time, mid, window=400.0, step=10.0)
    np.testing.assert_allclose(volatility, np.sqrt(1e-6 / 40 * s.SECONDS_PER_YEAR), rtol=1e-9)


def test_volatility_bridges_an_empty_side_and_needs_three_returns():
    time = np.arange(0.0, 60.0, 10.0)
    mid = np.array([100.0, NAN, NAN, 100.0, 100.0, 100.0])
    at, volatility = s.realised_volatility(time, mid)
    np.testing.assert_array_equal(at, [30.0, 40.0, 50.0])
    np.testing.assert_array_equal(volatility, [0.0, 0.0, 0.0])
    assert len(s.realised_volatility(time[:1], mid[:1])[0]) == 0


def test_spread_in_basis_points():
    spread = s.quoted_spread_bp(np.array([99.99, NAN, 100.1]), np.array([100.01, 100.0, 99.9]))
    assert spread[0] == pytest.approx(2.0)
    assert np.isnan(spread[1:]).all(), "an empty side, and quotes that cross in a call phase"


def test_imbalance():
    result = s.imbalance(np.array([30.0, 10.0, 0.0]), np.array([10.0, 10.0, 0.0]))
    np.testing.assert_array_equal(result, [0.5, 0.0, NAN])


def test_rolling_mean_over_time_leaves_out_nan_and_the_sample_at_the_edge():
    time = np.array([0.0, 1.0, 2.0, 10.0])
    mean = s.rolling_mean(time, np.array([1.0, 3.0, NAN, 7.0]), window=2.0)
    np.testing.assert_array_equal(mean, [1.0, 2.0, 3.0, 7.0])
    assert np.isnan(s.rolling_mean(time[:1], np.array([NAN]), 2.0)[0])


def test_buckets_of_a_cumulative_series():
    time = np.array([0.0, 4.0, 10.0, 12.0, 25.0])
    edges, volume = s.bucket_increments(time, np.array([0.0, 5.0, 9.0, 10.0, 30.0]), 10.0)
    np.testing.assert_array_equal(edges, [0.0, 10.0, 20.0, 30.0])
    np.testing.assert_array_equal(volume, [9.0, 1.0, 20.0])


def test_buckets_sum_to_the_whole_increase_wherever_they_start():
    time = np.arange(7.0, 200.0, 3.0)
    total = np.cumsum(np.arange(len(time), dtype=float))
    _, volume = s.bucket_increments(time, total, 25.0)
    assert volume.sum() == pytest.approx(total[-1] - total[0])


def test_drawdown():
    np.testing.assert_allclose(
        s.drawdown(np.array([100.0, 90.0, NAN, 110.0, 99.0])), [0.0, -0.1, -0.1, 0.0, -0.1]
    )


def test_volume_shares_sum_to_one_and_are_zero_without_trades():
    np.testing.assert_allclose(s.volume_shares(np.array([3, 0]), np.array([0, 1])), [0.75, 0.25])
    np.testing.assert_array_equal(s.volume_shares(np.zeros(2), np.zeros(2)), [0.0, 0.0])


def test_amihud_of_minutes_with_a_known_return_and_volume():
    time = np.arange(0.0, 601.0, 10.0)
    mid = 100.0 * 1.001 ** (time // 60)
    volume = time * 2.0  # 120 lots a minute
    at, value = s.rolling_amihud(time, mid, volume, lot=10.0)
    assert at.tolist() == [60.0 * k for k in range(1, 11)]
    assert np.isnan(value[:4]).all() and np.isfinite(value[4:]).all()
    each = 1e6 * np.log(1.001) / (1200.0 * 100.0 * 1.001 ** np.arange(1, 11))
    np.testing.assert_allclose(value[4:], [each[: k + 1].mean() for k in range(4, 10)])


def test_amihud_leaves_out_minutes_without_trades():
    time = np.arange(0.0, 1201.0, 60.0)
    mid = 100.0 * 1.001 ** np.arange(21)
    volume = np.cumsum(np.arange(21) % 2) * 100.0
    _, value = s.rolling_amihud(time, mid, volume, 1.0, bars=30)
    assert np.isnan(value[:8]).all() and np.isfinite(value[9:]).all()


def test_messages_per_fill_of_the_last_minute():
    time = np.arange(0.0, 300.0)
    ratio = s.messages_per_fill(time, 30.0 * time, np.where(time < 200, 2.0 * time, 400.0))
    np.testing.assert_allclose(ratio[1:200], 15.0)
    assert np.isnan(ratio[0]) and np.isnan(ratio[261:]).all()


def test_vpin_is_one_where_all_buy_and_nothing_where_both_do():
    end = np.arange(10.0, 1001.0, 10.0)
    lots = np.full(100, 5.0)
    at, value = s.rolling_vpin(end, lots, np.zeros(100), bucket=10.0)
    assert at[0] == 100.0 and len(at) == 46
    np.testing.assert_allclose(value, 1.0)
    _, value = s.rolling_vpin(end, lots, lots, bucket=10.0)
    np.testing.assert_allclose(value, 0.0)
    assert len(s.rolling_vpin(end[:3], lots[:3], lots[:3], 10.0)[0]) == 0
    with pytest.raises(ValueError, match="bucket"):
        s.rolling_vpin(end, lots, lots, 0.0)
