"""Sentences of docs/book.md, one example each; test_book.py plays them at random."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.bare_book import BareBook
from support.hand_trader import RULES
from support.market_views import arrays_of

from abm_desktop.market import state
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

BUY, SELL = 0, 1
LARGEST = 2**31 - 1


def test_fewer_lots_at_the_same_price_keep_place_number_and_time() -> None:
    book = BareBook()
    first = book.submit("limit", SELL, 10_000, 5, 2, life=50)
    book.submit("limit", SELL, 10_000, 5, 3)
    assert book.modify(first, 10_000, 2) == first
    assert book.queues() == [(SELL, 10_000, 0, 2, 0, 2), (SELL, 10_000, 1, 5, 0, 3)]
    book.pass_time(50)
    assert book.queues() == [(SELL, 10_000, 1, 5, 0, 3)]


@pytest.mark.parametrize(("price", "size"), [(10_000, 6), (10_001, 5), (10_001, 3)])
def test_more_lots_or_another_price_lose_the_place(price: int, size: int) -> None:
    book = BareBook()
    first = book.submit("limit", SELL, 10_000, 5, 2, life=50)
    book.submit("limit", SELL, price, 5, 3)
    book.pass_time(20)
    moved = book.modify(first, price, size)
    assert moved is not None and moved != first
    assert [q[-1] for q in book.queues()][-2:] == [3, 2]
    assert [row[0] for row in book.rows()[-2:]] == ["cancel", "add"]
    book.pass_time(29)
    assert len(book.queues()) == 2
    book.pass_time(1)
    assert [q[-1] for q in book.queues()] == [3], "it expires when it would have"


def test_a_changed_iceberg_stays_one() -> None:
    book = BareBook()
    order = book.submit("limit", SELL, 10_000, 20, 2, 3)
    order = book.modify(order, 10_000, 12)
    assert book.queues() == [(SELL, 10_000, 0, 3, 9, 2)], "hidden lots go first"
    order = book.modify(order, 10_000, 2)
    assert book.queues() == [(SELL, 10_000, 0, 2, 0, 2)]
    book.modify(order, 10_005, 10)
    assert book.queues() == [(SELL, 10_005, 1, 3, 7, 2)]


def test_a_changed_order_trades_if_it_crosses() -> None:
    book = BareBook()
    book.submit("limit", BUY, 9_990, 4, 3)
    order = book.submit("post_only", SELL, 10_000, 6, 2)
    book.modify(order, 9_990, 6)
    assert book.fills() == [(9_990, 4, -1, 2, 3)] and book.filled == 4
    assert book.queues() == [(SELL, 9_990, 2, 2, 0, 2)]


def _closed(book: BareBook) -> None:
    book.m["phase"] = state.SHUT


def _blocked(book: BareBook) -> None:
    book.m["rules_on"] = 1
    book.state.agents["blocked"] = 1


def _young(book: BareBook) -> None:
    book.m["rules_on"] = 1
    book.state.rules["minimum_resting_time_on"] = 1


@pytest.mark.parametrize("forbid", [_closed, _blocked, _young])
def test_a_refused_change_leaves_the_order_where_it_was(forbid: Callable) -> None:
    book = BareBook()
    order = book.submit("limit", SELL, 10_000, 20, 2, 3)
    book.submit("limit", SELL, 10_000, 5, 3)
    before, rows = book.queues(), list(book.rows())
    forbid(book)
    assert book.modify(order, 10_001, 7) == order
    assert book.intent["result"] != state.ACCEPTED
    assert book.queues() == before and book.rows() == rows


def test_a_closed_market_lets_orders_go_and_shrink() -> None:
    book = BareBook()
    order = book.submit("limit", SELL, 10_000, 5, 2)
    _closed(book)
    assert book.modify(order, 10_000, 3) == order
    assert book.levels(SELL) == [(10_000, 3, 1)]
    assert book.cancel(order)
    assert book.submit("limit", SELL, 10_000, 5, 2) is None and book.result == "closed"


@pytest.mark.parametrize(
    ("kind", "filled", "result"), [("immediate", 9, ""), ("fill_or_kill", 0, "fok")]
)
def test_what_is_left_of_an_order_that_may_not_rest(kind: str, filled: int, result: str) -> None:
    book = BareBook()
    book.submit("limit", SELL, 10_000, 9, 2, 2)
    book.submit(kind, BUY, 10_000, 10, 3)
    assert (book.filled, book.result) == (filled, result)
    assert not book.levels(BUY)
    book.submit("fill_or_kill", BUY, 10_000, 9 - filled, 3)
    assert (book.filled, book.result) == (9 - filled, "" if filled < 9 else "size")


@pytest.mark.parametrize("prevention", ["cancel_resting", "cancel_incoming"])
def test_fill_or_kill_does_not_count_what_it_may_not_trade_with(prevention: str) -> None:
    book = BareBook(self_trade_prevention=prevention)
    book.submit("limit", SELL, 10_000, 5, 2)
    book.submit("limit", SELL, 10_000, 5, 3)
    before = book.queues()
    book.submit("fill_or_kill", BUY, 10_000, 10, 3)
    assert book.result == "fok" and book.queues() == before
    book.submit("fill_or_kill", BUY, 10_000, 5, 3)
    assert book.filled == 5


def test_an_incoming_order_that_is_cancelled_reports_what_it_traded() -> None:
    book = BareBook(self_trade_prevention="cancel_incoming")
    book.submit("limit", SELL, 10_000, 2, 2)
    book.submit("limit", SELL, 10_001, 2, 3)
    assert book.submit("limit", BUY, 10_001, 9, 3) is None
    assert book.filled == 2 and book.result == ""
    assert book.levels(SELL) == [(10_001, 2, 1)] and not book.levels(BUY)


def test_stops_go_nearest_first_then_oldest_first() -> None:
    book = BareBook()
    book.m["last_price"] = 10_000
    for price in (10_001, 10_002, 10_003, 10_004, 10_005):
        book.submit("limit", SELL, price, 1, 2)
    book.submit("stop", BUY, 10_010, 1, 3, 10_003)
    book.submit("stop", BUY, 10_010, 1, 4, 10_002)
    book.submit("stop", BUY, 10_010, 1, 5, 10_002)
    book.submit("immediate", BUY, 10_003, 3, 6)
    assert [fill[3] for fill in book.fills()] == [6, 6, 6, 4, 5]
    assert not book.levels(BUY), "what a stop finds nothing for does not rest"


def test_a_stop_limit_order_rests_with_its_remainder() -> None:
    book = BareBook()
    book.m["last_price"] = 10_000
    book.submit("limit", SELL, 10_001, 1, 2)
    book.submit("limit", SELL, 10_002, 1, 2)
    waiting = book.submit("stop_limit", BUY, 10_002, 5, 3, 10_001, 30)
    assert waiting is not None and not book.levels(BUY)
    book.submit("immediate", BUY, 10_001, 1, 4)
    assert book.levels(BUY) == [(10_002, 4, 1)]
    book.pass_time(30)
    assert not book.levels(BUY)
    order = book.submit("stop_limit", BUY, 10_000, 5, 3, 9_999)
    assert book.cancel(order), "it was set off at once, and rests"
    order = book.submit("stop_limit", BUY, 10_000, 5, 3, 10_100)
    assert book.cancel(order), "it waits"


def test_a_waiting_stop_limit_order_is_saved_with_the_market(tmp_path: Path) -> None:
    scenario = Scenario.model_validate({"name": "x", "market": {"warm_up": "10s"}})
    simulator = Simulator(scenario, 4)
    simulator.warm_up()
    far = simulator.best_ask + 1.0
    waiting = simulator.submit("stop_limit", 1, far, 3, trigger=far).order
    simulator.save(tmp_path / "market.npz")
    again = Simulator.load(tmp_path / "market.npz", scenario)
    assert waiting is not None and again.cancel(waiting).accepted


def test_a_level_holds_more_lots_than_32_bits_count() -> None:
    book = BareBook()
    for _ in range(2_148):
        book.submit("limit", SELL, 10_001, 1_000_000, 2)
    assert book.levels(SELL) == [(10_001, 2_148_000_000, 2_148)]
    book.submit("immediate", BUY, 10_001, 2_147_999_999, 3)
    assert book.filled == 2_147_999_999
    assert book.levels(SELL) == [(10_001, 1, 1)]


def test_sizes_beyond_the_largest_are_refused_and_levels_hold_more() -> None:
    book = BareBook()
    for agent in range(2, 5):
        book.submit("limit", BUY, 9_999, LARGEST, agent)
    assert book.levels(BUY) == [(9_999, 3 * LARGEST, 3)]
    for size in (LARGEST + 1, 0, -1):
        assert book.submit("limit", BUY, 9_999, size, 2) is None and book.result == "size"
    book.submit("immediate", SELL, 9_999, 3 * LARGEST, 5)
    assert book.filled == 3 * LARGEST and not book.levels(BUY)
    assert book.state.agents["cash"][0, 5] == 3 * LARGEST * 9_999


@pytest.mark.parametrize("name", ["ORDER", "LEVEL", "INTENT", "TRADE", "MESSAGE", "SAMPLE"])
def test_records_that_are_compared_by_their_bytes_have_no_gaps(name: str) -> None:
    record = getattr(state, name)
    assert record.itemsize == sum(record[field].itemsize for field in record.names)


def test_a_batch_of_the_largest_orders_is_shared_in_proportion() -> None:
    book = BareBook()
    book.m["phase"] = state.AUCTION
    for agent in (2, 3, 4, 5):
        book.submit("limit", BUY, 10_000, LARGEST, agent)
    for agent in (6, 7):
        book.submit("limit", SELL, 10_000, LARGEST, agent)
    assert book.hold_auction(10_000.0, pro_rata=True) == 10_000
    bought = np.zeros(8, np.int64)
    for _, size, _, taker, _ in book.fills():
        bought[taker] += size
    assert bought[2:6].sum() == 2 * LARGEST
    assert np.ptp(bought[2:6]) <= 2


def the_book(simulator: Simulator) -> tuple:
    s = simulator.arrays
    m = s.market[0]
    stops = m["buy_stops_n"], m["sell_stops_n"]
    waiting = s.pool["result"].tobytes()
    orders = s.orders[0][s.orders[0]["size"] > 0]
    arrays = orders, s.icebergs[0][orders["iceberg"] - 1]["reserve"], s.levels, s.bits
    return (*(a.tobytes() for a in arrays), *stops, waiting)


@pytest.mark.parametrize("rule", [*RULES, "auction", "closed"])
def test_refusals_leave_the_book_alone_under_every_rule(rule: str) -> None:
    scenario = Scenario.model_validate(
        {"name": "x", "market": {"warm_up": "10s", "max_orders": 1024}}
    )
    simulator = Simulator(scenario, 4)
    simulator.warm_up()
    random = np.random.default_rng(6)
    mine: list = []
    refused = 0
    for n in range(400):
        if n == 100:
            if rule in RULES:
                simulator.set_intervention(rule, **RULES[rule])
            elif rule == "auction":
                simulator.hold_auction(600_000.0)
            else:
                arrays_of(simulator).market[0]["phase"] = state.SHUT
        if n % 8 == 0:
            simulator.run(0.05)
        price = round(simulator.mid + 0.01 * int(random.integers(-4, 5)), 2)
        size, peak = int(random.integers(1, 30)), int(random.choice([0, 0, 2]))
        before = the_book(simulator)
        what = random.integers(6)
        if what < 2 or not mine:
            kind = str(random.choice(["limit", "post_only", "slide"]))
            report = simulator.submit(kind, random.choice([1, -1]), price, size, peak=peak)  # type: ignore[arg-type]
        elif what == 2:
            kind = str(random.choice(["immediate", "fill_or_kill"]))
            report = simulator.submit(kind, random.choice([1, -1]), price, size)  # type: ignore[arg-type]
        elif what == 3:
            report = simulator.submit("stop", 1, None, size, trigger=price)
        elif what == 4:
            report = simulator.modify(mine[random.integers(len(mine))], price, size)
        else:
            report = simulator.cancel(mine[random.integers(len(mine))])
        if report.order:
            mine.append(report.order)
        if not report.accepted:
            refused += 1
            assert report.filled == 0
            assert the_book(simulator) == before, report.reason
    assert refused > 20
