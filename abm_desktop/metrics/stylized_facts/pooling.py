"""Pooling over sessions and the bootstrap of sessions.

A statistic of the validation suite is pooled over sessions and never looks across a session's end.
Its uncertainty comes from drawing whole sessions with replacement (Efron 1979): returns within a
session are dependent, sessions are not. Most statistics are functions of sums over observations, so
each session's sums are taken once, and a resample is one row of a matrix of weights: how often
each session was drawn. Order statistics (Hill, quantiles) sort the pooled observations once, and
weigh each by its session.

Shapes: S sessions, R rows of weights. Row 0 draws every session once: the point estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

__all__ = [
    "RESAMPLES",
    "SEED",
    "Pool",
    "interval",
    "masked_slope",
    "pooled",
    "resample_weights",
]

RESAMPLES = 2000
SEED = 20_120_621
"""Seed of the resampling: the same sessions give the same intervals."""


def resample_weights(sessions: int, resamples: int = RESAMPLES, seed: int = SEED) -> np.ndarray:
    """Return float64 (1 + resamples, sessions): how often each session counts.

    One session cannot be resampled: then there is only the row of the point estimate. Raises
    ValueError if there is no session at all.
    """
    if sessions < 1:
        raise ValueError(f"at least one session is needed, got {sessions}")
    point = np.ones((1, sessions))
    if sessions == 1 or resamples < 1:
        return point
    draws = np.random.default_rng(seed).multinomial(
        sessions, np.full(sessions, 1.0 / sessions), size=resamples
    )
    return np.concatenate([point, draws.astype(np.float64)])


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval (low, high) of resampled ``values`` (R,), whose row 0 is the estimate.

    NaN, NaN if there are no resamples, or if fewer than half of them are numbers.
    """
    resampled = values[1:]
    good = resampled[np.isfinite(resampled)]
    if not len(good) or 2 * len(good) < len(resampled):
        return float("nan"), float("nan")
    tail = 50.0 * (1.0 - level)
    low, high = np.percentile(good, [tail, 100.0 - tail])
    return float(low), float(high)


def pooled(
    sums: Callable[[np.ndarray], np.ndarray | Sequence[float]],
    sessions: Sequence[np.ndarray],
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Weighted totals over sessions: ``sums`` of each session (k...), then float64 (R, k...)."""
    table = np.array([np.asarray(sums(x), dtype=np.float64) for x in sessions])
    return np.tensordot(_weights(weights, len(sessions)), table, axes=1)


def _weights(weights: np.ndarray | None, sessions: int) -> np.ndarray:
    if weights is None:
        return np.ones((1, sessions))
    if weights.shape[1] != sessions:
        raise ValueError(f"weights for {weights.shape[1]} sessions, but there are {sessions}")
    return weights


class Pool:
    """All observations of all sessions, sorted from the largest down, for order statistics.

    Args:
        sessions: one array of observations a session; NaN are left out.
        weights: float64 (R, S), see :func:`resample_weights`; None is one row of ones.
    """

    def __init__(self, sessions: Sequence[np.ndarray], weights: np.ndarray | None = None) -> None:
        self._weights = _weights(weights, len(sessions))
        kept = [np.asarray(x, dtype=np.float64) for x in sessions]
        kept = [x[~np.isnan(x)] for x in kept]
        values = np.concatenate(kept)
        owner = np.repeat(np.arange(len(kept)), [len(x) for x in kept])
        order = np.argsort(-values, kind="stable")
        self.values = values[order]
        self._owner = owner[order]
        self.count = self._weights @ np.array([len(x) for x in kept], dtype=np.float64)
        """Observations in each resample, (R,)."""

    def hill(self, fraction: float) -> np.ndarray:
        """Hill's tail exponent of the largest ``fraction`` of each resample, (R,).

        ``k / sum_{i<=k} ln(x_(i) / x_(k+1))`` with k = fraction * n; NaN if k < 10 or x_(k+1) is
        not positive (Hill 1975).
        """
        out = np.full(len(self._weights), np.nan)
        top = min(len(self.values), int(3.0 * fraction * len(self.values)) + 64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.values)
        for row, weight in enumerate(self._weights):
            k = np.floor(fraction * self.count[row])
            if k < 10:
                continue
            many = weight[self._owner[:top]].cumsum()
            if many[-1] < k + 1:
                many = weight[self._owner].cumsum()
            last = int(np.searchsorted(many, k))
            threshold = int(np.searchsorted(many, k + 1))
            if threshold >= len(logs) or not self.values[threshold] > 0.0:
                continue
            each = np.diff(many[: last + 1], prepend=0.0)
            each[-1] -= many[last] - k
            excess = each @ logs[: last + 1] - k * logs[threshold]
            out[row] = k / excess if excess > 0.0 else np.nan
        return out

    def quantiles(self, levels: Sequence[float]) -> np.ndarray:
        """Quantiles of each resample, (R, len(levels)): the smallest x with F(x) >= level."""
        out = np.full((len(self._weights), len(levels)), np.nan)
        ascending, owner = self.values[::-1], self._owner[::-1]
        for row, weight in enumerate(self._weights):
            if self.count[row] < 1:
                continue
            many = weight[owner].cumsum()
            at = np.searchsorted(many, np.asarray(levels) * many[-1] - 1e-9)
            out[row] = ascending[np.minimum(at, len(ascending) - 1)]
        return out


def masked_slope(x: np.ndarray, y: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares lines of each row: (slope, intercept), each (R,), over the points in ``use``.

    ``x`` is (k,), ``y`` and ``use`` (R, k). NaN if fewer than three points are used.
    """
    w = use.astype(np.float64)
    y = np.where(use, y, 0.0)
    n = w.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_x = w @ x / n
        mean_y = y.sum(axis=1) / n
        spread = w * (x - mean_x[:, None])
        slope = (spread * y).sum(axis=1) / (spread * x).sum(axis=1)
    slope = np.where(n >= 3, slope, np.nan)
    return slope, mean_y - slope * mean_x
