"""Estimators of the stylised facts of returns (Cont 2001).

Every function takes one array a session and optional weights of sessions (R, S), and returns one
value a row of weights, float64 (R,) or (R, k): row 0 is the pooled estimate (see
``stylized_facts_pooling``). Where the data are too short the value is NaN. Returns are log returns
of the mid price, volumes lots.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincinv

from abm_desktop.metrics.stylized_facts.pooling import Pool, masked_slope, pooled

__all__ = [
    "autocorrelation",
    "correlation",
    "decay_exponent",
    "excess_kurtosis",
    "first_passage_times",
    "hill_exponent",
    "leverage",
    "ljung_box_rejections",
    "log_returns",
    "moors_kurtosis",
    "signature",
    "skewness",
]

Arrays = Sequence[np.ndarray]


def log_returns(price: np.ndarray, step: int, *, overlapping: bool = False) -> np.ndarray:
    """Log returns over ``step`` rows of a price (n,): side by side, or one from every row.

    Rows without a positive price give NaN.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(price > 0, price, np.nan))
    if overlapping:
        return logs[step:] - logs[:-step] if len(logs) > step else np.empty(0)
    return np.diff(logs[::step])


def hill_exponent(
    values: Arrays, fraction: float = 0.05, weights: np.ndarray | None = None
) -> np.ndarray:
    """Tail exponent of |x| over the largest ``fraction`` (Hill 1975), (R,).

    ``[ 1/k sum_{i<=k} ln(|x|_(i) / |x|_(k+1)) ]^-1`` with k = fraction * n. Financial returns have
    about 3 (Gopikrishnan et al. 1999).
    """
    return Pool([np.abs(x) for x in values], weights).hill(fraction)


def _central_moments(values: Arrays, weights: np.ndarray | None) -> np.ndarray:
    """Second, third and fourth central moments, (3, R)."""

    def sums(x: np.ndarray) -> list[float]:
        x = x[~np.isnan(x)]
        return [len(x), x.sum(), (x**2).sum(), (x**3).sum(), (x**4).sum()]

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, second, third, fourth = (totals[:, 1:] / totals[:, :1]).T
    return np.array(
        [
            second - mean**2,
            third - 3 * mean * second + 2 * mean**3,
            fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4,
        ]
    )


