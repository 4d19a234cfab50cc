"""The list of commands that a market has taken, and how each stands as time goes on or back."""

import numpy as np
import pytest

from abm_desktop.inputs import InputError
from abm_desktop.live import TRADER_CLASSES, LiveMarket, RunState
from abm_desktop.live.commands import (
    AddTraders,
    CancelOrder,
    EndStress,
    Inject,
    PlaceOrder,
    RemoveTraders,
    RunMarket,
    SetRule,
    StepEvents,
    StepTime,
)
from abm_desktop.live.ledger import MOST, EntryState, Ledger
from abm_desktop.live.refusals import SessionEnded
from abm_desktop.live.session_record import describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import FlashCrash, LiquidityShock, load_scenario

POLICY = PolicyNet((np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),), name="p")
NEXT, QUEUED, ACTING = EntryState.NEXT, EntryState.QUEUED, EntryState.ACTING
RESTING, OVER, BACK, DONE = (
    EntryState.RESTING, EntryState.OVER, EntryState.TAKEN_BACK, EntryState.DONE,
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario():
    calm = load_scenario(scenario_dir() / "calm.toml")
    values = calm.model_dump(mode="json")
    values["market"] |= {"session": 120.0, "warm_up": 30.0}
    values["stress"] = [{"type": "liquidity_shock", "at": 40.0, "duration": 10.0}]
    values["interventions"]["luld"] = {"on": True}
    return type(calm).model_validate(values)


def states(feed):
    return [entry.state for entry in feed.fields()["commands"]]


def test_a_command_is_listed_as_soon_as_it_is_taken_and_followed_to_its_end(scenario):
    feed = SimulatedFeed(scenario, 1)
    rule, shock = feed.fields()["commands"]
    assert rule.is_written and rule.command.rule == "luld" and rule.state is ACTING
    assert shock.is_written and (shock.begins, shock.ends, shock.state) == (40.0, 50.0, QUEUED)
    feed.advance(10.0)
    feed.do(Inject(stress=FlashCrash(duration=5.0)), "robot")
    feed.do(Inject(stress=LiquidityShock(duration=5.0), at=30.0))
    feed.do(SetRule(rule="luld", on=False))
    feed.do(StepEvents())  # a step is nothing to list
    assert [e.number for e in feed.fields()["commands"]] == [1, 2, 3, 4, 5]
    assert feed.fields()["commands"][2].client == "robot"
    feed.advance(12.0)
    assert states(feed) == [OVER, QUEUED, ACTING, QUEUED, DONE]
    feed.do(EndStress(kind="flash_crash", start=10.0))
    assert states(feed)[2] is OVER and feed.fields()["commands"][2].ended == 12.0
    feed.advance(31.0)
    assert states(feed)[3] is ACTING
    # As it was: what was ended later acts again.
    assert states(feed.forked(11.0, 1)) == [OVER, QUEUED, ACTING, QUEUED, DONE]
    assert states(feed.forked(9.0, 1)) == [ACTING, QUEUED]
    # After a crash the same list is there, but for what had its place in the queue.
    again = restore(describe(feed))
    assert states(again) == [OVER, QUEUED, OVER, DONE, ACTING]


def test_what_has_not_begun_can_be_taken_back(scenario):
    feed, untouched = SimulatedFeed(scenario, 1), SimulatedFeed(scenario, 1)
    for each in (feed, untouched):
        each.advance(10.0)
    feed.do(Inject(stress=FlashCrash(duration=60.0)))
    assert states(feed) == [ACTING, QUEUED, NEXT]
    feed.do(EndStress(kind="flash_crash", start=10.0))
    assert states(feed)[2] is BACK and not [m for m in feed.simulator.tape.marks if m.time == 10.0]
    planned = feed.do(Inject(stress=FlashCrash(), at=20.0))
    feed.cancel_planned(planned.number)
    assert states(feed)[3] is BACK
    for each in (feed, untouched):
        each.advance(39.0)
    assert feed.simulator.trades == untouched.simulator.trades
    # Also one that the scenario brings.
    feed.do(EndStress(kind="liquidity_shock", start=40.0))
    feed.advance(45.0)
    assert states(feed)[1] is BACK and not feed.fields()["stresses"]
    fork = feed.forked(39.5, 1)
    assert not [m for m in fork.marks if m.time == 40.0]
    fork.advance(45.0)
    assert not fork.fields()["stresses"]
    with pytest.raises(InputError, match="acts any more"):
        feed.do(EndStress(kind="flash_crash", start=10.0))
    assert restore(describe(feed)).simulator.checksum() == feed.simulator.checksum()


def test_orders_and_traders(scenario):
    feed = SimulatedFeed(scenario, 1)
    feed.advance(10.0)
    low = feed.simulator.best_bid - 0.2
    report = feed.do(PlaceOrder(side=1, price=low, size=3))
    feed.do(PlaceOrder(side=1, size=2))
    feed.do(AddTraders(policy=POLICY, count=4))
    assert states(feed)[2:] == [RESTING, DONE, ACTING]
    feed.do(CancelOrder(order=report.order))
    assert states(feed)[2] is OVER and feed.fields()["commands"][3].filled == 2
    first, count = feed.fields()["commands"][4].rows
    assert count == 4
    feed.advance(40.0)
    rl = TRADER_CLASSES.index("rl")
    before = feed.fields()["classes"][rl].messages
    assert before > 0
    feed.do(RemoveTraders(first=first, count=4))
    feed.do(RemoveTraders(first=first, count=4))  # again: nothing to do
    feed.advance(60.0)
    assert states(feed)[4] is OVER
    assert feed.fields()["classes"][rl].messages == before
    feed.simulator.restore(feed.simulator.snapshot())  # it is sound
    assert restore(describe(feed)).simulator.checksum() == feed.simulator.checksum()
    with pytest.raises(InputError, match="rows of"):
        feed.do(RemoveTraders(first=1, count=1))


def test_a_long_list_forgets_what_is_finished_and_says_so():
    ledger = Ledger()
    ledger.take(Inject(stress=FlashCrash(duration=1e4)), 1.0)
    for k in range(MOST + 9):
        ledger.take(PlaceOrder(side=1, size=1), 2.0 + k)
    rows = ledger.view(500.0, [("flash_crash", 1.0)], (), ())
    assert len(rows) == MOST and ledger.dropped == 10
    assert rows[0].state is ACTING and rows[1].number == 12


def test_a_session_ends_where_the_scenario_says(scenario):
    live = LiveMarket(scenario)
    live.start()
    try:
        live.do(StepTime(seconds=119.0)).wait(60)
        live.do(StepTime(seconds=50.0)).wait(60)
        assert live.snapshot.time == live.snapshot.end == 120.0
        assert live.snapshot.state is RunState.ENDED
        for command in (RunMarket(), StepTime(), StepEvents()):
            assert live.do(command).wait(60).refusal == SessionEnded()
    finally:
        live.close()
