"""Confidence intervals for changes measured with several policies in several markets.

Two things differ between repetitions: how the policy was trained, and which market it met. A
hierarchical bootstrap draws both again (Davison and Hinkley 1997, section 3.8). Where every policy
played the same markets, their changes share the control runs and are not independent; then one
draw of markets holds for all policies (the pigeonhole bootstrap, Owen 2007). Intervals are
bias-corrected and accelerated (BCa, Efron 1987).
"""

from __future__ import annotations

import functools
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

__all__ = ["RESAMPLES", "Interval", "hierarchical_interval"]

RESAMPLES = 10_000
SEED = 20_260_101
_NO_SPREAD = 1e-12


class Interval(NamedTuple):
    """An estimate and its bounds, in the unit of the values; NaN if it cannot be told."""

    estimate: float
    low: float
    high: float


def hierarchical_interval(
    values: np.ndarray,
    policy: np.ndarray,
    market: np.ndarray,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """Mean of the values, and a BCa interval in which policies and markets are drawn again.

    Args:
        values: changes, finite, (n,).
        policy: which trained policy each belongs to, any labels, (n,). The unit of replication;
            with a single one only markets are drawn.
        market: which market (seed and fork) each belongs to, any labels, (n,).
        confidence: 0.95 for a 95 % interval.
        resamples: number of draws.
        seed: of the draws; the same seed gives the same interval.

    Bounds are NaN with fewer than two markets. With few policies the interval is too short if
    policies differ much; see docs/statistics.md.

    Raises:
        ValueError: if the lengths differ or a value is not finite.
    """
    values = np.asarray(values, float)
    if not (values.shape == np.shape(policy) == np.shape(market) and values.ndim == 1):
        raise ValueError("values, policy and market must be of one length")
    if not np.isfinite(values).all():
        raise ValueError("a change is not a finite number: leave out runs without a value")
    if not len(values):
        return Interval(math.nan, math.nan, math.nan)
    estimate = float(values.mean())
    policies, markets = pd.factorize(policy)[0], pd.factorize(market)[0]
    n_policies, n_markets = int(policies.max()) + 1, int(markets.max()) + 1
    if n_markets < 2:
        return Interval(estimate, math.nan, math.nan)
    if float(np.ptp(values)) <= _NO_SPREAD * max(1.0, abs(estimate)):
        return Interval(estimate, estimate, estimate)
    shared = n_policies == 1 or len(set(zip(policies, markets, strict=True))) > n_markets
    sums, counts = np.zeros((n_policies, n_markets)), np.zeros((n_policies, n_markets))
    np.add.at(sums, (policies, markets), values)
    np.add.at(counts, (policies, markets), 1.0)
    if shared:
        drawn = _crossed(sums, counts, resamples, seed)
        axes: tuple[int, ...] = (0, 1)
    else:
        drawn = _nested([values[policies == k] for k in range(n_policies)], resamples, seed)
        axes = (0,)
    units = [_without_each(sums, counts, axis) for axis in axes if sums.shape[axis] > 1]
    return Interval(estimate, *_bca(estimate, drawn, _acceleration(units), confidence))


@functools.lru_cache(maxsize=16)
def _how_often(units: int, resamples: int, seed: int) -> np.ndarray:
    """How often each unit is drawn, (resamples, units)."""
    drawn = np.random.default_rng(seed).integers(units, size=(resamples, units))
    flat = drawn + units * np.arange(resamples)[:, None]
    counts = np.bincount(flat.ravel(), minlength=resamples * units)
    return counts.reshape(resamples, units).astype(float)


def _crossed(sums: np.ndarray, counts: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Means of draws of policies and, the same for all of them, of markets, (resamples,)."""
    of_policies = _how_often(sums.shape[0], resamples, seed)
    of_markets = _how_often(sums.shape[1], resamples, seed + 1)
    total = ((of_policies @ sums) * of_markets).sum(axis=1)
    number = ((of_policies @ counts) * of_markets).sum(axis=1)
    # With missing runs a draw may, rarely, hold none at all.
    return (total / np.where(number > 0, number, np.nan))[number > 0]


def _nested(groups: list[np.ndarray], resamples: int, seed: int) -> np.ndarray:
    """Means of draws of policies, and of markets within each policy drawn, (resamples,)."""
    flat = np.concatenate([*groups, [0.0]])
    drawn, number = _drawn_within(tuple(map(len, groups)), resamples, seed)
    total = np.zeros(resamples)
    for places in drawn:
        total += flat[places].sum(axis=1)
    return total / number


@functools.lru_cache(maxsize=6)
def _drawn_within(
    sizes: tuple[int, ...], resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which of all values, one group after the other, are drawn, and how many of them.

    The places are (groups drawn, resamples, the largest size); where a group is smaller they name
    the one behind the last value. They depend on nothing but the sizes, which the effects on most
    measures share.
    """
    size, starts = np.array(sizes), np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(size), size=(resamples, len(size)))
    places = np.full((len(size), resamples, size.max()), size.sum(), np.int32)
    wanted = np.arange(size.max())
    for slot, groups in enumerate(chosen.T):
        # A group's draws follow each other, so that a stream serves groups of equal sizes alike.
        rows = np.argsort(groups, kind="stable")
        most = np.broadcast_to(size[groups[rows], None], (resamples, size.max()))
        there = wanted < most
        bounds = int(size[0]) if len(set(sizes)) == 1 else most[there]
        found = rng.integers(bounds, size=int(there.sum()))
        table = places[slot, rows]
        table[there] = found + np.broadcast_to(starts[groups[rows], None], most.shape)[there]
        places[slot, rows] = table
    for array in (places, number := size[chosen].sum(axis=1)):
        array.setflags(write=False)
    return places, number


def _without_each(sums: np.ndarray, counts: np.ndarray, axis: int) -> np.ndarray:
    """The mean without each policy (axis 0) or each market (axis 1) in turn."""
    left = counts.sum() - counts.sum(axis=1 - axis)
    return (sums.sum() - sums.sum(axis=1 - axis)) / left


def _acceleration(jackknives: list[np.ndarray]) -> float:
    """Of a statistic of several samples (Davison and Hinkley 1997, equation 5.23)."""
    third = second = 0.0
    for left_out in jackknives:
        n = len(left_out)
        influence = (n - 1) * (left_out.mean() - left_out)
        third += float((influence**3).sum()) / n**3
        second += float((influence**2).sum()) / n**2
    return third / (6.0 * second**1.5) if second > 0 else 0.0


def _bca(
    estimate: float, drawn: np.ndarray, acceleration: float, confidence: float
) -> tuple[float, float]:
    below = np.count_nonzero(drawn < estimate) + 0.5 * np.count_nonzero(drawn == estimate)
    # One draw at most on a side that has none, lest the bias be infinite.
    share = min(max(below / len(drawn), 0.5 / len(drawn)), 1.0 - 0.5 / len(drawn))
    bias = float(ndtri(share))
    ends = []
    for tail in ((1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0):
        z = bias + float(ndtri(tail))
        ends.append(float(ndtr(bias + z / (1.0 - acceleration * z))))
    low, high = np.quantile(drawn, ends)
    return float(low), float(high)
