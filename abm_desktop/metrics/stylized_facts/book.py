"""Estimators of the stylised facts of the order book: spread, best depth, profile of depth.

Shapes and weights as in ``stylized_facts_returns``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import digamma, polygamma

from abm_desktop.metrics.stylized_facts.pooling import masked_slope, pooled

__all__ = ["coefficient_of_variation", "depth_profile", "gamma_shape", "hump", "mean", "share"]

Arrays = Sequence[np.ndarray]


def mean(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean of all values that are not NaN, (R,)."""
    totals = pooled(
        lambda x: [float(np.count_nonzero(~np.isnan(x))), float(np.nansum(x))], values, weights
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[:, 1] / totals[:, 0]


def share(values: Arrays, equal: float, weights: np.ndarray | None = None) -> np.ndarray:
    """Share of the values (NaN left out) that equal ``equal`` up to 1e-6, (R,)."""

    def sums(x: np.ndarray) -> list[float]:
        x = x[~np.isnan(x)]
        return [len(x), float(np.count_nonzero(np.abs(x - equal) < 1e-6))]

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[:, 1] / totals[:, 0]


def gamma_shape(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Maximum-likelihood shape of a gamma distribution of positive values, (R,).

    Solves ``ln k - digamma(k) = ln <x> - <ln x>``; values that are not positive are left out.
    Bouchaud, Mezard and Potters 2002 find about 0.7 to 0.8 for the volume at the best quotes.
    """

    def sums(x: np.ndarray) -> list[float]:
        x = x[x > 0]
        return [len(x), x.sum(), np.log(x).sum()]

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.log(totals[:, 1] / totals[:, 0]) - totals[:, 2] / totals[:, 0]
        k = (3.0 - s + np.sqrt((s - 3.0) ** 2 + 24.0 * s)) / (12.0 * s)
        for _ in range(8):
            k = k - (np.log(k) - digamma(k) - s) / (1.0 / k - polygamma(1, k))
    return np.where(totals[:, 0] >= 100, k, np.nan)


def coefficient_of_variation(values: Arrays, weights: np.ndarray | None = None) -> np.ndarray:
    """Standard deviation over mean of the positive values, (R,)."""

    def sums(x: np.ndarray) -> list[float]:
        x = x[x > 0].astype(np.float64)
        return [len(x), x.sum(), x @ x]

    totals = pooled(sums, values, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = totals[:, 1] / totals[:, 0], totals[:, 2] / totals[:, 0]
        return np.sqrt(second - first**2) / first


def depth_profile(
    depth: Arrays, count: Sequence[float], weights: np.ndarray | None = None
) -> np.ndarray:
    """Mean lots at each distance (ticks) behind the own best quote, (R, distances).

    ``depth`` holds each session's sums over its looks at the book, ``count`` how many looks.
    """
    rows = [np.concatenate(([n], d)) for d, n in zip(depth, count, strict=True)]
    totals = pooled(lambda x: x, rows, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        return totals[:, 1:] / totals[:, :1]


def hump(
    profile: np.ndarray, first: int = 10, last: int = 100
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where depth peaks (ticks), depth at the best over the peak's, and the decay exponent.

    Each (R,), from a profile (R, distances). The exponent is minus the slope of ln depth on
    ln distance from ``first`` to ``last`` ticks. Bouchaud, Mezard and Potters 2002 and Gu, Chen and
    Zhou 2008 find the maximum away from the best quote.
    """
    peak = profile.argmax(axis=1).astype(np.float64)
    relative = profile[:, 0] / profile.max(axis=1)
    distance = np.arange(first, min(last, profile.shape[1] - 1) + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(profile[:, distance])
    slope, _ = masked_slope(np.log(distance), logs, np.isfinite(logs))
    empty = np.isnan(profile).any(axis=1)
    return np.where(empty, np.nan, peak), relative, np.where(empty, np.nan, -slope)
