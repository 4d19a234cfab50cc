"""Tests and effect sizes against worked examples, scipy, and data of known truth."""

import math

import numpy as np
import pytest
from scipy import stats

from abm_desktop.experiments.statistics.bootstrap import hierarchical_interval
from abm_desktop.experiments.statistics.matched import (
    cliffs_delta,
    cohens_dz,
    equivalence,
    hodges_lehmann_interval,
    holm,
    jonckheere,
    jonckheere_in_blocks,
    page,
    signed_rank,
    survival,
)


def flat(values, **more):
    return hierarchical_interval(values, np.zeros(len(values)), np.arange(len(values)), **more)


def grid(policies, markets):
    return (part.ravel() for part in np.mgrid[:policies, :markets])


def test_with_one_policy_the_interval_is_scipys():
    values = np.random.default_rng(3).lognormal(size=60)
    ours = flat(values)
    theirs = stats.bootstrap(
        (values,), np.mean, method="BCa", n_resamples=10_000, rng=np.random.default_rng(1)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.estimate == pytest.approx(values.mean())
    assert abs(ours.low - theirs.low) < 0.05 * width
    assert abs(ours.high - theirs.high) < 0.1 * width
    # A skewed sample: the interval reaches further up than down.
    assert ours.high - ours.estimate > 1.3 * (ours.estimate - ours.low)


def test_policies_that_share_markets_do_not_count_as_more_markets():
    shocks = np.random.default_rng(1).standard_normal(40)
    policy, market = grid(10, 40)
    one, ten = flat(shocks), hierarchical_interval(shocks[market], policy, market)
    assert ten.low == pytest.approx(one.low, abs=0.06)
    assert ten.high == pytest.approx(one.high, abs=0.06)
    # Were the markets each policy's own, they would be 400.
    own = hierarchical_interval(shocks[market], policy, market + 1000 * policy)
    assert own.high - own.low < 0.5 * (one.high - one.low)


def test_policies_that_differ_widen_the_interval():
    rng = np.random.default_rng(2)
    policy, market = grid(6, 50)
    noise = 0.1 * rng.standard_normal(len(policy))
    alike = hierarchical_interval(noise, policy, market)
    apart = hierarchical_interval(noise + np.linspace(-1, 1, 6)[policy], policy, market)
    assert apart.high - apart.low > 5 * (alike.high - alike.low)


@pytest.mark.parametrize(("shared", "least", "most"), [(True, 0.88, 0.995), (False, 0.84, 0.98)])
def test_the_interval_covers_the_truth(shared, least, most):
    rng = np.random.default_rng(11)
    policy, market = grid(8, 24)
    label = market if shared else market + 100 * policy
    hits, times = 0, 200
    for _ in range(times):
        values = (
            0.15 * rng.standard_normal(8)[policy]
            + (0.3 * rng.standard_normal(24)[market] if shared else 0.0)
            + 0.4 * rng.standard_normal(len(policy))
            + 0.7
        )
        found = hierarchical_interval(values, policy, label, resamples=1000)
        hits += found.low <= 0.7 <= found.high
    assert least <= hits / times <= most


def test_intervals_at_the_edge():
    assert flat(np.full(5, 0.25)) == (0.25, 0.25, 0.25)
    assert math.isnan(flat(np.array([1.0])).low)
    assert math.isnan(flat(np.array([])).estimate)
    values = np.random.default_rng(0).standard_normal(30)
    assert flat(values) == flat(values)
    with pytest.raises(ValueError, match="not a finite number"):
        flat(np.array([1.0, np.nan]))
    # A missing run or two are no hindrance.
    policy, market = grid(3, 10)
    kept = np.arange(30) != 7
    found = hierarchical_interval(values[kept], policy[kept], market[kept])
    assert found.low < found.estimate < found.high


def test_jonckheere_on_the_worked_example():
    # Hollander, Wolfe and Chicken 2014, example 6.2: J = 79, J* = 2.04 with ties.
    groups = [
        np.array([40, 35, 38, 43, 44, 41]),
        np.array([38, 40, 47, 44, 40, 42]),
        np.array([48, 40, 45, 43, 46, 44]),
    ]
    found = jonckheere(groups)
    assert found.statistic == 79.0
    assert found.z == pytest.approx(25 / math.sqrt(150.29), abs=0.001)
    assert jonckheere(groups[::-1]).z == pytest.approx(-found.z)
    assert math.isnan(jonckheere([np.ones(3), np.ones(3)]).p)


def test_jonckheere_in_blocks():
    rng = np.random.default_rng(4)
    rising = np.arange(4.0) + 100 * rng.standard_normal((12, 1))
    found = jonckheere_in_blocks(rising)
    # Every one of 6 pairs of doses in each of 12 markets rises; variance 4 * 3 * 13 / 72 each.
    assert found.statistic == 72
    assert found.z == pytest.approx(36 / math.sqrt(12 * 156 / 72))
    assert found.p < 1e-10
    # Markets that differ a hundredfold hide the same trend from a test that does not pair.
    assert abs(jonckheere(list(rising.T)).z) < 1
    assert jonckheere_in_blocks(-rising).z == pytest.approx(-found.z)
    assert abs(jonckheere_in_blocks(rng.standard_normal((200, 5))).z) < 3
    assert math.isnan(jonckheere_in_blocks(np.ones((3, 4))).z)


def test_page_agrees_with_scipy():
    rng = np.random.default_rng(5)
    values = rng.standard_normal((20, 4)) + 0.5 * np.arange(4)
    found = page(values)
    theirs = stats.page_trend_test(values, method="asymptotic")
    assert found.statistic == theirs.statistic
    assert found.p == pytest.approx(2 * theirs.pvalue)
    assert found.z == pytest.approx(stats.norm.isf(theirs.pvalue), abs=1e-6)
    assert math.isnan(page(values[:, :2]).p)


def test_hodges_lehmann_interval_is_what_wilcoxon_does_not_reject():
    values = np.random.default_rng(6).standard_normal(15) + 0.3
    found = hodges_lehmann_interval(values)
    assert found.low < found.estimate < found.high
    for bound, inside in ((found.low, 1e-6), (found.high, -1e-6)):
        assert stats.wilcoxon(values - (bound + inside)).pvalue > 0.05
        assert stats.wilcoxon(values - (bound - inside)).pvalue <= 0.05
    assert math.isnan(hodges_lehmann_interval(values[:4]).low)
    many = np.random.default_rng(7).standard_normal(400)
    wide = hodges_lehmann_interval(many)
    for bound in (wide.low, wide.high):
        assert stats.wilcoxon(many - bound).pvalue == pytest.approx(0.05, abs=0.002)


def test_effect_sizes():
    assert cohens_dz(np.array([1.0, 2.0, 3.0])) == 2.0
    assert math.isnan(cohens_dz(np.ones(3)))
    assert cliffs_delta(np.array([3, 4]), np.array([1, 2])) == 1.0
    assert cliffs_delta(np.array([1, 2]), np.array([1, 2])) == 0.0
    assert cliffs_delta(np.array([1.0, 3.0]), np.array([2.0, 2.0, 2.0])) == 0.0
    assert cliffs_delta(np.array([0.0, 3.0, 3.0, 3.0]), np.array([2.0])) == 0.5


def test_equivalence():
    values = np.random.default_rng(8).normal(0.0, 0.02, 100)
    low, high = math.log(0.95), math.log(1.05)
    mean, error = values.mean(), values.std(ddof=1) / 10
    expected = max(stats.t.sf((mean - low) / error, 99), stats.t.cdf((mean - high) / error, 99))
    assert equivalence(values, low, high) == pytest.approx(expected)
    assert equivalence(values, low, high) < 0.05
    assert equivalence(values + 0.05, low, high) > 0.05
    assert equivalence(values * 30, low, high) > 0.05
    assert equivalence(np.zeros(4), low, high) == 0.0


def test_holm_leaves_unknown_ones_out():
    assert holm(np.array([0.01, np.nan, 0.04, 0.03])) == pytest.approx(
        [0.03, math.nan, 0.06, 0.06], nan_ok=True
    )


def test_signed_rank():
    assert signed_rank(np.zeros(5)) == 1.0
    assert signed_rank(np.arange(1.0, 9.0)) == pytest.approx(2 / 2**8)
    rng = np.random.default_rng(9)
    for n, digits in ((7, 1), (9, 0), (30, 9), (90, 9)):
        # Rounded there are ties, and zeros: SciPy then tries all signs, if there are few.
        values = rng.normal(0.3, 1.0, n).round(digits)
        assert signed_rank(values) == pytest.approx(stats.wilcoxon(values).pvalue)


def test_recovery_times_keep_censored_runs():
    seconds, censored = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])
    found = survival(seconds, censored)
    assert (found.runs, found.censored, found.median) == (4, 2, 2.0)
    assert math.isnan(found.upper_quartile)
