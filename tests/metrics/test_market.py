"""Measures of volatility, spreads and impact against answers worked out by hand."""

import math

import numpy as np
import pytest
from support.tapes import make_tape

from abm_desktop.metrics import market
from abm_desktop.metrics.windows import cut


def test_realised_volatility_is_the_root_of_the_squared_returns():
    price = 100 * np.exp([0.0, 0.03, -0.01])
    assert market.realised_volatility(price) == pytest.approx(0.05)
    assert market.annualised(0.05, 23_400) == pytest.approx(0.05 * math.sqrt(252))
    assert math.isnan(market.realised_volatility(price[:1]))


def test_parkinson_by_hand():
    clock = np.arange(121.0)
    price = np.exp(np.where((clock % 60 > 10) & (clock % 60 < 20), 0.02, 0.0))
    assert market.parkinson(clock, price) == pytest.approx(0.02 / math.sqrt(4 * math.log(2)))


def test_parkinson_leaves_out_a_bar_that_is_not_whole():
    price = np.ones(100)
    price[80] = 2.0
    assert market.parkinson(np.arange(100.0), price) == 0.0


def test_spreads_by_hand():
    sign, price, size = np.array([1.0, -1.0]), np.array([101.0, 99.5]), np.array([3.0, 1.0])
    mid, later = np.array([100.0, 100.0]), np.array([100.5, np.nan])
    # 200 bp for three lots and 100 bp for one.
    assert market.effective_spread_bp(sign, price, size, mid) == pytest.approx(175.0)
    assert market.realised_spread_bp(sign, price, size, mid, later) == pytest.approx(100.0)


def test_quoted_spread_is_weighted_by_time():
    spread, mid = np.array([1.0, 4.0, np.nan]), np.full(3, 10_000.0)
    got = market.mean_quoted_spread_bp(spread, mid, np.array([3.0, 1.0, 100.0]))
    assert got == pytest.approx(1.75)


def test_amihud_and_kyle_by_hand():
    returns = np.array([0.01, -0.02, 0.5])
    assert market.amihud(returns, np.array([1e6, 4e6, 0.0])) == pytest.approx(0.0075)
    flow = np.array([1.0, -2, 3, 4, -5, 6, 7, -8, 9, 10])
    slope, error = market.kyle_lambda(0.0002 * flow + 0.001, flow)
    assert (slope, error) == pytest.approx((2.0, 0.0), abs=1e-9)
    assert math.isnan(market.kyle_lambda(returns, flow[:3])[0])


def test_signed_volume_puts_a_fill_at_a_bars_end_into_that_bar():
    got = market.signed_volume(np.array([1.0, 10.0, 10.1, 31.0]), np.ones(4), 0.0, 3, 10.0)
    assert got.tolist() == [2, 1, 0]


def test_excess_volatility_is_one_for_a_price_that_is_the_value():
    value = np.exp(np.random.default_rng(1).standard_normal(50))
    assert market.excess_volatility(value, value) == pytest.approx(1.0)
    assert market.excess_volatility(value**2, value) == pytest.approx(4.0)


def test_a_level_must_hold_for_ten_seconds():
    clock = np.arange(60.0)
    good = np.ones(60, bool)
    good[:5] = good[12] = False
    assert market.time_to_hold(clock, good) == (13.0, False)
    assert market.time_to_hold(clock, good, hold=7.0) == (5.0, False)
    assert market.time_to_hold(clock, good, start=30) == (0.0, False)


def test_a_duration_that_does_not_end_is_censored():
    clock = np.arange(60.0)
    assert market.time_to_hold(clock, clock > 52) == (59.0, True)
    assert market.time_to_hold(clock, clock < -1) == (59.0, True)


def test_resilience_of_spread_and_depth():
    clock = np.arange(100.0)
    spread = np.where(clock < 40, 10.0, np.where(clock < 70, 4.0, 2.0))
    found = [
        market.resilience(clock, spread, 2.0, share, worst=20, high_is_bad=True)
        for share in (0.5, 0.9)
    ]
    assert found == [(20.0, False), (50.0, False)]
    depth = np.where(clock < 60, 10.0, 50.0)
    got = market.resilience(clock, depth, 100.0, 0.5, worst=0, high_is_bad=False)
    assert got == (60.0, False)
    assert market.resilience(clock, depth, 100.0, 0.9, worst=0, high_is_bad=False)[1]


def test_the_clock_stands_still_while_trading_is_halted():
    phase = np.zeros(101, int)
    phase[40:60] = 3
    tape = make_tape(
        np.arange(101) + 1000.0, phase=phase, trades=[{"time": 30.5}, {"time": 70, "auction": 1}]
    )
    window = cut(tape, 10.0, 90.0, warm_up=0.0)
    assert (window.seconds, window.halted) == (60.0, 20.0)
    assert window.clock[-1] == 60.0
    assert (np.diff(window.clock) > 0).all()
    assert window.mid[window.clock == 30.0] == [1060.0]
    assert window.trade_clock.tolist() == [20.5, 40.0]


def test_a_window_between_samples_and_one_past_the_tape():
    tape = make_tape([100.0, 102.0, 104.0], first=10)
    window = cut(tape, 0.5, 1.5, warm_up=10.0)
    assert window.mid.tolist() == [100.0, 102.0]
    assert window.weight.tolist() == [0.5, 0.5]
    beyond = cut(tape, 50.0, 60.0, warm_up=10.0)
    assert (len(beyond.mid), beyond.seconds) == (0, 0.0)
    with pytest.raises(ValueError, match="before it starts"):
        cut(tape, 2.0, 1.0, warm_up=0.0)
