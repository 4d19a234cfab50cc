"""A measure has one definition wherever it is shown; what is not known is a dash with a reason."""

import math
from dataclasses import replace

import numpy as np
import pytest
from support.live_markets import SCENARIO, wait_for

from abm_desktop.desk.analytics.compare import compare_runs
from abm_desktop.desk.analytics.stress import report_stress
from abm_desktop.desk.analytics.titles import WINDOW_MEASURES, reason_of, write
from abm_desktop.desk.analytics.window import OF_FILLS, bucket_of, measure_window
from abm_desktop.desk.stress_effect import stress_effect
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import Inject, StepTime
from abm_desktop.live.run_data import RunData
from abm_desktop.live.types import ActiveStress
from abm_desktop.metrics.stylized_facts.quotes import trade_groups
from abm_desktop.scenario import FlashCrash

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

    # What the list of stresses says is what the page of stresses says.
    effect = stress_effect(s.history, START, START + LENGTH)
    report = report_stress(run, stress, 0.0)
    assert 100 * effect.drawdown == pytest.approx(report.values["drawdown_pct"], abs=1e-6)
    assert report.values["drawdown_pct"] < -0.1
    if report.values["recovery_90_censored"]:
        assert math.isnan(effect.recovery_time)
    else:
        assert effect.recovery_time == pytest.approx(report.values["recovery_90_s"], abs=0.11)


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
