"""Two days side by side: the distance between the distributions of every score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.metrics.likeness.scores import SCORES, Day, Score

__all__ = ["HALF_HOUR", "Distance", "compare", "distance", "split_half", "total"]

HALF_HOUR = 1800 * 10**9
"""ns; odd half hours against even ones tell how far a day is from itself."""


@dataclass(frozen=True, slots=True)
class Distance:
    """How far apart the distributions of a score are in two days."""

    score: Score
    w1: float
    """Wasserstein-1, in standard deviations of both samples taken together; NaN if one is empty."""
    own_units: float
    """The same with prices in mean spreads, sizes in mean limit orders and times in mean gaps."""
    split_a: float
    split_b: float
    """Odd half hours of a day against its even ones: what is no difference."""
    means: tuple[float, float]
    medians: tuple[float, float]


def distance(first: np.ndarray, second: np.ndarray) -> float:
    """Wasserstein-1 between two samples over the standard deviation of their even mixture.

    NaN if one is empty; 0 if neither varies and both are equal.

    >>> distance(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    0.0
    """
    if not len(first) or not len(second):
        return float("nan")
    means = first.mean(), second.mean()
    variance = 0.5 * (first.var() + second.var()) + 0.25 * (means[0] - means[1]) ** 2
    if variance == 0:
        return 0.0
    return _wasserstein(first, second) / float(np.sqrt(variance))


def _wasserstein(first: np.ndarray, second: np.ndarray) -> float:
    """The area between both distribution functions (Vallender, 1974)."""
    first, second = np.sort(first), np.sort(second)
    both = np.sort(np.concatenate((first, second)))
    below = [np.searchsorted(x, both[:-1], side="right") / len(x) for x in (first, second)]
    return float(np.sum(np.abs(below[0] - below[1]) * np.diff(both)))


def compare(first: Day, second: Day) -> list[Distance]:
    """The distance in every score; both days should have as many levels of the book."""
    out = []
    for score in SCORES:
        a, b = first.scores[score.name].values, second.scores[score.name].values
        out.append(
            Distance(
                score,
                distance(a, b),
                distance(first.in_own_units(score), second.in_own_units(score)),
                split_half(first, score),
                split_half(second, score),
                (_mean(a), _mean(b)),
                (_median(a), _median(b)),
            )
        )
    return out


def split_half(day: Day, score: Score) -> float:
    """The distance of a day's odd half hours from its even ones."""
    sample = day.scores[score.name]
    odd = (sample.time // HALF_HOUR) % 2 == 1
    return distance(sample.within(odd), sample.within(~odd))


def total(values: list[float]) -> float:
    """The mean of those that are there; NaN if none is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
