"""The ready-made populations from the literature: a live two-sided market, by their own rules."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import ADDED
from abm_desktop.scenario import Scenario, find_scenario, load_scenario

NAMES = ("zero_intelligence", "chiarella_iori", "rmsc04")


def session(name: str, seed: int = 3, seconds: float = 3600.0) -> Simulator:
    simulator = Simulator(load_scenario(find_scenario(name)), seed)
    simulator.warm_up()
    simulator.run(seconds)
    return simulator


@pytest.mark.parametrize("name", NAMES)
def test_the_market_lives(name: str) -> None:
    simulator = session(name)
    samples = simulator.tape.samples[-3600:]
    ladder = simulator.scenario.market.ladder_ticks
    quoted = (samples["best_bid"] >= 0) & (samples["best_ask"] < ladder)
    assert quoted.mean() > 0.98
    spread = (samples["best_ask"] - samples["best_bid"])[quoted]
    assert 1 <= np.median(spread) <= 6
    assert simulator.trades > 300
    assert simulator.alarms == []
    assert simulator.classes["cash"].sum() == simulator.classes["inventory"].sum() == 0
    again = session(name)
    assert again.tape.trades.tobytes() == simulator.tape.trades.tobytes()


def test_zero_intelligence_is_noise_alone_with_one_lot_orders() -> None:
    simulator = session("zero_intelligence", seconds=600.0)
    assert simulator.classes["traders"][:6].tolist() == [1, 0, 0, 0, 0, 0]
    assert set(simulator.tape.trades["size"][-500:]) == {1}


def test_noise_of_rmsc04_acts_once_mostly_near_the_open_and_the_close() -> None:
    scenario = load_scenario(find_scenario("rmsc04"))
    simulator = Simulator(scenario, 4, record_messages=True)
    simulator.run_until(scenario.market.session)
    noise = np.flatnonzero((simulator.agents["kind"] == 0) & (simulator.agents["rule"] == 1))
    added, trades = simulator.tape.messages, simulator.tape.trades
    added = added[np.isin(added["agent"], noise) & (added["kind"] == ADDED)]
    traded = trades[np.isin(trades["taker"], noise)]
    first = dict(zip(added["agent"], added["time"], strict=True))
    first |= dict(zip(traded["taker"][::-1], traded["time"][::-1], strict=True))
    assert len(first) > 950
    hours = np.array(list(first.values())) / 1e9 / (1800 + scenario.market.session)
    outer = ((hours < 0.2) | (hours > 0.8)).mean()
    assert outer > 0.7, "a U-shaped density puts 78 % into the outer two fifths"


def test_value_traders_of_rmsc04_have_one_order_each() -> None:
    simulator = session("rmsc04")
    orders = simulator.snapshot().orders[0]
    live = orders[orders["size"] > 0]
    value = np.flatnonzero((simulator.agents["kind"] == 2) & (simulator.agents["rule"] == 1))
    assert len(value) == 102
    _, counts = np.unique(live["agent"][np.isin(live["agent"], value)], return_counts=True)
    assert counts.max() == 1


def test_the_price_of_rmsc04_follows_the_fundamental() -> None:
    simulator = session("rmsc04", seconds=23_400.0)
    samples = simulator.tape.samples[1800:]
    gap = samples["mid"] - samples["value"]
    assert np.abs(gap).mean() < 3.0 * samples["value"].std() + 50.0
    assert np.corrcoef(samples["mid"], samples["value"])[0, 1] > 0.5


def test_adding_model_traders_leaves_the_default_streams_alone() -> None:
    plain = Simulator(Scenario(name="a"), 5)
    mixed = Simulator(
        Scenario.model_validate({"name": "a", "population": {"fcn": {"count": 5, "rate": 0.0}}}),
        5,
    )
    for simulator in (plain, mixed):
        simulator.run(120)
    assert plain.tape.trades.tobytes() == mixed.tape.trades.tobytes()
