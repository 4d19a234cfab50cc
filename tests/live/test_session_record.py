"""A session kept as a file is computed again bit by bit, also after the process was killed."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair
from support.live_markets import SCENARIO, SHOCK, assert_same, policy, wait_for

from abm_desktop.live import LiveMarket, RunState
from abm_desktop.live.background_build import CANCELLED, Cancelled, make_beside
from abm_desktop.live.deeds import Deed
from abm_desktop.live.replay_feed import ReplayFeed
from abm_desktop.live.session_record import SessionRecord, checksum, describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed


def lived_session():
    """A run with one command of each sort, and a stress in the queue."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.advance(30.0)
    price = round(feed.simulator.best_bid - 0.05, 2)
    feed.act(Deed("place_order", {"side": 1, "price": price, "size": 7}))
    feed.step(1)
    feed.step(3)
    feed.act(
        Deed("set_intervention", {"rule": "transaction_tax", "on": True, "values": {"rate": 3e-4}})
    )
    feed.plan(SHOCK, 60.0)
    feed.advance(75.0)
    feed.act(Deed("end_stress", {"kind": "flash_crash", "start": 60.0}))
    feed.act(Deed("add_policy_traders", {"policy": policy(), "count": 2}))
    noise = SCENARIO.population.noise.model_copy(update={"market_rate": 0.08})
    population = SCENARIO.population.model_copy(update={"noise": noise})
    feed.change(SCENARIO.model_copy(update={"population": population}))
    feed.advance(90.0)
    feed.act(Deed("cancel_orders", {}))
    feed.act(Deed("hold_auction", {"seconds": 20.0}))
    feed.advance(130.25)
    feed.step(2)
    feed.plan(SHOCK, 500.0)
    feed.collect()
    return feed


def test_a_session_comes_back_bit_by_bit(tmp_path):
    feed = lived_session()
    file = tmp_path / "deep" / "session.json"
    describe(feed).write(file)
    told = []
    again = restore(SessionRecord.read(file), told.append)
    assert_same(again.simulator, feed.simulator)
    assert again.now == feed.now and again.events == feed.events
    assert [m.label for m in again.marks] == [m.label for m in feed.marks]
    assert [p.start for _, p, _ in again.queued] == [500.0]
    assert again.next_scenario == feed.next_scenario
    assert told == sorted(told) and told[-1] == pytest.approx(1.0, abs=0.01)
    # And it goes on alike, into the stress that waits.
    for each in (feed, again):
        each.advance(520.0)
    assert_same(again.simulator, feed.simulator)


def test_a_fork_comes_back(tmp_path):
    fork = lived_session().forked(80.0, 1)
    fork.act(Deed("place_order", {"side": 1, "price": None, "size": 50}))
    fork.advance(100.0)
    fork.collect()
    again = restore(describe(fork))
    assert_same(again.simulator, fork.simulator)
    assert [m.label for m in again.marks] == [m.label for m in fork.marks]


def test_a_market_that_comes_out_differently_is_refused():
    record = describe(lived_session())
    with pytest.raises(ValueError, match="another version"):
        restore(replace(record, checksum=record.checksum ^ 1))


def test_the_checksum_sees_one_lot():
    feed = SimulatedFeed(SCENARIO, 5)
    before = checksum(feed.simulator)
    assert checksum(feed.simulator.fork()) == before
    feed.act(Deed("place_order", {"side": 1, "price": 90.0, "size": 1}))
    assert checksum(feed.simulator) != before


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"version": 99}', '{"version": 1, "x": 2}'])
def test_what_is_no_session_is_refused_by_name(tmp_path, text):
    file = tmp_path / "session.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"session\.json"):
        SessionRecord.read(file)


def test_recovery_can_be_cancelled():
    with pytest.raises(Cancelled):
        restore(describe(lived_session()), is_cancelled=lambda: True)
    never = threading.Event()
    with pytest.raises(Cancelled):
        make_beside(never.wait, lambda: True)
    never.set()
    with pytest.raises(ZeroDivisionError):
        make_beside(lambda: 1 // 0, lambda: False)


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.live_markets import SCENARIO
from abm_desktop.live import LiveMarket
live = LiveMarket(SCENARIO, 5)
live.start()
live.step_interval(20.0)
live.inject({"type": "liquidity_shock", "magnitude": 1.0, "duration": 30.0})
live.place_order(1, None, 5)
live.step_interval(40.0)
live.keep(Path(sys.argv[1]))
live.set_speed(None)
live.run()
while live.snapshot is None or live.snapshot.time < 70.0:
    time.sleep(0.002)
print(repr(live.snapshot.time), flush=True)
time.sleep(600)
"""


@pytest.mark.timeout(120)
def test_a_killed_process_leaves_a_session_that_comes_back(tmp_path):
    file = tmp_path / "session.json"
    here = str(Path(__file__).parent.parent)
    program = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(file), here], stdout=subprocess.PIPE, text=True
    )
    assert float(program.stdout.readline()) >= 70.0
    program.send_signal(signal.SIGKILL)
    program.wait(10)
    program.stdout.close()
    record = SessionRecord.read(file)
    assert record.time == 60.0 and len(record.commands) == 2
    alone = SimulatedFeed(SCENARIO, 5)
    alone.advance(20.0)
    alone.act(Deed.from_json({k: v for k, v in record.commands[0].items() if k != "at"}))
    alone.act(Deed("place_order", {"side": 1, "price": None, "size": 5}))
    alone.advance(60.0)
    live = LiveMarket()
    live.start()
    live.recover(record)
    snapshot = wait_for(live, lambda s: s.time == 60.0)
    assert snapshot.state is RunState.PAUSED and snapshot.events == alone.events
    assert np.array_equal(snapshot.bids, alone.simulator.book(50)[0])
    assert checksum(live._feed.simulator) == checksum(alone.simulator)
    live.close()


def test_cancelling_leaves_the_market_as_it_is(tmp_path):
    live = LiveMarket(SCENARIO, 5)
    live.start()
    wait_for(live, lambda s: s.generation == 1)
    blocked = threading.Event()
    live._commands.put(lambda: live._replace(blocked.wait, "waiting"))
    live.cancel()
    # The command may begin after the first call, which it forgets.
    while live.failures.empty():
        live.cancel()
    assert live.failures.get(timeout=10) == CANCELLED
    blocked.set()
    live.step_interval(1.0)
    assert wait_for(live, lambda s: s.time == 1.0).generation == 1
    live.close()


def test_a_replay_is_opened_again_at_its_time(tmp_path):
    path = write_pair(tmp_path, *random_day(seed=3, rows=300, depth=4))
    feed = ReplayFeed(path)
    feed.advance(feed.now + 0.5 * (feed.end - feed.now))
    feed.collect()
    record = describe(feed)
    assert record.replay and not record.commands and feed.events > 50
    again = restore(record)
    assert again.now == feed.now and again.events == feed.events
    assert again.fields()["bids"].tolist() == feed.fields()["bids"].tolist()
    path.unlink()
    with pytest.raises(ValueError, match="message_4"):
        restore(record)
