"""How many matched markets are needed."""

import math

import numpy as np
import pytest
from scipy import stats

from abm_desktop.experiments.statistics.power import (
    pairs_needed,
    power_of,
    power_table,
    smallest_effect,
)


@pytest.mark.parametrize(("effect", "pairs"), [(0.10, 262), (0.20, 72), (0.25, 48), (0.50, 15)])
def test_pairs_for_the_usual_effects(effect, pairs):
    assert pairs_needed(effect, sd=0.55) == pairs
    assert smallest_effect(pairs, sd=0.55) <= effect
    assert power_of(effect, pairs) == pytest.approx(0.8, abs=0.02)


def test_the_power_is_that_of_a_test_on_simulated_data():
    rng = np.random.default_rng(0)
    changes = rng.normal(math.log(1.2), 0.55, (2000, 72))
    told = stats.ttest_1samp(changes, 0.0, axis=1).pvalue < 0.05
    assert told.mean() == pytest.approx(power_of(0.2, 72), abs=0.03)


def test_policies_that_differ_set_a_limit():
    assert pairs_needed(0.2, policies=5, policy_sd=0.2) is None
    some = pairs_needed(0.2, policies=20, policy_sd=0.2)
    assert some is not None
    assert some > pairs_needed(0.2)
    limit = math.expm1(2.8 * 0.2 / math.sqrt(5))
    assert smallest_effect(10**9, policies=5, policy_sd=0.2) == pytest.approx(limit, rel=1e-3)


def test_the_table():
    rows = power_table(64, 5)
    assert [row.enough for row in rows] == [False, False, True, True, True]
    assert rows[-1].needed == 64
    assert "needs 72 pairs" in str(rows[1])
    assert "more policies" in str(power_table(64, 5, policy_sd=0.3)[0])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [({"effect": 0.0}, "other than 0"), ({"effect": 0.1, "sd": 0.0}, "positive")],
)
def test_impossible_questions(kwargs, message):
    with pytest.raises(ValueError, match=message):
        pairs_needed(**kwargs)
