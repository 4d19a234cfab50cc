"""A measure has one definition wherever it is shown; what is not known is a dash with a reason."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from support.live_markets import SCENARIO, wait_for

from abm_desktop.desk.analytics.compare import compare_runs
from abm_desktop.desk.analytics.stress import CALM, RECOVERY, STRESS, report_stress
from abm_desktop.desk.analytics.titles import WINDOW_MEASURES, reason_of, write
from abm_desktop.desk.analytics.twins import compare_twins
from abm_desktop.desk.analytics.window import OF_FILLS, bucket_of, measure_window
from abm_desktop.desk.stress_effect import stress_effect
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import Inject, StepTime
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.run_data import RunData
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.live.types import ActiveStress
from abm_desktop.market.simulator import Simulator
from abm_desktop.metrics.measures import measure
from abm_desktop.metrics.stylized_facts.quotes import trade_groups
from abm_desktop.scenario import FlashCrash
from abm_desktop.tape_files import summarise

START, LENGTH = 300.0, 60.0


@pytest.fixture(scope="module")
def crashed():
    """The snapshot of a market a quarter of an hour after a crash."""
    live = LiveMarket(SCENARIO, 3)
    live.start()
    live.do(StepTime(seconds=START))
    live.do(Inject(stress=FlashCrash(magnitude=0.03, duration=LENGTH)))
    live.do(StepTime(seconds=1000.0))
    yield wait_for(live, lambda s: s.time >= START + 1000.0)
    live.close()


def test_the_same_on_every_page(crashed):
    s = crashed
    stress = ActiveStress("flash_crash", 0.03, START, START + LENGTH)
    run = RunData.of(s, (stress,))
    whole = measure_window(run, run.start, run.end, bucket_of(run))
    (compared,) = compare_runs([run])
    for m in WINDOW_MEASURES:
        a, b = whole.values[m.key], compared.values[m.key]
        assert a == b or (math.isnan(a) and math.isnan(b)), m.key
    # Fills are what the market counts; trades are aggressive orders.
    fills = s.fills[s.fills["auction"] == 0]
    assert s.trades == len(s.fills) > whole.values["trades"] == len(trade_groups(fills))
    assert whole.values["volume"] == s.volume

    # A VPIN bucket is the same in the chart and in the tables, within one rounding of a minute.
    flow = TraderFlow()
    flow.take(s)
    assert flow.bucket == pytest.approx(bucket_of(run), rel=0.35)

    # What the list of commands says is what the page of stresses says.
    effect = stress_effect(s.history, START, START + LENGTH)
    report = report_stress(run.between(START - CALM, START + RECOVERY), stress, 0.0)
    assert 100 * effect.drawdown == pytest.approx(report.values["drawdown_pct"], abs=1e-6)
    assert report.values["drawdown_pct"] < -0.1
    if report.values["recovery_90_censored"]:
        assert math.isnan(effect.recovery_time)
    else:
        assert effect.recovery_time == pytest.approx(report.values["recovery_90_s"])


SPEEDS = {"slow": (10.0,), "fast": (1e6,), "changing": (1.0, 3e4, 200.0, 1e6, 2e3)}


@pytest.mark.parametrize("speed", SPEEDS)
def test_every_page_and_the_command_agree_at_any_speed(speed):
    """The run of ``abm-desktop run``, and the same one played in a window."""
    scenario = SCENARIO.model_copy(
        update={"stress": (FlashCrash(at=START, magnitude=0.03, duration=LENGTH),)}
    )
    until = START + 1000.0
    alone = Simulator(scenario, 3)
    alone.warm_up()
    alone.run_until(until)
    told = summarise(alone)
    assert told.spread_most > 3.0
    known = measure(
        alone.tape, shock=START, warm_up=scenario.market.warm_up, tick=0.01, lot=1,
        calm=(-START, -60.0), stress=(0.0, STRESS), recovery=RECOVERY,
    )  # fmt: skip

    feed = SimulatedFeed(scenario, 3)
    for k in itertools.count():
        if feed.now >= until - 1e-6:
            break
        feed.limit_samples(10_000.0, SPEEDS[speed][k % len(SPEEDS[speed])])
        feed.advance(min(until, feed.now + 137.0))
        feed.collect()
    history = feed.history.view()
    run = RunData("past", 3, False, 0.01, 1, history, feed.fills.view())
    stress = ActiveStress("flash_crash", 0.03, START, START + LENGTH)
    page = report_stress(run.between(START - CALM, START + RECOVERY), stress, 0.0).values
    for name in ("stress_widest_spread_ticks", "drawdown_pct", "stress_rv_10s", "recovery_50_s"):
        assert page[name] == pytest.approx(known[name], nan_ok=True), name

    whole = run.between(run.start, run.end)
    (compared,) = compare_runs([PackedRun.of(whole)])
    # The other run of a pair does not matter to the measures of the first.
    twin = compare_twins(run, run, 1.0, until).values[0]
    window = measure_window(run.between(1.0, until), 1.0, until, bucket_of(run)).values
    for found in (compared.values, twin, window):
        assert found["widest_spread_ticks"] == told.spread_most
        assert found["rv_10s"] == pytest.approx(window["rv_10s"])
    effect = stress_effect(history, START, START + LENGTH)
    assert 100.0 * effect.drawdown == pytest.approx(known["drawdown_pct"])
    if not known["recovery_90_censored"]:
        assert effect.recovery_time == pytest.approx(known["recovery_90_s"])


def test_a_single_sample_is_no_recovery(crashed):
    n = 600
    time = np.arange(float(n))
    mid = np.full(n, 100.0)
    mid[300:] = 98.0
    mid[301] = 100.0  # back for one second
    flat = np.full(n, 100.0)
    history = replace(
        crashed.history.__class__(
            *(getattr(crashed.history, f)[:n] for f in crashed.history.__dataclass_fields__)
        ),
        time=time, mid=mid, fundamental=flat, phase=np.zeros(n),
    )  # fmt: skip
    assert math.isnan(stress_effect(history, 299.5, 360.0).recovery_time)
    mid[400:] = 100.0
    assert stress_effect(history, 299.5, 360.0).recovery_time == pytest.approx(100.0, abs=1.0)


def test_what_was_not_kept_is_a_dash_with_the_reason(crashed):
    kept = replace(crashed, fills=crashed.fills[len(crashed.fills) // 2 :])
    run = RunData.of(kept)
    assert 0 < run.fills_since < run.end
    report = measure_window(run, 0.0, run.end, 10.0)
    shown = {m.key: m for m in WINDOW_MEASURES}
    for key in OF_FILLS:
        if key in shown:
            assert write(shown[key], report.values) == "–", key
            why = reason_of(shown[key], report.values, report.reasons)
            assert why.startswith("Every fill is kept from "), key
    assert report.classes == () and report.values["volume"] == crashed.volume
    later = measure_window(run, run.fills_since + 1.0, run.end, 10.0)
    assert later.values["trades"] > 0 and not later.reasons
    short = measure_window(run, run.end - 20.0, run.end, 10.0)
    assert "five minutes" in reason_of(shown["amihud"], short.values, {})
    assert reason_of(shown["trades"], later.values, {}) == ""
