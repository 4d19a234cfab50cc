"""Every kind of stress by a live command: active, marked, and the same as without a thread."""

from __future__ import annotations

import threading
import time

from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import Inject, StepTime
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict
from abm_desktop.scenario.stress import STRESS_TYPES

SCENARIO = Scenario.model_validate({"name": "live", "market": {"warm_up": "2min"}})


def test_every_kind_by_command_and_headless_alike() -> None:
    live = LiveMarket(SCENARIO, 3)
    heard = live.outcomes.listen()
    live.start()
    for kind in STRESS_TYPES:
        live.do(Inject(stress=stress_from_dict({"type": kind})))
    live.do(StepTime(seconds=5.0))
    tick, until = threading.Event(), time.monotonic() + 120.0
    while (live.snapshot is None or live.snapshot.time < 5.0) and time.monotonic() < until:
        tick.wait(0.01)
    snapshot = live.snapshot
    live.close()
    assert snapshot is not None and snapshot.time == 5.0
    told = heard.take()
    assert len(told) == len(STRESS_TYPES) + 2 and all(outcome.accepted for outcome in told)
    assert {stress.kind for stress in snapshot.stresses} == set(STRESS_TYPES)
    assert len(snapshot.marks) == len(STRESS_TYPES)
    headless = Simulator(SCENARIO, 3)
    headless.warm_up()
    events, volume = headless.events, headless.volume
    for kind in STRESS_TYPES:
        headless.inject(stress_from_dict({"type": kind}))
    headless.run(5.0)
    assert (snapshot.mid, snapshot.events, snapshot.volume) == (
        headless.mid,
        headless.events - events,
        headless.volume - volume,
    )
