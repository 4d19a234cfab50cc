"""Which parameters the data tell: what a step up or down costs, and where good candidates lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from abm_desktop.calibration.space import Space
from abm_desktop.calibration.store import Trial

__all__ = ["ParameterTold", "interval_of", "noise_of", "region_of", "told_parameters"]

BEST = 0.1
"""The share of all candidates that are the best ones."""


@dataclass(frozen=True, slots=True)
class ParameterTold:
    """What is known of one parameter."""

    key: str
    what: str
    value: float
    low: float
    high: float
    """The tenth and ninetieth percentile of the best tenth of all candidates."""
    spread: float
    """The width between them, of that between the bounds (for a factor, of its logarithm)."""
    cost_down: float
    cost_up: float
    """What a step of 15 % of the width adds to what is minimised, on common seeds; NaN if a step
    would leave the bounds or gives no market."""
    error: float
    """Standard error of the larger one, over the seeds."""
    pairs: int
    """Seeds behind it."""
    region: tuple[float, float]
    """Least and largest value among candidates that are no worse than the noise of the best."""
    interval: tuple[float, float]
    """Where the parabola through the three costs stays within the noise of its least, the others as
    they were found; the bounds on a side where it does not leave it, or is none."""

    @property
    def is_told(self) -> bool:
        """Whether a step costs more than noise, in at least one direction.

        Two looks at a parameter that does nothing find a cost by chance once in twenty times: each
        is tested at 2.5 %, by Student's t of the few seeds. One seed tells nothing.
        """
        known = [cost for cost in (self.cost_down, self.cost_up) if np.isfinite(cost)]
        return bool(known) and self.pairs > 1 and max(known) > noise_of(self.error, self.pairs)


def noise_of(error: float, pairs: int) -> float:
    """The mean difference of so many pairs that noise alone exceeds once in forty times.

    >>> round(noise_of(1.0, 4), 2)
    3.18
    """
    return float(stdtrit(pairs - 1, 0.975)) * error if pairs > 1 else float("inf")


def interval_of(
    at: float, down: float, up: float, step: float, noise: float
) -> tuple[float, float]:
    """Where a parabola through (at - step, down), (at, 0), (at + step, up) is within ``noise``.

    Of its least value between 0 and 1; both ends are cut there. Without curvature it is all of it.

    >>> interval_of(0.5, 0.4, 0.4, 0.2, 0.1)
    (0.4, 0.6)
    >>> interval_of(0.5, -0.1, 0.1, 0.2, 0.1)
    (0.0, 1.0)
    """
    curvature = (down + up) / (2.0 * step**2)
    if not (np.isfinite(curvature) and curvature > 0.0 and np.isfinite(noise)):
        return 0.0, 1.0
    vertex = at - (up - down) / (2.0 * step) / (2.0 * curvature)
    least = min(max(vertex, 0.0), 1.0)
    reach = float(np.sqrt((least - vertex) ** 2 + noise / curvature))
    return round(max(vertex - reach, 0.0), 12), round(min(vertex + reach, 1.0), 12)


def region_of(trials: Sequence[Trial]) -> np.ndarray:
    """The candidates that cannot be told from the best of the search, (n, d).

    They are worse than it by less than two standard errors of the difference over seeds; with one
    seed, and in any case, by less than a twentieth.
    """
    known = [trial for trial in trials if trial.gap is not None]
    best = min(known, key=lambda trial: trial.total)
    inside = []
    for trial in known:
        paired = np.array(trial.each) - np.array(best.each)
        error = paired.std(ddof=1) / np.sqrt(len(paired)) if len(paired) > 1 else 0.0
        if paired.mean() <= max(2.0 * error, 0.05 * best.total):
            inside.append(trial.vector)
    return np.array(inside)


def told_parameters(
    space: Space, vector: np.ndarray, search: Sequence[Trial], profile: Sequence[Trial]
) -> list[ParameterTold]:
    """What is known of each parameter, in the order of the space.

    Args:
        space: of the search.
        vector: the candidate that was chosen.
        search: all trials of the search.
        profile: the candidate, then each parameter a step lower and a step higher; empty if it was
            not looked at, which leaves costs and error NaN, and nothing told.
    """
    known = sorted((t for t in search if t.gap is not None), key=lambda trial: trial.total)
    best = np.array([t.vector for t in known[: max(round(BEST * len(known)), 5)]])
    region = region_of(search)
    out = []
    for k, parameter in enumerate(space.parameters):
        low, high = np.quantile(best[:, k], (0.1, 0.9))
        costs, errors = [], []
        for trial in profile[1 + 2 * k : 3 + 2 * k]:
            cost, error = _cost(profile[0], trial)
            costs.append(cost)
            errors.append(error)
        finite = [(c, e) for c, e in zip(costs, errors, strict=True) if np.isfinite(c)]
        error = max(finite)[1] if finite else float("nan")
        pairs = len(profile[0].each) if profile else 0
        # At a bound a step is shorter, or none, and three points make no such parabola.
        steps = [abs(t.vector[k] - vector[k]) for t in profile[1 + 2 * k : 3 + 2 * k]]
        interval = (0.0, 1.0)
        if len(finite) == 2 and np.isclose(steps[0], steps[1]):
            interval = interval_of(
                float(vector[k]), costs[0], costs[1], steps[0], noise_of(error, pairs)
            )
        out.append(
            ParameterTold(
                key=parameter.key,
                what=parameter.what,
                value=space.value(k, vector[k]),
                low=space.value(k, low),
                high=space.value(k, high),
                spread=float(high - low),
                cost_down=costs[0] if costs else float("nan"),
                cost_up=costs[1] if costs else float("nan"),
                error=error,
                pairs=pairs,
                interval=(space.value(k, interval[0]), space.value(k, interval[1])),
                region=(space.value(k, region[:, k].min()), space.value(k, region[:, k].max())),
            )
        )
    return out


def _cost(at: Trial, other: Trial) -> tuple[float, float]:
    if other.gap is None or at.gap is None or other.vector == at.vector:
        return float("nan"), float("nan")
    paired = np.array(other.each) - np.array(at.each)
    error = paired.std(ddof=1) / np.sqrt(len(paired)) if len(paired) > 1 else 0.0
    return float(paired.mean()), float(error)
