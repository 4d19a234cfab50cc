"""A session kept as a file is computed again bit by bit, also after the process was killed."""

import json
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
from support.market_views import feed_of, on_worker

from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket, RunState
from abm_desktop.live.background_build import Cancelled, make_beside
from abm_desktop.live.commands import (
    AddTraders,
    CallAuction,
    CancelOrder,
    CancelOrders,
    ChangePopulation,
    EndStress,
    Inject,
    PlaceOrder,
    SetRule,
    StepTime,
    read_command,
)
from abm_desktop.live.replay_feed import ReplayFeed
from abm_desktop.live.session_export import scenario_of
from abm_desktop.live.session_record import SessionRecord, describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.commands import written
from abm_desktop.scenario import FlashCrash, LiquidityShock, Scenario


def lived_session():
    """A run with one command of each sort, and a stress in the queue."""
    feed = SimulatedFeed(SCENARIO, 5)
    feed.advance(30.0)
    price = round(feed.simulator.best_bid - 0.05, 2)
    feed.do(PlaceOrder(side=1, price=price, size=7))
    feed.step(1)
    feed.step(3)
    feed.do(SetRule(rule="transaction_tax", values={"rate": 3e-4}))
    feed.do(Inject(stress=SHOCK, at=60.0))
    feed.advance(75.0)
    feed.do(EndStress(kind="flash_crash", start=60.0))
    feed.do(AddTraders(policy=policy(), count=2))
    noise = SCENARIO.population.noise.model_copy(update={"market_rate": 0.08})
    population = SCENARIO.population.model_copy(update={"noise": noise})
    feed.do(ChangePopulation(scenario=SCENARIO.model_copy(update={"population": population})))
    feed.advance(90.0)
    feed.do(CancelOrders())
    feed.do(CallAuction(seconds=20.0))
    feed.advance(130.25)
    feed.step(2)
    feed.do(Inject(stress=SHOCK, at=500.0))
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


OLD = {
    "inject": ("inject", {}),
    "end_stress": ("end_stress", {}),
    "add_traders": ("add_policy_traders", {}),
    "change_population": ("change", {}),
    "set_rule": ("set_intervention", {}),
    "call_auction": ("hold_auction", {}),
    "place_order": ("place_order", {}),
    "cancel_order": ("cancel_order", {"order": "key"}),
    "cancel_orders": ("cancel_orders", {}),
    "step": ("step", {}),
}
"""Names of commands and their fields in the files of version 1."""


def as_version_1(text):
    """A session as the program wrote it before its commands were values."""
    values = json.loads(text) | {"version": 1}
    for k, entry in enumerate(values["commands"]):
        command = entry["command"]
        name, keys = OLD[command.pop("do")]
        if name == "inject":
            del command["at"]
        if name == "add_policy_traders":
            command = {key: command[key] for key in ("policy", "count")}
        if name == "set_intervention":
            command["values"] = {key: float(v) for key, v in command["values"].items()}
        flat = {keys.get(key, key): value for key, value in command.items()}
        values["commands"][k] = {"at": entry["at"], "do": name, **flat}
    return json.dumps(values)


def test_a_session_of_the_version_before_comes_back_too(tmp_path):
    feed = lived_session()
    feed.do(SetRule(rule="transaction_tax", values={"rate": 1e-3, "makers_exempt": True}))
    order = feed.do(PlaceOrder(side=1, price=90.0, size=2)).order
    feed.do(CancelOrder(order=order))
    file = tmp_path / "session.json"
    describe(feed).write(file)
    new = SessionRecord.read(file)
    assert {entry["command"]["do"] for entry in new.commands} == set(OLD)
    file.write_text(as_version_1(file.read_text()))
    again = restore(SessionRecord.read(file))
    assert_same(again.simulator, feed.simulator)
    # What it knew is kept anew as this version has it.
    described = describe(again)
    assert described.commands == new.commands and described.checksum == new.checksum
    # Its records may have lain otherwise in memory: events are counted in place of a checksum.
    values = json.loads(file.read_text())
    file.write_text(json.dumps(values | {"checksum": "00000001", "events": values["events"] + 1}))
    with pytest.raises(InputError, match="came out differently"):
        restore(SessionRecord.read(file))
    broken = values
    broken["commands"][0]["do"] = "fly"
    file.write_text(json.dumps(broken))
    with pytest.raises(InputError, match=r"session\.json: commands has .*fly"):
        SessionRecord.read(file)


