"""Our tapes as LOBSTER files: read back, every row agrees, and all of it is what LOBSTER says."""

from __future__ import annotations

import csv
import errno
from collections import Counter

import numpy as np
import pytest

from abm_desktop.cli import main
from abm_desktop.inputs import InputError
from abm_desktop.lobster_files import check_prices, file_names, write_lobster
from abm_desktop.market.flow_kinds import ADD, CROSS, DELETE, EXECUTE, HALT
from abm_desktop.market.replay import Replay
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict


def market_of(seed, **market):
    values = {"warm_up": "5min", "session": "10min"} | market
    simulator = Simulator(
        Scenario.model_validate({"name": "l b", "market": values}), seed, record_messages=True
    )
    simulator.warm_up()
    simulator.begin_tape()
    return simulator


def with_icebergs(simulator, seconds):
    for second in range(round(simulator.now) + 1, seconds + 1):
        if second % 5 == 0:
            side = 1 if second % 2 else -1
            price = round(simulator.mid - side * 0.02, 2)
            simulator.submit("limit", side=side, price=price, size=50, peak=7)
        simulator.run_until(float(second))


def written(simulator, folder, levels=10):
    write_lobster(simulator, folder, levels=levels)
    report = Replay.open(folder).check()
    assert report.ok and report.notes == (), report
    flow = Replay.open(folder).flow
    assert flow.levels == levels and len(flow) == report.rows
    return flow


def crash(simulator, at, magnitude=0.06):
    stress = stress_from_dict({"type": "flash_crash", "magnitude": magnitude, "duration": 30.0})
    simulator.inject(stress, at=at)


@pytest.mark.parametrize(("seed", "levels"), [(1, 10), (2, 1), (3, 50)])
def test_every_row_agrees_with_icebergs_and_in_a_crash(tmp_path, seed, levels):
    simulator = market_of(seed)
    crash(simulator, 20.0)
    with_icebergs(simulator, 90)
    flow = written(simulator, tmp_path / "l", levels)
    # What trades, trades at the best price of the row before, in its order.
    fills = simulator.tape.trades
    rows = np.flatnonzero(flow.kind == EXECUTE)
    np.testing.assert_array_equal(flow.size[rows], fills["size"])
    np.testing.assert_array_equal(flow.price[rows], fills["price"] * 100)
    np.testing.assert_array_equal(np.where(flow.side[rows] == 0, -1, 1), fills["side"])
    clock = fills["time"] - 300_000_000_000 + 34_200_000_000_000
    np.testing.assert_array_equal(flow.time[rows], clock)
    for row in rows[rows > 0][:500]:
        assert flow.book_price[row - 1, flow.side[row], 0] == flow.price[row]


def test_only_what_touches_the_levels_is_written(tmp_path):
    simulator = market_of(4)
    simulator.run_until(60.0)
    few, many = (written(simulator, tmp_path / str(n), n) for n in (2, 200))
    assert len(few) < len(many) <= len(simulator.tape.messages)
    same = (few.book_price[1:] == few.book_price[:-1]).all((1, 2))
    same &= (few.book_size[1:] == few.book_size[:-1]).all((1, 2))
    assert not same.any()
    np.testing.assert_array_equal(few.book_price[-1], many.book_price[-1, :, :2])


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("luld", {"band": 0.004}),
        ("market_breaker", {}),
        ("volatility_auction", {}),
        ("velocity_logic", {}),
    ],
)
def test_halts_and_auctions_are_told(tmp_path, rule, values):
    simulator = market_of(6)
    simulator.set_intervention(rule, **values)
    crash(simulator, 10.0, 0.12)
    with_icebergs(simulator, 120)
    simulator.hold_auction(5.0)
    simulator.run(1.0)
    for side in (1, -1):  # they cross, and trade when the call ends
        simulator.submit("limit", side=side, price=round(simulator.mid, 2) + side * 0.05, size=90)
    with_icebergs(simulator, 140)
    flow = written(simulator, tmp_path / "l", 5)
    prints = simulator.tape.trades[simulator.tape.trades["auction"] == 1]
    crosses = flow.kind == CROSS
    assert crosses.sum() == len(np.unique(prints["time"])) > 0
    assert flow.size[crosses].sum() == prints["size"].sum()
    told = flow.price[flow.kind == HALT].tolist()
    assert told and set(told) <= {-1, 0, 1}
    state = 1
    for kind, price in zip(flow.kind, flow.price, strict=True):
        if kind == HALT:
            assert price != state
            state = price
        assert kind != EXECUTE or state == 1
        assert kind != CROSS or state < 1


