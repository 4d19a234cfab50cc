"""Crowding and collusion: exact answers, and none where there is nothing to find."""

from __future__ import annotations

import math

import numpy as np
import pytest

from abm_desktop.inputs import InputError
from abm_desktop.metrics.collusion import benchmarks, collusion_index
from abm_desktop.metrics.crowding import herding, pair_correlation, same_side_share


def test_pair_correlation_is_the_mean_over_all_pairs():
    rows = np.random.default_rng(1).normal(size=(50, 4)) @ np.random.default_rng(2).normal(
        size=(4, 4)
    )
    table = np.corrcoef(rows.T)
    pairs = table[np.triu_indices(4, 1)]
    assert pair_correlation(rows) == pytest.approx(pairs.mean())
    still = np.column_stack([rows, np.full(50, 3.0)])
    assert pair_correlation(still) == pytest.approx(pairs.mean()), "one that never trades"
    assert math.isnan(pair_correlation(rows[:, :1]))


def test_independent_traders_do_not_crowd_and_followers_do():
    random = np.random.default_rng(3)
    alone = random.choice([-1, 0, 1, 1], size=(4000, 6))
    same, chance = same_side_share(alone)
    assert chance == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2, abs=0.01)
    assert same == pytest.approx(chance, abs=0.01)
    assert herding(alone) == pytest.approx(0.0, abs=0.01)
    follow = np.repeat(random.choice([-1, 1], size=(4000, 1)), 6, axis=1)
    assert same_side_share(follow)[0] == 1.0
    by_chance = 5.0 / 32.0 * 1.0  # mean of |b / 6 - 1 / 2|: 6 C(5, 3) / 6 / 64
    assert herding(follow) == pytest.approx(0.5 - by_chance, abs=0.01)
    assert all(math.isnan(x) for x in same_side_share(np.zeros((5, 3))))
    assert math.isnan(herding(np.zeros((5, 3))))


def test_benchmarks_of_symmetric_games():
    dilemma = np.array([[1.0, 5.0], [0.0, 3.0]])  # to defect, to cooperate
    found = benchmarks(dilemma)
    assert (found.competitive, found.monopoly, found.exact) == (1.0, 3.0, True)
    assert collusion_index(2.0, found.competitive, found.monopoly) == 0.5
    pennies = np.array([[0.0, 1.0], [1.0, 0.5]])  # each wants to differ
    found = benchmarks(pennies)
    assert not found.exact and found.competitive_action == 1
    assert math.isnan(collusion_index(1.0, 1.0, 1.0))
    for wrong in (np.zeros((2, 3)), np.array([[math.nan]])):
        with pytest.raises(InputError, match="finite and square"):
            benchmarks(wrong)
