"""Several who play one live market: who asked, for which market, and what state came of it."""

from __future__ import annotations

import asyncio
import threading

import pytest
from support.live_markets import SCENARIO, SHOCK, policy
from support.market_views import feed_of

from abm_desktop.inputs import InputError
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import (
    AddTraders,
    ForkMarket,
    Inject,
    PauseMarket,
    PlaceOrder,
    ResetMarket,
    SetRule,
    StepEvents,
    StepTime,
)
from abm_desktop.live.refusals import MarketGone, MarketReplaced
from abm_desktop.live.session_record import SessionRecord, describe, restore
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import FlashCrash, LiquidityShock

PATIENCE = 60.0


@pytest.fixture
def live():
    market = LiveMarket(SCENARIO, 3)
    market.start()
    yield market
    market.close()


def played(feed):
    """A run that three have played: the person, "API" and "notebook"."""
    feed.advance(10.0)
    feed.do(Inject(stress=SHOCK), "API")
    feed.do(Inject(stress=LiquidityShock(duration=5.0), at=30.0), "notebook")
    feed.do(Inject(stress=LiquidityShock(duration=5.0), at=900.0), "notebook")
    feed.do(SetRule(rule="transaction_tax", values={"rate": 1e-3}))
    feed.do(PlaceOrder(side=1, size=3), "API")
    feed.advance(40.0)
    feed.do(AddTraders(policy=policy(), count=2), "API")
    feed.collect()
    return feed


AUTHORS = ["API", "", "notebook", "API"]


def authors(feed):
    return [mark.client for mark in feed.marks]


def test_marks_tell_who_asked_and_forks_and_recoveries_know_it_too(tmp_path):
    feed = played(SimulatedFeed(SCENARIO, 3))
    assert authors(feed) == AUTHORS
    fork = feed.forked(35.0, 1, "notebook")
    assert authors(fork) == [*AUTHORS[:3], "notebook"]
    file = tmp_path / "session.json"
    describe(feed).write(file)
    again = restore(SessionRecord.read(file))
    assert authors(again) == AUTHORS
    assert [m.client for m in again.recording.moves_from(0, 1e9)] == [
        "API", "", "API", "notebook", "API",
    ]  # fmt: skip
    ((_, planned, _),) = again.queued
    assert planned.client == "notebook" and planned.start == 900.0


def test_who_asked_is_no_part_of_the_tape():
    class Alone(SimulatedFeed):
        def do(self, command, client=""):
            return super().do(command)

    one, other = played(SimulatedFeed(SCENARIO, 3)), played(Alone(SCENARIO, 3))
    assert authors(other) == [""] * 4
    assert one.marks == other.marks
    assert one.fills.view().tobytes() == other.fills.view().tobytes()
    assert one.simulator.checksum() == other.simulator.checksum()


def test_an_outcome_and_the_snapshot_bear_the_client(live):
    heard = live.outcomes.listen()
    outcome = live.do(Inject(stress=FlashCrash()), client="API").wait(PATIENCE)
    assert outcome.client == "API" and outcome.model_dump(mode="json")["client"] == "API"
    assert live.snapshot.marks[-1].client == "API"
    assert live.do(PlaceOrder(side=1, price=1e9, size=1), client="R").wait(PATIENCE).client == "R"
    assert live.do(PauseMarket()).wait(PATIENCE).client == ""
    live.do(Inject(stress=LiquidityShock(), at=5.0), client="API").wait(PATIENCE)
    assert live.snapshot.planned[0].client == "API"
    live.do(StepEvents(events=2), client="API").wait(PATIENCE)
    assert [move.client for move in feed_of(live).recording.moves_from(0, 1e9)][-1] == "API"
    live.do(ForkMarket(time=0.0), client="API").wait(PATIENCE)
    assert live.snapshot.marks[-1].client == "API"
    assert [o.client for o in heard.take()][-6:] == ["API", "R", "", "API", "API", "API"]
    live.close(PATIENCE)
    gone = live.do(PauseMarket(), client="late").wait(0.0)
    assert gone.refusal == MarketGone() and gone.client == "late"


