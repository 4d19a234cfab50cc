"""A run that is over is let go at once, with everything that was computed of its past."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from support.live_markets import SCENARIO, policy, wait_for

from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import AddTraders, CloseMarket, ForkMarket, ResetMarket, StepTime
from abm_desktop.live.recording import Recording

PATIENCE = 60.0


@pytest.fixture
def recordings(monkeypatch):
    """Weak references to all recordings that are made; garbage is not collected meanwhile."""
    made = []
    build = Recording.__init__

    def remember(self, *arguments):
        build(self, *arguments)
        made.append(weakref.ref(self))

    monkeypatch.setattr(Recording, "__init__", remember)
    gc.collect()
    gc.disable()
    yield made
    gc.enable()


@pytest.mark.parametrize(
    "command", [ResetMarket(), ForkMarket(time=5.0), CloseMarket()], ids=lambda c: type(c).__name__
)
def test_a_run_that_is_over_is_let_go(recordings, command):
    """Looked at in every way that there is, and another in its place."""
    live = LiveMarket(SCENARIO, 3)
    try:
        live.start()
        live.do(AddTraders(policy=policy(), count=1))
        live.do(StepTime(seconds=20.0)).wait(PATIENCE)
        live.look_at(10.0, 5.0, 15.0)
        live.moment_at(8.0)
        live.events_until(12.0, 5).result(PATIENCE)
        live.series(spacing=0.25).result(PATIENCE)
        live.decisions_until(0, 12.0, 2).result(PATIENCE)
        wait_for(live, lambda _snapshot: live.past is not None)
        (first,) = recordings
        live.do(command).wait(PATIENCE)
        wait_until_gone(first)
    finally:
        live.close()


def wait_until_gone(reference):
    """Threads let it go as soon as they wait for the next question."""
    tick = threading.Event()
    for _ in range(2000):
        if reference() is None:
            return
        tick.wait(0.005)
    holders = [type(h).__name__ for h in gc.get_referrers(reference())]
    raise AssertionError(f"still held by {holders}")
