"""The price at which a book would clear, against the market's own auction; bands of a recording."""

import numpy as np
import pytest

from abm_desktop.desk.book_store import BookStore
from abm_desktop.desk.phase_bands import clearing_price
from abm_desktop.desk.trade_store import TradeStore
from abm_desktop.market.simulator import Simulator
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import load_scenario


def test_it_is_the_price_of_the_auction():
    market = Simulator(load_scenario(scenario_dir() / "calm.toml"), 4)
    market.warm_up()
    for _ in range(4):
        market.run(20.0)
        mid = market.mid / market.scenario.market.tick_size
        market.hold_auction(10.0)
        market.run(9.999999)
        ticks, lots = np.zeros(2000, np.int32), np.zeros(2000, np.float32)
        market.best_levels(ticks, lots)
        price, traded = clearing_price(ticks, lots, mid)
        market.tape.clear_rows()
        market.run(0.1)
        fills = market.tape.trades[market.tape.trades["auction"] != 0]
        assert fills["price"][0] == price and fills["size"].sum() == traded


def test_a_book_that_does_not_cross_clears_nowhere():
    assert clearing_price(np.array([99, 0, 101, 0]), np.array([1.0, 0.0, 1.0, 0.0]), 100.0)[1] == 0
    assert clearing_price(np.array([99, 0, 0, 0]), np.array([1.0, 0.0, 0.0, 0.0]), 100.0)[1] == 0


def test_stores_take_in_what_frames_have_passed_by():
    books = BookStore()
    width = 2 * BookStore.LEVELS
    books.fill(np.array([0.0, 5.0, 9.0]), np.zeros((3, width)), np.ones((3, width)))
    assert books.widest_gap(0.0, 10.0) == pytest.approx(5.0)
    books.complete(np.arange(1.0, 9.0), np.zeros((8, width)), np.full((8, width), 2.0))
    assert books.time.tolist() == [0.0, *range(1, 9), 9.0]
    assert books.lots[:, 0].tolist() == [1.0, *[2.0] * 8, 1.0]
    assert books.widest_gap(0.0, 10.0) == pytest.approx(1.0)
    rows = np.zeros(
        TradeStore.CAPACITY + 10, [(n, "f8") for n in ("time", "price", "size", "side")]
    )
    rows["time"] = np.arange(len(rows))
    trades = TradeStore()
    trades.complete(rows[:20], 5.0)
    assert len(trades) == 15 and not trades.missed
    trades.complete(rows, 0.0)
    assert len(trades) == TradeStore.CAPACITY and trades.missed == 10
