"""Matching: ready-made messages through the book, and through all that a market does with them.

Cases named ``execute:`` are the same messages as intents of traders, which are judged, matched and
booked on accounts and tape as in every run; the others are the bare book. On one core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.bench.report import OURS, Report
from abm_desktop.market import book
from abm_desktop.market import flow as flows
from abm_desktop.market.arrays import Markets, aligned, allocate, ladder_words
from abm_desktop.market.flow_kinds import ADD, DELETE, EXECUTE, PARTIAL_CANCEL
from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.parameters import PARAMS
from abm_desktop.market.random import stream_key
from abm_desktop.market.state import (
    AGENT,
    CANCEL,
    ICEBERG,
    IMMEDIATE,
    LEVEL,
    LIMIT,
    MARKET,
    MESSAGE,
    MODIFY,
    ORDER,
    TRADE,
)

_SHALLOW = (1_000, 40, 4096)
_DEEP = (90_000, 1000, 131_072)
_LADDER = 4096
_TRADERS = 1_024
_RECORDED_ORDERS = 1 << 14
"""More than ever rest at once in a recorded day of the depth that LOBSTER samples have."""


@dataclass
class Prepared:
    """A flow and the book it starts from."""

    flow: np.ndarray
    orders: int
    ladder: int
    places: int
    untimed: int
    """Messages at the start that only fill the book."""


class BenchBook:
    """Fresh arrays of one bare book."""

    def __init__(self, orders: int, ladder: int, places: int) -> None:
        self.arrays = (
            np.zeros(1, MARKET),
            aligned(orders, ORDER),
            np.zeros((2, ladder), LEVEL),
            np.zeros((2, ladder_words(ladder)), np.uint64),
            np.zeros(1, ICEBERG),
            np.zeros(1 << 14, TRADE),
            np.zeros(1, MESSAGE),
        )
        self.slots = np.zeros(places, np.int32)
        for array in (*self.arrays, self.slots):
            array.view(np.uint8).fill(0)  # touch every page before the clock runs
        book.clear(self.arrays[0][0], self.arrays[2], self.arrays[3], ladder)


def synthetic(resting: int, width: int, orders: int, messages: int) -> Prepared:
    """51 % limit, 10 % market, 39 % cancel orders around a steady number of resting orders."""
    fill = 2 * resting
    places = resting + resting // 2 + 1024
    scratch = BenchBook(orders, _LADDER, places)
    stream = np.zeros(1, AGENT)
    stream["key"] = stream_key(np.uint64(1), 0, 0)
    flow = np.zeros(messages + fill, flows.FLOW)
    live = np.zeros((places, 2), np.int32)
    flows.generate(stream[0], *scratch.arrays, flow, scratch.slots, live, resting, width)
    return Prepared(flow, orders, _LADDER, places, fill)


def recorded(path: Path) -> Prepared:
    """A LOBSTER file: adds rest, executions become immediate orders, cancels name their order.

    Messages about orders from before the file are left out; executions against them trade with one
    seeded order a level.
    """
    day = read_order_flow(path)
    keep = (day.kind >= ADD) & (day.kind <= EXECUTE)
    _, ident = np.unique(day.order_id, return_inverse=True)
    added = np.zeros(ident.max() + 1, np.bool_)
    added[ident[day.kind == ADD]] = True
    keep &= added[ident] | (day.kind == EXECUTE)
    rows = np.flatnonzero(keep)
    # The first row shows the book after the first message: seeding it and sending that message
    # again is off by one order, which does not matter for the speed.
    first = [
        (side, int(p), int(size))
        for side in (0, 1)
        for p, size in zip(day.book_price[0, side], day.book_size[0, side], strict=True)
        if size > 0
    ]
    prices = np.unique(np.concatenate([day.price[rows], [p for _, p, _ in first]]))
    ladder = 128
    while ladder < len(prices) + 2:
        ladder *= 2
    flow = np.zeros(len(rows) + len(first), flows.FLOW)
    head, body = flow[: len(first)], flow[len(first) :]
    head["kind"] = LIMIT
    head["side"] = [side for side, _, _ in first]
    head["price"] = np.searchsorted(prices, [p for _, p, _ in first]) + 1
    head["size"] = [size for *_, size in first]
    head["place"] = len(added) + np.arange(len(first))
    kind = day.kind[rows]
    body["kind"] = np.select(
        [kind == ADD, kind == PARTIAL_CANCEL, kind == DELETE], [LIMIT, MODIFY, CANCEL], IMMEDIATE
    )
    # The file names the side of the resting order; an execution comes from the other side.
    body["side"] = np.where(kind == EXECUTE, 1 - day.side[rows], day.side[rows])
    body["price"] = np.searchsorted(prices, day.price[rows]) + 1
    body["size"] = day.size[rows]
    body["place"] = ident[rows]
    return Prepared(flow, _RECORDED_ORDERS, ladder, len(added) + len(first), len(first))


def traded_market(prepared: Prepared) -> Markets:
    """One market of traders without a will of their own, to which a flow can be sent."""
    markets = allocate(
        np.zeros(1, PARAMS),
        markets=1,
        ladder=prepared.ladder,
        max_orders=prepared.orders,
        agents=_TRADERS,
        handles=1,
        intents=64,
        trade_rows=1 << 14,
    )
    book.clear(markets.market[0], markets.levels[0], markets.bits[0], prepared.ladder)
    market = markets.market[0]
    for name in ("pool_free", "ready_head", "awaiting"):
        market[name] = -1
    market["n_agents"] = _TRADERS
    market["record_trades"] = 1
    return markets


def ask(prepared: Prepared, repeats: int) -> list[float]:
    """Messages per second of each repetition, as intents of traders."""
    rates = []
    for _ in range(repeats + 1):
        markets = traded_market(prepared)
        notes = np.full(prepared.places, -1, np.int64)
        for array in (*markets, notes):
            array.view(np.uint8)[..., ::4096] |= 0
        flows.ask(markets, 0, prepared.flow, notes, 0, prepared.untimed)
        start = time.perf_counter()
        done = flows.ask(markets, 0, prepared.flow, notes, prepared.untimed, len(prepared.flow))
        rates.append(done / (time.perf_counter() - start))
    return rates[1:]


def play(prepared: Prepared, repeats: int) -> list[float]:
    """Messages per second of each repetition."""
    rates = []
    for _ in range(repeats + 1):
        fresh = BenchBook(prepared.orders, prepared.ladder, prepared.places)
        flows.play(*fresh.arrays, prepared.flow, fresh.slots, 0, prepared.untimed)
        start = time.perf_counter()
        # Messages that find nothing to do (a cancel of what has traded) do not count.
        done = flows.play(
            *fresh.arrays, prepared.flow, fresh.slots, prepared.untimed, len(prepared.flow)
        )
        rates.append(done / (time.perf_counter() - start))
    return rates[1:]  # the first one warms the caches


def run(lobster: list[Path], *, peers: bool, messages: int, repeats: int) -> Report:
    """Measure all cases; peers get the first part of the same messages."""
    report = Report("engine")
    cases = {
        "synthetic-shallow": synthetic(*_SHALLOW, messages),
        "synthetic-deep": synthetic(*_DEEP, messages),
    }
    for path in lobster:
        cases[f"lobster:{path.stem}"] = recorded(path)
    for case, prepared in cases.items():
        report.add(case, OURS, play(prepared, repeats), "messages/s")
        report.add(f"execute:{case}", OURS, ask(prepared, repeats), "messages/s")
        if peers:
            from abm_desktop.bench.peers import engine_peers

            engine_peers(report, case, prepared)
    return report
