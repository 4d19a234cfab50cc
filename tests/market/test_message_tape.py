"""The message tape is the book: built from the rows alone, it is the market's in every second."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.hand_trader import RULES, trade_by_hand, with_small_buffers
from support.rebuilt_book import RebuiltBook

from abm_desktop.market import state
from abm_desktop.market.opening import SEED_AGENT
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict


def scenario(prevention: str = "off", **market: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "x",
            "market": {"warm_up": "20s", "self_trade_prevention": prevention, **market},
        }
    )


def check(simulator: Simulator) -> RebuiltBook:
    """Build the book row by row, and compare it with every sample and with the market itself."""
    tape = simulator.tape
    rows, samples = np.concatenate([tape.beginning.resting, tape.messages]), tape.samples
    ladder = simulator.scenario.market.ladder_ticks
    book, at = RebuiltBook(), 0
    for sample in samples:
        while at < len(rows) and rows["time"][at] < sample["time"]:
            book.take(rows[at])
            at += 1
        bids, asks = book.side(1), book.side(-1)
        assert sample["best_bid"] == (bids[0][0] if bids else -1)
        assert sample["best_ask"] == (asks[0][0] if asks else ladder)
        assert sample["bid_volume"] == (bids[0][1] if bids else 0)
        assert sample["ask_volume"] == (asks[0][1] if asks else 0)
        assert sample["bid_depth"] == sum(lots for _, lots, _ in bids[:5])
        assert sample["ask_depth"] == sum(lots for _, lots, _ in asks[:5])
        assert sample["resting"] == sum(n for *_, n in bids + asks)
    for row in rows[at:]:
        book.take(row)
    tick = simulator.scenario.market.tick_size
    for sign, side in zip((1, -1), simulator.book(ladder), strict=True):
        ticks = np.rint(side[:, 0] / tick).astype(int)
        assert book.side(sign) == [
            (int(p), int(lots), int(n)) for p, (lots, n) in zip(ticks, side[:, 1:], strict=True)
        ]
    after = simulator.snapshot()
    for side in (state.BUY, state.SELL):
        for price, *_ in book.side(1 - 2 * side):
            slot, queue = int(after.levels[0, side, price]["head"]), []
            while slot >= 0:
                order = after.orders[0, slot]
                queue.append((int(order["seq"]), int(order["size"])))
                slot = int(order["next"])
            assert book.queue(1 - 2 * side, price) == queue
    return book


@pytest.mark.parametrize("rule", [*RULES, "halt", "closed"])
def test_the_book_is_that_of_the_messages_under_every_rule(rule: str) -> None:
    prevention = ("off", "cancel_resting", "cancel_incoming")[len(rule) % 3]
    simulator = Simulator(scenario(prevention), 5, record_messages=True)
    with_small_buffers(simulator, 16)
    random = np.random.default_rng(3)
    simulator.run_until(0.0)
    if rule in RULES:
        simulator.set_intervention(rule, **RULES[rule])
    simulator.inject(stress_from_dict({"type": "fat_finger", "magnitude": 0.5}), at=3.0)
    for _ in range(10):
        if rule == "halt":
            simulator.hold_auction(0.7)
        trade_by_hand(simulator, random)
        simulator.run(1.0)
    check(simulator)
    causes = {state.MESSAGE_CAUSES[c] for c in np.unique(simulator.tape.messages["cause"])}
    wanted = {
        "halt": {"replace", "iceberg", "auction"},
        "batch_auction": {"auction"},
        "velocity_logic": {"auction"},
        "kill_switch": {"kill switch"},
    }
    assert wanted.get(rule, set()) <= causes


def test_rows_can_begin_with_the_book_of_any_moment() -> None:
    simulator = Simulator(scenario(), 7, record_messages=True)
    first = simulator.tape.beginning.resting
    assert len(first) == 480 and (first["agent"] == SEED_AGENT).all()
    simulator.warm_up()
    simulator.begin_tape()
    simulator.run(10.0)
    check(simulator)


def test_a_trade_row_stands_for_every_trade() -> None:
    simulator = Simulator(scenario(), 8, record_messages=True)
    simulator.run_until(20.0)
    rows, trades = simulator.tape.messages, simulator.tape.trades
    rows = rows[rows["kind"] == state.TRADED]
    for name, of_trade in (
        ("time", "time"),
        ("price", "price"),
        ("size", "size"),
        ("aggressor", "side"),
        ("agent", "maker"),
        ("order", "maker_order"),
    ):
        assert (rows[name] == trades[of_trade]).all()
    assert (rows["side"] == -trades["side"]).all()


def test_tapes_do_not_depend_on_the_size_of_the_buffers() -> None:
    tapes = []
    for rows in (16, 23, 4096):
        simulator = Simulator(scenario("cancel_resting"), 9, record_messages=True)
        with_small_buffers(simulator, rows)
        simulator.run_until(0.0)
        simulator.set_intervention("kill_switch", inventory=25.0)
        simulator.set_intervention("batch_auction", interval=1.5)
        random = np.random.default_rng(4)
        for _ in range(6):
            trade_by_hand(simulator, random)
            simulator.step(700)
        tape = simulator.tape
        tapes.append(tuple(t.tobytes() for t in (tape.trades, tape.samples, tape.messages)))
    assert tapes[0] == tapes[1] == tapes[2]


def test_an_iceberg_of_many_parts_trades_whole() -> None:
    simulator = Simulator(scenario(max_orders=1024), 1, record_messages=True)
    simulator.warm_up()
    ask = simulator.best_ask
    ahead = int(simulator.book(1)[1][0, 1])
    simulator.submit("limit", -1, ask, 40_000, peak=1)
    report = simulator.submit("immediate", 1, ask, 40_000 + ahead)
    assert report.filled == 40_000 + ahead
    simulator.hold_auction(1.0)
    simulator.submit("limit", -1, ask, 30_000, peak=1)
    simulator.submit("limit", 1, ask, 30_000, peak=7)
    simulator.run(1.0)
    assert simulator.phase == "continuous"
    assert simulator.classes["cash"].sum() == simulator.classes["inventory"].sum() == 0
    check(simulator)


def test_volumes_beyond_32_bits() -> None:
    simulator = Simulator(scenario(), 2, record_messages=True)
    simulator.run_until(0.0)
    for _ in range(2200):
        assert simulator.submit("limit", 1, 1.0, 1_000_000).accepted
    lots = simulator.book(32768)[0][-1]
    assert lots[1] == 2_200_000_000
    m = simulator.arrays.market[0]
    simulator.run(2.0)
    assert simulator.tape.samples["bid_volume"].min() > 0
    simulator.inject(
        stress_from_dict({"type": "fat_finger", "magnitude": 1.0, "side": "sell", "collar": False})
    )
    simulator.run(0.01)
    assert m["refused_size"] == 0
