"""What became of commands is told to everybody who listens, in order, as values."""

from __future__ import annotations

import dataclasses
import json
import threading
from typing import get_args

import numpy as np
import pytest
from support.live_markets import SCENARIO

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    AddTraders,
    CancelOrder,
    CancelOrders,
    CancelPlanned,
    ChangePopulation,
    EndStress,
    ForkMarket,
    Inject,
    LoadScenario,
    ModifyOrder,
    PauseMarket,
    PlaceOrder,
    ResetMarket,
    RunMarket,
    SetRule,
    SetSpeed,
    StepEvents,
    StepTime,
)
from abm_desktop.live.outcomes import CommandOutcome, Outcomes
from abm_desktop.live.refusals import (
    CommandRefusal,
    ForkOutsideRun,
    MarketGone,
    NoMarket,
    StartHasPassed,
    refusal_of,
)
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.refusals import OrderRefused, StressIsOver
from abm_desktop.scenario import FlashCrash, LiquidityShock

PATIENCE = 60.0


@pytest.fixture
def live():
    market = LiveMarket(SCENARIO, 3)
    market.start()
    yield market
    market.close()


def test_everybody_hears_the_same_and_the_ticket_knows_its_own(live):
    first, second = live.outcomes.listen(), live.outcomes.listen()
    commands = [
        StepTime(seconds=20.0),
        Inject(stress=FlashCrash(magnitude=0.02, duration=60.0)),
        Inject(stress=LiquidityShock(), at=90.0),
        Inject(stress=LiquidityShock(), at=1.0),
        PlaceOrder(side=1, size=4),
        PlaceOrder(side=1, price=50.0, size=9),
        EndStress(kind="flash_crash", start=20.0),
        EndStress(kind="flash_crash", start=20.0),
        StepEvents(events=3),
        SetRule(rule="transaction_tax", values={"rate": 0.001}),
        PlaceOrder(side=-1, price=1e9, size=4),
        CancelOrder(order=(10**6, 3)),
        SetSpeed(speed=50.0),
        PauseMarket(),
    ]
    tickets = [live.do(command) for command in commands]
    outcomes = [ticket.wait(PATIENCE) for ticket in tickets]
    loaded, *told = first.take()
    assert (
        loaded.command == LoadScenario(scenario=SCENARIO, seed=3)
        and loaded.accepted
        and loaded.generation == 1
    )
    assert told == outcomes == second.take()[1:]
    assert [o.sequence for o in told] == list(range(2, len(commands) + 2))
    assert [o.ticket for o in told] == [t.number for t in tickets]
    assert [o.command for o in told] == commands
    assert [o.generation for o in told] == [1] * len(commands)
    assert [o.refusal.code for o in told if not o.accepted] == [
        "start_has_passed", "stress_is_over", "price_off_ladder", "order_refused",
    ]  # fmt: skip
    _, crash, planned, late, bought, rests, ended, gone, *_ = told
    assert crash.time == 20.0 and crash.accepted and planned.planned == 1
    assert late.refusal == StartHasPassed(1.0, 20.0) and "Choose a later time" in late.message
    assert bought.filled == 4 and bought.order is None and rests.order is not None
    assert ended.accepted and gone.refusal == StressIsOver("flash_crash", 20.0)
    assert told[10].refusal.price == 1e9
    assert told[11].refusal == OrderRefused("there is no such order (any more)")
    # The snapshot shows what an outcome tells of.
    assert live.snapshot.own.position == 4 and len(live.snapshot.planned) == 1
    moved = live.do(ModifyOrder(order=rests.order, price=51.0, size=9)).wait(PATIENCE)
    assert moved.accepted and live.snapshot.own.orders[0].price == 51.0
    live.do(CancelOrders())
    assert live.do(CancelPlanned(number=1)).wait(PATIENCE).accepted
    assert live.snapshot.planned == () and live.snapshot.own.orders == ()


@pytest.mark.parametrize("time", [-0.5, 20.5, 1e300])
def test_a_fork_outside_of_what_ran_is_refused(live, time):
    live.do(StepTime(seconds=20.0)).wait(PATIENCE)
    before = live.snapshot
    refused = live.do(ForkMarket(time=time)).wait(PATIENCE)
    assert refused.refusal == ForkOutsideRun(time, 20.0) and "from 0 to 20 s" in refused.message
    assert live.snapshot.generation == before.generation and live.snapshot.time == before.time
    for edge in (20.0, 0.0):
        assert live.do(ForkMarket(time=edge)).wait(PATIENCE).accepted
        assert live.snapshot.time == edge


