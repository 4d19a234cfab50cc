"""How a market takes a shock: how far the price falls, how it comes back, what traders add to it.

Prices are mids on a clock without halts, oldest first. Durations that did not end are censored and
say so; they must not be averaged but go into a Kaplan-Meier estimate.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.metrics.market import time_to_hold

__all__ = [
    "amplification",
    "drop",
    "excursion",
    "hodges_lehmann",
    "log_ratios",
    "max_drawdown",
    "overshoot",
    "recovery_time",
    "stress_specific_amplification",
]

NAN = float("nan")


def drop(price: np.ndarray, before: float) -> float:
    """Lowest price over the price before, minus one; a fraction, 0 if it never was below."""
    return min(0.0, float(price.min()) / before - 1.0) if len(price) else NAN


def excursion(price: np.ndarray, before: float) -> float:
    """Largest distance from the price before, either way, as a fraction of it."""
    return float(np.abs(price / before - 1.0).max()) if len(price) else NAN


def overshoot(price: np.ndarray, value: np.ndarray) -> float:
    """Lowest price relative to the fundamental value of the same moment, minus one; 0 at most."""
    return min(0.0, float((price / value).min()) - 1.0) if len(price) else NAN


def max_drawdown(equity: np.ndarray) -> float:
    """Largest fall of an account below its highest value so far, in its own unit; 0 at least."""
    if not len(equity):
        return NAN
    return float((np.maximum.accumulate(equity) - equity).max())


def recovery_time(
    clock: np.ndarray,
    price: np.ndarray,
    target: np.ndarray | float,
    share: float,
    *,
    until_low: float = math.inf,
    hold: float = 10.0,
) -> tuple[float, bool]:
    """Seconds from the lowest price until ``share`` of the way back to ``target`` is made.

    Args:
        clock: seconds, (n,).
        price: mid, (n,).
        target: the price to come back to: before the shock, or, (n,), that price times what the
            fundamental value has done since, so that a loss of value is not waited out.
        share: of the way from the low to the target, 0.5 or 0.9.
        until_low: the low is sought up to this many seconds.
        hold: seconds on end that it must stay there.

    Returns (seconds, censored), see :func:`abm_desktop.metrics.market.time_to_hold`.
    """
    near = price[clock <= until_low + 1e-9]
    if not len(near):
        return NAN, True
    low = int(near.argmin())
    goal = price[low] + share * (np.broadcast_to(target, price.shape) - price[low])
    return time_to_hold(clock, price >= goal, hold, low)


def log_ratios(treated: np.ndarray, control: np.ndarray) -> np.ndarray:
    """``ln treated - ln control`` of matched runs, (k,); NaN if either is not positive."""
    treated, control = np.asarray(treated, float), np.asarray(control, float)
    good = (treated > 0) & (control > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(good, np.log(treated) - np.log(control), NAN)


def amplification(treated: np.ndarray, control: np.ndarray) -> float:
    """Volatility amplification factor: geometric mean of treated over control volatility.

    Over matched runs (k,), the same market with and without the traders; above 1 they add. Pairs
    with NaN are left out.
    """
    ratios = log_ratios(treated, control)
    ratios = ratios[~np.isnan(ratios)]
    return math.exp(float(ratios.mean())) if len(ratios) else NAN


def stress_specific_amplification(
    treated: np.ndarray, control: np.ndarray, treated_calm: np.ndarray, control_calm: np.ndarray
) -> float:
    """Amplification under stress over amplification in calm, all of matched runs (k,).

    Above 1 the traders add more volatility under stress than they do anyway. Runs with NaN in any
    of the four are left out.
    """
    ratios = log_ratios(treated, control) - log_ratios(treated_calm, control_calm)
    ratios = ratios[~np.isnan(ratios)]
    return math.exp(float(ratios.mean())) if len(ratios) else NAN


def hodges_lehmann(values: np.ndarray) -> float:
    """Median of the means of all pairs, each with itself too (Hodges and Lehmann 1963).

    A location that heavy tails hardly move; of log ratios its exponential is an amplification
    factor. NaN is left out.
    """
    values = np.asarray(values, float)
    values = values[~np.isnan(values)]
    if not len(values):
        return NAN
    first, second = np.triu_indices(len(values))
    return float(np.median(0.5 * (values[first] + values[second])))
