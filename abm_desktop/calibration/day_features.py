"""A day as a row of numbers: what parameters are estimated from."""

from __future__ import annotations

import numpy as np

from abm_desktop.calibration.day_facts import DAY_FACTS
from abm_desktop.calibration.measuring import Measured
from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS
from abm_desktop.metrics.likeness.scores import SCORES

__all__ = ["FEATURES", "features_of"]

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
"""Quantiles of each distribution."""

_FACTS = tuple(fact for fact in DAY_FACTS if fact.weight == 1.0)
"""Without those of the worst second of a day, which are mostly chance."""

FEATURES = (
    *(
        f"{score.title}, {what}"
        for score in SCORES
        for what in (*(f"{100 * share:.0f} %" for share in SHARES), "mean", "variance")
    ),
    *(f"Response to {event}, lag {lag}" for event in EVENT_TYPES for lag in LAGS),
    *(fact.title for fact in _FACTS),
)
"""Names of the numbers, in their order."""


def features_of(measured: Measured) -> np.ndarray:
    """The numbers of a day, float64 (n,); NaN for what it does not tell.

    Quantiles, mean and variance of the distributions that are compared, on a scale that is
    logarithmic far from zero; the responses of the price; the facts of the day.
    """
    out: list[float] = []
    for score in SCORES:
        values = measured.quantiles[score.name]
        if len(values):
            out += [float(values[int(share * len(values))]) for share in SHARES]
            out += measured.moments[score.name]
        else:
            out += [np.nan] * (len(SHARES) + 2)
    rows = np.arcsinh(np.array(out))
    facts = [measured.facts[fact.name] for fact in _FACTS]
    return np.concatenate([rows, measured.responses.ravel(), facts])
