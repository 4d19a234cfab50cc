"""Every column of the files of a run, checked against something else than what it was made from."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from abm_desktop.data_files import digest_of
from abm_desktop.live.saved_run import read_saved_run
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import TRADER_CLASSES
from abm_desktop.scenario import Scenario, stress_from_dict
from abm_desktop.tape_files import summarise, write_tape

TICK, LOT, SECONDS = 0.05, 10, 150
SCENARIO = Scenario.model_validate(
    {
        "name": "columns",
        "market": {"warm_up": "5min", "session": "10min", "tick_size": TICK, "lot": LOT},
    }
)
CRASH = stress_from_dict({"type": "flash_crash", "magnitude": 0.03, "duration": 20.0})


def eventful(simulator: Simulator) -> None:
    """Icebergs, a crash, a call auction, orders changed and taken back."""
    simulator.inject(CRASH, at=30.0)
    for second in range(1, SECONDS + 1):
        if second % 7 == 0:
            side = 1 if second % 2 else -1
            price = round((simulator.mid - side * TICK) / TICK) * TICK
            given = simulator.submit("limit", side=side, price=price, size=40, peak=6)
            if second % 21 == 0 and given.order is not None:
                simulator.modify(given.order, price - side * 2 * TICK, 30)
        if second == 90:
            simulator.hold_auction(12.0)
        simulator.run_until(float(second))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The market, and the folder of its files."""
    simulator = Simulator(SCENARIO, 11, record_messages=True)
    simulator.warm_up()
    simulator.begin_tape()
    eventful(simulator)
    folder = tmp_path_factory.mktemp("run") / "out"
    write_tape(simulator, folder)
    return simulator, folder


@pytest.fixture(scope="module")
def tables(run):
    names = ("trades", "samples", "messages", "marks")
    return {name: pd.read_parquet(run[1] / f"{name}.parquet") for name in names}


class Book:
    """Lots by side, price and order, from rows of ``messages.parquet`` alone."""

    def __init__(self) -> None:
        self.sides: dict[int, dict[int, dict[int, int]]] = {1: {}, -1: {}}

    def take(self, row) -> None:
        level = self.sides[row.side].setdefault(round(row.price / TICK), {})
        lots = level.get(row.order, 0)
        if row.kind == "add":
            assert lots == 0
            level[row.order] = row.size
            return
        assert row.size == lots if row.kind in ("cancel", "expire") else row.size <= lots
        level[row.order] = lots - row.size
        if level[row.order] == 0:
            del level[row.order]
        if not level:
            del self.sides[row.side][round(row.price / TICK)]

    def best(self, side: int) -> int | None:
        prices = self.sides[side]
        return (max(prices) if side > 0 else min(prices)) if prices else None

    def lots(self, side: int, levels: int) -> int:
        prices = sorted(self.sides[side], reverse=side > 0)[:levels]
        return sum(sum(self.sides[side][price].values()) for price in prices)

    def orders(self) -> int:
        return sum(len(level) for side in self.sides.values() for level in side.values())


def test_the_book_rebuilt_from_the_messages_is_that_of_the_samples_in_every_second(tables):
    rows = list(tables["messages"].itertuples())
    book, at = Book(), 0
    for sample in tables["samples"].itertuples():
        while at < len(rows) and rows[at].time < sample.time - 1e-10:
            book.take(rows[at])
            at += 1
        for side, price, lots, depth in (
            (1, sample.best_bid, sample.bid_volume, sample.bid_depth),
            (-1, sample.best_ask, sample.ask_volume, sample.ask_depth),
        ):
            best = book.best(side)
            assert best is not None and price == pytest.approx(best * TICK, abs=1e-9)
            assert (lots, depth) == (book.lots(side, 1), book.lots(side, 5)), sample.time
        assert sample.resting == book.orders()
    assert at > 0.9 * len(rows)


