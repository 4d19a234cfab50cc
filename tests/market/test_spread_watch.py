"""The alarm of a spread that stays wide while no stress acts."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.spread_watch import SpreadWatch
from abm_desktop.market.state import SAMPLE, STRESS_EVENT
from abm_desktop.market.statements import SpreadWide
from abm_desktop.scenario import Scenario, stress_from_dict

SECOND = 1_000_000_000
CALM = np.zeros(4, STRESS_EVENT)


def _rows(spreads: list[int], first: int = 1, step: int = 1) -> np.ndarray:
    rows = np.zeros(len(spreads), SAMPLE)
    rows["time"] = (first + step * np.arange(len(spreads))) * SECOND
    rows["best_bid"] = 5000
    rows["best_ask"] = 5000 + np.array(spreads)
    return rows


def _seen(rows: np.ndarray, stresses: np.ndarray = CALM, piece: int = 1000) -> int | None:
    watch = SpreadWatch()
    for at in range(0, len(rows), piece):
        watch.see(rows[at : at + piece], stresses)
    return watch.raised_at


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_more_than_a_minute_of_wide_spread_is_an_alarm(piece: int) -> None:
    assert _seen(_rows([1] * 5 + [201] * 62), piece=piece) == 6 * SECOND
    assert _seen(_rows([1] * 5 + [201] * 61), piece=piece) is None, "61 samples are one minute"
    assert _seen(_rows([1] * 5 + [200] * 200), piece=piece) is None
    assert _seen(_rows(([201] * 40 + [3]) * 5), piece=piece) is None
    assert _seen(_rows([201] * 40 + [3] + [999] * 70), piece=piece) == 42 * SECOND
    assert _seen(_rows([300] * 5, step=20), piece=piece) == SECOND, "samples 20 s apart"


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_stress_and_halts_begin_it_anew(piece: int) -> None:
    stressed = CALM.copy()
    stressed[2]["start"], stressed[2]["end"] = 30 * SECOND, 80 * SECOND
    assert _seen(_rows([500] * 130), stressed, piece) is None
    assert _seen(_rows([500] * 150), stressed, piece) == 81 * SECOND
    halted = _rows([500] * 110)
    halted["phase"][50] = 3
    assert _seen(halted, piece=piece) is None


def test_a_book_that_runs_empty_is_an_alarm_unless_a_stress_acts() -> None:
    scenario = Scenario.model_validate(
        {
            "name": "thin",
            "market": {"warm_up": "1min"},
            "population": {"noise": {"limit_rate": 0.05}, "market_makers": {"count": 0}},
        }
    )
    calm, stressed = Simulator(scenario, 1), Simulator(scenario, 1)
    stressed.inject(
        stress_from_dict({"type": "volatility_spike", "magnitude": 1.0, "duration": 1e5})
    )
    for simulator in (calm, stressed):
        simulator.run_until(900.0)
    (alarm,) = calm.alarms
    assert isinstance(alarm, SpreadWide) and (alarm.ticks, alarm.seconds) == (200, 60.0)
    assert 0.0 <= alarm.since < 840.0
    assert calm.fork().alarms == [alarm]
    assert stressed.alarms == []
