"""What sets trainings apart: ranks at equal strata, and which behaviour goes with the change."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from abm_desktop.experiments.statistics.behaviour import (
    FEWEST,
    behaviour_points,
    behaviour_table,
    rank_correlation,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults


def test_one_stratum_is_spearmans_correlation():
    rng = np.random.default_rng(1)
    x = rng.standard_normal(12)
    y = 0.5 * x + rng.standard_normal(12)
    y[3] = y[7]  # a tie
    expected = stats.spearmanr(x, y)
    rho, p = rank_correlation(x, y, np.zeros(12))
    assert rho == pytest.approx(expected.statistic, abs=1e-12)
    assert p == pytest.approx(expected.pvalue, rel=1e-9)


def test_strata_are_a_partial_correlation_of_ranks():
    """Against least squares: what is left of the ranks after the strata, with its own t test."""
    rng = np.random.default_rng(2)
    strata = np.repeat(["a", "b", "c"], 5)
    x = rng.standard_normal(15) + np.repeat([0.0, 1.0, 4.0], 5)
    y = 0.6 * x + rng.standard_normal(15)
    rho, p = rank_correlation(x, y, strata)
    rank_x, rank_y = stats.rankdata(x), stats.rankdata(y)
    design = np.column_stack([rank_x, *(strata == name for name in "abc")]).astype(float)
    beta, squares, _, _ = np.linalg.lstsq(design, rank_y)
    error = math.sqrt(squares[0] / (15 - 4) * np.linalg.inv(design.T @ design)[0, 0])
    t = beta[0] / error
    assert p == pytest.approx(2 * stats.t.sf(abs(t), 15 - 4), rel=1e-9)
    assert rho == pytest.approx(t / math.sqrt(t**2 + 15 - 4), rel=1e-9)


def test_what_only_differs_between_strata_does_not_count():
    strata = np.repeat([0, 1], 4)
    x = np.array([1, 2, 3, 4, 11, 12, 13, 14.0])
    y = np.array([2, 1, 4, 3, 13, 14, 11, 12.0])
    alone, _ = rank_correlation(x, y, np.zeros(8))
    assert alone > 0.7
    within, p = rank_correlation(x, y, strata)
    assert within == pytest.approx(0.0, abs=1e-12) and p == pytest.approx(1.0)
    assert all(map(math.isnan, rank_correlation(strata.astype(float), y, strata)))


def results(trainings=10):
    """Trainings that amplify a crash the more they crowd in calm, whatever else they do."""
    rng, rows = np.random.default_rng(5), []
    other = rng.permutation(trainings)
    for seed in range(4):
        for stress in ("calm", "crash"):
            for k in (None, *range(trainings)):
                crash = stress == "crash" and k is not None
                rows.append(
                    {
                        "seed": seed,
                        "stress": stress,
                        "rl_share": 0.0 if k is None else 0.25,
                        "arm": "control" if k is None else "trained",
                        "algorithm": "" if k is None else ("PPO", "DQN")[k % 2],
                        "policy": "" if k is None else f"p{k}",
                        "stress_rv_10s": math.exp(0.1 * seed + (0.1 * k + 0.3 if crash else 0.0)),
                        "rl_crowding": math.nan if k is None else 0.2 + 0.01 * k,
                        "rl_entropy": math.nan if k is None else float(other[k]),
                    }
                )
    return ExperimentResults("x", "?", pd.DataFrame(rows))


def test_the_behaviour_that_goes_with_the_change_comes_first():
    points = behaviour_points(results())
    crash = points[points["group"] == "crash"].set_index("policy")
    assert crash.loc["p3", "change"] == pytest.approx(0.6)
    assert crash.loc["p3", "calm: rl_crowding"] == pytest.approx(0.23)
    assert set(points.loc[points["group"] == "calm", "kind"]) == {"PPO", "DQN"}
    table = behaviour_table(points)
    # In calm nothing changes the volatility, so nothing can go with it.
    assert list(table["group"].unique()) == ["crash"]
    first = table.iloc[0]
    assert first["label"].startswith("crowding") and first["rho"] == pytest.approx(1.0)
    assert first["p_holm"] < 1e-6 and first["trainings"] == 10
    assert (table.loc[table["label"].str.startswith("entropy"), "p_holm"] > 0.05).all()


def test_few_trainings_tell_nothing():
    points = behaviour_points(results(FEWEST - 1))
    assert points.empty and behaviour_table(points).empty
