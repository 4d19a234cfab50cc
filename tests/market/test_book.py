"""The compiled book against a slow reference, operation by operation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bare_book import BareBook, empty_scenario
from support.long_tests import IS_LONG
from support.slow_book import SlowBook

from abm_desktop.market import state
from abm_desktop.market.arrays import allocate, ladder_words
from abm_desktop.market.auction import clearing
from abm_desktop.market.book import next_above, next_below
from abm_desktop.market.opening import FIRST_STRESS_AGENT
from abm_desktop.market.parameters import parameters
from abm_desktop.market.phases import LULD

BUY, SELL = 0, 1
AGENTS = st.integers(FIRST_STRESS_AGENT, FIRST_STRESS_AGENT + 5)
SIDES = st.sampled_from([BUY, SELL])
RESTING = ("limit", "slide", "post_only")


def orders(prices: st.SearchStrategy[int]) -> st.SearchStrategy[tuple]:
    plain = st.tuples(
        st.sampled_from([*RESTING, "immediate", "fill_or_kill"]),
        SIDES,
        prices,
        st.integers(1, 12),
        AGENTS,
    )
    iceberg = st.tuples(
        st.sampled_from(RESTING), SIDES, prices, st.integers(1, 12), AGENTS, st.integers(1, 5)
    )
    return st.one_of(plain, iceberg)


def operations(prices: st.SearchStrategy[int]) -> st.SearchStrategy[list]:
    cancel = st.tuples(st.just("cancel"), st.integers(0, 30))
    modify = st.tuples(st.just("modify"), st.integers(0, 30), prices, st.integers(1, 12))
    return st.lists(st.one_of(orders(prices), orders(prices), cancel, modify), max_size=60)


def play(
    steps: list,
    prevention: str = "off",
    trading: bool = True,
    room: int = 1024,
    icebergs: int = 64,
    buffers: int = 4096,
    band: tuple[int, int] | None = None,
) -> tuple[BareBook, SlowBook]:
    fast = BareBook(
        orders=room,
        icebergs=icebergs,
        trade_rows=buffers,
        message_rows=buffers,
        self_trade_prevention=prevention,
    )
    slow = SlowBook(prevention, trading=trading, room=room, hidden_room=icebergs)
    fast.m["phase"] = state.CONTINUOUS if trading else state.AUCTION
    if band is not None:
        slow.band = band
        fast.m["rules_on"] = 1
        fast.m["bound_low"], fast.m["bound_high"] = band
        fast.m["bound_low_reason"] = fast.m["bound_high_reason"] = LULD
    handles: list[tuple] = []
    for step in steps:
        before = slow.queues()
        if step[0] == "close":
            slow.closed, fast.m["phase"] = True, state.SHUT
            continue
        if step[0] == "cancel":
            if handles:
                handle, ident = handles[step[1] % len(handles)]
                assert fast.cancel(handle) == slow.cancel(ident)
        elif step[0] == "modify":
            if handles:
                at = step[1] % len(handles)
                handle, ident = handles[at]
                handle, ident = fast.modify(handle, *step[2:]), slow.modify(ident, *step[2:])
                assert (handle is None) == (ident is None)
                if handle is not None:
                    handles[at] = (handle, ident)
        else:
            handle, ident = fast.submit(*step), slow.submit(*step)
            assert (handle is None) == (ident is None)
            if handle is not None:
                handles.append((handle, ident))
            assert fast.result == slow.result
        for side in (BUY, SELL):
            assert fast.levels(side) == slow.levels(side)
        assert fast.queues() == slow.queues()
        assert not slow.result or slow.queues() == before, "a refusal leaves the book as it was"
        bid, ask = slow.best(BUY), slow.best(SELL)
        assert not trading or bid is None or ask is None or bid < ask
    assert fast.fills() == slow.fills
    assert fast.rows() == slow.rows
    return fast, slow


@settings(max_examples=120, deadline=None)
@given(operations(st.integers(9_992, 10_008)))
def test_same_as_the_reference_near_the_touch(steps: list) -> None:
    play(steps)


@settings(max_examples=40, deadline=None)
@given(operations(st.integers(1, 32_766)))
def test_same_as_the_reference_across_the_ladder(steps: list) -> None:
    play(steps)


@settings(max_examples=60, deadline=None)
@given(
    operations(st.integers(9_997, 10_003)),
    st.sampled_from(["off", "cancel_resting", "cancel_incoming"]),
    st.booleans(),
    st.integers(2, 6),
    st.integers(0, 3),
)
def test_what_finds_no_room_is_refused_before_it_trades(
    steps: list, prevention: str, trading: bool, room: int, icebergs: int
) -> None:
    play(steps, prevention, trading, room, max(icebergs, 1))


@settings(max_examples=40, deadline=None)
@given(operations(st.integers(9_995, 10_005)), st.integers(0, 5), st.integers(0, 5))
def test_no_trade_passes_a_band(steps: list, down: int, up: int) -> None:
    fast, _ = play(steps, band=(10_000 - down, 10_000 + up))
    assert all(10_000 - down <= price <= 10_000 + up for price, *_ in fast.fills())


@settings(max_examples=30, deadline=None)
@given(operations(st.integers(9_996, 10_004)), operations(st.integers(9_996, 10_004)))
def test_a_closed_market_only_lets_go(before: list, after: list) -> None:
    play([*before, ("close",), *after])


@settings(max_examples=40, deadline=None)
@given(operations(st.integers(9_997, 10_003)), st.integers(1, 9))
def test_small_buffers_change_nothing(steps: list, buffers: int) -> None:
    play(steps, buffers=buffers)


@settings(max_examples=40, deadline=None)
@given(
    operations(st.integers(9_996, 10_004)), st.sampled_from(["cancel_resting", "cancel_incoming"])
)
def test_self_trade_prevention(steps: list, prevention: str) -> None:
    fast, _ = play(steps, prevention)
    assert all(taker != maker for *_, taker, maker in fast.fills())


@settings(max_examples=40, deadline=None)
@given(operations(st.integers(9_995, 10_005)))
def test_cash_and_shares_are_conserved(steps: list) -> None:
    fast, _ = play(steps)
    agents, classes = fast.state.agents[0], fast.state.classes[0]
    for name in ("cash", "inventory"):
        assert agents[name].sum() == 0
        assert classes[name].sum() == 0


@st.composite
def timed_operations(draw: st.DrawFn) -> list:
    """Orders that wait for a trigger, hide all but a lot, or live for a time, among plain ones."""
    prices = st.integers(9_994, 10_006)
    sizes, lives = st.integers(1, 12), st.sampled_from([0, 5, 20])
    steps: list = []
    for _ in range(draw(st.integers(0, 50))):
        what = draw(st.sampled_from(["order", "order", "order", "stop", "cancel", "time"]))
        if what == "stop":
            kind = draw(st.sampled_from(["stop", "stop_limit"]))
            steps.append(
                (kind, draw(SIDES), draw(prices), draw(sizes), draw(AGENTS), draw(prices), 0)
            )
        elif what == "order":
            kind = draw(st.sampled_from([*RESTING, "immediate"]))
            peak = draw(st.sampled_from([0, 1])) if kind != "immediate" else 0
            life = draw(lives) if kind != "immediate" else 0
            steps.append((kind, draw(SIDES), draw(prices), draw(sizes), draw(AGENTS), peak, life))
        elif what == "cancel":
            steps.append(("cancel", draw(st.integers(0, 30))))
        else:
            steps.append(("time", draw(st.integers(1, 10))))
    return steps


@settings(max_examples=150 if IS_LONG else 60, deadline=None)
@given(timed_operations())
def test_stops_hidden_and_timed_orders_are_those_of_the_reference(steps: list) -> None:
    fast, slow = BareBook(orders=1024), SlowBook()
    fast.m["last_price"] = slow.last
    handles: list[tuple] = []
    for step in steps:
        if step[0] == "time":
            fast.pass_time(step[1])
            slow.pass_time(step[1])
        elif step[0] == "cancel":
            if handles:
                handle, ident = handles[step[1] % len(handles)]
                assert fast.cancel(handle) == slow.cancel(ident)
        else:
            handle, ident = fast.submit(*step), slow.submit(*step)
            assert (handle is None) == (ident is None)
            if handle is not None:
                handles.append((handle, ident))
        assert fast.fills() == slow.fills
        for side in (BUY, SELL):
            assert fast.levels(side) == slow.levels(side)
        assert fast.m["last_price"] == slow.last
    # Which of two orders that expire at one instant goes first is not specified.
    assert sorted(fast.rows()) == sorted(slow.rows)


@settings(max_examples=80, deadline=None)
@given(operations(st.integers(9_993, 10_007)), st.floats(9_990.0, 10_010.0), st.booleans())
def test_the_auction_trades_most_at_one_price_and_uncrosses(
    steps: list, reference: float, pro_rata: bool
) -> None:
    fast, slow = play(steps, trading=False)
    s = fast.state
    price, lots = clearing(fast.m, s.orders[0], s.levels[0], s.bits[0], s.icebergs[0], reference)
    assert (int(price), int(lots)) == slow.clearing(reference)
    before = [sum(o.total for o in slow.orders if o.side == side) for side in (BUY, SELL)]
    better = {
        side: sum(
            o.total
            for o in slow.orders
            if o.side == side and (o.price > price if side == BUY else o.price < price)
        )
        for side in (BUY, SELL)
    }
    assert slow.uncross(reference, pro_rata) == (price if lots else -1)
    held = fast.hold_auction(reference, pro_rata)
    fills = fast.fills()
    assert fills == slow.fills
    assert fast.rows() == slow.rows
    assert fast.queues() == slow.queues()
    if lots == 0:
        assert held == -1 and not fills
        return
    assert held == price and {fill[0] for fill in fills} == {price}
    assert sum(fill[1] for fill in fills) == lots
    live = s.orders[0][s.orders[0]["size"] > 0]
    hidden = s.icebergs[0]
    after = [0, 0]
    for order in live:
        reserve = hidden[order["iceberg"] - 1]["reserve"] if order["iceberg"] else 0
        after[order["side"]] += int(order["size"]) + int(reserve)
    assert after == [before[BUY] - lots, before[SELL] - lots]
    bids, asks = fast.levels(BUY), fast.levels(SELL)
    assert not bids or not asks or bids[0][0] < asks[0][0]
    # What is better than the price trades completely, as far as there is a counterpart.
    for side, levels in ((BUY, bids), (SELL, asks)):
        if better[side] <= lots and levels:
            assert levels[0][0] <= price if side == BUY else levels[0][0] >= price


def test_the_batch_auction_fills_the_last_level_pro_rata() -> None:
    book = BareBook()
    book.m["phase"] = state.AUCTION
    for agent, size in ((2, 30), (3, 60), (4, 10)):
        book.submit("limit", BUY, 10_000, size, agent)
    book.submit("limit", SELL, 10_000, 50, 5)
    book.hold_auction(10_000.0, pro_rata=True)
    bought: dict[int, int] = {}
    for _, size, _, taker, _ in book.fills():
        bought[taker] = bought.get(taker, 0) + size
    assert bought == {2: 15, 3: 30, 4: 5}


def test_time_priority_within_a_price() -> None:
    book = BareBook()
    book.submit("limit", BUY, 10_000, 3, 2)
    book.submit("limit", BUY, 10_000, 3, 3)
    book.submit("limit", BUY, 10_001, 1, 4)
    book.submit("immediate", SELL, 9_000, 5, 5)
    assert book.fills() == [
        (10_001, 1, -1, 5, 4),
        (10_000, 3, -1, 5, 2),
        (10_000, 1, -1, 5, 3),
    ]


def test_a_partly_filled_order_keeps_its_place() -> None:
    book = BareBook()
    book.submit("limit", SELL, 10_000, 5, 2)
    book.submit("limit", SELL, 10_000, 5, 3)
    book.submit("immediate", BUY, 10_000, 2, 4)
    book.submit("immediate", BUY, 10_000, 4, 4)
    assert [fill[-1] for fill in book.fills()] == [2, 2, 3]


def test_an_iceberg_goes_to_the_back_with_each_part() -> None:
    book = BareBook()
    book.submit("limit", SELL, 10_000, 6, 2, 2)
    book.submit("limit", SELL, 10_000, 3, 3)
    assert book.levels(SELL) == [(10_000, 5, 2)]
    book.submit("immediate", BUY, 10_000, 9, 4)
    assert [(fill[1], fill[-1]) for fill in book.fills()] == [(2, 2), (3, 3), (2, 2), (2, 2)]
    assert book.levels(SELL) == []


def test_a_stale_handle_cancels_nothing() -> None:
    book = BareBook()
    first = book.submit("limit", BUY, 10_000, 1, 2)
    assert book.cancel(first)
    second = book.submit("limit", BUY, 10_000, 1, 2)
    assert second[0] == first[0], "the slot is reused, so only the sequence number tells them apart"
    assert not book.cancel(first)
    assert book.levels(BUY) == [(10_000, 1, 1)]


def test_what_is_refused_is_counted() -> None:
    book = BareBook(orders=1024)
    book.submit("limit", BUY, 0, 1, 2)
    book.submit("limit", SELL, 32_767, 1, 2)
    assert book.m["refused_ladder"] == 2
    for _ in range(1030):
        book.submit("limit", BUY, 9_000, 1, 2)
    assert book.levels(BUY) == [(9_000, 1024, 1024)]
    assert book.m["refused_pool"] == 6


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(0, 8191)), st.integers(0, 8191))
def test_bit_scan_finds_the_next_occupied_price(occupied: set[int], price: int) -> None:
    ladder = 8192
    words = ladder // 64
    bits = np.zeros((2, ladder_words(ladder)), np.uint64)
    for p in occupied:
        bits[0, p >> 6] |= np.uint64(1) << np.uint64(p & 63)
        bits[0, words + (p >> 12)] |= np.uint64(1) << np.uint64((p >> 6) & 63)
    below = max((p for p in occupied if p < price), default=-1)
    above = min((p for p in occupied if p > price), default=ladder)
    assert next_below(bits, 0, words, price) == below
    assert next_above(bits, 0, words, price, ladder) == above


def test_a_ladder_that_is_no_multiple_of_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 64"):
        allocate(
            parameters(empty_scenario()),
            markets=1,
            ladder=1000,
            max_orders=64,
            agents=1,
            handles=0,
            intents=8,
        )