def test_the_checksum_of_version_2_was_made_otherwise_so_events_are_counted(tmp_path):
    feed = SimulatedFeed(SCENARIO, 5)
    feed.advance(10.0)
    file = tmp_path / "session.json"
    describe(feed).write(file)
    values = json.loads(file.read_text()) | {"version": 2, "checksum": 0x1234ABCD}
    file.write_text(json.dumps(values))
    assert_same(restore(SessionRecord.read(file)).simulator, feed.simulator)
    file.write_text(json.dumps(values | {"events": values["events"] + 1}))
    with pytest.raises(InputError, match="came out differently"):
        restore(SessionRecord.read(file))


def test_a_fork_comes_back(tmp_path):
    fork = lived_session().forked(80.0, 1)
    fork.do(PlaceOrder(side=1, size=50))
    fork.advance(100.0)
    fork.collect()
    again = restore(describe(fork))
    assert_same(again.simulator, fork.simulator)
    assert [m.label for m in again.marks] == [m.label for m in fork.marks]


def test_a_market_that_comes_out_differently_is_refused():
    record = describe(lived_session())
    with pytest.raises(ValueError, match="another version"):
        restore(replace(record, checksum=record.checksum[::-1]))


def test_the_checksum_sees_one_lot():
    feed = SimulatedFeed(SCENARIO, 5)
    before = feed.simulator.checksum()
    assert feed.simulator.fork().checksum() == before
    feed.do(PlaceOrder(side=1, price=90.0, size=1))
    assert feed.simulator.checksum() != before


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
from abm_desktop.live.commands import Inject, PlaceOrder, RunMarket, SetSpeed, StepTime
from abm_desktop.scenario import LiquidityShock
live = LiveMarket(SCENARIO, 5)
live.start()
live.do(StepTime(seconds=20.0))
live.do(Inject(stress=LiquidityShock(magnitude=1.0, duration=30.0)))
live.do(PlaceOrder(side=1, size=5))
live.do(StepTime(seconds=40.0))
live.keep(Path(sys.argv[1]))
live.do(SetSpeed(speed=None))
live.do(RunMarket())
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
    alone.do(read_command(record.commands[0]["command"]))
    alone.do(PlaceOrder(side=1, size=5))
    alone.advance(60.0)
    live = LiveMarket()
    live.start()
    live.recover(record)
    snapshot = wait_for(live, lambda s: s.time == 60.0)
    assert snapshot.state is RunState.PAUSED and snapshot.events == alone.events
    assert np.array_equal(snapshot.bids, alone.simulator.book(50)[0])
    assert feed_of(live).simulator.checksum() == alone.simulator.checksum()
    live.close()


def test_cancelling_leaves_the_market_as_it_is(tmp_path):
    live = LiveMarket(SCENARIO, 5)
    live.start()
    wait_for(live, lambda s: s.generation == 1)
    blocked = threading.Event()
    ticket = on_worker(live, lambda _: live._replace(blocked.wait, "waiting"))
    # The command may begin after the first call, which it forgets.
    while ticket.outcome is None:
        live.cancel()
    assert ticket.outcome.refusal.code == "cancelled"
    blocked.set()
    live.do(StepTime(seconds=1.0))
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


def test_the_scenario_of_a_session_has_what_waits_and_rules_and_traders_as_they_stand():
    crash = FlashCrash(magnitude=0.07, duration=1200.0)
    shock = LiquidityShock()
    busier = Scenario.model_validate({"name": "small", "population": {"noise": {"count": 33}}})
    commands = [
        (0.0, SetRule(rule="luld", values={"pause": 300.0})),
        (60.0, Inject(stress=shock)),
        (90.0, SetRule(rule="ai_halt")),
        (95.0, SetRule(rule="ai_halt", on=False)),
        (96.0, ChangePopulation(scenario=busier)),
        (99.0, PlaceOrder(side=1, size=5)),
    ]
    record = SessionRecord(
        "small", 7, 100.0, 0, 0.0,
        scenario=Scenario(name="small").model_dump(mode="json"),
        commands=[{"at": at, "command": written(command)} for at, command in commands],
        planned=[{"asked": 0.0, "start": 5400.0, "stress": crash.model_dump(mode="json")}],
    )  # fmt: skip
    scenario, others, late = scenario_of(record)
    assert scenario.seed == 7 and others == 1 and late == ("ai_halt", "the traders")
    assert scenario.population == busier.population
    assert scenario.stress == (
        shock.model_copy(update={"at": 60.0}),
        crash.model_copy(update={"at": 5400.0}),
    )
    rules = scenario.interventions
    assert rules.luld is not None and rules.luld.on and rules.luld.pause == 300.0
    assert rules.ai_halt is not None and not rules.ai_halt.on
    assert rules.price_collar == Scenario(name="small").interventions.price_collar
