"""Several trainings of one recipe together: what a recipe gives, whatever the seed.

One training says little of its recipe (Henderson et al. 2018). The interquartile mean, the mean of
the middle half, is told with a bootstrap interval over trainings (Agarwal et al. 2021), and the
share of accepted ones with Wilson's interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

__all__ = ["FEWEST", "AcrossSeeds", "Together", "interquartile_mean", "together", "wilson"]

FEWEST = 5
"""Trainings from which on an interval is told: drawn from fewer it is little but their range."""
_DRAWS = 2000
_LEVEL = 0.95
_NORMAL = 1.959964
"""Quantile of the normal distribution for that level, both sides."""


@dataclass(frozen=True, slots=True)
class AcrossSeeds:
    """An estimate, and its 95 % interval; NaN of fewer than :data:`FEWEST` trainings."""

    mean: float
    low: float
    high: float

    def told(self, form: str) -> str:
        """The estimate, with its interval if there is one.

        >>> AcrossSeeds(1.5, 0.5, 2.25).told("+.2f")
        '+1.50 (+0.50 to +2.25)'
        """
        interval = self.interval(form)
        return f"{self.mean:{form}}" + (f" ({interval})" if interval else "")

    def interval(self, form: str) -> str:
        """The interval; "" if there is none."""
        return f"{self.low:{form}} to {self.high:{form}}" if math.isfinite(self.low) else ""


@dataclass(frozen=True, slots=True)
class Together:
    """What several trainings of a recipe came to."""

    trainings: int
    judged: int
    accepted: int
    share: AcrossSeeds
    """Of accepted ones among those judged."""
    pnl: AcrossSeeds | None
    """Mean profit of a held-out day, in currency; None if none was judged."""
    median_pnl: AcrossSeeds | None
    curve: tuple[tuple[int, AcrossSeeds], ...]
    """Mean return of an episode by iteration, as far as all trainings came."""

    def sentences(self) -> tuple[str, ...]:
        """What they came to, for a person."""
        told = []
        if self.curve:
            told.append(f"Last reward {self.curve[-1][1].told('.3f')}.")
        if self.median_pnl is not None and self.pnl is not None:
            ends = AcrossSeeds(*(100.0 * each for each in astuple(self.share)))
            told += [
                f"Accepted: {self.accepted} of {self.judged} "
                f"(95 % interval {ends.interval('.0f')} %).",
                f"PnL of a held-out day: median {self.median_pnl.told('+.2f')}, "
                f"mean {self.pnl.told('+.2f')}.",
            ]
        few = self.trainings < FEWEST
        how = f"no intervals of fewer than {FEWEST}" if few else "with 95 % intervals"
        return (*told, f"Interquartile means over trainings, {how}.")

    def summary(self) -> dict[str, Any]:
        """Plain values, for a JSON file."""
        known = {"pnl_mean": self.pnl, "pnl_median": self.median_pnl}
        return {
            "trainings": self.trainings,
            "judged": self.judged,
            "accepted": self.accepted,
            "share_accepted": _plain(self.share),
            **{name: None if each is None else _plain(each) for name, each in known.items()},
            "curve": [{"iteration": at} | _plain(each) for at, each in self.curve],
        }


def together(
    curves: Sequence[Mapping[int, float]], evaluations: Sequence[Mapping[str, Any]], seed: int = 0
) -> Together:
    """Put trainings together.

    Args:
        curves: of each training the mean return of an episode by iteration.
        evaluations: of those that were judged ``Evaluation.summary()``.
        seed: of the bootstrap.
    """
    accepted = sum(bool(found["accepted"]) for found in evaluations)
    agents = [found["rules"]["agent"] for found in evaluations]

    def of(key: str) -> AcrossSeeds | None:
        values = np.array([agent[key] for agent in agents])
        return interquartile_mean(values, seed) if len(values) else None

    shared = sorted(set.intersection(*map(set, curves))) if curves else []
    return Together(
        trainings=len(curves),
        judged=len(evaluations),
        accepted=accepted,
        share=wilson(accepted, len(evaluations)),
        pnl=of("pnl_mean"),
        median_pnl=of("pnl_median"),
        curve=tuple(
            (at, interquartile_mean(np.array([curve[at] for curve in curves]), seed))
            for at in shared
        ),
    )


def interquartile_mean(values: np.ndarray, seed: int = 0) -> AcrossSeeds:
    """Mean of the middle half of ``values``, float64 (n,); a percentile bootstrap of five or more.

    A quarter at each end is left out, values at the border in part.

    >>> round(interquartile_mean(np.array([1.0, 2.0, 3.0, 100.0])).mean, 6)
    2.5
    """
    values = np.asarray(values, np.float64)
    if len(values) < FEWEST:
        return AcrossSeeds(float(_middle(values[None])[0]), math.nan, math.nan)
    random = np.random.default_rng(seed)
    drawn = random.choice(values, (_DRAWS, len(values)))
    low, high = np.quantile(_middle(drawn), [0.5 - _LEVEL / 2, 0.5 + _LEVEL / 2])
    return AcrossSeeds(float(_middle(values[None])[0]), float(low), float(high))


def _middle(samples: np.ndarray) -> np.ndarray:
    """Interquartile means of the rows of (m, n)."""
    n = samples.shape[1]
    edges = np.clip(np.arange(n + 1) / n, 0.25, 0.75)
    means: np.ndarray = np.sort(samples, axis=1) @ (np.diff(edges) / 0.5)
    return means


def wilson(hits: int, trials: int) -> AcrossSeeds:
    """A share with Wilson's (1927) 95 % interval; all that can be if there are no trials.

    >>> share = wilson(4, 5)
    >>> round(share.low, 2), round(share.high, 2)
    (0.38, 0.96)
    """
    if trials == 0:
        return AcrossSeeds(math.nan, 0.0, 1.0)
    share, square = hits / trials, _NORMAL**2 / trials
    centre = (share + square / 2.0) / (1.0 + square)
    half = math.sqrt(square * share * (1.0 - share) + square**2 / 4.0) / (1.0 + square)
    return AcrossSeeds(share, max(0.0, centre - half), min(1.0, centre + half))


def _plain(interval: AcrossSeeds) -> dict[str, float | None]:
    values = {"mean": interval.mean, "low": interval.low, "high": interval.high}
    return {key: value if math.isfinite(value) else None for key, value in values.items()}
