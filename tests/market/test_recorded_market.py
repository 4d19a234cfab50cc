"""A recorded day as a market: the record's own book if nobody else trades, and what others meet."""

from __future__ import annotations

import numpy as np
import pytest
from support.flow_maker import BUY, SELL, random_day, write_pair
from support.recorded import (
    ADD,
    CANCEL,
    DELETE,
    EXECUTE,
    HALT,
    HIDDEN,
    hand_written,
    real_days,
    two_days,
)

from abm_desktop import Simulator
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market.recorded_day import recorded_day, recorded_scenario
from abm_desktop.market.replay import Replay
from abm_desktop.market.state import TRADER_CLASSES
from abm_desktop.readers import RecordingError
from abm_desktop.scenario import Scenario, ScenarioError, stress_from_dict
from abm_desktop.scenario.checked import scenario_from_dict

RECORDED = TRADER_CLASSES.index("recorded")
HUMAN = TRADER_CLASSES.index("human")


def differing_rows(path, rows=None):
    """Rows after which the market's book is not that of the file."""
    market, flow = Simulator(recording=path), Replay.open(path).flow
    unit = round(market.scenario.market.tick_size * flow.scale)
    wrong, tick = [], market.scenario.market.tick_size
    told = market.arrays.recording[0]["row"]
    for row in range(len(flow) if rows is None else rows):
        # A row that does nothing to the book, such as a cross, is no event.
        if row in told:
            market.step()
        for side, levels in enumerate(market.book(flow.levels + 1)):
            there = flow.book_size[row, side] > 0
            prices = flow.book_price[row, side][there] // unit
            found = np.rint(levels[:, 0] / tick).astype(int)
            if not (
                np.array_equal(found, prices)
                and np.array_equal(levels[:, 1], flow.book_size[row, side][there])
            ):
                wrong.append((row, side))
    return wrong


@pytest.mark.parametrize(
    ("seed", "depth", "thin"), [(1, 1, False), (3, 5, False), (4, 10, True), (6, 50, False)]
)
def test_without_others_the_book_is_the_recorded_one_on_every_row(tmp_path, seed, depth, thin):
    path = write_pair(tmp_path, *random_day(seed, rows=600, depth=depth, thin=thin))
    assert differing_rows(path) == []


@pytest.mark.parametrize("path", real_days() or [None], ids=lambda p: p.name if p else "absent")
def test_a_real_day_has_its_own_book_and_its_own_tape(path):
    if path is None:
        pytest.skip("no LOBSTER samples; name their folder in ABM_DESKTOP_LOBSTER")
    assert differing_rows(path, rows=999) == []
    market, replay = Simulator(recording=path), Replay.open(path)
    market.run(market.scenario.market.session)
    trades, recorded = market.tape.trades, replay.trades(0, len(replay))
    unit = round(market.scenario.market.tick_size * replay.flow.scale)
    np.testing.assert_array_equal(trades["size"], recorded["size"])
    np.testing.assert_array_equal(trades["side"], recorded["side"])
    ticks = np.rint(np.rint(recorded["price"] * replay.flow.scale) / unit)
    np.testing.assert_array_equal(trades["price"], ticks)
    clock = trades["time"] / 1e9 + recorded_day(path).start
    np.testing.assert_allclose(clock, recorded["time"], atol=1e-6)
    replay.step_to(replay.end)
    for mine, theirs in zip(market.book(60), replay.book(60), strict=True):
        np.testing.assert_allclose(mine, theirs)
    assert differences(market) == (0, 0, 0)


def differences(market):
    return market.recorded_differences


def assert_money_is_conserved(market):
    for accounts in (market.agents, market.classes):
        assert int(accounts["inventory"].sum()) == 0
        assert int(accounts["cash"].sum()) + market.fees == 0


