"""The script of a session makes the same market again, bit by bit, in a process of its own."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from dataclasses import replace

import pytest
from support.live_markets import SCENARIO, policy

from abm_desktop.inputs import UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    AddTraders,
    CallAuction,
    CancelOrder,
    ChangePopulation,
    EndStress,
    Inject,
    PlaceOrder,
    SetRule,
    StepEvents,
    StepTime,
)
from abm_desktop.live.session_record import SessionRecord, describe, restore
from abm_desktop.live.session_script import script_of
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.scenario import FlashCrash, LiquidityShock

HASH = """
import hashlib
trades = market.tape.trades
trades["time"] -= round(market.scenario.market.warm_up * 1e9)
print(hashlib.sha256(trades[trades["time"] >= 0].tobytes()).hexdigest())
"""


def lived(live):
    """A session with stresses, a rule, orders by hand, an auction, added and changed traders."""
    noise = SCENARIO.population.noise.model_copy(update={"market_rate": 0.08})
    population = SCENARIO.population.model_copy(update={"noise": noise})
    for command in (
        StepTime(seconds=20.0),
        Inject(stress=LiquidityShock(magnitude=0.9, duration=30.0)),
        Inject(stress=FlashCrash(magnitude=0.02, duration=60.0), at=45.0),
        SetRule(rule="transaction_tax", values={"rate": 0.0003, "makers_exempt": True}),
        PlaceOrder(side=1, size=7),
        StepEvents(events=3),
        StepTime(seconds=40.0),
        AddTraders(policy=policy(), count=2),
        EndStress(kind="flash_crash", start=45.0),
        ChangePopulation(scenario=SCENARIO.model_copy(update={"population": population})),
        StepTime(seconds=30.1),
        SetRule(rule="transaction_tax", on=False),
        CallAuction(seconds=20.0),
        StepTime(seconds=30.0),
    ):
        assert live.do(command).wait(60.0).accepted, command
    order = live.do(PlaceOrder(side=-1, price=200.0, size=3)).wait(60.0).order
    assert live.do(CancelOrder(order=order)).wait(60.0).accepted
    return live.do(StepTime(seconds=9.87)).wait(60.0)


def test_the_script_of_a_session_makes_the_same_tape(tmp_path):
    live = LiveMarket(SCENARIO, 5)
    live.start()
    lived(live)
    record = live.record().result(60.0)
    live.close()
    fills = live.snapshot.fills
    script = script_of(record)
    assert "StepEvents(events=3).apply(market)" in script and len(fills) > 200
    file = tmp_path / "session.py"
    file.write_text(script + HASH)
    done = subprocess.run(
        [sys.executable, str(file)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    said, tape = done.stdout.splitlines()
    assert said.startswith(f"{record.time:g} s, ") and f"state {record.checksum}" in said
    assert hashlib.sha256(fills.tobytes()).hexdigest() == tape


def test_the_script_of_a_fork_of_a_recovered_session_in_a_stressed_scenario():
    crash = FlashCrash(at=15.0, magnitude=0.03, duration=40.0)
    feed = SimulatedFeed(SCENARIO.model_copy(update={"stress": (crash,), "name": 'a "b" \\'}), 9)
    feed.advance(12.5)
    feed.do(PlaceOrder(side=-1, size=4))
    feed.step(2)
    feed.advance(31.0)
    again = restore(describe(feed))
    again.do(SetRule(rule="luld", values={"band": 0.05}))
    again.advance(40.0)
    fork = again.forked(33.0, 1)
    fork.do(AddTraders(policy=policy(), count=1))
    fork.do(AddTraders(policy=policy(), count=1, size=0))
    fork.advance(50.0)
    script = script_of(describe(fork))
    assert script.count("policy_of(") == 1 and "stress=(FlashCrash(" in script
    exec(compile(script, "session.py", "exec"), {})  # ends with SystemExit if it is another market
    with pytest.raises(SystemExit):
        exec(compile(script.replace("size=4", "size=5"), "session.py", "exec"), {})


def test_a_script_that_comes_out_otherwise_says_so(tmp_path):
    record = SessionRecord(
        "x", 1, 2.0, 3, 1.7e9, checksum="00000007", scenario={"name": "x\n'''\\"}
    )
    script = script_of(record)
    ast.parse(script)
    assert "!= '00000007':" in script and "raise SystemExit" in script
    with pytest.raises(UnavailableError, match="replay"):
        script_of(replace(record, replay="day.zip"))
