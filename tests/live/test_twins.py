"""The same run without one of its commands, against a market that never had it."""

import numpy as np
import pytest

from abm_desktop.desk.analytics.twins import TWIN_CURVES, compare_twins
from abm_desktop.desk.analytics.window import bucket_of, measure_window
from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    AddTraders,
    CancelOrder,
    EndStress,
    Inject,
    PlaceOrder,
    RemoveTraders,
    SetRule,
    StepTime,
)
from abm_desktop.live.run_data import RunData
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.twins import SCENARIO_TRADERS
from abm_desktop.market.policy import PolicyNet
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import FlashCrash, LiquidityShock, load_scenario

SCENARIO = load_scenario(scenario_dir() / "calm.toml")
BUYERS = PolicyNet(
    (np.zeros((13, 3), np.float32),), (np.array([0.0, 0.0, 5.0], np.float32),), name="p"
)


def test_each_twin_is_the_market_that_never_had_the_command():
    values = SCENARIO.model_dump(mode="json")
    values["stress"] = [{"type": "news_jump", "at": 100.0, "magnitude": -0.01}]
    scenario = type(SCENARIO).model_validate(values)
    commands = [
        (30.0, Inject(stress=FlashCrash(duration=60.0))),
        (30.0, AddTraders(policy=BUYERS, count=3)),
        (40.0, AddTraders(policy=BUYERS, count=2)),
        (50.0, PlaceOrder(side=1, size=40)),
        (60.0, EndStress(kind="flash_crash", start=30.0)),
        (70.0, SetRule(rule="transaction_tax", values={"rate": 0.001})),
    ]
    live = LiveMarket(scenario, 7)
    live.start()
    try:
        live.do(StepTime(seconds=20.0)).wait(60)
        live.do(Inject(stress=LiquidityShock(duration=10.0), at=80.0)).wait(60)
        for at, command in commands:
            if at > live.snapshot.time:
                live.do(StepTime(seconds=at - live.snapshot.time)).wait(60)
            assert live.do(command).wait(60).accepted
        rows = next(e.rows for e in live.snapshot.commands if getattr(e.command, "count", 0) == 2)
        live.do(StepTime(seconds=20.0)).wait(60)
        assert live.do(RemoveTraders(first=rows[0], count=2)).wait(60).accepted
        live.do(StepTime(seconds=60.0)).wait(60)
        numbers = {str(e.command.do) + str(e.number): e.number for e in live.snapshot.commands}
        assert list(numbers) == [
            "inject1", "inject2", "inject3", "add_traders4", "add_traders5", "place_order6",
            "set_rule7",
        ]  # fmt: skip
        for number in range(1, 8):
            twin = live.twin(number).result(60)
            alone = SimulatedFeed(_without_written(scenario) if number == 1 else scenario, 7)
            skipped = {3: (0, 4), 4: (1,), 5: (2,), 6: (3,), 7: (5,)}.get(number, ())
            for k, (at, command) in enumerate(commands):
                alone.advance(at)
                if k not in skipped:
                    alone.do(command)
            if number != 2:
                alone.advance(80.0)
                alone.do(Inject(stress=LiquidityShock(duration=10.0)))
            alone.advance(90.0)
            if number != 5:
                alone.do(RemoveTraders(first=rows[0] - 3 * (number == 4), count=2))
            alone.advance(150.0)
            alone.collect()
            mids = alone.history.view()
            k = np.searchsorted(mids.time, twin.other.open().history.time[0] - 1e-9)
            mid, other = (run.open().history.mid for run in (twin.original, twin.other))
            assert np.array_equal(mids.mid[k:], other), number
            assert not np.array_equal(mid, other) or number == 7
            assert (twin.right, twin.refused) == (150.0, 0)
        report = compare_twins(twin.original, twin.other, twin.left, twin.right)
        assert report.values[0]["volume"] > 0
        crash = live.twin(3).result(60)
        report = compare_twins(crash.original, crash.other, crash.left, crash.right)
        assert crash.left == 30.0 <= report.differs_at < 40.0
        assert report.values[0]["volume"] != report.values[1]["volume"]
        # Measured as the other pages measure the run.
        run = RunData.of(live.snapshot)
        part = run.between(crash.left, crash.right)
        known = measure_window(part, crash.left, crash.right, bucket_of(run)).values
        for name in ("widest_spread_ticks", "quoted_spread_bp", "depth_5", "rv_10s"):
            assert report.values[0][name] == pytest.approx(known[name], rel=1e-9), name
        assert all(len(report.curves[k][name][0]) for k in (0, 1) for name in TWIN_CURVES)
        with pytest.raises(InputError, match="no command"):
            live.twin(99)
        # No RL traders in the scenario: nothing differs.
        twin = live.twin(SCENARIO_TRADERS).result(60)
        assert np.array_equal(twin.original.open().history.mid, twin.other.open().history.mid)
    finally:
        live.close()


def _without_written(scenario):
    return scenario.model_copy(update={"stress": ()})


def test_what_the_other_market_cannot_take_is_counted():
    live = LiveMarket(SCENARIO, 7)
    live.start()
    try:
        live.do(StepTime(seconds=10.0)).wait(60)
        order = live.do(PlaceOrder(side=1, price=50.0, size=1)).wait(60).order
        live.do(AddTraders(policy=BUYERS, count=2)).wait(60)
        rows = live.snapshot.commands[-1].rows
        live.do(StepTime(seconds=10.0)).wait(60)
        live.do(CancelOrder(order=order)).wait(60)
        live.do(EndStress(kind="flash_crash", start=0.0)).wait(60)
        live.do(RemoveTraders(first=rows[0], count=2)).wait(60)
        live.do(StepTime(seconds=10.0)).wait(60)
        assert live.twin(1).result(60).refused == 0  # a cancel is answered, not refused
        assert live.twin(2).result(60).refused == 0
    finally:
        live.close()
