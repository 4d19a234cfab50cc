"""Volatility after a shock on many grids, and what of it is not the fall and the way back.

How volatile a price is depends on how often one looks: what traders add to the bounce between
bid and ask is large on a grid of a second and nothing on one of five minutes. And in a crash most
of the realised volatility is the fall itself. So these measures tell volatility by grid, robust to
noise, and around a fitted path.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.metrics.market import realised_volatility
from abm_desktop.metrics.windows import Window

__all__ = [
    "GRID_STEPS",
    "SLOW",
    "grid_measures",
    "subsampled_volatility",
    "two_scale_volatility",
    "volatility_around_path",
]

NAN = float("nan")

GRID_STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)
"""Seconds between the two prices of a return: one second to half an hour."""
SLOW = 60
"""Seconds of the slow scale of the two-scale volatility: longer than bounce lasts."""
KNOTS = 30.0
"""Seconds between the knots of the fitted path."""
LAST = 60.0
"""Seconds at the end of the window whose median price the rebound leads to."""


def grid_measures(during: Window, after: Window) -> dict[str, float]:
    """Volatility by grid, two-scale, and around the path; rebound; distance from the value.

    Args:
        during: the window of the stress, from the shock on.
        after: the window from the shock to the end of what is simulated.
    """
    out = {}
    for name, window in (("stress", during), ("recovery", after)):
        prices = window.on_clock(window.mid, 1.0)
        for step in GRID_STEPS:
            out[f"{name}_vol_{step}s"] = subsampled_volatility(prices, step)
        out[f"{name}_vol_two_scale"] = two_scale_volatility(prices, SLOW)
        if window is during:
            out["stress_vol_around_path"] = volatility_around_path(prices, KNOTS)
    out["stress_gap_sd_bp"] = out["rebound_pct"] = NAN
    if during.seconds > 0:
        gap = np.log(during.mid / during.value)
        out["stress_gap_sd_bp"] = 1e4 * math.sqrt(during.mean(np.square(gap - during.mean(gap))))
        last = during.mid[during.clock >= during.seconds - LAST]
        back = float(np.median(last)) / float(during.mid.min()) - 1.0
        out["rebound_pct"] = 100.0 * back
    return out


def subsampled_volatility(prices: np.ndarray, step: int) -> float:
    """Realised volatility of the window from returns over ``step`` seconds, from every start.

    ``sqrt(n / step * mean((ln p[t + step] - ln p[t])^2))`` of prices once a second (n + 1,): the
    mean over the ``step`` grids that begin one second apart, far less noisy than any one of them
    (Zhang, Mykland and Ait-Sahalia 2005, section 3). With a step of 1 it is the plain realised
    volatility. NaN if the window is shorter than two steps.

    Example::

        >>> import numpy as np
        >>> bounce = 100 * np.exp(0.01 * (np.arange(101) % 2))
        >>> round(subsampled_volatility(bounce, 1), 6), subsampled_volatility(bounce, 2)
        (0.1, 0.0)
    """
    n = len(prices) - 1
    if n < 2 * step:
        return NAN
    logs = np.log(prices)
    returns = logs[step:] - logs[:-step]
    return math.sqrt(n / step * float(np.mean(np.square(returns))))


def two_scale_volatility(prices: np.ndarray, slow: int) -> float:
    """Volatility of the efficient price behind noisy ones, once a second (n + 1,).

    The two-scale estimator of Zhang, Mykland and Ait-Sahalia (2005), equation 64: the realised
    variance over ``slow`` seconds from every start, less what noise that is independent from second
    to second adds to it, which the fast grid tells; with their correction for small samples. NaN if
    the window is shorter than two slow steps, or the estimate is not positive.
    """
    n = len(prices) - 1
    if n < 2 * slow:
        return NAN
    logs = np.log(prices)
    averaged = float(np.square(logs[slow:] - logs[:-slow]).sum()) / slow
    fast = float(np.square(np.diff(logs)).sum())
    ratio = (n - slow + 1) / slow / n
    variance = (averaged - ratio * fast) / (1.0 - ratio)
    return math.sqrt(variance) if variance > 0 else NAN


def volatility_around_path(prices: np.ndarray, knots: float) -> float:
    """Realised volatility, on a grid of a second, of what is left of a fitted path.

    The path is the least-squares line through the logarithms of the prices (n + 1,), straight
    between knots ``knots`` seconds apart. A fall and a rebound are in the path; what is left is how
    much the price shakes. NaN for a window shorter than two knots' distance.
    """
    n = len(prices) - 1
    if n < 2 * knots:
        return NAN
    logs, seconds = np.log(prices), np.arange(n + 1.0)
    pieces = max(round(n / knots), 1)
    at = seconds * pieces / n
    left = np.minimum(at.astype(int), pieces - 1)
    basis = np.zeros((n + 1, pieces + 1))
    rows = np.arange(n + 1)
    basis[rows, left] = 1.0 - (at - left)
    basis[rows, left + 1] = at - left
    weights = np.linalg.solve(basis.T @ basis, basis.T @ (logs - logs[0]))
    rest = logs - logs[0] - basis @ weights
    return realised_volatility(np.exp(rest))
