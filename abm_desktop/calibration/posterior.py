"""What days say of parameters: an approximate posterior, learned from simulated days.

Days are simulated at parameters drawn evenly from a box about the answer. A ridge regression of the
parameters on the numbers of a day gives, for any day, its best guess (the summary statistics of
semi-automatic approximate Bayesian computation, Fearnhead and Prangle 2012); how far it is off on
draws that it was not fitted to is the rest of the posterior (the regression adjustment of Beaumont,
Zhang and Balding 2002). It costs nothing for another day, so that it can be checked on many days
whose parameters are known (Talts et al. 2018): there the ranks of the true values must be uniform.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import kolmogorov

__all__ = ["LEVEL", "Box", "Checked", "Posterior", "check_on", "fit_posterior"]

LEVEL = 0.9
"""Of the intervals that are told."""
_PENALTIES = np.logspace(-2, 6, 33)
"""Of the ridge, from which leave-one-out prediction chooses for each parameter."""
_LEAST = 20
"""Draws below which nothing is fitted."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where parameters are drawn from, evenly: each from 0 to 1 of its width, (d,)."""

    low: np.ndarray
    high: np.ndarray

    @classmethod
    def whole(cls, parameters: int) -> Box:
        """All that is searched, of so many parameters."""
        return cls(np.zeros(parameters), np.ones(parameters))

    def draws(self, count: int, seed: int) -> np.ndarray:
        """So many points, (count, d); fewer are the first of more."""
        shares = np.random.default_rng([seed, 2002]).random((count, len(self.low)))
        return self.low + shares * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Posterior:
    """Learned from draws; asked of a day."""

    box: Box
    vectors: np.ndarray
    """Parameters of the draws, (n, d)."""
    middle: np.ndarray
    """Means of the parameters of the draws, (d,)."""
    weights: np.ndarray
    """Of standardised numbers on parameters, (used, d)."""
    errors: np.ndarray
    """True less foretold parameters of each draw, the draw left out, (n, d)."""
    used: np.ndarray
    """Places of the numbers that are used, (used,)."""
    mean: np.ndarray
    scale: np.ndarray
    least: np.ndarray
    """Least and largest of each number among the draws, (used,)."""
    largest: np.ndarray

    def samples(self, features: np.ndarray) -> np.ndarray:
        """Parameters that a day with these numbers may have, one row a draw, (n, d).

        What would lie beyond the box lies at its edge: mirrored, it would not cover as it should. A
        guess beyond those of all draws counts as the nearest of them (:meth:`beyond`).
        """
        guess = np.clip(self._guess(features), *self._guesses())
        samples: np.ndarray = np.clip(guess + self.errors, self.box.low, self.box.high)
        return samples

    def beyond(self, features: np.ndarray) -> np.ndarray:
        """Of which parameters a day points beyond all draws, where nothing was learned, (d,)."""
        guess, (least, largest) = self._guess(features), self._guesses()
        found: np.ndarray = (guess < least) | (guess > largest)
        return found

    def _guess(self, features: np.ndarray) -> np.ndarray:
        """The regression's; a number outside of all that were simulated counts as the nearest."""
        x = features[self.used]
        x = np.clip(np.where(np.isnan(x), self.mean, x), self.least, self.largest)
        guess: np.ndarray = self.middle + ((x - self.mean) / self.scale) @ self.weights
        return guess

    def _guesses(self) -> tuple[np.ndarray, np.ndarray]:
        """Least and largest guess of the draws, each left out once, (d,)."""
        return (self.vectors - self.errors).min(axis=0), (self.vectors - self.errors).max(axis=0)


def fit_posterior(box: Box, vectors: np.ndarray, features: np.ndarray) -> Posterior:
    """Learn from draws.

    Args:
        box: they come from.
        vectors: parameters of each, (n, d).
        features: numbers of a day at each, (n, k); NaN for what a day does not tell.

    Raises:
        ValueError: if there are fewer than twenty.
    """
    if len(vectors) < _LEAST:
        raise ValueError(f"{len(vectors)} draws are too few: {_LEAST} are the least")
    known = np.isfinite(features)
    used = np.flatnonzero(known.mean(axis=0) >= 0.5)
    x = np.where(known, features, np.nan)[:, used]
    mean = np.nanmean(x, axis=0)
    x = np.where(np.isnan(x), mean, x)
    scale = x.std(axis=0)
    varies = scale > 1e-9 * (1.0 + np.abs(mean))
    used, x, mean, scale = used[varies], x[:, varies], mean[varies], scale[varies]
    middle = vectors.mean(axis=0)
    weights, errors = _ridge((x - mean) / scale, vectors - middle)
    return Posterior(
        box, vectors, middle, weights, errors, used, mean, scale, x.min(axis=0), x.max(axis=0)
    )  # fmt: skip


def _ridge(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (k, d), and errors of leave-one-out prediction (n, d), with the best penalty each."""
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    projected = u.T @ y
    least = np.full(y.shape[1], np.inf)
    weights, errors = np.zeros((x.shape[1], y.shape[1])), y.copy()
    for penalty in _PENALTIES:
        shrink = s**2 / (s**2 + penalty)
        # 1/n: the mean of the parameters is fitted, too.
        leverage = 1.0 / len(x) + (u**2 * shrink).sum(axis=1)
        off = (y - u @ (shrink[:, None] * projected)) / np.maximum(1.0 - leverage, 1e-6)[:, None]
        loss = (off**2).mean(axis=0)
        better = loss < least
        slopes = vt.T @ ((s / (s**2 + penalty))[:, None] * projected)
        weights[:, better], errors[:, better] = slopes[:, better], off[:, better]
        least = np.minimum(least, loss)
    return weights, errors


@dataclass(frozen=True, slots=True)
class Checked:
    """How the posterior did on days whose parameters are known."""

    days: int
    coverage: np.ndarray
    """Share of the days whose true value lies in its interval, by parameter, (d,)."""
    uniform: np.ndarray
    """p-values of uniform ranks (Kolmogorov and Smirnov), (d,); they mean something for days drawn
    evenly from the box only, which is what the posterior takes for granted."""

    @property
    def mean_coverage(self) -> float:
        """Over days and parameters."""
        return float(self.coverage.mean())

    @property
    def rejected(self) -> int:
        """Parameters whose ranks are not uniform at 5 %: one in twenty by chance."""
        return int((self.uniform < 0.05).sum())


def check_on(posterior: Posterior, vectors: np.ndarray, features: np.ndarray) -> Checked:
    """Ask the posterior of days that it has not seen, at these true parameters (m, d)."""
    ranks = np.array(
        [
            (posterior.samples(day) < true).mean(axis=0)
            for day, true in zip(features, vectors, strict=True)
        ]
    )
    tail = 0.5 * (1.0 - LEVEL)
    inside = (ranks >= tail) & (ranks <= 1.0 - tail)
    # The posterior is a sample too: as in the test of two samples, so many days would tell as much.
    days = len(ranks) * len(posterior.errors) / (len(ranks) + len(posterior.errors))
    uniform = kolmogorov(np.sqrt(days) * _from_uniform(ranks))
    return Checked(len(ranks), inside.mean(axis=0), uniform)


def _from_uniform(ranks: np.ndarray) -> np.ndarray:
    """Largest distance of each column's distribution function from that of even ranks, (d,)."""
    values = np.sort(ranks, axis=0)
    steps = np.arange(len(values) + 1)[:, None] / len(values)
    above, below = (steps[1:] - values).max(axis=0), (values - steps[:-1]).max(axis=0)
    distance: np.ndarray = np.maximum(above, below)
    return distance
