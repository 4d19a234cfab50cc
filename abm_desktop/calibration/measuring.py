"""What a market is compared by: scores of its order flow, responses of its price, its day's facts.

A day is kept as a summary of some hundred kilobytes: distributions as quantiles, so that thousands
of simulated days can be compared with a recorded one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.calibration.day_facts import DAY_FACTS, day_facts
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS, responses
from abm_desktop.metrics.likeness.scores import SCORES, day_of

__all__ = ["WEIGHTS", "Gap", "Measured", "gap_between", "mean_gap", "measure_flow"]

QUANTILES = 1000
WEIGHTS = {"scores": 1.0, "responses": 1.0, "facts": 0.4}
"""What the search minimises: the mean of each group of distances, times this."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A day, summarised."""

    name: str
    levels: int
    quantiles: Mapping[str, np.ndarray]
    """By score: the (k + 1/2) / n quantiles, float64; empty if the day has none."""
    moments: Mapping[str, tuple[float, float]]
    """By score: mean and variance of all values."""
    responses: np.ndarray
    """Mean moves of the mid in mean spreads, (6, 8): event types, lags."""
    facts: Mapping[str, float]
    """By name of :data:`.DAY_FACTS`; NaN if the day does not tell."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a day is from another; NaN if one of them does not tell."""

    scores: Mapping[str, float]
    """Wasserstein-1 by score, in standard deviations of both."""
    responses: float
    """Mean distance of the responses, mean spreads."""
    facts: Mapping[str, float]
    """By fact: the difference over what is a large one, at most 1."""

    @property
    def w1(self) -> float:
        """The mean distance of the scores: the headline."""
        return _mean(self.scores.values())

    @property
    def total(self) -> float:
        """What the search minimises."""
        known = [fact for fact in DAY_FACTS if np.isfinite(self.facts.get(fact.name, np.nan))]
        weight = sum(fact.weight for fact in known)
        facts = sum(fact.weight * self.facts[fact.name] for fact in known) / weight if known else 1
        parts = {"scores": self.w1, "responses": self.responses, "facts": facts}
        return sum(WEIGHTS[name] * (1.0 if np.isnan(x) else x) for name, x in parts.items())


def measure_flow(flow: OrderFlow) -> Measured:
    """Summarise a flow that has levels of the book.

    Raises ValueError if it has none, or nothing to compare.
    """
    day = day_of(flow)
    quantiles, moments = {}, {}
    for score in SCORES:
        values = np.sort(day.scores[score.name].values)
        n = len(values)
        at = ((np.arange(QUANTILES) + 0.5) / QUANTILES * n).astype(np.int64)
        quantiles[score.name] = values[at] if n else values
        moments[score.name] = (float(values.mean()), float(values.var())) if n else (np.nan, np.nan)
    answers = responses(flow)
    return Measured(
        name=flow.name,
        levels=flow.levels,
        quantiles=quantiles,
        moments=moments,
        responses=np.array([answers[name].mean for name in EVENT_TYPES]).reshape(-1, len(LAGS)),
        facts=day_facts(flow),
    )


def gap_between(first: Measured, second: Measured) -> Gap:
    """How far two days are apart; a score that one of them lacks counts as 1."""
    scores = {score.name: _distance(first, second, score.name) for score in SCORES}
    between = np.abs(first.responses - second.responses)
    # What the recorded day does not tell cannot be missed; what only the other lacks is a gap of 1.
    told = ~np.isnan(first.responses)
    facts = {}
    for fact in DAY_FACTS:
        wanted, got = first.facts[fact.name], second.facts[fact.name]
        if np.isnan(wanted):
            facts[fact.name] = np.nan
        elif np.isnan(got):
            facts[fact.name] = 1.0
        else:
            facts[fact.name] = min(abs(wanted - got) / fact.large, 1.0)
    return Gap(
        scores=scores,
        responses=float(np.nan_to_num(between[told], nan=1.0).mean()) if told.any() else np.nan,
        facts=facts,
    )


def mean_gap(gaps: Sequence[Gap]) -> Gap:
    """The mean of several gaps, name by name."""
    return Gap(
        scores={name: _mean(gap.scores[name] for gap in gaps) for name in gaps[0].scores},
        responses=_mean(gap.responses for gap in gaps),
        facts={name: _mean(gap.facts[name] for gap in gaps) for name in gaps[0].facts},
    )


def _distance(first: Measured, second: Measured, name: str) -> float:
    a, b = first.quantiles[name], second.quantiles[name]
    if not len(a):
        return float("nan")
    if not len(b):
        return 1.0
    (mean_a, var_a), (mean_b, var_b) = first.moments[name], second.moments[name]
    variance = 0.5 * (var_a + var_b) + 0.25 * (mean_a - mean_b) ** 2
    # On equal ranks the area between two distribution functions is the mean of the differences.
    return float(np.abs(a - b).mean() / np.sqrt(variance)) if variance > 0 else 0.0


def _mean(values: object) -> float:
    known = [x for x in values if not np.isnan(x)]  # type: ignore[attr-defined]
    return float(np.mean(known)) if known else float("nan")
