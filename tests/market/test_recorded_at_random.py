"""Own orders at any time in a recorded day: priority, money, no trace if they are taken back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.flow_maker import random_day, write_pair

from abm_desktop import Simulator

LENGTH = 240
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["limit", "post_only", "immediate", "fill_or_kill", "cancel", "smaller"]),
        st.sampled_from([-1, 1]),
        st.integers(-4, 4),
        st.sampled_from([1, 30, 250, 5000]),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=12,
)
"""What is done, side, ticks from the mid, size, and how many events later."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    """A recorded day of which a fork is taken for each example."""
    folder = tmp_path_factory.mktemp("day")
    return Simulator(recording=write_pair(folder, *random_day(seed=8, rows=LENGTH, depth=5)))


@settings(max_examples=25, deadline=None)
@given(ACTIONS)
def test_priority_and_money_hold_whatever_is_ordered(day: Simulator, actions: list) -> None:
    market = day.fork()
    tick = market.scenario.market.tick_size
    for what, side, ticks, size, events in actions:
        mine = {each.key: each for each in market.own_orders()}
        if what == "cancel" and mine:
            assert market.cancel(next(iter(mine))).accepted
        elif what == "smaller" and mine:
            order = next(iter(mine.values()))
            if order.size > 1:
                report = market.modify(order.key, order.price, order.size - 1)
                assert report.accepted and report.order == order.key and not report.filled
        elif what not in ("cancel", "smaller") and np.isfinite(market.mid):
            best = market.best_ask if side > 0 else market.best_bid
            price = round(market.mid / tick + ticks) * tick
            report = market.submit(what, side, price, size)
            if report.filled:  # at the best price or worse, never beyond the limit
                paid = market.tape.trades["price"][-1] * tick
                assert side * (paid - best) > -1e-9 and side * (price - paid) > -1e-9
            assert not (what == "fill_or_kill" and report.filled not in (0, size))
            assert not (what == "post_only" and report.filled)
        before = {each.key: each for each in market.own_orders()}
        for _ in range(events):
            market.step()
            after = {each.key: each for each in market.own_orders()}
            for order, each in before.items():
                # Nobody gets before it, and what fills a part of it has taken all before it.
                if order in after:
                    assert after[order].ahead <= each.ahead
                    assert after[order].size == each.size or after[order].ahead == 0
            before = after
            bids, asks = market.book(1)
            if len(bids) and len(asks):
                assert bids[0, 0] < asks[0, 0]
            assert (bids[:, 1] > 0).all() and (asks[:, 1] > 0).all()
    for accounts in (market.agents, market.classes):
        assert int(accounts["inventory"].sum()) == 0
        assert int(accounts["cash"].sum()) + market.fees == 0


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([-1, 1]), st.integers(3, 9), st.integers(0, 30)), max_size=6)
)
def test_orders_taken_back_before_they_trade_leave_no_trace(day: Simulator, orders: list) -> None:
    plain, market = day.fork(), day.fork()
    tick = market.scenario.market.tick_size
    for side, away, events in orders:
        if np.isfinite(market.mid):
            best = market.best_bid if side > 0 else market.best_ask
            report = market.submit("post_only", side, best - side * away * tick, 7)
            assert report.filled == 0
            if report.order is not None:
                assert market.cancel(report.order).accepted
        for _ in range(events):
            market.step()
            plain.step()
        for mine, theirs in zip(market.book(20), plain.book(20), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    end = market.scenario.market.session
    market.run_until(end)
    plain.run_until(end)
    np.testing.assert_array_equal(market.tape.trades["price"], plain.tape.trades["price"])
    np.testing.assert_array_equal(market.tape.trades["size"], plain.tape.trades["size"])
    assert market.recorded_differences == (0, 0, 0)
