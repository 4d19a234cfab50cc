"""What a day says of parameters: told if there is something to tell, believed if checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.calibration.day_features import FEATURES, features_of
from abm_desktop.calibration.draws import DrawFile
from abm_desktop.calibration.inferring import days_of, infer
from abm_desktop.calibration.plan import CalibrationPlan, Days, Sizes
from abm_desktop.calibration.posterior import Box, check_on, fit_posterior
from abm_desktop.calibration.space import PARAMETERS, Space
from abm_desktop.calibration.start import start_values
from abm_desktop.calibration.store import TrialStore
from abm_desktop.calibration.workers import Workers
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario

TOLD, ALL = 4, 12
_MIDDLE = np.linspace(0.1, 0.9, ALL)
BOX = Box(np.maximum(_MIDDLE - 0.15, 0.0), np.minimum(_MIDDLE + 0.15, 1.0))


def days_at(vectors: np.ndarray, seed: int, *, deaf: bool = False) -> np.ndarray:
    """Numbers of days that tell of the first four parameters, bent and noisy; deaf: of none."""
    rng = np.random.default_rng(seed)
    pull = np.random.default_rng(0).normal(size=(ALL, 30)) * (np.arange(ALL) < TOLD)[:, None]
    days = np.tanh((vectors - BOX.low) @ pull) + 0.1 * rng.normal(size=(len(vectors), 30))
    return rng.permutation(days) if deaf else days


def test_what_days_tell_is_found_and_nothing_else() -> None:
    vectors = BOX.draws(400, seed=1)
    posterior = fit_posterior(BOX, vectors, days_at(vectors, 1))
    true = BOX.draws(3, seed=2)
    for day, at in zip(days_at(true, 2), true, strict=True):
        low, high = np.quantile(posterior.samples(day), [0.05, 0.95], axis=0)
        width = (high - low) / (0.9 * (BOX.high - BOX.low))
        assert (width[:TOLD] < 0.5).all() and (width[TOLD:] > 0.85).all()
        assert (np.abs(np.median(posterior.samples(day), axis=0) - at)[:TOLD] < 0.1).all()
    # Days in any order tell nothing of anything.
    posterior = fit_posterior(BOX, vectors, days_at(vectors, 1, deaf=True))
    low, high = np.quantile(posterior.samples(days_at(true, 2)[0]), [0.05, 0.95], axis=0)
    assert ((high - low) / (0.9 * (BOX.high - BOX.low)) > 0.85).all()


def test_the_check_passes_what_is_right_and_finds_what_is_wrong() -> None:
    vectors, fresh = BOX.draws(400, seed=1), BOX.draws(150, seed=3)
    posterior = fit_posterior(BOX, vectors, days_at(vectors, 1))
    days = days_at(fresh, 3)
    right = check_on(posterior, fresh, days)
    assert right.days == 150 and abs(right.mean_coverage - 0.9) < 0.03 and right.rejected <= 2
    narrow = check_on(replace(posterior, errors=0.5 * posterior.errors), fresh, days)
    assert narrow.mean_coverage < 0.75 and narrow.rejected >= 8
    shifted = check_on(replace(posterior, middle=posterior.middle + 0.06), fresh, days)
    assert (shifted.uniform[:TOLD] < 0.05).all()


def test_numbers_that_tell_nothing_are_not_used_and_far_ones_count_as_the_nearest() -> None:
    vectors = BOX.draws(100, seed=1)
    features = days_at(vectors, 1)
    features[:, 7] = np.nan  # which days do not tell
    features[:, 9] = 1.0  # the same whatever happens
    posterior = fit_posterior(BOX, vectors, features)
    assert not {7, 9} & set(posterior.used.tolist())
    day = features[0].copy()
    day[3] = 1e6
    samples = posterior.samples(day)
    assert (samples >= BOX.low).all() and (samples <= BOX.high).all()
    day[3] = features[:, 3].max()
    np.testing.assert_array_equal(samples, posterior.samples(day))
    assert not posterior.beyond(features[0]).any()
    # A day that points further than any draw is as the furthest of them, and its interval is no
    # narrower than those of others.
    pull = posterior.weights[:, 0] > 0
    day[posterior.used] = np.where(pull, posterior.largest, posterior.least)
    assert posterior.beyond(day)[0]
    low, high = np.quantile(posterior.samples(day)[:, 0], [0.05, 0.95])
    assert high - low > 0.25 * np.ptp(
        np.quantile(posterior.samples(features[0])[:, 0], [0.05, 0.95])
    )
    with pytest.raises(ValueError, match="19 draws are too few"):
        fit_posterior(BOX, vectors[:19], features[:19])


def test_more_draws_begin_with_the_fewer() -> None:
    np.testing.assert_array_equal(BOX.draws(10, seed=4), BOX.draws(30, seed=4)[:10])
    assert not np.array_equal(BOX.draws(10, seed=5), BOX.draws(10, seed=4))
    assert (BOX.low >= 0.0).all() and (BOX.high <= 1.0).all()


@pytest.fixture(scope="module")
def plan(days: Days, known: Scenario) -> CalibrationPlan:
    few = ("population.noise.limit_rate", "population.noise.share_at_best", "activity.cap")
    values = start_values(days.read, "small", known)
    values["market"]["warm_up"] = 60.0
    # The known market has neither.
    values["population"]["noise"] |= {"patient_share": 0.0, "burst_share": 0.0}
    space = Space(values, [each for each in PARAMETERS if each.key in few])
    # A short day: the session is what the plan says.
    short = replace(days, read=replace(days.read, session=900.0))
    return CalibrationPlan(short, "small", known, Sizes(), space)


def test_a_calibration_tells_it_and_goes_on_where_it_stopped(
    plan: CalibrationPlan, tmp_path: Path
) -> None:
    store = TrialStore(tmp_path / "there", plan.as_json())
    told: list[tuple[int, int]] = []
    try:
        with Workers(0) as workers:

            def asked(stop_after: int = 10_000):
                told.clear()
                return infer(
                    plan, store, workers, plan.space.beginning(), 60,
                    stopping=lambda: len(told) >= stop_after,
                    tell=lambda done, total, _left: told.append((done, total)),
                )  # fmt: skip

            assert asked(stop_after=7) is None
            assert len(store.drawn("draws").draws) == 7
            found = asked()
            assert found is not None and told[-1] == (80, 80) == (days_of(60), 80)
            assert len(told) == 73
            again = asked()
            assert again is not None and not told
            np.testing.assert_array_equal(again.samples, found.samples)
    finally:
        store.close()
    cap, limit_rate, at_best = found.width
    # Nothing happens in this market that the cap would bound.
    assert cap > 0.85 and limit_rate < 0.4 and at_best < 0.85, found.width
    assert found.asked == 60 and found.held_out.days == found.near.days == 12
    assert set(found.outside) <= set(FEATURES) and len(found.outside) < found.told <= len(FEATURES)
    assert 0.0 < found.found_worth < 1.0 and 0.0 < found.middle_worth < 1.0
    assert found.excludes(np.array([0.5, 5.0, 0.5])).tolist()[1] and found.beyond.shape == (3,)


def test_the_numbers_of_a_day_have_names(days: Days) -> None:
    assert len(features_of(days.measured[0])) == len(FEATURES) == len(set(FEATURES))


def test_a_damaged_file_of_draws_is_named(tmp_path: Path) -> None:
    file = tmp_path / "draws.jsonl"
    file.write_text(
        '{"vector": [0.5], "features": [1.0], "w1": 0.1, "seconds": 1.0}\n', encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"line 1 is no draw .* another number of features"):
        DrawFile(file)
    file.write_text(
        '{"vector": [0.5], "features": null, "w1": null, "seconds": 1.0}\n{"vec', encoding="utf-8"
    )
    assert len(DrawFile(file).draws) == 1 and file.read_text(encoding="utf-8").endswith("}\n")
