"""Price levels that a market keeps: they follow its orders, and nothing depends on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.bare_book import empty_scenario

from abm_desktop.market import simulator as simulators
from abm_desktop.market import soundness
from abm_desktop.market.kept_levels import FIRST_WINDOW
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, find_scenario, load_scenario


@pytest.fixture
def few_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let markets begin with 1,024 levels."""
    for module in (simulators, soundness):
        monkeypatch.setattr(module, "FIRST_WINDOW", 1024)


def kept(simulator: Simulator) -> tuple[int, int]:
    market = simulator.arrays.market[0]
    return int(market["origin"]), int(market["window"])


def crash(**market: object) -> Scenario:
    scenario = load_scenario(find_scenario("flash_crash"))
    return scenario.model_copy(
        update={"market": scenario.market.model_copy(update={"warm_up": 60.0, **market})}
    )


def played(scenario: Scenario) -> tuple[Simulator, list[tuple[int, int]]]:
    simulator = Simulator(scenario, 5, record_messages=True)
    seen = []
    for _ in range(20):
        simulator.run(30.0)
        seen.append(kept(simulator))
    return simulator, seen


def test_a_crash_is_the_same_with_few_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = crash()
    whole, seen = played(scenario)
    assert set(seen) == {(0, scenario.market.ladder_ticks)}
    for module in (simulators, soundness):
        monkeypatch.setattr(module, "FIRST_WINDOW", 1024)
    few, seen = played(scenario)
    assert len(set(seen)) > 1 and seen[0][1] < FIRST_WINDOW
    for name in ("trades", "messages", "samples"):
        one, other = getattr(whole.tape, name), getattr(few.tape, name)
        assert len(one) > 100
        assert all((one[field] == other[field]).all() for field in one.dtype.names)
    assert len(whole.arrays.levels[0, 0]) > 4 * len(few.arrays.levels[0, 0])
    assert (few.resting_rows() == whole.resting_rows()).all()
    for depth in (1, 7, 500):
        for mine, theirs in zip(few.book(depth), whole.book(depth), strict=True):
            assert (mine == theirs).all()
    books = np.zeros((2, 2, 40), np.int32)
    for rows, market in zip(books, (few, whole), strict=True):
        market.best_levels(rows[0], rows[1])
    assert (books[0] == books[1]).all() and (books[0, 0] > 0).all()


def test_forks_files_and_going_back_carry_what_is_kept(few_levels: None, tmp_path: Path) -> None:
    simulator = Simulator(crash(), 5)
    first, before = simulator.snapshot(), kept(simulator)
    simulator.run(420.0)
    halfway = simulator.checkpoint(first)
    assert kept(simulator) != before
    fork = simulator.fork()
    simulator.save(tmp_path / "market.npz")
    loaded = Simulator.load(tmp_path / "market.npz", simulator.scenario)
    restored = Simulator(simulator.scenario, 5)
    restored.restore(simulator.snapshot())
    simulator.run(200.0)
    for other in (fork, loaded, restored):
        other.run(200.0)
        assert other.checksum() == simulator.checksum() and kept(other) == kept(simulator)
    after = simulator.checksum()
    simulator.go_back(halfway, first)
    assert simulator.checksum() != after
    simulator.run(200.0)
    assert simulator.checksum() == after


def test_a_price_may_fall_by_nine_tenths(few_levels: None) -> None:
    simulator = Simulator(empty_scenario(start_price=20_000.0, ladder_ticks=2**22), 1)
    simulator.run(3_000.0)  # the first book has expired
    for price in (20_000.0, 9_000.0, 2_000.0):
        assert simulator.submit("limit", 1, price, 3).accepted
        assert simulator.submit("limit", -1, price, 3).accepted
        assert simulator.last_price == price
    # One order at either end of the ladder, and both are found.
    assert simulator.submit("limit", 1, 0.01, 5).accepted
    assert simulator.submit("limit", -1, 41_943.02, 7).accepted
    assert kept(simulator) == (0, 2**22)
    bids, asks = simulator.book(10)
    assert bids.tolist() == [[0.01, 5.0, 1.0]] and asks.tolist() == [[41_943.02, 7.0, 1.0]]
    assert (
        list(soundness.faults(simulator.snapshot(), soundness.opened(simulator.scenario, 1))) == []
    )


def test_a_high_price_takes_no_more_memory() -> None:
    low, high = (
        Simulator(empty_scenario(start_price=price, ladder_ticks=ladder), 1)
        for price, ladder in ((100.0, 2**15), (20_000.0, 2**22))
    )
    assert high.arrays.levels.nbytes == low.arrays.levels.nbytes
    assert high.best_bid == 19_999.99 and high.best_ask == 20_000.01
