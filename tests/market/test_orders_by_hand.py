"""Orders from the desk: never beyond their limit, and refused if they are not what they seem."""

from __future__ import annotations

import math

import numpy as np
import pytest

from abm_desktop.inputs import InputError
from abm_desktop.market.orders_by_hand import MAX_SIZE, ticks_of
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario


@pytest.fixture
def market() -> Simulator:
    """A market as it opens: bids from 99.99 down, asks from 100.01 up, and no traders yet."""
    return Simulator(Scenario.model_validate({"name": "x", "market": {"warm_up": 0.0}}), 3)


def state_of(market: Simulator) -> bytes:
    return b"".join(array.tobytes() for array in market.arrays)


@pytest.mark.parametrize(
    ("side", "price", "rests_at"),
    [(1, 100.007, 100.0), (1, 100.0099999, 100.0), (-1, 99.993, 100.0), (-1, 99.9900001, 100.0)],
)
def test_a_limit_between_two_ticks_is_rounded_away_from_the_market(market, side, price, rests_at):
    report = market.submit("limit", side, price, 3)
    assert report.accepted and report.filled == 0
    best = market.best_bid if side > 0 else market.best_ask
    assert best == rests_at


def test_the_price_of_a_tick_is_that_tick_however_it_was_computed():
    for tick in (0.01, 0.05, 0.001, 1 / 256, 1 / 3):
        for n in (1, 2, 3, 7, 29, 115, 1001, 10016, 16383):
            for price in (n * tick, round(n * tick, 10), np.nextafter(n * tick, 0.0)):
                assert ticks_of(price, tick, up=False) == n == ticks_of(price, tick, up=True)
    assert ticks_of(100.16 - 0.003 + 0.003, 0.01, up=False) == 10016
    assert ticks_of(10.0 + 1e-7, 0.01, up=True) == 1001
    assert ticks_of(10.0 - 1e-7, 0.01, up=False) == 999


@pytest.mark.parametrize("kind", ["limit", "slide", "immediate", "fill_or_kill", "post_only"])
@pytest.mark.parametrize("side", [1, -1])
def test_no_order_trades_beyond_its_limit(market, kind, side):
    touch = market.best_ask if side > 0 else market.best_bid
    for short in (0.001, 0.004, 0.0051, 0.009, 1e-6):
        report = market.submit(kind, side, touch - side * short, 1)
        assert report.filled == 0, f"{short} short of the touch"


def test_a_stop_between_two_ticks_is_set_off_by_the_first_price_that_reaches_it(market):
    waiting = market.submit("stop", 1, None, 1, trigger=100.012)
    market.submit("immediate", 1, 100.01, 1)
    assert market.last_price == 100.01 and market.agents[0]["inventory"] == 1
    lots = int(market.book(1)[1][0, 1])
    market.submit("immediate", 1, 100.02, lots + 1)
    assert market.last_price == 100.02 and market.agents[0]["inventory"] == lots + 3
    assert not market.cancel(waiting.order).accepted


def test_a_changed_order_keeps_to_its_limit_too(market):
    buy = market.submit("limit", 1, 99.0, 2).order
    sell = market.submit("limit", -1, 101.0, 2).order
    assert market.modify(buy, 100.0085, 2).filled == 0
    assert market.best_bid == 100.0
    assert market.modify(sell, 100.0015, 2).filled == 0
    assert market.best_ask == 100.01


def test_a_life_too_short_for_the_clock_is_not_for_ever(market):
    assert market.submit("limit", 1, 99.5, 2, life=1e-12).accepted
    market.run(0.001)
    assert market.cancel_orders() == 0


WRONG = {
    "kind": ["hidden", None, 3, ["limit"], np.array(["limit"])],
    "side": [0, 2, True, 1.0, "1", None, np.array([1, 1]), 10**30],
    "price": [math.nan, math.inf, -5.0, 0.0, "100", 10**400, [100.0], True, 1j],
    "size": [True, 0, -1, MAX_SIZE + 1, "1", None, math.nan, 10**30, np.array([1])],
    "peak": [1.5, -1, True, None, 10**30, "1"],
    "trigger": [100.0],
    "life": [-1.0, math.nan, math.inf, None, "1", 1e12, True],
}


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, many in WRONG.items() for v in many])
def test_a_wrong_argument_is_named_and_changes_nothing(market, key, value):
    given = {"kind": "limit", "side": 1, "price": 90.0, "size": 1} | {key: value}
    before = state_of(market)
    with pytest.raises(InputError, match=rf"^{key} "):
        market.submit(**given)
    assert state_of(market) == before


@pytest.mark.parametrize("size", [1.9, 2.0, np.float32(0.5), -1.5, 1e300])
def test_an_order_for_parts_of_lots_is_refused(market, size):
    order = market.submit("limit", 1, 90.0, 2).order
    before = state_of(market)
    for report in (market.submit("limit", 1, 90.0, size), market.modify(order, 90.0, size)):
        assert not report.accepted and report.filled == 0 and report.order is None
        assert "whole number of lots" in report.reason
    assert state_of(market) == before


def test_numbers_of_numpy_are_numbers(market):
    report = market.submit("limit", np.int8(1), np.float32(90.5), np.uint16(3), peak=np.int64(1))
    assert report.accepted
    assert market.modify(np.array(report.order).tolist(), np.float64(90.25), np.int32(2)).accepted


@pytest.mark.parametrize("order", [None, 3, "ab", (1,), (1, 2, 3), (1.0, 2), (True, 1), (None, 1)])
def test_what_is_no_order_cannot_be_cancelled_or_changed(market, order):
    before = state_of(market)
    with pytest.raises(InputError, match=r"^order"):
        market.cancel(order)
    with pytest.raises(InputError, match=r"^order"):
        market.modify(order, 90.0, 1)
    assert state_of(market) == before


@pytest.mark.parametrize("order", [(-1, 0), (10**30, 0), (0, 10**30), (0, -(2**40)), (1, 0)])
def test_an_order_that_is_not_there_is_reported(market, order):
    before = state_of(market)
    for report in (market.cancel(order), market.modify(order, 90.0, 1)):
        assert not report.accepted and "no such order" in report.reason
    assert state_of(market) == before
