"""Intervals are widened by what other made days ask for: enough on days like those, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from abm_desktop import paths
from abm_desktop.calibration.plan import Days
from abm_desktop.calibration.space import PARAMETERS, Space
from abm_desktop.calibration.start import start_values
from abm_desktop.calibration.widening import (
    LEAST_DAYS,
    Widening,
    misses_of,
    shipped_widening,
    widening_of,
)
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario


@pytest.fixture
def space(days: Days, known: Scenario) -> Space:
    return Space(start_values(days.read, "small", known))


@pytest.fixture
def forgotten() -> Iterator[None]:
    shipped_widening.cache_clear()
    yield
    shipped_widening.cache_clear()


def days_with_errors(rng: np.random.Generator, days: int, wide: np.ndarray) -> np.ndarray:
    """Misses of intervals from -1 to 1 about errors of these standard deviations, (days, d)."""
    errors = wide * rng.standard_t(4, size=(days, len(wide)))
    return misses_of(errors - 1.0, errors + 1.0, np.zeros_like(errors))


@pytest.mark.parametrize("days", [9, 11, 19, 40])
def test_widened_intervals_hold_as_often_as_they_say(days: int) -> None:
    rng = np.random.default_rng(days)
    wide = rng.uniform(1.0, 4.0, 4000)
    moved = widening_of(days_with_errors(rng, days, wide))
    fresh = days_with_errors(rng, 50, wide)
    assert (fresh <= 0.0).mean() < 0.5
    # Of exchangeable days: the share of the days and one more that are held.
    wanted = np.ceil(0.9 * (days + 1) - 1e-9) / (days + 1)
    assert (fresh <= moved).mean() == pytest.approx(wanted, abs=0.01)


def test_they_never_become_narrower_and_need_some_days() -> None:
    assert LEAST_DAYS == 9
    assert widening_of(-np.ones((12, 2))).tolist() == [0.0, 0.0]
    assert widening_of(np.arange(9.0)[:, None]).tolist() == [8.0]
    with pytest.raises(ValueError, match="8 days are too few: 9 are the least"):
        widening_of(np.zeros((8, 2)))


def test_only_bounds_that_are_read_off_are_passed(space: Space) -> None:
    many = len(space)
    widening = Widening(9, 900.0, 60, "a day", {each.key: 0.5 for each in space.parameters})
    low, high = widening.ends(space, np.full(many, 0.2), np.full(many, 0.8))
    for k, each in enumerate(space.parameters):
        ends = (-0.3, 1.3) if each.is_relative else (0.0, 1.0)
        assert (low[k], high[k]) == pytest.approx(ends), each.key
        values = [space.value(k, end, is_bounded=False) for end in ends]
        bounds = space.bounds(k)
        if not each.is_relative:
            assert values == pytest.approx(bounds, rel=1e-4)
        elif each.is_log:
            assert 0.0 < values[0] < bounds[0] and values[1] > bounds[1]
            back = [space.share(k, value, is_bounded=False) for value in values]
            assert back == pytest.approx(ends, abs=1e-4)
        else:
            assert values[0] == 0.0 and values[1] > bounds[1]
    with pytest.raises(InputError, match=r"has no widening of activity\.feedback"):
        Widening(9, 900.0, 60, "a day", {}).ends(space, low, high)


@pytest.mark.usefixtures("forgotten")
def test_what_ships_is_of_all_that_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = shipped_widening()
    assert set(shipped.offsets) == {each.key for each in PARAMETERS}
    assert min(shipped.offsets.values()) >= 0.0 and shipped.days >= LEAST_DAYS
    shipped_widening.cache_clear()
    monkeypatch.setattr(paths, "resource_dir", lambda: tmp_path)
    (tmp_path / "calibration_widening.json").write_text('{"days": 9}')
    with pytest.raises(InputError, match=r"calibration_widening.json: is damaged .*; install"):
        shipped_widening()