def test_an_outcome_is_json_both_ways(live):
    for command in (PlaceOrder(side=1, size=4), ForkMarket(time=0.0), RunMarket(), ResetMarket()):
        outcome = live.do(command).wait(PATIENCE)
        text = outcome.model_dump_json()
        assert json.loads(text)["command"]["do"] == command.do
        assert CommandOutcome.model_validate_json(text) == outcome
    assert outcome.generation == 3


@pytest.mark.parametrize("kind", sorted(get_args(get_args(CommandRefusal)[0]), key=str))
def test_every_refusal_is_json_both_ways_and_says_something(kind):
    examples = {"str": "what", "float": 1.5, "int": 3}
    values = {f.name: examples[f.type] for f in dataclasses.fields(kind) if f.name != "code"}
    refusal = kind(**values)
    outcome = Outcomes().publish(generation=1, refusal=refusal)
    back = CommandOutcome.model_validate_json(outcome.model_dump_json())
    assert back == outcome and type(back.refusal) is kind and len(back.message) > 3
    assert CommandOutcome.model_json_schema()["properties"]["refusal"]


def test_a_market_tells_what_it_cannot_do_by_codes():
    feed = SimulatedFeed(SCENARIO, 3)

    def code_of(command, times=1):
        for _ in range(times):
            try:
                feed.do(command)
            except (InputError, UnavailableError) as error:
                return refusal_of(error).code
        return ""

    assert code_of(Inject(stress=LiquidityShock(duration=500.0)), 40) == "stress_slots_taken"
    population = SCENARIO.population.model_copy(
        update={"momentum": SCENARIO.population.momentum.model_copy(update={"rate": 0.0})}
    )
    still = SCENARIO.model_copy(update={"population": population})
    assert code_of(ChangePopulation(scenario=still)) == "class_keeps_acting"
    weights = [np.full((13, 3), k, np.float32) for k in range(100)]
    codes = {
        code_of(AddTraders(policy=PolicyNet((w,), (np.zeros(3, np.float32),)))) for w in weights
    }
    assert codes == {"", "policy_slots_taken"}


def test_a_slow_listener_holds_nobody_up_and_what_it_lost_is_counted():
    outcomes = Outcomes()
    slow, quick = outcomes.listen(most=3), outcomes.listen()
    for _ in range(10):
        outcomes.publish(generation=1)
    assert [o.sequence for o in slow.take()] == [8, 9, 10] and slow.lost == 7
    assert len(quick.take()) == 10 and quick.lost == 0
    assert slow.take() == []
    with pytest.raises(TimeoutError):
        slow.wait(0.0)


def test_a_listener_is_woken_and_one_that_fails_or_left_disturbs_nobody():
    outcomes, woken = Outcomes(), threading.Event()

    def broken():
        raise OSError("the client is gone")

    outcomes.listen(ready=broken)
    with outcomes.listen(ready=woken.set) as listener:
        outcomes.publish(generation=1, refusal=NoMarket())
        assert woken.is_set() and listener.wait(0.0).message.startswith("There is no")
    outcomes.publish(generation=1)
    assert listener.take() == []


def test_a_closed_market_answers_every_ticket():
    live = LiveMarket(SCENARIO, 3)
    before = live.do(RunMarket())
    live.start()
    heard = live.outcomes.listen()
    live.close(PATIENCE)
    after = live.do(PauseMarket())
    assert before.wait(PATIENCE).ticket == before.number
    assert after.wait(0.0).refusal == MarketGone()
    assert heard.take()[-1].ticket == after.number


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), "x"])
def test_a_copied_command_is_looked_at_as_a_new_one(live, speed):
    refused = live.do(SetSpeed(speed=1.0).model_copy(update={"speed": speed})).wait(PATIENCE)
    assert refused.refusal is not None and "speed" in refused.message
    assert live.do(StepTime(seconds=1.0)).wait(PATIENCE).accepted
