"""The counter-based streams: right distributions, and independent of who else draws."""

from __future__ import annotations

import numpy as np
from scipy import stats

from abm_desktop.market import random
from abm_desktop.market.compiled import kernel
from abm_desktop.market.state import AGENT


@kernel
def fill(agents, which, out):
    for k in range(out.shape[0]):
        if which == 0:
            out[k] = random.uniform(agents[0])
        elif which == 1:
            out[k] = random.exponential(agents[0])
        elif which == 2:
            out[k] = random.normal(agents[0])
        else:
            out[k] = random.pareto(agents[0], 2.0, 1.5)


def draws(which: int, n: int = 50_000, index: int = 0) -> np.ndarray:
    agents = np.zeros(1, AGENT)
    agents["key"] = random.stream_key(np.uint64(7), 3, index)
    out = np.empty(n)
    fill(agents, which, out)
    return out


def test_distributions() -> None:
    laws = (stats.uniform, stats.expon, stats.norm, stats.pareto(1.5, scale=2.0))
    for which, law in enumerate(laws):
        assert stats.kstest(draws(which), law.cdf).pvalue > 1e-3


def test_ten_million_draws_have_the_moments_and_no_memory() -> None:
    n = 10_000_000
    # Mean, variance, and fourth central moment over the variance squared.
    moments = {0: (0.5, 1 / 12, 1.8), 1: (1.0, 1.0, 9.0), 2: (0.0, 1.0, 3.0)}
    for which, (mean, variance, kurtosis) in moments.items():
        x = draws(which, n) - mean
        assert abs(x.mean()) < 4.0 * np.sqrt(variance / n)
        assert abs((x * x).mean() / variance - 1.0) < 4.0 * np.sqrt((kurtosis - 1.0) / n)
        for lag in (1, 2, 10):
            assert abs((x[:-lag] * x[lag:]).mean()) < 4.0 * variance / np.sqrt(n)
    tail = np.log(draws(3, n) / 2.0) * 1.5  # the logarithm of a Pareto draw is exponential
    assert abs(tail.mean() - 1.0) < 4.0 / np.sqrt(n)
    assert abs(((tail - 1.0) ** 2).mean() - 1.0) < 4.0 * np.sqrt(8.0 / n)


def test_streams_of_neighbours_are_uncorrelated() -> None:
    a, b = draws(0), draws(0, index=1)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.02
    assert abs(np.corrcoef(a[:-1], a[1:])[0, 1]) < 0.02


def test_a_draw_depends_on_its_counter_alone() -> None:
    whole = draws(0, 100)
    agents = np.zeros(1, AGENT)
    agents["key"] = random.stream_key(np.uint64(7), 3, 0)
    agents["draws"] = 60
    out = np.empty(40)
    fill(agents, 0, out)
    assert np.array_equal(out, whole[60:])
