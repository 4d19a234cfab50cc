"""The compiled book against a slow reference, operation by operation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bare_book import BareBook
from support.slow_book import SlowBook

from abm_desktop.market.book import next_above, next_below
from abm_desktop.market.opening import FIRST_STRESS_AGENT
from abm_desktop.market.state import ladder_words

BUY, SELL = 0, 1
AGENTS = st.integers(FIRST_STRESS_AGENT, FIRST_STRESS_AGENT + 5)


def orders(prices: st.SearchStrategy[int]) -> st.SearchStrategy[tuple]:
    return st.tuples(
        st.sampled_from(["limit", "slide", "immediate"]),
        st.sampled_from([BUY, SELL]),
        prices,
        st.integers(1, 9),
        AGENTS,
    )


def operations(prices: st.SearchStrategy[int]) -> st.SearchStrategy[list]:
    return st.lists(
        st.one_of(orders(prices), st.integers(0, 30).map(lambda k: ("cancel", k))), max_size=60
    )


def play(steps: list) -> tuple[BareBook, SlowBook]:
    fast, slow = BareBook(max_orders=1024), SlowBook()
    handles: list[tuple] = []
    for step in steps:
        if step[0] == "cancel":
            if handles:
                handle, ident = handles[step[1] % len(handles)]
                assert fast.cancel(handle) == slow.cancel(ident)
        else:
            handle, ident = fast.submit(*step), slow.submit(*step)
            assert (handle is None) == (ident is None)
            if handle is not None:
                handles.append((handle, ident))
        for side in (BUY, SELL):
            assert fast.levels(side) == slow.levels(side)
        bid, ask = slow.best(BUY), slow.best(SELL)
        assert bid is None or ask is None or bid < ask
    assert fast.fills() == slow.fills
    return fast, slow


@settings(max_examples=120, deadline=None)
@given(operations(st.integers(9_990, 10_010)))
def test_same_as_the_reference_near_the_touch(steps: list) -> None:
    play(steps)


@settings(max_examples=60, deadline=None)
@given(operations(st.integers(1, 32_766)))
def test_same_as_the_reference_across_the_ladder(steps: list) -> None:
    play(steps)


@settings(max_examples=60, deadline=None)
@given(operations(st.integers(9_995, 10_005)))
def test_cash_and_shares_are_conserved(steps: list) -> None:
    fast, _ = play(steps)
    agents, classes = fast.state.agents[0], fast.state.classes[0]
    for name in ("cash", "inventory"):
        assert agents[name].sum() == 0
        assert classes[name].sum() == 0


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


def test_a_stale_handle_cancels_nothing() -> None:
    book = BareBook()
    first = book.submit("limit", BUY, 10_000, 1, 2)
    assert book.cancel(first)
    second = book.submit("limit", BUY, 10_000, 1, 2)
    assert second[0] == first[0], "the slot is reused, so only the sequence number tells them apart"
    assert not book.cancel(first)
    assert book.levels(BUY) == [(10_000, 1, 1)]


def test_what_is_refused_is_counted() -> None:
    book = BareBook(max_orders=1024)
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
    from support.bare_book import empty_scenario

    from abm_desktop.market.parameters import parameters
    from abm_desktop.market.state import allocate

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
