"""Sessions in other processes are those of this one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abm_desktop.calibration.seeds import Use, draw_seeds, seeds_for
from abm_desktop.calibration.simulating import TooBusyError, simulate_day
from abm_desktop.calibration.workers import CandidateSession, Workers
from abm_desktop.inputs import InputError
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario


def session_of(scenario: Scenario) -> CandidateSession:
    seed = seeds_for(Use.SEARCH, 1)[0]
    return CandidateSession(scenario, Use.SEARCH, seed, levels=5, seconds=300.0, most=10**6)


def test_a_process_of_its_own_gives_the_same(known: Scenario) -> None:
    session = session_of(known)
    found = []
    for count in (0, 1):
        with Workers(count) as workers:
            ((place, measured),) = workers.measured([session])
        assert place == 0 and measured is not None
        found.append(measured)
    assert found[0].facts == pytest.approx(found[1].facts, nan_ok=True)
    for name, values in found[0].quantiles.items():
        assert np.array_equal(values, found[1].quantiles[name])


def test_it_ends_when_it_is_to_stop(known: Scenario) -> None:
    with Workers(0) as workers:
        assert list(workers.measured([session_of(known)], stopping=lambda: True)) == []


def test_a_seed_of_another_use_is_refused_before_anything_runs(known: Scenario) -> None:
    session = replace(session_of(known), use=Use.REPORT)
    with Workers(0) as workers, pytest.raises(InputError, match="none for report"):
        list(workers.measured([session]))


def test_what_is_far_too_busy_is_given_up_before_its_open(
    known: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Simulator, "warm_up", lambda _self: pytest.fail("ran on to the open"))
    seed = draw_seeds(Use.DRAW, 1)[0]
    with pytest.raises(TooBusyError, match="sends more than 100 messages"):
        simulate_day(known, Use.DRAW, seed, levels=5, seconds=3600.0, most=100)
