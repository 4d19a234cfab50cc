"""A small calibration end to end: repeatable, better than its start, resumed as if never cut."""

from __future__ import annotations

import html
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.calibration.figures import figures
from abm_desktop.calibration.finishing import Finish
from abm_desktop.calibration.identifying import region_of, told_parameters
from abm_desktop.calibration.inferring import Inferred
from abm_desktop.calibration.measuring import Gap, gap_between, measure_flow
from abm_desktop.calibration.plan import CalibrationPlan, Days, Sizes
from abm_desktop.calibration.posterior import Box, check_on, fit_posterior
from abm_desktop.calibration.result import result_of
from abm_desktop.calibration.running import (
    Calibrated,
    CalibrationControl,
    CalibrationStopped,
    calibrate,
)
from abm_desktop.calibration.search import Search
from abm_desktop.calibration.seeds import Use, check_use, seeds_for
from abm_desktop.calibration.simulating import simulate_measured
from abm_desktop.calibration.space import PARAMETERS, Space
from abm_desktop.calibration.start import start_values, to_scenario
from abm_desktop.calibration.store import Trial, TrialStore
from abm_desktop.calibration.widening import shipped_widening
from abm_desktop.calibration.writing import write_result
from abm_desktop.inputs import InputError
from abm_desktop.metrics.likeness.scores import SCORES
from abm_desktop.scenario import Scenario, find_scenario, load_scenario, warnings_of

FEW = ("population.noise.limit_rate", "population.noise.lifetime_scale", "activity.feedback")
SIZES = Sizes(search_seconds=900.0, search_seeds=1, candidates=2, choice_seeds=3, report_seeds=2)


def small(days: Days, known: Scenario) -> CalibrationPlan:
    """A plan that begins with a wrong market and has three parameters to mend it."""
    values = start_values(days.read, "small", known)
    values["market"]["warm_up"] = 60.0
    # The known market has neither.
    values["population"]["noise"] |= {"patient_share": 0.0, "burst_share": 0.0}
    values["population"]["noise"]["lifetime_scale"] = 40.0
    values["population"]["noise"]["limit_rate"] = 2.0
    chosen = [each for each in PARAMETERS if each.key in FEW]
    return CalibrationPlan(days, "small", known, SIZES, Space(values, chosen))


def run(plan: CalibrationPlan, folder: Path, stop_after: int | None = None) -> Calibrated:
    control = CalibrationControl()
    store = TrialStore(folder, plan.as_json())
    seen = 0

    def tell(_progress: object) -> None:
        nonlocal seen
        seen += 1
        if seen == stop_after:
            control.stop()

    try:
        return calibrate(plan, store, budget=1e6, trials=40, control=control, tell=tell)
    finally:
        store.close()


@pytest.fixture(scope="module")
def plan(days: Days, known: Scenario) -> CalibrationPlan:
    return small(days, known)


