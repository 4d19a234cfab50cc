"""What a design can tell, by trainings and markets."""

import math

import numpy as np
import pandas as pd
import pytest

from abm_desktop.experiments.design import Design
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.experiments.running.plan_power import MEASURED, hardest, plan_power
from abm_desktop.experiments.statistics.power import (
    Spreads,
    markets_needed,
    power_of,
    power_table,
    smallest_effect,
)
from abm_desktop.experiments.statistics.trainings import spread_of

SPREADS = Spreads(0.15, 0.2, 0.25)


def changes(rng, effect, trainings, markets):
    table = math.log1p(effect) + SPREADS.training * rng.normal(size=(trainings, 1))
    table = table + SPREADS.market * rng.normal(size=(1, markets))
    return table + SPREADS.rest * rng.normal(size=(trainings, markets))


def test_the_power_is_that_of_the_test_that_is_made():
    rng, told, repetitions = np.random.default_rng(0), 0, 150
    for _ in range(repetitions):
        table = changes(rng, 0.25, 6, 10)
        frame = pd.DataFrame(table).stack().rename("change").reset_index()
        frame.columns = ["policy_name", "seed", "change"]
        told += spread_of(frame, ("seed",)).p < 0.05
    expected = power_of(0.25, SPREADS, 6, 10)
    assert 0.3 < expected < 0.9
    assert told / repetitions == pytest.approx(expected, abs=0.11)


def test_trainings_that_differ_set_a_limit_that_markets_do_not_move():
    much = Spreads(0.3, 0.1, 0.1)
    assert markets_needed(0.2, much, 5) is None
    assert markets_needed(0.2, much, 40) is not None
    assert power_of(0.2, much, 5, 4000) - power_of(0.2, much, 5, 64) < 0.01
    assert power_of(0.2, much, 40, 8) > power_of(0.2, much, 5, 64), "the same number of runs"
    # With the trainings that there are it is a matter of markets alone.
    assert markets_needed(0.2, much, 2) < 20


def test_the_smallest_effect_has_the_power_that_was_asked_for():
    for split in (False, True):
        least = smallest_effect(SPREADS, 5, 40, split=split)
        assert power_of(least, SPREADS, 5, 40, split=split) == pytest.approx(0.8, abs=1e-3)
        rows = power_table(SPREADS, 5, 40, split=split)
        assert rows[-1].effect == least and rows[-1].enough
        assert [row.power for row in rows[:-1]] == sorted(row.power for row in rows[:-1])
        assert rows[-1].needed == pytest.approx(40, abs=1)
    assert "more trainings" in str(power_table(Spreads(0.5, 0.1, 0.1), 4, 8)[0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: power_of(0.0, SPREADS, 3, 8), "other than 0"),
        (lambda: power_of(0.1, SPREADS, 3, 1), "at least 1 and 2"),
        (lambda: Spreads(0.1, 0.1, 0.0), "positive"),
    ],
)
def test_impossible_questions(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_plan_is_told_stress_by_stress_without_selected_trainings():
    stress = [{"type": "flash_crash"}, {"type": "fat_finger"}]
    rl = {"policies": ["calm-ppo", "plain-ppo-10[1-4]"]}
    design = {"name": "t", "stress": stress, "rl": rl, "seeds": 8}
    told = plan_power(make_plan(Design.model_validate(design)))
    assert [p.stress for p in told] == ["calm", "flash_crash", "fat_finger"]
    assert [p.trainings for p in told] == [4, 4, 4] and [p.markets for p in told] == [8, 8, 8]
    assert [p.known for p in told] == [True, True, False]
    assert told[1].spreads == MEASURED["flash_crash"] and hardest(told).stress != "calm"
    alone = design | {"rl": {"policies": ["calm-ppo"]}}
    assert plan_power(make_plan(Design.model_validate(alone)))[0].trainings == 1
    split = design | {"rl": rl | {"split_markets": "always"}}
    halved = plan_power(make_plan(Design.model_validate(split)))
    assert halved[1].rows[1].power < told[1].rows[1].power


def test_where_trainings_divide_the_markets_fewer_markets_are_fewer_trainings():
    spreads = Spreads(0.80, 0.49, 0.66)
    smallest = power_table(spreads, 40, 40, split=True)[-1]
    # As many markets as planned, for an effect that these can just tell.
    assert smallest.needed == 40 and smallest.enough
    powers = [power_of(0.7, spreads, 40, markets, split=True) for markets in (3, 10, 20, 40, 80)]
    assert powers == sorted(powers) and powers[0] < 0.3 < 0.8 < powers[-1]
