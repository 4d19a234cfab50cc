"""The live market: commands in, snapshots out, and the same market as without a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from abm_desktop.live import TRADER_CLASSES, LiveMarket, MarketSnapshot, RunState, worker
from abm_desktop.live.commands import (
    CancelOrders,
    Inject,
    PauseMarket,
    PlaceOrder,
    ResetMarket,
    RunMarket,
    SetSpeed,
    StepEvents,
    StepTime,
)
from abm_desktop.live.history import SERIES, HistoryStore
from abm_desktop.live.meter import Meter
from abm_desktop.live.refusals import MarketGone, NoMarket
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import FlashCrash, Scenario
from abm_desktop.scenario.bounds import LONGEST

SCENARIO = Scenario.model_validate({"name": "live", "market": {"warm_up": "2min"}})
WEEK = Scenario.model_validate({"name": "week", "market": {"warm_up": "2min", "session": LONGEST}})
_PATIENCE = 60.0


def wait_for(live: LiveMarket, condition: Callable[[MarketSnapshot], bool]) -> MarketSnapshot:
    """The first snapshot that fulfils the condition."""
    tick, until = threading.Event(), time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        snapshot = live.snapshot
        if snapshot is not None and condition(snapshot):
            return snapshot
        tick.wait(0.005)
    raise AssertionError(f"no such snapshot in {_PATIENCE} s; the last: {live.snapshot}")


@pytest.fixture
def live() -> Iterator[LiveMarket]:
    market = LiveMarket(SCENARIO, 3)
    market.start()
    wait_for(market, lambda s: s.state is RunState.PAUSED)
    yield market
    market.close()


def test_a_command_does_not_wait_for_the_running_stretch(
    live: LiveMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_CHUNK", 1000.0)  # real seconds
    monkeypatch.setattr(Meter, "until_frame", lambda _meter, _now: 1000.0)
    live.load(WEEK)
    live.do(SetSpeed(speed=None))
    live.do(RunMarket())
    assert live.do(PauseMarket()).wait(_PATIENCE).accepted
    assert live.do(StepTime(seconds=1.0)).wait(_PATIENCE).accepted
    assert live.snapshot is not None and live.snapshot.time < 1e5


def test_a_long_step_does_not_keep_the_program(live: LiveMarket) -> None:
    live.load(WEEK).wait(_PATIENCE)
    step = live.do(StepTime(seconds=LONGEST))
    live.close(_PATIENCE)
    assert isinstance(step.wait(_PATIENCE).refusal, MarketGone)


def test_it_opens_paused_at_the_open(live: LiveMarket) -> None:
    snapshot = live.snapshot
    assert snapshot.time == 0.0 and snapshot.generation == 1 and snapshot.seed == 3
    assert snapshot.best_bid < snapshot.best_ask
    assert len(snapshot.bids) > 5 and len(snapshot.history) == 0


def test_run_pause_and_the_same_market_as_headless(live: LiveMarket) -> None:
    live.do(SetSpeed(speed=None))
    live.do(RunMarket())
    wait_for(live, lambda s: s.time > 100.0 and s.events_per_second > 0 and s.speed > 1)
    live.do(PauseMarket())
    paused = wait_for(live, lambda s: s.state is RunState.PAUSED)
    headless = Simulator(SCENARIO, 3)
    headless.warm_up()
    events, volume = headless.events, headless.volume
    headless.run_until(paused.time)
    assert (paused.mid, paused.events, paused.volume) == (
        headless.mid,
        headless.events - events,
        headless.volume - volume,
    )


def test_speed_is_kept(live: LiveMarket) -> None:
    live.do(SetSpeed(speed=50.0))
    live.do(RunMarket())
    running = wait_for(live, lambda s: s.time > 60.0)
    assert running.speed_target == 50.0
    assert running.speed == pytest.approx(50.0, rel=0.5)
    with pytest.raises(ValueError, match="greater than 0"):
        live.do(SetSpeed(speed=0.0))


def test_steps(live: LiveMarket) -> None:
    live.do(StepTime(seconds=10.0))
    assert wait_for(live, lambda s: s.time == 10.0).state is RunState.PAUSED
    events = live.snapshot.events
    live.do(StepEvents(events=50))
    assert wait_for(live, lambda s: s.events > events).time > 10.0


def test_history_and_trades_are_sampled_in_order(live: LiveMarket) -> None:
    live.do(StepTime(seconds=30.0))
    snapshot = wait_for(live, lambda s: s.time == 30.0)
    history = snapshot.history
    assert len(history) == 300 and history.time[-1] == pytest.approx(30.0)
    assert (np.diff(history.time) > 0).all()
    assert history.class_inventory.shape == (300, len(TRADER_CLASSES))
    np.testing.assert_allclose(history.class_inventory.sum(axis=1), 0.0)
    np.testing.assert_allclose(history.class_pnl.sum(axis=1), 0.0, atol=1e-6)
    trades = snapshot.recent_trades
    assert len(trades) > 0 and set(trades["side"]) <= {1, -1}
    assert trades["price"][-1] == pytest.approx(snapshot.last_price)


def test_stress_is_active_and_marked(live: LiveMarket) -> None:
    live.do(Inject(stress=FlashCrash(magnitude=0.1)))
    live.do(StepTime(seconds=1.0))
    snapshot = wait_for(live, lambda s: s.time == 1.0)
    assert snapshot.stresses[0].kind == "flash_crash" and snapshot.stresses[0].end == 900.0
    assert snapshot.marks[-1].label == "flash crash 0.1" and snapshot.marks[-1].time == 0.0


def test_reset_begins_again_with_the_same_or_another_seed(live: LiveMarket) -> None:
    live.do(StepTime(seconds=20.0))
    first = wait_for(live, lambda s: s.time == 20.0)
    live.do(ResetMarket())
    assert wait_for(live, lambda s: s.generation == 2).time == 0.0
    live.do(StepTime(seconds=20.0))
    again = wait_for(live, lambda s: s.generation == 2 and s.time == 20.0)
    assert (again.mid, again.events) == (first.mid, first.events)
    live.do(ResetMarket(seed=99))
    assert wait_for(live, lambda s: s.generation == 3).seed == 99


def test_orders_by_hand_reach_the_market(live: LiveMarket) -> None:
    live.do(PlaceOrder(side=1, size=4))
    snapshot = wait_for(live, lambda s: s.classes[7].inventory == 4)
    assert snapshot.classes[7].name == "human"
    outcome = live.do(PlaceOrder(side=1, price=1e9, size=4)).wait(_PATIENCE)
    assert not outcome.accepted and outcome.refusal.code == "price_off_ladder"
    assert "ladder" in outcome.message


def test_a_market_that_cannot_be_made_leaves_the_running_one(live: LiveMarket, tmp_path) -> None:
    live.do(RunMarket())
    outcome = live.open_replay(tmp_path / "missing.zip").wait(_PATIENCE)
    assert "missing.zip" in outcome.message and outcome.generation == 1
    before = live.snapshot
    after = wait_for(live, lambda s: s.time > before.time)
    assert after.generation == 1 and after.state is RunState.RUNNING


def test_reading_the_market_makes_no_new_picture_of_it(live: LiveMarket) -> None:
    before = live.snapshot
    assert live.read(lambda simulator: simulator.now).result(_PATIENCE) == 0.0
    assert live.record().result(_PATIENCE).time == 0.0
    assert live.snapshot is before
    live.do(StepEvents()).wait(_PATIENCE)
    assert live.snapshot is not before


def test_commands_before_there_is_a_market_are_refused() -> None:
    market = LiveMarket()
    market.start()
    for command in (RunMarket(), ResetMarket(), StepEvents(), CancelOrders()):
        outcome = market.do(command).wait(_PATIENCE)
        assert outcome.refusal == NoMarket() and "Open a scenario" in outcome.message
    market.close()
    assert market.snapshot is None


def rows(start: int, n: int) -> dict[str, np.ndarray]:
    return {name: np.arange(start, start + n, dtype=float) for name in SERIES}


def test_a_full_history_is_thinned_and_old_views_stay() -> None:
    store = HistoryStore(capacity=64)
    view, thinned = None, False
    for k in range(100):
        wide = np.zeros((10, len(TRADER_CLASSES)))
        thinned |= store.extend(rows(10 * k, 10), wide, wide)
        if k == 3:
            view = store.view()
            kept = view.time.copy()
    assert thinned and store.spacing > 10.0 and len(store) <= 64
    assert np.array_equal(view.time, kept)
    time = store.view().time
    assert time[-1] >= 990 and time[0] == 0 and (np.diff(time) > 0).all()
