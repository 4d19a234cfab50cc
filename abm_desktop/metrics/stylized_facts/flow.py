"""Estimators of the stylised facts of order flow and price impact.

Shapes and weights as in ``stylized_facts_returns``: one array a session, one value a row of weights
(R, S), NaN if the data are too few.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from abm_desktop.metrics.stylized_facts.pooling import masked_slope, pooled
from abm_desktop.metrics.stylized_facts.returns import autocorrelation, decay_exponent

__all__ = [
    "GapHistogram",
    "fano_factor",
    "lifetime_exponent",
    "log_size_bins",
    "metaorder_impact",
    "ratio_of_totals",
    "sign_autocorrelation",
    "sign_memory_exponent",
    "trade_impact_exponent",
    "weibull_shape",
]

Arrays = Sequence[np.ndarray]


def sign_autocorrelation(
    signs: Arrays, lags: int = 500, weights: np.ndarray | None = None
) -> np.ndarray:
    """Autocorrelation of aggressor signs (+1, -1) in trade time, lags 1..lags, (R, lags)."""
    return autocorrelation([np.asarray(s, dtype=np.float64) for s in signs], lags, weights)


def sign_memory_exponent(correlations: np.ndarray) -> np.ndarray:
    """gamma: minus the slope of ln rho on ln lag over lags 5..500 where rho > 0.005, (R,).

    Lillo and Farmer 2004 find about 0.6; metaorders with Pareto(a) sizes give a - 1 (Lillo, Mike
    and Farmer 2005). ``correlations`` from :func:`sign_autocorrelation`.
    """
    return decay_exponent(correlations, 5, 500, 0.005)


def metaorder_impact(
    size: Arrays,
    impact: Arrays,
    volatility: np.ndarray,
    volume: np.ndarray,
    weights: np.ndarray | None = None,
    bins: int = 8,
) -> tuple[np.ndarray, np.ndarray]:
    """Exponent delta and prefactor Y of the impact of metaorders, each (R,).

    Parents are put into ``bins`` quantile bins of size Q; delta is the slope of ln <I> on ln <Q>
    over the bins. Y is that of the square-root law ``I / sigma_D = Y sqrt(Q / V_D)``, the geometric
    mean over the bins (Toth et al. 2011; Sato and Kanazawa 2024 find delta = 0.489).

    Args:
        size: lots of each completed parent order.
        impact: side * (m_end - m_start) / m_start of each.
        volatility: sum of squared returns of each session, (S,); its mean is sigma_D^2.
        volume: lots traded in each session, (S,); its mean is V_D.
        weights: of sessions, (R, S).
        bins: number of quantile bins.
    """
    rows = 1 if weights is None else len(weights)
    every = np.concatenate([np.asarray(q, dtype=np.float64) for q in size])
    if len(every) < 20 * bins:
        return np.full(rows, np.nan), np.full(rows, np.nan)
    edges = np.unique(np.quantile(every, np.arange(1, bins) / bins))

    def sums(k: np.ndarray) -> np.ndarray:
        q = np.asarray(size[int(k)], dtype=np.float64)
        i = impact[int(k)]
        good = ~np.isnan(i)
        at = np.searchsorted(edges, q[good], side="left")
        n = len(edges) + 1
        return np.array(
            [
                np.bincount(at, minlength=n),
                np.bincount(at, q[good], minlength=n),
                np.bincount(at, i[good], minlength=n),
            ]
        )

    sessions = [np.array(k) for k in range(len(size))]
    totals = pooled(sums, sessions, weights)
    scale = pooled(lambda k: [1.0, volatility[int(k)], volume[int(k)]], sessions, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        q, i = totals[:, 1] / totals[:, 0], totals[:, 2] / totals[:, 0]
        sigma = np.sqrt(scale[:, 1] / scale[:, 0])
        day = scale[:, 2] / scale[:, 0]
        ln_q, ln_i = np.log(q), np.log(i)
        slope = np.array(
            [
                masked_slope(x, y[None], np.isfinite(y)[None])[0][0]
                for x, y in zip(ln_q, ln_i, strict=True)
            ]
        )
        root = (ln_i - np.log(sigma)[:, None]) - 0.5 * (ln_q - np.log(day)[:, None])
        y = np.exp(np.nanmean(np.where(np.isfinite(root), root, np.nan), axis=1))
    return slope, y


def log_size_bins(largest: float) -> np.ndarray:
    """Edges of size bins, a factor of sqrt(2) wide, that hold whole numbers from 1 on."""
    steps = int(np.ceil(2 * np.log2(max(largest, 2.0)))) + 1
    return np.unique(np.ceil(2.0 ** (0.5 * np.arange(steps + 1)) - 1e-9))


def trade_impact_exponent(
    size: Arrays, response: Arrays, weights: np.ndarray | None = None, least: int = 150
) -> np.ndarray:
    """psi: slope of ln E[side (m+ - m-) | q] on ln q, (R,) (Lillo, Farmer and Mantegna 2003).

    Trades are binned by size in factors of sqrt(2); bins with fewer than ``least`` trades in all
    sessions together, or without a positive response, are left out. ``response`` NaN is left out.
    """
    largest = max((float(np.max(q)) for q in size if len(q)), default=1.0)
    edges = log_size_bins(largest)

    def sums(both: np.ndarray) -> np.ndarray:
        q, move = both[:, ~np.isnan(both[1])]
        at = np.searchsorted(edges, q, side="right") - 1
        n = len(edges)
        return np.array(
            [
                np.bincount(at, minlength=n),
                np.bincount(at, q, minlength=n),
                np.bincount(at, move, minlength=n),
            ]
        )

    pairs = [np.array([q, r], dtype=np.float64) for q, r in zip(size, response, strict=True)]
    totals = pooled(sums, pairs, weights)
    enough = pooled(sums, pairs)[0, 0] >= least
    totals = totals[:, :, enough]
    if totals.shape[2] < 3:
        return np.full(len(totals), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ln_q = np.log(totals[:, 1] / totals[:, 0])
        ln_r = np.log(totals[:, 2] / totals[:, 0])
    # A resample's mean size of a bin hardly differs from that of all sessions.
    return masked_slope(ln_q[0], ln_r, np.isfinite(ln_r))[0]


def ratio_of_totals(
    above: np.ndarray, below: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Sum of ``above`` (S,) over the sum of ``below`` (S,), (R,)."""
    pairs = list(np.array([above, below], dtype=np.float64).T)
    totals = pooled(lambda x: x, pairs, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[:, 0] / totals[:, 1]


def lifetime_exponent(
    lifetimes: Arrays, floor: float = 60.0, weights: np.ndarray | None = None
) -> np.ndarray:
    """Exponent of P(T > t) of lifetimes T > ``floor`` seconds: ``n / sum ln(T / floor)``, (R,).

    Challet and Stinchcombe 2001: the density falls with exponent 2.1, hence this is about 1.1.
    """

    def sums(x: np.ndarray) -> list[float]:
        x = x[x > floor]
        return [len(x), float(np.log(x / floor).sum())]

    totals = pooled(sums, lifetimes, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(totals[:, 0] >= 30, totals[:, 0] / totals[:, 1], np.nan)


class GapHistogram:
    """Positive waiting times of one session in narrow logarithmic bins, for millions of them.

    40 bins a factor of e from 1 ns to about 3 hours; the mean logarithm of each bin is kept.
    """

    FIRST = np.log(1e-9)
    PER_E = 40
    BINS = 1210

    def __init__(self) -> None:
        self.counts = np.zeros(self.BINS)
        self.log_sums = np.zeros(self.BINS)

    def add(self, gaps: np.ndarray) -> None:
        """Count gaps in seconds; those that are not positive (the same instant) are left out."""
        logs = np.log(gaps[gaps > 0])
        at = np.clip(((logs - self.FIRST) * self.PER_E).astype(np.int64), 0, self.BINS - 1)
        self.counts += np.bincount(at, minlength=self.BINS)
        self.log_sums += np.bincount(at, logs, minlength=self.BINS)


def weibull_shape(
    histograms: Sequence[GapHistogram], weights: np.ndarray | None = None
) -> np.ndarray:
    """Maximum-likelihood shape k of a Weibull distribution from 0 of waiting times, (R,).

    Solves ``sum x^k ln x / sum x^k - 1/k = mean ln x`` by Newton's method on the binned times; 1 is
    a Poisson process, less is clustered.
    """
    counts = pooled(lambda x: x, [h.counts for h in histograms], weights)
    sums = np.sum([h.log_sums for h in histograms], axis=0)
    every = np.sum([h.counts for h in histograms], axis=0)
    used = every > 0
    if every.sum() < 100:
        return np.full(len(counts), np.nan)
    logs = sums[used] / every[used]
    logs = logs - logs.max()
    counts = counts[:, used]
    mean = counts @ logs / counts.sum(axis=1)
    k = np.full(len(counts), 0.7)
    for _ in range(50):
        power = counts * np.exp(k[:, None] * logs)
        s0, s1, s2 = power.sum(axis=1), power @ logs, power @ logs**2
        value = s1 / s0 - 1.0 / k - mean
        slope = s2 / s0 - (s1 / s0) ** 2 + 1.0 / k**2
        step = np.clip(value / slope, -k, 0.5 * k)
        k = k - step
        if np.abs(step).max() < 1e-10:
            break
    return k


def fano_factor(counts: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Variance over mean of counts an interval, (R,); 1 for a Poisson process."""

    def sums(c: np.ndarray) -> list[float]:
        return [len(c), c.sum(), (c.astype(np.float64) ** 2).sum()]

    totals = pooled(sums, counts, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = totals[:, 1] / totals[:, 0]
        return (totals[:, 2] / totals[:, 0] - mean**2) / mean