def test_an_own_order_trades_after_the_queue_ahead_of_it_and_before_the_one_behind(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (20, ADD, 5, 50, 9999, BUY),  # behind the own order, which comes at 10
            (30, EXECUTE, 1, 60, 9999, BUY),
            (40, EXECUTE, 1, 40, 9999, BUY),
            (50, EXECUTE, 5, 30, 9999, BUY),
            (60, EXECUTE, 5, 20, 9999, BUY),
            (90, ADD, 9, 1, 9990, BUY),
        ],
    )
    market = Simulator(recording=path)
    market.run_until(10)
    report = market.submit("limit", 1, 99.99, 40)
    assert report.filled == 0
    market.run_until(35)
    (mine,) = market.own_orders()
    assert (mine.size, mine.ahead) == (40, 40)
    market.run_until(45)
    (mine,) = market.own_orders()
    assert (mine.size, mine.ahead) == (40, 0)
    market.run_until(55)  # the aggressor hits the own order first, which stood before order 5
    (mine,) = market.own_orders()
    assert (mine.size, mine.ahead) == (10, 0)
    market.run_until(65)  # 10 of the 20 go to the own order, 10 to order 5
    assert market.own_orders() == ()
    assert market.book(1)[0].tolist() == [[99.99, 40.0, 1.0]]
    # In the record order 5 was filled: 40 lots of it are left behind.
    assert differences(market) == (1, 0, 0)
    market.run_until(90)
    assert market.classes["inventory"][HUMAN] == 40
    assert_money_is_conserved(market)


def test_a_better_price_is_hit_first(tmp_path):
    path = hand_written(tmp_path, [(30, EXECUTE, 3, 100, 10001, SELL), (60, HALT, 0, 0, 0, -1)])
    market = Simulator(recording=path)
    market.run_until(10)
    market.submit("limit", -1, 100.00, 30)
    market.run_until(40)
    trades = market.tape.trades
    assert trades["price"].tolist() == [10000, 10001]
    assert trades["size"].tolist() == [30, 70]
    assert trades["side"].tolist() == [1, 1]
    assert market.book(1)[1].tolist() == [[100.01, 30.0, 1.0]]  # left behind
    assert_money_is_conserved(market)


def test_what_was_taken_is_missed_by_its_cancel_and_its_execution(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (20, CANCEL, 3, 30, 10001, SELL),
            (30, DELETE, 3, 70, 10001, SELL),
            (40, EXECUTE, 4, 80, 10002, SELL),
            (60, ADD, 9, 1, 9990, BUY),
        ],
    )
    market = Simulator(recording=path)
    market.run_until(10)
    assert market.submit("immediate", 1, None, 120).filled == 120
    market.run_until(35)  # order 3 is gone: both its cancels are missed
    assert differences(market) == (0, 2, 0)
    assert market.book(2)[1].tolist() == [[100.02, 80.0, 1.0]]
    market.run_until(60)  # the recorded aggressor takes the 80 that are left
    assert len(market.book(1)[1]) == 0
    assert differences(market) == (0, 2, 0)
    assert_money_is_conserved(market)


def test_an_aggressor_hits_what_is_there_and_loses_what_it_does_not_find(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (5, ADD, 5, 30, 10001, SELL),
            (30, EXECUTE, 3, 100, 10001, SELL),
            (40, DELETE, 5, 30, 10001, SELL),
            (60, ADD, 9, 1, 9990, BUY),
        ],
    )
    market = Simulator(recording=path)
    market.run_until(10)
    market.submit("immediate", 1, None, 100)  # all of order 3
    market.run_until(35)
    # It finds order 5 of 30 at that price, and 70 of its lots find nothing.
    assert differences(market) == (0, 0, 70)
    assert market.book(1)[1].tolist() == [[100.02, 100.0, 1.0]]
    market.run_until(60)
    assert differences(market) == (0, 1, 70)


def test_a_recorded_order_trades_with_others_that_it_crosses(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (20, DELETE, 3, 100, 10001, SELL),
            (30, ADD, 5, 80, 10001, BUY),
            (40, DELETE, 5, 80, 10001, BUY),
            (60, ADD, 9, 1, 9990, BUY),
        ],
    )
    market = Simulator(recording=path)
    market.run_until(10)
    market.submit("limit", -1, 100.01, 30)
    market.run_until(35)
    assert market.tape.trades["size"].tolist() == [30]
    assert market.book(1)[0].tolist() == [[100.01, 50.0, 1.0]]
    market.run_until(60)  # its cancel takes what is left of it
    assert market.book(1)[0].tolist() == [[99.99, 100.0, 1.0]]
    assert differences(market) == (0, 0, 0)
    assert_money_is_conserved(market)


def test_a_hidden_trade_meets_visible_orders_first(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (30, HIDDEN, 0, 50, 10000, SELL),
            (60, ADD, 9, 1, 9990, BUY),
        ],
        name="HAND_2012-06-21_34200000_57600000",
    )
    market = Simulator(recording=path)
    market.run_until(10)
    market.submit("limit", -1, 100.00, 20)
    market.run_until(35)
    assert market.tape.trades["size"].tolist() == [20, 30]
    assert market.own_orders() == ()
    assert_money_is_conserved(market)


