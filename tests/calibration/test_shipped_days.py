"""The shipped scenario that was calibrated to a recorded day is like that day, roughly."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.calibration.measuring import measure_flow
from abm_desktop.calibration.seeds import Use, seeds_for
from abm_desktop.calibration.simulating import simulate_day
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import find_scenario, load_scenario

WIDEST = 200.0
"""Ticks; the recorded days have 73 and 89, an earlier file had 467 on one of 40 seeds."""


@pytest.mark.parametrize(
    ("name", "seed"),
    [("amzn_2012", 46_000), ("amzn_2012_undirected", 46_300), ("aapl_2012", 46_100)],
)
def test_no_side_of_a_calibrated_book_runs_empty(name: str, seed: int) -> None:
    scenario = load_scenario(find_scenario(name))
    simulator = Simulator(scenario, seed, record_messages=False)
    simulator.warm_up()
    simulator.begin_tape()
    simulator.run_until(scenario.market.session)
    samples = simulator.tape.samples
    bid, ask = (samples[key].astype(np.int64) for key in ("best_bid", "best_ask"))
    quoted = (bid >= 0) & (ask < scenario.market.ladder_ticks)
    assert (~quoted).sum() <= 2  # seconds of 23,400
    assert (ask - bid)[quoted].max() < WIDEST


def test_a_calibrated_market_has_the_spread_of_its_day() -> None:
    scenario = load_scenario(find_scenario("amzn_2012"))
    assert scenario.market.start_price == pytest.approx(223.9)
    seed = seeds_for(Use.REPORT, 1)[0]
    flow = simulate_day(scenario, Use.REPORT, seed, levels=5, seconds=3600.0, most=1_000_000)
    measured = measure_flow(flow)
    assert measured.moments["spread"][0] == pytest.approx(0.135, rel=0.5)
    assert measured.facts["sign_1"] > 0.3  # the recorded day: 0.62
    assert 500.0 < measured.moments["volume_per_minute"][0] < 8000.0  # 1,973