def excess_kurtosis(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """``m4 / m2^2 - 3`` with central moments, (R,); 0 for a normal distribution."""
    second, _, fourth = _central_moments(values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return fourth / second**2 - 3.0


def skewness(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """``m3 / m2^1.5`` with central moments, (R,)."""
    second, third, _ = _central_moments(values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return third / second**1.5


def moors_kurtosis(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Kurtosis from octiles, ``((E7 - E5) + (E3 - E1)) / (E6 - E2)`` (Moors 1988), (R,).

    1.23 for a normal distribution; a single crash does not move it, unlike the fourth moment.
    """
    octiles = Pool(values, weights).quantiles([k / 8 for k in range(1, 8)])
    e1, e2, e3, _, e5, e6, e7 = octiles.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return ((e7 - e5) + (e3 - e1)) / (e6 - e2)


def _lagged_products(x: np.ndarray, lags: int) -> np.ndarray:
    """``sum_t x_t x_{t+l}`` for l = 1..lags, by FFT if that is faster."""
    n = len(x)
    if n * lags < 200_000:
        return np.array([x[:-lag] @ x[lag:] if lag < n else 0.0 for lag in range(1, lags + 1)])
    size = 1 << int(np.ceil(np.log2(n + lags + 1)))
    spectrum = np.fft.rfft(x, size)
    return np.fft.irfft(spectrum * np.conj(spectrum), size)[1 : lags + 1]


def autocorrelation(values: Arrays, lags: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Autocorrelation at lags 1..lags, (R, lags), about the mean of all sessions together.

    ``[1/N_l sum (x_t - m)(x_{t+l} - m)] / [1/N sum (x_t - m)^2]``, if the N_l pairs lie within a
    session. NaN in ``values`` is not allowed.
    """

    def sums(x: np.ndarray) -> np.ndarray:
        n = len(x)
        out = np.zeros((lags + 1, 4))
        out[0] = n, x.sum(), x.sum(), x @ x
        total = np.concatenate(([0.0], x.cumsum()))
        lag = np.arange(1, lags + 1)
        inside = np.maximum(n - lag, 0)
        out[1:, 0] = inside
        out[1:, 1] = total[inside]
        out[1:, 2] = total[-1] - total[np.minimum(lag, n)]
        out[1:, 3] = _lagged_products(x, lags) if n else 0.0
        return out

    totals = pooled(sums, values, weights)
    count, early, late, product = np.moveaxis(totals, 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = early[:, :1] / count[:, :1]
        covariance = product / count - mean * (early + late) / count + mean**2
        return covariance[:, 1:] / covariance[:, :1]


def decay_exponent(correlations: np.ndarray, first: int, last: int, floor: float) -> np.ndarray:
    """Minus the slope of ln rho on ln lag over lags first..last where rho > ``floor``, (R,).

    ``correlations`` is (R, lags) from lag 1 on. NaN if fewer than three lags qualify.
    """
    lag = np.arange(first, min(last, correlations.shape[1]) + 1)
    rho = correlations[:, lag - 1]
    with np.errstate(invalid="ignore"):
        use = rho > floor
    slope, _ = masked_slope(np.log(lag), np.log(np.where(use, rho, 1.0)), use)
    return -slope


def ljung_box_rejections(
    values: Arrays,
    lags: int = 10,
    level: float = 0.05,
    weights: np.ndarray | None = None,
    clustered: bool = False,
) -> np.ndarray:
    """Share of sessions whose Ljung-Box test rejects "no autocorrelation", (R,).

    ``Q = n (n + 2) sum_l rho_l^2 / (n - l)`` against chi-squared(lags) (Ljung and Box 1978).
    Clustered volatility makes it reject too often; ``clustered`` divides each term by
    ``1 + max(0, g_l) / s^4``, ``g_l`` the autocovariance of the squares and ``s^2`` the variance
    (Diebold 1986). Sessions with fewer than 5 * lags values do not count.
    """
    bound = 2.0 * gammaincinv(0.5 * lags, 1.0 - level)  # a quantile of chi-squared

    def sums(x: np.ndarray) -> list[float]:
        n = len(x)
        if n < 5 * lags or not np.ptp(x) > 0:
            return [0.0, 0.0]
        rho = autocorrelation([x], lags)[0]
        terms = rho**2 / (n - np.arange(1, lags + 1))
        if clustered:
            squares = (x - x.mean()) ** 2
            common = autocorrelation([squares], lags)[0] * squares.var() / squares.mean() ** 2
            terms /= 1.0 + np.maximum(common, 0.0)
        q = n * (n + 2) * terms.sum()
        return [1.0, float(q > bound)]

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[:, 1] / totals[:, 0]


def correlation(x: Arrays, y: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Pearson correlation of pairs (x_t, y_t), (R,)."""

    def sums(both: np.ndarray) -> list[float]:
        a, b = both[:, ~np.isnan(both).any(axis=0)]
        return [len(a), a.sum(), b.sum(), a @ a, b @ b, a @ b]

    pairs = [np.array([a[: len(b)], b[: len(a)]]) for a, b in zip(x, y, strict=True)]
    totals = pooled(sums, pairs, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b, aa, bb, ab = (totals[:, 1:] / totals[:, :1]).T
        return (ab - a * b) / np.sqrt((aa - a * a) * (bb - b * b))


def leverage(values: Arrays, lags: int = 10, weights: np.ndarray | None = None) -> np.ndarray:
    """Leverage ``L(l) = <r_t r_{t+l}^2> / <r^2>^2`` of standardised returns, (R, lags).

    The returns are divided by their root mean square, so L is a pure number; negative if a fall
    is followed by more volatility than a rise (Bouchaud, Matacz and Potters 2001).
    """

    def sums(r: np.ndarray) -> np.ndarray:
        out = np.zeros((lags + 1, 2))
        out[0] = len(r), r @ r
        for lag in range(1, min(lags, len(r) - 1) + 1):
            out[lag] = len(r) - lag, r[:-lag] @ r[lag:] ** 2
        return out

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = totals[..., 1] / totals[..., 0]
        return mean[:, 1:] / mean[:, :1] ** 1.5


def first_passage_times(price: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows until the log price has fallen, and until it has risen, by ``distance``: (down, up).

    One entry for each start in the first half of ``price`` (n,); infinite if the price does not
    get there before the end (Jensen, Johansen and Simonsen 2003: falls are faster than gains).
    """
    logs = np.log(price)
    starts = range(len(logs) // 2)
    down, up = np.full(len(starts), np.inf), np.full(len(starts), np.inf)
    for k in starts:
        path = logs[k + 1 :] - logs[k]
        for out, hit in ((down, path <= -distance), (up, path >= distance)):
            at = int(hit.argmax())
            if hit[at]:
                out[k] = at + 1
    return down, up


def signature(price: Arrays, steps: Sequence[int], weights: np.ndarray | None = None) -> np.ndarray:
    """Variance a unit of time ``<r_D^2> / D`` at each step D (rows), (R, len(steps)).

    Every row of the price starts a return, so steps overlap. Flat for a diffusive price; falling
    with D where the price bounces, rising where it trends.
    """

    def sums(x: np.ndarray) -> np.ndarray:
        out = np.zeros((len(steps), 2))
        for k, step in enumerate(steps):
            r = log_returns(x, step, overlapping=True)
            r = r[~np.isnan(r)]
            out[k] = len(r) * step, r @ r
        return out

    totals = pooled(sums, price, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[..., 1] / totals[..., 0]