def test_an_own_iceberg_shows_its_next_part_at_the_end_of_the_queue(tmp_path):
    path = hand_written(
        tmp_path,
        [
            (20, ADD, 5, 10, 10000, SELL),
            (30, EXECUTE, 5, 10, 10000, SELL),
            (60, ADD, 9, 1, 9990, BUY),
        ],
    )
    market = Simulator(recording=path, record_messages=True)
    market.run_until(10)
    market.submit("limit", -1, 100.00, 50, peak=8)
    market.run_until(35)  # 8 of the iceberg, then 2 of order 5
    market.run_until(60)
    (mine,) = market.own_orders()
    assert mine.size == 8
    assert market.book(1)[1].tolist() == [[100.00, 16.0, 2.0]]
    assert market.tape.trades["size"].tolist() == [8, 2]
    assert mine.ahead == 8


def test_a_halt_of_the_record_is_one_of_the_market_and_ends_with_an_auction(tmp_path):
    path = hand_written(
        tmp_path,
        [(20, HALT, 0, 0, -1, -1), (40, HALT, 0, 0, 1, -1), (60, ADD, 9, 1, 9990, BUY)],
    )
    market = Simulator(recording=path)
    market.run_until(30)
    assert market.phase == "halted"
    market.submit("limit", 1, 100.01, 60)
    assert len(market.tape.trades) == 0
    market.run_until(50)
    assert market.phase == "continuous"
    assert market.classes["inventory"][HUMAN] == 60
    assert_money_is_conserved(market)


@pytest.fixture
def busy(tmp_path):
    """A random day of 600 messages."""
    return write_pair(tmp_path, *random_day(3, rows=600, depth=5))


def trade_along(market, until):
    """Order at random, the same at each call."""
    rng = np.random.default_rng(5)
    while market.now < until:
        market.run_until(min(market.now + 0.2, until))
        if np.isfinite(market.best_bid) and np.isfinite(market.best_ask):
            side = int(rng.choice([-1, 1]))
            kind = str(rng.choice(["limit", "immediate", "post_only"]))
            price = round(market.mid + 0.01 * int(rng.integers(-3, 4)), 2)
            market.submit(kind, side, price, int(rng.integers(1, 200)))


def test_money_is_conserved_and_a_fork_goes_on_alike(busy):
    market = Simulator(recording=busy, record_messages=True)
    session = market.scenario.market.session
    trade_along(market, session / 2)
    other = market.fork()
    assert other.arrays.recording is not None
    for each in (market, other):
        trade_along(each, session)
    assert market.checksum() == other.checksum()
    np.testing.assert_array_equal(market.tape.trades, other.tape.trades)
    assert market.classes["inventory"][HUMAN] != 0
    assert sum(differences(market)) > 0
    assert_money_is_conserved(market)


def test_small_buffers_change_nothing(busy):
    """A message that a full tape interrupts goes on where it was."""
    wide, narrow = Simulator(recording=busy), Simulator(recording=busy)
    narrow._state = narrow._state._replace(  # noqa: SLF001 - no public door makes it so small
        trades=narrow._state.trades[:, :1].copy()  # noqa: SLF001
    )
    for market in (wide, narrow):
        trade_along(market, market.scenario.market.session)
    np.testing.assert_array_equal(wide.tape.trades, narrow.tape.trades)
    np.testing.assert_array_equal(wide.agents, narrow.agents)
    assert differences(wide) == differences(narrow)


def test_a_saved_market_goes_on_alike(tmp_path, busy):
    market = Simulator(recording=busy)
    trade_along(market, 5.0)
    market.save(tmp_path / "saved.npz")
    again = Simulator.load(tmp_path / "saved.npz", market.scenario)
    for each in (market, again):
        each.run(5.0)
    assert market.checksum() == again.checksum()
    market.restore(market.snapshot())


def test_stresses_send_orders_into_the_record_and_others_are_refused(tmp_path):
    busy = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, BUY)])
    market = Simulator(recording=busy)
    market.run(3.0)
    market.inject(stress_from_dict({"type": "fat_finger", "magnitude": 0.5}))
    market.run(1.0)
    stress = TRADER_CLASSES.index("stress")
    assert market.classes["taker_volume"][stress] > 0
    with pytest.raises(UnavailableError, match="recorded ones do not react"):
        market.inject(stress_from_dict({"type": "volatility_spike"}))
    with pytest.raises(ScenarioError, match="a recording has none"):
        recorded_scenario(
            busy, Scenario(name="x", stress=[stress_from_dict({"type": "liquidity_shock"})])
        )


