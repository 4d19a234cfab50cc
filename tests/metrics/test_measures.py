"""The whole row of measures of a run, from tapes with known content and from a real market."""

import math

import numpy as np
import pytest
from support.tapes import make_tape

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import PHASES
from abm_desktop.market.tape import Tape
from abm_desktop.metrics.measures import measure
from abm_desktop.metrics.series import shock_series
from abm_desktop.scenario import find_scenario, load_scenario, stress_from_dict

RULES = {"warm_up": 0.0, "tick": 0.01, "lot": 1.0}


def fallen():
    """Falls by 5 % from 1000 s to 1100 s and is back at 1300 s; the value stands still."""
    t = np.arange(5000.0)
    mid = np.interp(t, [1000, 1100, 1300], [10_000, 9_500, 10_000])
    spread = np.where((t > 1000) & (t < 1200), 8, 2)
    return make_tape(mid, value=np.full(5000, 1e4), spread=spread, messages=3)


def test_a_fall_with_known_answers():
    got = measure(fallen(), shock=1000.0, **RULES)
    assert got["price_before"] == 10_000
    assert got["drawdown_pct"] == pytest.approx(-5.0)
    assert got["overshoot_pct"] == pytest.approx(-5.0)
    assert got["trough_s"] == 100
    assert (got["recovery_50_s"], got["recovery_50_censored"]) == (100, 0)
    assert (got["recovery_90_s"], got["recovery_90_censored"]) == (180, 0)
    assert got["spread_recovery_50_s"] == 199
    assert got["calm_seconds"] == 940
    assert got["calm_depth_5"] == 50
    assert got["calm_quoted_spread_bp"] == pytest.approx(2.0)
    assert got["calm_rv_10s"] == 0
    assert math.isnan(got["rl_trades_per_minute"])
    assert math.isnan(got["stress_kyle_lambda_bp"])


def test_a_price_that_stays_down_is_censored():
    t = np.arange(3000.0)
    mid = np.interp(t, [1000, 1100], [10_000, 9_500])
    got = measure(make_tape(mid, value=np.full(3000, 1e4)), shock=1000.0, **RULES)
    assert (got["recovery_50_s"], got["recovery_50_censored"]) == (1899, 1)
    # Where the value has fallen as much there is nothing to come back to.
    got = measure(make_tape(mid, value=mid), shock=1000.0, **RULES)
    assert (got["recovery_50_s"], got["recovery_50_censored"]) == (0, 0)


def test_rl_traders_from_fills():
    fills = [
        {"time": 1000.5 + 60 * k, "price": 10_000, "size": 2, "side": 1, "taker": 9,
         "taker_class": "rl", "maker_class": "noise"}
        for k in range(10)
    ]  # fmt: skip
    t = np.arange(5000.0)
    rising = make_tape(10_000 + 0.1 * t, trades=fills)
    got = measure(
        rising, shock=1000.0, traders=2, decisions=20, max_inventory=20, recovery=600, **RULES
    )
    assert got["rl_orders"] == 10
    assert got["rl_trades_per_minute"] == pytest.approx(0.5)
    assert got["rl_accuracy"] == 1.0
    assert got["rl_entropy"] == pytest.approx(math.log(2) / math.log(3))
    assert got["rl_taker_share"] == 1.0
    assert got["traded_noise_rl_lots"] == 20
    # One of the two traders is at 20 lots from 540.5 s on: 6 of 61 looks.
    assert got["rl_at_limit_pct"] == pytest.approx(100 * 6 / 61 / 2)


def test_the_names_never_change():
    full = measure(fallen(), shock=1000.0, **RULES)
    empty = measure(Tape(), shock=1000.0, **RULES)
    assert list(full) == list(empty)
    assert math.isnan(empty["drawdown_pct"])
    assert all(isinstance(value, float) for value in full.values())


def test_series_are_relative_to_the_shock():
    got = shock_series(fallen(), shock=1000.0, warm_up=0.0, before=20.0, after=5000.0)
    assert got["time"][[0, 2]].tolist() == [-20.0, 0.0]
    assert got["price"][got["time"] == 100.0] == pytest.approx([-5.0])
    assert got["spread_ticks"][got["time"] == 10.0] == [8.0]
    assert np.isnan(got["price"][-1])
    assert {len(values) for values in got.values()} == {len(got["time"])}


def test_a_flash_crash_in_the_default_market():
    market = Simulator(load_scenario(find_scenario("calm")), 5)
    market.run_until(300.0)
    control = market.fork()
    market.inject(stress_from_dict({"type": "flash_crash"}), at=360.0)
    rules = {"shock": 360.0, "warm_up": 1800.0, "tick": 0.01, "lot": 1.0}
    rows = []
    for arm in (market, control):
        arm.run_until(1500.0)
        rows.append(measure(arm.tape, **rules))
    crash, quiet = rows
    assert crash["drawdown_pct"] < 3 * quiet["drawdown_pct"] < 0
    assert crash["stress_rv_10s"] > 2 * quiet["stress_rv_10s"]
    assert crash["calm_rv_10s"] == quiet["calm_rv_10s"] > 0
    shares = [value for name, value in crash.items() if name.endswith("_taker_share")]
    assert sum(shares) == pytest.approx(1.0)
    # What one wins another loses.
    assert sum(v for k, v in crash.items() if k.endswith("_pnl")) == pytest.approx(0.0, abs=1e-6)
    lots = sum(value for name, value in crash.items() if name.startswith("traded_"))
    assert lots == crash["stress_volume"]


def test_prices_that_are_paid_need_no_mid():
    """Auctions only: the price falls by 4 % within 100 s and is half the way back at 1500 s."""
    tape = make_tape(
        np.full(3000, 1e4), value=np.full(3000, 1e4), phase=PHASES.index("auction"), messages=3
    )
    t = np.arange(3000.0)
    paid = np.interp(t, [1000, 1100, 1500, 1900], [10_000, 9_600, 9_800, 10_000])
    tape.samples["last_price"] = np.round(paid)
    got = measure(tape, shock=1000.0, **RULES)
    assert math.isnan(got["drawdown_pct"])
    assert got["trade_drawdown_pct"] == pytest.approx(-4.0)
    assert got["trade_recovery_50_s"] == pytest.approx(400, abs=2)
    assert got["trade_recovery_50_censored"] == 0
    steps = np.diff(np.log(np.round(paid[1000:1901:60])))
    assert got["trade_rv_60s"] == pytest.approx(np.sqrt((steps**2).sum()))


def test_a_market_that_is_never_continuous_has_no_measures_of_its_mid():
    """As with frequent batch auctions: fills there are, but no continuous price."""
    fill = {"time": 1500.0, "price": 10_000, "size": 2, "side": 1, "taker": 9, "taker_class": "rl",
            "maker_class": "noise", "auction": 1}  # fmt: skip
    called = make_tape(np.full(3000, 1e4), phase=PHASES.index("auction"), trades=[fill])
    got = measure(called, shock=1000.0, traders=1, **RULES)
    assert got["stress_seconds"] == 0.0
    assert math.isnan(got["stress_rv_10s"])
    assert math.isnan(got["rl_trades_per_minute"])