def test_a_planned_opening_and_closing_auction(tmp_path):
    simulator = market_of(7, opening_auction="60s", session="200s", closing_auction="40s")
    simulator.run_until(200.0)
    flow = written(simulator, tmp_path / "l")
    assert Counter(flow.price[flow.kind == HALT].tolist())[-1] >= 1
    assert (flow.kind == CROSS).sum() == 1


def test_batch_auctions_keep_the_book_right(tmp_path):
    simulator = market_of(8)
    simulator.set_intervention("batch_auction")
    with_icebergs(simulator, 60)
    flow = written(simulator, tmp_path / "l")
    assert (
        (flow.kind == CROSS).sum() > 5 and (flow.kind == ADD).any() and (flow.kind == DELETE).any()
    )


def test_the_files_are_as_lobster_writes_them(tmp_path):
    simulator = market_of(9)
    simulator.run_until(30.0)
    paths = write_lobster(simulator, tmp_path / "l", levels=3)
    message, book = paths
    assert message.name == "LB_2000-01-03_34200000_34230000_message_3.csv"
    assert book.name == "LB_2000-01-03_34200000_34230000_orderbook_3.csv"
    rows = list(csv.reader(message.open()))
    assert {len(row) for row in rows} == {6} and len(rows) == paths[message]
    times = [row[0] for row in rows]
    assert all(len(t.split(".")[1]) == 9 for t in times) and times == sorted(times)
    assert 34200.0 <= float(times[0]) <= float(times[-1]) <= 34230.0
    levels = np.loadtxt(book, delimiter=",", dtype=np.int64)
    assert levels.shape == (len(rows), 12)
    assert (levels[:, 0] > levels[:, 2]).all() and (levels[:, [1, 3]] > 0).all()
    assert (levels % 100 == 0)[:, [0, 2]].all()


def test_empty_levels_and_shares_of_a_lot(tmp_path):
    thin = market_of(10, lot=100)
    thin.run_until(20.0)
    flow = written(thin, tmp_path / "l", 200)
    assert (flow.size[flow.kind == ADD] % 100 == 0).all()
    (book,) = (tmp_path / "l").glob("*orderbook*")
    last = book.read_text().splitlines()[-1].split(",")
    assert "9999999999" in last and "-9999999999" in last


@pytest.mark.parametrize(
    ("tick", "ladder", "told"),
    [(0.00005, 1024, "tick_size"), (0.00015, 1024, "tick_size"), (1e6, 1024, "ladder_ticks")],
)
def test_prices_that_lobster_cannot_tell_are_refused(tick, ladder, told):
    assert check_prices(0.01, 32768) == 100 and check_prices(0.0001, 1024) == 1
    with pytest.raises(InputError, match=rf"market\.{told} .*; .*--out"):
        check_prices(tick, ladder)
    assert file_names("9", 60.0, 1)[0].startswith("ABM_2000-01-03_34200000_34260000_")


def test_the_command_writes_a_pair_that_its_replay_agrees_with(tmp_path, capsys, monkeypatch):
    file = tmp_path / "s.toml"
    file.write_text('name = "s"\n[market]\nwarm_up = "60s"\nsession = "60s"\n')
    run = ["run", str(file), "--lobster", str(tmp_path / "l"), "--levels", "4"]
    assert main([*run, "--out", str(tmp_path / "o")]) == 0
    assert len(list((tmp_path / "l").iterdir())) == 2
    assert not (tmp_path / "o" / "messages.parquet").exists()
    assert main(["replay", str(tmp_path / "l"), "--check"]) == 0
    assert "100 %" in capsys.readouterr().out
    assert main(run) == 0 and "l~1" in capsys.readouterr().out
    assert main([*run, "--overwrite"]) == 0
    assert len(list((tmp_path / "l").iterdir())) == 2 and not (tmp_path / "l~2").exists()
    assert main([*run, "--out", str(tmp_path / "l")]) == 2
    assert "name two" in capsys.readouterr().err
    file.write_text('name = "s"\n[market]\ntick_size = 0.00005\nstart_price = 0.5\n')
    assert main(["run", str(file), "--lobster", str(tmp_path / "m")]) == 2
    told = capsys.readouterr().err
    assert "market.tick_size" in told and told.count("\n") == 1 and not (tmp_path / "m").exists()


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    simulator = market_of(12)
    simulator.run_until(5.0)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("abm_desktop.lobster_files.csv.write_csv", full)
    with pytest.raises(OSError, match="No space"):
        write_lobster(simulator, tmp_path / "l")
    assert list(tmp_path.iterdir()) == []
