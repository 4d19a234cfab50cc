"""A live run, and a saved one, measure as the market they come from."""

from dataclasses import fields, replace

import numpy as np
import pytest

from abm_desktop.live.commands import Inject
from abm_desktop.live.fills import FillStore
from abm_desktop.live.packed_run import PackedRun, unpacked
from abm_desktop.live.run_data import RunData
from abm_desktop.live.saved_run import read_saved_run
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.types import History
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import TRADE
from abm_desktop.metrics.measures import measure
from abm_desktop.scenario import Scenario, stress_from_dict
from abm_desktop.tape_files import write_tape

SCENARIO = Scenario.model_validate({"name": "kept", "market": {"warm_up": "1min"}})
SHOCK = stress_from_dict({"type": "flash_crash", "magnitude": 0.02, "duration": 60.0})
AROUND = {"shock": 60.0, "tick": 0.01, "lot": 1, "calm": (-60.0, 0.0), "stress": (0.0, 100.0)}


def fills(times):
    rows = np.zeros(len(times), TRADE)
    rows["time"] = np.array(times) * 1e9
    return rows


@pytest.fixture(scope="module")
def market():
    """The market itself, sampled once a second."""
    simulator = Simulator(SCENARIO, 3)
    simulator.warm_up()
    simulator.run_until(60.0)
    simulator.inject(SHOCK)
    simulator.run_until(200.0)
    return simulator


@pytest.fixture(scope="module")
def live():
    """The same market, live."""
    feed = SimulatedFeed(SCENARIO, 3)
    for until in range(5, 201, 5):
        feed.advance(float(until))
        feed.collect()
        if until == 60:
            feed.do(Inject(stress=SHOCK))
    return feed


def run_of(feed):
    return RunData("kept", 3, False, 0.01, 1, feed.history.view(), feed.fills.view())


def test_a_live_run_measures_as_its_market_does(live, market):
    tape = run_of(live).between(0.0, 200.0).tape()
    kept = market.tape
    assert len(tape.samples) == 200
    np.testing.assert_array_equal(np.diff(tape.samples["time"]), 1_000_000_000)
    # The market's own samples begin in the warm-up.
    rows = kept.samples[-200:]
    for name in ("best_bid", "best_ask", "bid_volume", "ask_depth", "mid", "phase"):
        np.testing.assert_allclose(tape.samples[name], rows[name], err_msg=name)
    ours = measure(tape, warm_up=0.0, **AROUND)
    theirs = measure(kept, warm_up=60.0, **AROUND)
    assert ours["stress_volume"] == theirs["stress_volume"] > 0
    names = ("drawdown_pct", "stress_rv_10s", "recovery_50_s", "market_maker_pnl")
    for name in (*names, "stress_effective_spread_bp", "stress_messages_per_trade"):
        assert ours[name] == pytest.approx(theirs[name], nan_ok=True), name


def test_a_part_has_the_fills_and_samples_of_its_time(live):
    # Before the shock, whose sales come at whole seconds, right after the samples.
    part = run_of(live).between(30.0, 50.0)
    assert part.start == 30.0 and part.end == 50.0 and len(part.history) == 21
    assert 30.0 < part.fills["time"][0] / 1e9 <= part.fills["time"][-1] / 1e9 <= 50.0
    assert len(part.fills) == part.history.trades[-1] - part.history.trades[0]
    own = part.with_own_rows()
    for mine, theirs in ((own.history.mid, part.history.mid), (own.fills, part.fills)):
        assert mine.base is None and np.array_equal(mine, theirs)


def test_a_packed_run_is_the_same_run_in_little_memory(live):
    run = run_of(live)
    packed = PackedRun.of(run)
    assert (packed.start, packed.end) == (run.start, run.end)
    again = unpacked(packed)
    for field in fields(History):
        mine, theirs = getattr(again.history, field.name), getattr(run.history, field.name)
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(again.fills, run.fills)
    assert (again.name, again.seed, again.stresses) == (run.name, run.seed, run.stresses)
    rows = sum(getattr(run.history, field.name).nbytes for field in fields(History))
    assert len(packed.content) < 0.3 * (rows + run.fills.nbytes)
    assert unpacked(run) is run


def test_a_fork_has_the_fills_of_before_and_its_own(live):
    fork = live.forked(100.0, 1)
    before = len(fork.fills)
    assert before and fork.fills.view()["time"][-1] <= 100e9
    np.testing.assert_array_equal(fork.fills.view(), live.fills.view()[:before])
    fork.advance(120.0)
    fork.collect()
    assert len(fork.fills) > before


def test_a_part_of_uneven_samples_is_at_whole_seconds(live):
    run = run_of(live)
    time = run.history.time
    # As of a fork: the sample at the fork is not there, so that every tenth one would be late.
    kept = np.abs(time - 60.4) > 0.01
    rows = (getattr(run.history, f.name)[kept] for f in fields(History))
    uneven = replace(run, history=History(*rows))
    part, whole = uneven.between(30.0, 90.0), run.between(30.0, 90.0)
    np.testing.assert_array_equal(part.history.time, np.arange(30.0, 91.0))
    np.testing.assert_array_equal(part.history.mid, whole.history.mid)


def test_a_saved_run_is_read_back(market, tmp_path):
    write_tape(market, tmp_path / "run")
    run = read_saved_run(tmp_path / "run")
    assert (run.name, run.seed, run.tick) == ("kept (run)", 3, 0.01)
    assert run.start == 0.0 and run.end == 200.0 and run.history.volume[0] == 0.0
    ours = measure(run.tape(), warm_up=0.0, **AROUND)
    theirs = measure(market.tape, warm_up=60.0, **AROUND)
    for name in ("drawdown_pct", "stress_rv_1s", "noise_pnl", "stress_vpin_true"):
        assert ours[name] == pytest.approx(theirs[name], nan_ok=True), name


def test_a_folder_that_is_no_run_is_told_with_the_remedy(market, tmp_path):
    with pytest.raises(ValueError, match=r"no samples\.parquet: choose a folder that"):
        read_saved_run(tmp_path)
    write_tape(market, tmp_path / "run")
    (tmp_path / "run" / "run.json").write_text('{"seed": 1}')
    with pytest.raises(ValueError, match=r"'scenario' is missing.*run it again"):
        read_saved_run(tmp_path / "run")


def test_the_store_of_fills_keeps_the_newest_and_its_views():
    store = FillStore(capacity=100)
    store.extend(fills(range(60)))
    view = store.view()
    store.extend(fills(range(60, 120)))
    times = store.view()["time"] // 1_000_000_000
    assert len(store) <= 100 and times[-1] == 119 and np.all(np.diff(times) == 1)
    assert view["time"].tolist() == [k * 1_000_000_000 for k in range(60)]
    store.extend(fills(range(120, 400)))
    assert store.view()["time"][0] == 300e9 and len(store) == 100
    assert store.without_last(49).view()["time"][-1] == 350e9
    assert len(store.without_last(100)) == len(store.without_last(999)) == 0