def test_a_scenario_names_a_recording_and_keeps_its_stresses_and_rules(busy):
    stress = stress_from_dict({"type": "fat_finger", "at": 2.0})
    scenario = Scenario(name="mine", recording=str(busy), stress=[stress], seed=4)
    market = Simulator(scenario)
    assert market.scenario.name == "mine"
    assert market.scenario.market.warm_up == 0.0
    assert market.seed == 4
    market.run(4.0)
    assert [mark.what.kind for mark in market.tape.marks] == ["fat_finger"]
    with pytest.raises(ScenarioError, match="traders of its own"):
        scenario_from_dict(
            {"name": "x", "recording": str(busy), "population": {"noise": {"count": 3}}}
        )


def test_nobody_knows_what_a_recorded_share_was_worth(busy):
    market = Simulator(recording=busy)
    market.run(3.0)
    assert np.isnan(market.fundamental)
    assert np.isnan(market.tape.samples["value"]).all()


@pytest.mark.parametrize("recording", [5, "", "\0", "nowhere.zip"])
def test_what_is_no_recording_is_refused(recording):
    with pytest.raises(InputError):
        Simulator(recording=recording)


def test_a_day_without_two_sides_is_refused(tmp_path):
    messages = [("34200.5", 1, 1, 100, 1_000_000, BUY)]
    path = write_pair(tmp_path, messages, [[9999999999, 0, 1_000_000, 100]])
    with pytest.raises(RecordingError, match="nobody can trade there"):
        Simulator(recording=path)
    assert SELL == -BUY


def test_with_its_last_message_the_market_is_closed(tmp_path):
    path = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, BUY)])
    market = Simulator(recording=path)
    market.run_until(59.9)
    assert market.phase == "continuous"
    market.run_until(70)
    assert market.phase_changes == [(60.0, "closed", "as recorded")]
    report = market.submit("limit", 1, 99.9, 1)
    assert not report.accepted and "closed" in str(report.reason)


def test_one_of_several_days_is_named_after_the_file(tmp_path):
    place = two_days(tmp_path)
    for day, session in (("2012-06-21", 60.0), ("HAND_2012-06-22", 90.0)):
        assert Simulator(recording=place / day).scenario.market.session == session
    scenario = Scenario(name="mine", recording=f"{place}/2012-06-22")
    assert Simulator(scenario).scenario.market.session == 90.0
    with pytest.raises(RecordingError, match=r"name one after it, as days\.zip/2012-06-21"):
        Simulator(recording=place)
    with pytest.raises(RecordingError, match="no day '2012-06-23'"):
        Simulator(recording=place / "2012-06-23")


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("market", "session", 600.0),
        ("market", "tick_size", 0.5),
        ("market", "lot", 10),
        ("fundamental", "volatility", 0.001),
        ("activity", "cap", 7.0),
    ],
)
def test_what_stands_beside_a_recording_and_is_not_the_days_is_refused(
    tmp_path, section, name, value
):
    path = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, BUY)])
    values = {"name": "x", "recording": str(path)}
    with pytest.raises(ScenarioError, match=rf"{section}\.{name}: is .*leave {name} out"):
        Simulator(scenario_from_dict(values | {section: {name: value}}))
    kept = scenario_from_dict(values | {"market": {"collar": 0.05, "session": 60.0}})
    market = Simulator(kept)
    assert market.scenario.market.collar == 0.05
    assert Simulator(market.scenario).scenario == market.scenario


def test_a_stress_must_begin_within_the_recording(tmp_path):
    path = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, BUY)])
    late = stress_from_dict({"type": "fat_finger", "at": 61.0})
    with pytest.raises(ScenarioError, match=r"stress\[0\]\.at: is 61 s, after the end of the rec"):
        Simulator(Scenario(name="x", recording=str(path), stress=[late]))
    # The end of a day is its own, not the usual one of a simulated session.
    day_long = hand_written(tmp_path, [(24_000, ADD, 9, 1, 9990, BUY)])
    late = stress_from_dict({"type": "fat_finger", "at": 23_900.0})
    Simulator(Scenario(name="x", recording=str(day_long), stress=[late]))
