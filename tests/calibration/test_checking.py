"""Intervals are checked on days that were made at known parameters, and calibrated to anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.calibration.checking import (
    DayChecked,
    ParameterChecked,
    check_days,
    checked_parameters,
    held_together,
)
from abm_desktop.calibration.measuring import Measured
from abm_desktop.calibration.plan import CalibrationPlan, Days, Sizes
from abm_desktop.calibration.space import PARAMETERS, Space
from abm_desktop.calibration.start import start_values
from abm_desktop.calibration.store import TrialStore
from abm_desktop.calibration.widening import misses_of
from abm_desktop.calibration.workers import CandidateSession, Workers
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario


def test_shares_have_exact_intervals() -> None:
    each = ParameterChecked("a", held=5, unwidened=4, days=10, width=0.5, unreached=0)
    # Clopper and Pearson for 5 of 10, as printed in their tables.
    assert each.interval == pytest.approx((0.1871, 0.8129), abs=1e-4) and each.is_refuted
    assert not ParameterChecked(
        "a", held=9, unwidened=9, days=10, width=0.5, unreached=0
    ).is_refuted


def test_days_are_counted_by_parameter(plan: CalibrationPlan) -> None:
    few = len(plan.space)
    low, high = np.zeros(few), np.ones(few)
    days = [
        DayChecked(
            true=np.full(few, true),
            low=low,
            high=high,
            width=np.full(few, 0.5),
            # The posterior's own interval ends at a half.
            misses=misses_of(low, high - 0.5, np.full(few, true)),
            reached=np.full(few, true < 2.0),
            tries=1,
        )
        for true in (-0.1, 0.0, 1.0, 3.0)
    ]
    for each in checked_parameters(plan, days):
        assert (each.held, each.unwidened, each.days) == (2, 1, 4)
        assert (each.width, each.unreached) == (0.5, 1)
    assert held_together([day.holds for day in days])[0] == 0.5
    assert held_together([day.holds_unwidened for day in days])[0] == 0.25


@pytest.fixture(scope="module")
def plan(days: Days, known: Scenario) -> CalibrationPlan:
    values = start_values(days.read, "small", known)
    values["market"]["warm_up"] = 60.0
    return CalibrationPlan(days, "small", known, Sizes(search_seconds=900.0), Space(values))


class Taking(Workers):
    """Simulates five sessions in truth, and tells these again and again."""

    def __init__(self) -> None:
        super().__init__(0)
        self.told: list[Measured | None] = []
        self.asked: list[CandidateSession] = []

    def measured(
        self, sessions: Sequence[CandidateSession], stopping: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, Measured | None]]:
        for place, session in enumerate(sessions):
            if stopping():
                return
            if len(self.told) < 5:
                self.told.append(session.measured())
            self.asked.append(session)
            yield place, self.told[place % 5]


def test_a_check_goes_on_where_it_stopped(plan: CalibrationPlan, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    store = TrialStore(tmp_path / "there", plan.as_json())
    workers = Taking()

    def asked(count: int, stop_after: int = 10_000) -> list[DayChecked] | None:
        told.clear()
        return check_days(
            plan, store, workers, count, 50, stopping=lambda: len(told) >= stop_after,
            tell=lambda done, total, _left: told.append((done, total)),
        )  # fmt: skip

    try:
        assert asked(2, stop_after=60) is None and told[-1] == (60, 100)
        found = asked(2)
        assert found is not None and len(told) == 40 and told[-1] == (100, 100)
        more = asked(3)
        assert more is not None and len(told) == 50
        with pytest.raises(InputError, match="--check"):
            asked(1)
    finally:
        store.close()
    # All draws and all days are of markets of their own.
    assert len({session.seed for session in workers.asked}) == 150
    for before, day in zip(found, more, strict=False):
        np.testing.assert_array_equal(before.low, day.low)
        np.testing.assert_array_equal(before.true, day.true)
    assert not np.array_equal(more[0].true, more[1].true)
    for day in more:
        assert day.true.shape == (len(PARAMETERS),) and (day.low <= day.high).all()
        # Days that have nothing to do with their parameters tell nothing of them.
        assert np.median(day.width) > 0.8
    # Before anything is known, nine of ten true values lie within nine tenths of the space.
    assert 0.7 < np.mean([day.holds[day.reached].mean() for day in more]) <= 1.0