def test_the_messages_begin_with_the_orders_that_rested_at_the_open(run, tables):
    messages = tables["messages"]
    first = messages[messages["cause"] == "first book"]
    assert len(first) > 100 and first.index.tolist() == list(range(len(first)))
    assert (first["time"] == 0).all() and (first["kind"] == "add").all()
    fresh = Simulator(SCENARIO, 11)
    fresh.warm_up()
    for side, levels in zip((1, -1), fresh.book(10_000), strict=True):
        ours = first[first["side"] == side].groupby("price")["size"].agg(["sum", "count"])
        ours = ours.sort_index(ascending=side < 0)
        np.testing.assert_allclose(ours.index, levels[:, 0])
        np.testing.assert_array_equal(ours.to_numpy(), levels[:, 1:])


def test_sides_prices_and_owners_of_the_messages(run, tables):
    messages, samples = tables["messages"], tables["samples"]
    assert set(messages["side"]) == {1, -1}
    assert messages["time"].is_monotonic_increasing and (messages["size"] > 0).all()
    ticks = messages["price"] / TICK
    assert np.allclose(ticks, ticks.round())
    traded = messages["kind"] == "trade"
    auction = messages["cause"] == "auction"
    assert (messages["aggressor"][traded & ~auction] == -messages["side"][traded & ~auction]).all()
    assert (messages["aggressor"][~traded | auction] == 0).all()
    calm = messages[(messages["kind"] == "add") & (messages["time"] < 30) & (messages["time"] > 0)]
    mid = np.interp(calm["time"], samples["time"], samples["mid"])
    below = calm["price"] < mid + 5 * TICK
    assert below[calm["side"] == 1].mean() > 0.99
    assert (calm["price"] > mid - 5 * TICK)[calm["side"] == -1].mean() > 0.99
    owner = messages.groupby("order")["agent"].nunique()
    assert (owner == 1).all()
    assert messages["agent"].between(0, len(run[0].agents) - 1).all()


def test_the_trades_are_those_of_the_messages(run, tables):
    trades, messages = tables["trades"], tables["messages"]
    kinds = run[0].agents["kind"]
    assert len(trades) > 100 and trades["time"].is_monotonic_increasing
    for who in ("taker", "maker"):
        names = [TRADER_CLASSES[kinds[agent]] for agent in trades[who]]
        assert trades[f"{who}_class"].tolist() == names
    rows = messages[(messages["kind"] == "trade") & (messages["cause"] != "auction")]
    plain = trades[~trades["auction"]]
    pairs = (("time", "time"), ("price", "price"), ("size", "size"), ("side", "aggressor"))
    for ours, theirs in (*pairs, ("maker", "agent"), ("maker_order", "order")):
        np.testing.assert_array_equal(plain[ours], rows[theirs], err_msg=ours)
    printed = trades[trades["auction"]]
    assert len(printed) and printed["price"].nunique() == 1
    crossed = messages[(messages["kind"] == "trade") & (messages["cause"] == "auction")]
    for side in (1, -1):
        of_side = crossed[crossed["side"] == side]
        assert of_side["size"].sum() == printed["size"].sum()
        assert (side * (of_side["price"] - printed["price"].iloc[0]) >= -1e-9).all()


def test_counters_count_the_rows(tables):
    trades, samples, messages = tables["trades"], tables["samples"], tables["messages"]
    before = np.searchsorted(trades["time"], samples["time"] - 1e-10)
    np.testing.assert_array_equal(samples["trades"], before)
    lots = np.concatenate([[0], trades["size"].cumsum()])
    np.testing.assert_array_equal(samples["volume"], lots[before])
    last = np.concatenate([[np.nan], trades["price"]])[before]
    seen = before > 0
    np.testing.assert_allclose(samples["last_price"][seen], last[seen])
    # Events: all rows but the first book, shown parts of icebergs, and one side of an auction.
    auction = messages["cause"] == "auction"
    event = ~messages["cause"].isin(["first book", "iceberg"]) & ~auction
    until = samples["time"] < 90  # before the auction, in which a fill may have more rows than two
    count = np.searchsorted(messages["time"][event], samples["time"][until] - 1e-10)
    hidden = samples["messages"][until] - count  # changes of hidden lots only: no row, an event
    assert hidden.between(0, 10).all() and hidden.is_monotonic_increasing


