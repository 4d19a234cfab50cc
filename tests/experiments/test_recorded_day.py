"""A recorded day is one day: whatever compares markets by seed refuses it."""

from __future__ import annotations

import pytest
from support.recorded import ADD, hand_written

from abm_desktop.calibration.plan import CalibrationPlan, Sizes
from abm_desktop.desk.analytics.fact_sessions import simulate_sessions
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.pairs import Change, compare_pairs
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.inputs import InputError
from abm_desktop.scenario import load_scenario


@pytest.fixture
def day(tmp_path):
    """A minute of quotes."""
    return hand_written(tmp_path, [(60, ADD, 9, 1, 9990, 1)])


def test_it_is_no_market_of_an_experiment(day):
    design = Design(name="x", scenario=str(day), lead=20.0, burn_in=10.0, after=10.0,
                    stress_window=10.0, rl={"shares": (0.0,)})  # fmt: skip
    with pytest.raises(InputError, match=r"scenario: is a recorded day, .*calibrate"):
        make_plan(design)


def test_nor_of_paired_comparisons_facts_and_calibrations(day):
    scenario = load_scenario(day)
    with pytest.raises(InputError, match="scenario is a recorded day"):
        compare_pairs(scenario, [1, 2], Change(rule="luld"), at=10.0, after=10.0)
    with pytest.raises(InputError, match="scenario is a recorded day"):
        simulate_sessions(scenario, [1, 2], print)
    with pytest.raises(InputError, match="base is a recorded day"):
        CalibrationPlan.make(None, "x", scenario, Sizes())
