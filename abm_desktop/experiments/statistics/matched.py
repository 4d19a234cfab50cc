"""Tests and effect sizes for matched runs: changes of one market with and without a treatment.

Changes are log ratios or differences, one per market; if several policies met a market, the mean
over them, because they share its control run. Nothing here knows of files or tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import (
    CensoredData,
    ecdf,
    mannwhitneyu,
    norm,
    page_trend_test,
    rankdata,
    wilcoxon,
)
from statsmodels.stats.weightstats import DescrStatsW

from abm_desktop.experiments.statistics.bootstrap import Interval
from abm_desktop.metrics.stress import hodges_lehmann

__all__ = [
    "Survival",
    "Trend",
    "cliffs_delta",
    "cohens_dz",
    "equivalence",
    "hodges_lehmann_interval",
    "holm",
    "jonckheere",
    "jonckheere_in_blocks",
    "page",
    "signed_rank",
    "survival",
]

NAN = math.nan
_EXACT_UP_TO = 50


def signed_rank(changes: np.ndarray) -> float:
    """Two-sided p of Wilcoxon's signed-rank test (1945) that the changes centre on 0.

    Exact up to 50 changes, with ties too; changes of 0 say nothing and are left out. 1 if nothing
    changed at all; NaN for fewer than two changes.
    """
    changes = np.asarray(changes, float)
    if len(changes) < 2:
        return NAN
    changes = changes[changes != 0]
    if len(changes) > _EXACT_UP_TO:
        return float(wilcoxon(changes).pvalue)
    # Halves of ranks do not occur in their doubles. SciPy would try each sign of each tied rank.
    ranks = (2 * rankdata(np.abs(changes))).astype(int)
    ways, up = _ways_to_sums(ranks), int(ranks[changes > 0].sum())
    tail = min(ways[: up + 1].sum(), ways[up:].sum()) / 2.0 ** len(ranks)
    return min(1.0, 2.0 * float(tail))


def _ways_to_sums(ranks: Iterable[int]) -> np.ndarray:
    """Numbers of subsets of the ranks by their sum: if each sign is as likely, what sums come."""
    ways = np.ones(1)
    for rank in ranks:
        ways = np.convolve(ways, np.r_[1.0, np.zeros(rank - 1), 1.0])
    return ways


def hodges_lehmann_interval(changes: np.ndarray, confidence: float = 0.95) -> Interval:
    """Median of the means of all pairs, and the interval that Wilcoxon's test does not reject.

    Hodges and Lehmann 1963; Hollander, Wolfe and Chicken 2014, section 3.3. Exact up to 50
    changes without ties, by the normal approximation beyond. Bounds are NaN if so few changes
    can reject nothing at this confidence.
    """
    changes = np.asarray(changes, float)
    n = len(changes)
    first, second = np.triu_indices(n)
    walsh = np.sort(0.5 * (changes[first] + changes[second]))
    tail = (1.0 - confidence) / 2.0
    if n <= _EXACT_UP_TO:
        below = np.cumsum(_ways_to_sums(range(1, n + 1))) / 2.0**n
        rejected = int(np.count_nonzero(below <= tail))
    else:
        mean, spread = n * (n + 1) / 4.0, math.sqrt(n * (n + 1) * (2 * n + 1) / 24.0)
        rejected = round(mean + float(ndtri(tail)) * spread)
    if rejected < 1:
        return Interval(hodges_lehmann(changes), NAN, NAN)
    return Interval(hodges_lehmann(changes), float(walsh[rejected - 1]), float(walsh[-rejected]))


def cohens_dz(changes: np.ndarray) -> float:
    """Mean change in its own standard deviations (Cohen 1988); NaN if there is no spread."""
    changes = np.asarray(changes, float)
    if len(changes) < 2:
        return NAN
    spread = float(changes.std(ddof=1))
    return float(changes.mean()) / spread if spread > 0 else NAN


def cliffs_delta(treated: np.ndarray, control: np.ndarray) -> float:
    """P(treated > control) - P(treated < control) of any two runs (Cliff 1993), -1 to 1."""
    treated, control = np.asarray(treated, float), np.asarray(control, float)
    if not len(treated) or not len(control):
        return NAN
    wins = float(mannwhitneyu(treated, control).statistic)
    return 2.0 * wins / (len(treated) * len(control)) - 1.0


def equivalence(changes: np.ndarray, low: float, high: float) -> float:
    """p of the two one-sided t tests (Schuirmann 1987) that the mean change is within the bounds.

    Below 0.05 the treatment makes no difference worth speaking of. NaN for fewer than two changes.
    """
    changes = np.asarray(changes, float)
    if len(changes) < 2:
        return NAN
    if not changes.std() > 0:
        return 0.0 if low < changes[0] < high else 1.0
    return float(DescrStatsW(changes).ttost_mean(low, high)[0])


def holm(p: np.ndarray) -> np.ndarray:
    """p values corrected for their number (Holm 1979); NaN stays NaN and does not count."""
    p = np.asarray(p, float)
    out = np.full(len(p), NAN)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    # Each times the number of those not smaller, and none below one that is smaller. The same in
    # statsmodels (multipletests) collects all garbage of the process at each call, 20 ms and more.
    stepped = np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1))
    out[order] = np.minimum(stepped, 1.0)
    return out


class Trend(NamedTuple):
    """A test of order: the statistic, it in standard deviations, and two-sided p."""

    statistic: float
    z: float
    p: float


def jonckheere(groups: Sequence[np.ndarray]) -> Trend:
    """Trend over independent groups in the order of the dose (Terpstra 1952; Jonckheere 1954).

    The normal approximation with the variance for ties of Hollander, Wolfe and Chicken 2014,
    equation 6.19; positive z if values rise with the dose. NaN if all values are equal.
    """
    sizes = np.array([len(group) for group in groups], float)
    statistic = 0.0
    for k, group in enumerate(groups):
        for later in groups[k + 1 :]:
            larger = np.asarray(later)[None, :] - np.asarray(group)[:, None]
            statistic += float(np.count_nonzero(larger > 0) + 0.5 * np.count_nonzero(larger == 0))
    n = sizes.sum()
    ties = np.unique(np.concatenate([np.asarray(g, float) for g in groups]), return_counts=True)[1]
    ties = ties.astype(float)

    def of(power: int, x: np.ndarray | float) -> float:
        terms = np.asarray(x, float)
        if power == 1:
            return float((terms * (terms - 1) * (2 * terms + 5)).sum())
        if power == 2:
            return float((terms * (terms - 1) * (terms - 2)).sum())
        return float((terms * (terms - 1)).sum())

    variance = (of(1, n) - of(1, sizes) - of(1, ties)) / 72.0
    if n > 2:
        variance += of(2, sizes) * of(2, ties) / (36.0 * n * (n - 1) * (n - 2))
    if n > 1:
        variance += of(0, sizes) * of(0, ties) / (8.0 * n * (n - 1))
    mean = (n**2 - float((sizes**2).sum())) / 4.0
    return _trend(statistic, mean, variance)


def jonckheere_in_blocks(values: np.ndarray) -> Trend:
    """Trend over the dose if every market met every dose: (markets, doses), rising doses.

    The sum of each market's own Jonckheere statistic (Skillings and Wolfe 1978): only doses of the
    same market are compared, so that how markets differ does not matter.
    """
    values = np.asarray(values, float)
    markets, doses = values.shape
    first, second = np.triu_indices(doses, 1)
    signs = np.sign(values[:, second] - values[:, first])
    statistic = float((0.5 * (1.0 + signs)).sum())
    variance = 0.0
    for row in values:
        ties = np.unique(row, return_counts=True)[1].astype(float)
        tied = (ties * (ties - 1) * (2 * ties + 5)).sum()
        variance += float(doses * (doses - 1) * (2 * doses + 5) - tied) / 72.0
    return _trend(statistic, markets * len(first) / 2.0, variance)


def _trend(statistic: float, mean: float, variance: float) -> Trend:
    if not variance > 0:
        return Trend(statistic, NAN, NAN)
    z = (statistic - mean) / math.sqrt(variance)
    return Trend(statistic, z, float(2.0 * norm.sf(abs(z))))


def page(values: np.ndarray) -> Trend:
    """Page's test (1963) of ordered means of ranks: (markets, doses); p is of a rise, doubled.

    Two-sided by taking the better of both directions; NaN for fewer than three doses.
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or values.shape[1] < 3 or values.shape[0] < 2:
        return Trend(NAN, NAN, NAN)
    m, k = values.shape
    up = page_trend_test(values, method="asymptotic" if m > 12 else "auto")
    down = page_trend_test(values[:, ::-1], method="asymptotic" if m > 12 else "auto")
    mean = m * k * (k + 1) ** 2 / 4.0
    spread = math.sqrt(m * k**2 * (k + 1) * (k**2 - 1) / 144.0)
    p = min(1.0, 2.0 * min(float(up.pvalue), float(down.pvalue)))
    return Trend(float(up.statistic), (float(up.statistic) - mean) / spread, p)


class Survival(NamedTuple):
    """Kaplan-Meier estimate of a duration; quantiles are NaN if they were not reached."""

    runs: int
    censored: int
    median: float
    upper_quartile: float


def survival(seconds: np.ndarray, censored: np.ndarray) -> Survival:
    """Summary of durations of which some were not seen to end (Kaplan and Meier 1958)."""
    seconds, censored = np.asarray(seconds, float), np.asarray(censored, bool)
    if not len(seconds):
        return Survival(0, 0, NAN, NAN)
    curve = ecdf(_censored(seconds, censored)).sf
    return Survival(len(seconds), int(censored.sum()), _reached(curve, 0.5), _reached(curve, 0.25))


def _reached(curve: object, share: float) -> float:
    """The first time by which the curve has fallen to this share."""
    at = np.flatnonzero(curve.probabilities <= share + 1e-12)  # type: ignore[attr-defined]
    return float(curve.quantiles[at[0]]) if len(at) else NAN  # type: ignore[attr-defined]


def _censored(seconds: np.ndarray, censored: np.ndarray) -> CensoredData:
    return CensoredData(seconds[~censored], right=seconds[censored])