def test_inventories_and_profits_follow_from_the_trades(tables):
    trades, samples = tables["trades"], tables["samples"]
    before = np.searchsorted(trades["time"], samples["time"] - 1e-10)
    for name in TRADER_CLASSES:
        signed = (
            trades["side"]
            * trades["size"]
            * ((trades["taker_class"] == name).astype(int) - (trades["maker_class"] == name))
        )
        lots = np.concatenate([[0], signed.cumsum()])[before]
        held = samples[f"inventory_{name}"]
        start = held.iloc[0] - lots[0]
        np.testing.assert_array_equal(held, start + lots)
        paid = np.concatenate([[0], (signed * trades["price"]).cumsum()])[before]
        made = samples[f"pnl_{name}"] / LOT + paid - held * samples["mid"]
        assert np.ptp(made) < 1e-5, name
    total = sum(samples[f"pnl_{name}"] for name in TRADER_CLASSES)
    assert np.abs(total).max() < 1e-5


def test_prices_phases_and_marks_of_the_samples(run, tables):
    simulator, folder = run
    samples, marks = tables["samples"], tables["marks"]
    np.testing.assert_allclose(samples["time"], np.arange(1, SECONDS + 1), atol=1e-9)
    open_book = samples["best_bid"] < samples["best_ask"]
    mid = (samples["best_bid"] + samples["best_ask"]) / 2
    np.testing.assert_allclose(samples["mid"][open_book], mid[open_book])
    called = samples["time"].between(89, 101, inclusive="right")
    assert (samples["phase"] == np.where(called, "auction", "continuous")).all()
    assert samples["fundamental"].iloc[-1] == pytest.approx(simulator.fundamental, rel=1e-3)
    assert (samples["sigma"] > 0).all() and (samples["activity"] > 0).all()
    assert marks["time"].tolist() == [30.0, 89.0]
    assert marks["label"].tolist() == ["flash crash 0.03", "auction called for 12 s"]
    facts = json.loads((folder / "run.json").read_text())
    assert (facts["scenario"], facts["seed"], facts["end"]) == ("columns", 11, SECONDS)
    assert {name: digest_of(folder / name) for name in facts["sha256"]} == facts["sha256"]
    assert {p.name for p in folder.iterdir()} == {*facts["sha256"], "run.json"}


def test_a_run_read_back_has_the_same_numbers(run, tables):
    read = read_saved_run(run[1])
    trades, samples, history = tables["trades"], tables["samples"], read.history
    for name in ("mid", "fundamental", "best_bid", "bid_depth", "volume", "trades", "messages"):
        expected = samples[name]
        if name in ("volume", "trades", "messages"):
            expected = expected - expected.iloc[0]
        np.testing.assert_allclose(getattr(history, name), expected, err_msg=name)
    assert [("continuous", "limit", "auction")[int(k)] for k in history.phase] == list(
        samples["phase"]
    )
    np.testing.assert_allclose(read.fills["price"] * TICK, trades["price"])
    np.testing.assert_array_equal(read.fills["auction"] == 1, trades["auction"])
    np.testing.assert_array_equal(np.rint(trades["time"] * 1e9), read.fills["time"])


@pytest.mark.parametrize("file", ["samples.parquet", "trades.parquet", "scenario.toml"])
def test_a_damaged_file_of_a_run_is_told(run, tmp_path, file):
    folder = tmp_path / "run"
    write_tape(run[0], folder)
    data = bytearray((folder / file).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / file).write_bytes(data)
    with pytest.raises(ValueError, match=rf"{file}: .*checksum.*run it again"):
        read_saved_run(folder)


def test_the_numbers_of_a_run_leave_out_the_seconds_in_which_orders_gather(run, tables):
    told, samples = summarise(run[0]), tables["samples"]
    calling = samples[samples["phase"] == "auction"]
    assert len(calling) >= 10 and (calling["best_ask"] < calling["best_bid"]).any()
    rest = samples[samples["phase"].isin(["continuous", "limit"])]
    spread = ((rest["best_ask"] - rest["best_bid"]) / TICK).round()
    assert told.spread_ticks == pytest.approx(spread.mean()) and told.spread_ticks > 1.0
    assert told.spread_most == spread.max()
    assert told.depth == pytest.approx((rest["bid_depth"] + rest["ask_depth"]).mean())
    assert (told.low, told.high) == pytest.approx((rest["mid"].min(), rest["mid"].max()))