def test_a_command_for_a_market_that_was_replaced_is_refused(live):
    first = live.do(StepTime(seconds=5.0), generation=1).wait(PATIENCE)
    assert first.accepted
    # Both are asked for before either is carried out: it counts which market is there then.
    live.do(ResetMarket())
    late = live.do(PlaceOrder(side=1, size=4), generation=1).wait(PATIENCE)
    assert late.refusal == MarketReplaced(asked=1, now=2) and late.generation == 2
    assert "market 1" in late.message and live.snapshot.own is None
    assert live.do(PlaceOrder(side=1, size=4), generation=2).wait(PATIENCE).accepted


def test_a_checksum_is_that_of_the_headless_market(live):
    tickets = [
        live.do(StepTime(seconds=20.0), checksum=True),
        live.do(PlaceOrder(side=1, size=4), checksum=True),
        live.do(PlaceOrder(side=1, price=1e9, size=4), checksum=True),
        live.do(StepTime(seconds=1.0)),
    ]
    stepped, bought, refused, untold = (ticket.wait(PATIENCE) for ticket in tickets)
    market = Simulator(SCENARIO, 3, record_messages=True)
    market.warm_up()
    market.run(20.0)
    assert stepped.checksum == market.checksum() and len(stepped.checksum) == 8
    market.place_order(1, None, 4)
    assert bought.checksum == market.checksum() == refused.checksum != stepped.checksum
    assert not refused.accepted and untold.checksum == ""
    empty = LiveMarket()
    empty.start()
    assert empty.do(PauseMarket(), checksum=True).wait(PATIENCE).checksum == ""
    empty.close()


def test_a_saved_market_has_the_checksum_of_the_one_it_was(tmp_path):
    market = Simulator(SCENARIO, 3)
    market.run_until(50.0)
    market.place_order(1, round(market.best_bid, 2), 3)
    market.save(tmp_path / "m.npz")
    again = Simulator.load(tmp_path / "m.npz", SCENARIO)
    assert again.checksum() == market.checksum() == market.fork().checksum()
    again.cancel_orders()
    assert again.checksum() != market.checksum()


@pytest.mark.parametrize(
    "asked",
    [
        {"generation": -1},
        {"generation": "1"},
        {"client": None},
        {"client": "x" * 65},
        {"client": "two\nlines"},
        {"checksum": 1},
    ],
)
def test_an_odd_way_to_ask_is_refused_at_once(asked):
    (key,) = asked
    with pytest.raises(InputError, match=f"^{key} must be"):
        LiveMarket().do(PauseMarket(), **asked)


def test_many_tickets_call_back_without_a_thread_each(live):
    live.do(PauseMarket()).wait(PATIENCE)  # the thread that makes the market is done

    async def ask() -> list:
        loop = asyncio.get_running_loop()

        def outcome_of(command):
            future = loop.create_future()
            live.do(command).when_done(
                lambda outcome: loop.call_soon_threadsafe(future.set_result, outcome)
            )
            return future

        threads = threading.active_count()
        waiting = [outcome_of(PlaceOrder(side=1, size=1)) for _ in range(300)]
        assert threading.active_count() <= threads
        return await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)

    outcomes = asyncio.run(ask())
    assert len(outcomes) == 300
    assert [o.ticket for o in outcomes] == sorted(o.ticket for o in outcomes)


def test_a_callback_is_called_once_also_too_late_or_if_another_fails(live):
    def broken(_outcome):
        raise OSError("the client is gone")

    ticket, told = live.do(StepTime(seconds=1.0)), []
    ticket.when_done(broken)
    ticket.when_done(told.append)
    outcome = ticket.wait(PATIENCE)
    live.do(PauseMarket()).wait(PATIENCE)  # its thread has done with the ticket before
    assert told == [outcome]
    ticket.when_done(told.append)
    ticket.when_done(broken)
    assert told == [outcome, outcome]