@pytest.fixture(scope="module")
def found(plan: CalibrationPlan, tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    return run(plan, tmp_path_factory.mktemp("whole"))


def test_it_improves_on_its_start(found: Calibrated) -> None:
    assert found.began is not None
    assert found.gap.total < 0.9 * found.began.total
    assert found.gap.w1 < found.began.w1
    assert warnings_of(found.scenario) == []
    assert len(found.search) == 40
    best = min(found.choice, key=lambda trial: trial.total)
    assert best.vector == tuple(found.vector)
    assert found.choice[0].each != found.search[0].each  # other seeds


def test_stopped_and_resumed_it_finds_the_very_same(
    plan: CalibrationPlan, found: Calibrated, tmp_path: Path
) -> None:
    for stop_after in (5, 12, 15):
        with pytest.raises(CalibrationStopped):
            run(plan, tmp_path, stop_after)
    # What was being written when the machine went down is made again.
    with (tmp_path / "trials.jsonl").open("ab") as stream:
        stream.write(b'{"vector": [0.1, 0.')
    again = run(plan, tmp_path)
    assert [t.vector for t in again.search] == [t.vector for t in found.search]
    assert [t.each for t in again.search] == [t.each for t in found.search]
    assert np.array_equal(again.vector, found.vector)
    assert again.gap.scores == found.gap.scores and again.gap.total == found.gap.total
    assert again.scenario == found.scenario


def test_what_is_written(plan: CalibrationPlan, found: Calibrated, tmp_path: Path) -> None:
    result = result_of(plan, found)
    file = write_result(result, tmp_path)
    assert load_scenario(file).population == found.scenario.population
    head = file.read_text(encoding="utf-8")
    assert head.startswith("# Calibrated to") and f"{found.gap.w1:.3f}" in head
    numbers = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert numbers["found"]["w1"] == pytest.approx(found.gap.w1)
    assert not set(numbers["seeds"]["search"]) & set(numbers["seeds"]["choice"])
    assert not set(numbers["seeds"]["report"]) & set(numbers["seeds"]["choice"])
    held, of = numbers["facts_held"]
    assert 0 <= held <= of and of > 20
    page = html.unescape((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.count("<svg") == 3
    for sentence in result.sentences():
        assert sentence.replace(" %", "\u00a0%") in page
    # A recording of a few minutes cannot be compared with itself: no "nan" is shown to anybody.
    short = replace(result, itself=dict.fromkeys(result.itself, math.nan))
    told = " ".join(short.sentences())
    assert "too short for half hours" in told and "nan" not in told
    titles = [axes.get_title("left") for _, _, figure in figures(short) for axes in figure.axes]
    assert len(titles) > len(SCORES) and not any("nan" in title for title in titles)


def test_what_the_day_says_of_parameters_is_written(
    plan: CalibrationPlan, found: Calibrated, tmp_path: Path
) -> None:
    box = Box(np.maximum(found.vector - 0.15, 0.0), np.minimum(found.vector + 0.15, 1.0))
    vectors = box.draws(100, seed=1)
    days = np.random.default_rng(2).normal(size=(100, 6))
    days[:, 0] += 40 * vectors[:, 1]
    posterior = fit_posterior(box, vectors, days)
    day = np.array([40 * found.vector[1], 0, 0, 0, 0, 0])
    checked = check_on(posterior, vectors[:20], days[:20])
    samples = posterior.samples(day)
    inferred = Inferred(
        posterior,
        samples,
        shipped_widening().ends(plan.space, *np.quantile(samples, [0.05, 0.95], axis=0)),
        110,
        ("Spread, mean",),
        posterior.beyond(day),
        7,
        checked,
        checked,
        0.2,
        0.3,
    )
    result = result_of(plan, replace(found, inferred=inferred))
    told = " ".join(result.sentences())
    assert "makes 1 of 3 parameters more certain" in told and "of 100 days simulated" in told
    assert "at its medians is 0.300" in told and "none of these markets" in told
    assert "1 of 7 numbers of the recorded day were left out" in told
    write_result(result, tmp_path)
    numbers = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["posterior"]
    narrow = numbers["parameters"][plan.space.parameters[1].key]
    low, high = narrow["interval_90"]
    assert low <= plan.space.value(1, found.vector[1]) <= high and narrow["width_over_drawn"] < 0.8
    assert (numbers["draws"], numbers["made_a_market"]) == (110, 100)
    page = html.unescape((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "What the recorded day says of the parameters" in page
    better = replace(inferred, middle_worth=0.1)
    told = " ".join(result_of(plan, replace(found, inferred=better)).sentences())
    assert "can still be improved on" in told


def trial(vector: list[float], *each: float) -> Trial:
    """A made-up candidate whose worth by seed is this."""
    gap = Gap({"spread": float(np.mean(each))}, 0.0, {"volatility": 0.0})
    return Trial(tuple(vector), gap, each, 1.0)


def test_what_is_known_of_parameters(plan: CalibrationPlan) -> None:
    at = [0.5, 0.5, 1.0]
    profile = [
        trial(at, 0.30, 0.40, 0.35),
        trial([0.35, 0.5, 1.0], 0.40, 0.50, 0.46),  # worse on every seed
        trial([0.65, 0.5, 1.0], 0.31, 0.40, 0.35),
        trial([0.5, 0.35, 1.0], 0.20, 0.50, 0.36),  # better here, worse there
        trial([0.5, 0.65, 1.0], 0.50, 0.30, 0.34),
        trial([0.5, 0.5, 0.85], 0.30, 0.41, 0.35),
        trial(at, 0.30, 0.40, 0.35),  # there is no way up
    ]
    search = [trial([k / 10, 0.5, 0.9], 0.3 + k / 50, 0.4 + k / 60) for k in range(10)]
    first, second, third = told_parameters(plan.space, np.array(at), search, profile)
    assert first.is_told and not second.is_told and not third.is_told
    assert first.cost_down == pytest.approx(0.1033, abs=1e-3)
    assert first.interval[1] < plan.space.value(0, 1.0)  # a parabola about 0.576
    assert third.interval == (plan.space.value(2, 0.0), plan.space.value(2, 1.0))
    assert math.isnan(third.cost_up) and third.cost_down == pytest.approx(0.0033, abs=1e-3)
    # Of ten candidates the best five are looked at; a twentieth worse than the best is as good.
    assert first.low == pytest.approx(plan.space.value(0, 0.04))
    assert first.high == pytest.approx(plan.space.value(0, 0.36))
    assert first.spread == pytest.approx(0.32)
    assert first.region == (plan.space.value(0, 0.0), plan.space.value(0, 0.0))
    assert len(region_of([*search, trial([0.9, 0.9, 0.9], 0.31, 0.41)])) == 2


def test_another_calibration_in_the_folder_is_refused(
    plan: CalibrationPlan, tmp_path: Path
) -> None:
    TrialStore(tmp_path, plan.as_json()).close()
    other = plan.as_json() | {"name": "other"}
    with pytest.raises(InputError, match=r"another calibration .*name.*--fresh"):
        TrialStore(tmp_path, other)
    TrialStore(tmp_path, other, fresh=True).close()
    (tmp_path / "trials.jsonl").write_text('{"vector": [1]}\n')
    with pytest.raises(InputError, match="line 1 is no trial"):
        TrialStore(tmp_path, other)


def test_one_program_at_a_time(plan: CalibrationPlan, tmp_path: Path) -> None:
    store = TrialStore(tmp_path, plan.as_json())
    with pytest.raises(InputError, match="another program"):
        TrialStore(tmp_path, plan.as_json())
    store.close()


def test_seeds_of_one_use_are_none_of_another(known: Scenario) -> None:
    seeds = [set(seeds_for(use, 100, seed)) for use in Use for seed in (0, 1, 9999)]
    assert len(set.union(*seeds)) == 300 * len(Use)
    for use in Use:
        for other in Use:
            if use is other:
                check_use(use, seeds_for(use, 1)[0])
                continue
            with pytest.raises(InputError, match=r"seed .* is none for"):
                check_use(use, seeds_for(other, 1)[0])
            with pytest.raises(InputError):
                simulate_measured(
                    known, use, seeds_for(other, 1)[0], levels=5, seconds=1.0, most=10
                )


def test_a_day_is_at_no_distance_from_itself(days: Days) -> None:
    measured = measure_flow(days.flows[0])
    gap = gap_between(measured, measured)
    assert gap.w1 == 0.0 and gap.responses == 0.0 and gap.total == 0.0


def test_too_busy_a_market_is_given_up(known: Scenario) -> None:
    seed = seeds_for(Use.SEARCH, 1)[0]
    assert simulate_measured(known, Use.SEARCH, seed, levels=5, seconds=600.0, most=100) is None


def test_every_vector_is_a_scenario(days: Days) -> None:
    space = Space(start_values(days.read, "any", load_scenario(find_scenario("calm"))))
    draws = np.random.default_rng(1)
    refused = 0
    for vector in [np.zeros(len(space)), np.ones(len(space)), *draws.random((40, len(space)))]:
        try:
            scenario = to_scenario(space.values(vector))
        except InputError as error:
            assert "seconds of computing" in str(error) or "s of computing" in str(error)
            refused += 1
            continue
        assert math.fsum(scenario.activity.weights) == pytest.approx(1.0)
        named = space.named(vector)
        assert scenario.population.noise.limit_rate == named["population.noise.limit_rate"]
    assert refused < 10


def test_a_search_begins_where_an_earlier_one_ended(
    plan: CalibrationPlan, found: Calibrated, days: Days, known: Scenario
) -> None:
    began = CalibrationPlan.make(days, "small", known, SIZES, like=found.scenario)
    named = began.space.named(began.space.beginning())
    for key, value in plan.space.named(found.vector).items():
        assert named[key] == pytest.approx(value, rel=1e-3)
    vectors = np.array(Search(began.space, seed=0).ask())
    assert np.array_equal(vectors[0], began.space.beginning())
    assert np.abs(vectors - np.clip(vectors[0], 0.05, 0.95)).mean() < 0.1


def test_a_vector_is_read_back(days: Days) -> None:
    space = Space(start_values(days.read, "any", load_scenario(find_scenario("calm"))))
    vector = np.full(len(space), 0.4)
    other = Space(space.values(vector) | {}, space.parameters)
    for k, parameter in enumerate(space.parameters):
        if not parameter.is_relative:
            assert other.beginning()[k] == pytest.approx(0.4, abs=0.01), parameter.key


def test_a_small_budget_makes_the_rest_smaller_and_says_so(
    days: Days, known: Scenario, tmp_path: Path
) -> None:
    plan = small(days, known)
    store = TrialStore(tmp_path, plan.as_json())
    try:
        found = calibrate(plan, store, budget=0.001)
        assert (len(found.choice), found.profile, found.report_seeds) == (2, (), 2)
        told = " ".join(result_of(plan, found).sentences())
        assert "was not looked at" in told and "as it stands" not in told
        assert "Neither calm nor the market that the search began with was simulated" in told
        assert "Posterior" not in told
        assert found.base is None and found.began is None
        # What was decided stays, however much time there is, until the search goes on.
        assert store.finish(len(found.search)) == Finish(2, False, 2, compared=False)
        assert calibrate(plan, store, budget=0.001).scenario == found.scenario
        assert store.finish(len(found.search) + 1) is None
    finally:
        store.close()


def test_of_parameters_that_do_nothing_one_in_twenty_is_told(plan: CalibrationPlan) -> None:
    rng, told = np.random.default_rng(8), 0
    at = [0.5, 0.5, 0.5]
    search = [trial(at, 0.3, 0.3)]
    rounds = 700
    for _ in range(rounds):
        drawn = rng.normal(0.5, 0.05, (7, 4))
        vectors = [at]
        for place in range(3):
            for step in (-0.15, 0.15):
                vectors.append([0.5 + step * (k == place) for k in range(3)])
        profile = [trial(v, *each) for v, each in zip(vectors, drawn, strict=True)]
        told += sum(p.is_told for p in told_parameters(plan.space, np.array(at), search, profile))
    assert 0.03 < told / (3 * rounds) < 0.065
