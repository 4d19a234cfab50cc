"""How the returns of a run are distributed, and how they depend on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from abm_desktop.live.run_data import RunData
from abm_desktop.metrics.streaming import SECONDS_PER_YEAR, on_grid
from abm_desktop.metrics.stylized_facts import returns

__all__ = ["FEWEST", "INTERVALS", "ReturnsReport", "report_returns"]

INTERVALS = (1.0, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Seconds between two prices, to choose from."""
FEWEST = 20
"""Returns below which nothing is told."""
LAGS = 50
BINS, QUANTILES = 61, 600
STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800)
"""Seconds of the signature plot."""


@dataclass(frozen=True, slots=True)
class ReturnsReport:
    """Returns over one interval, standardised by their mean and standard deviation."""

    left: float
    right: float
    interval: float
    values: dict[str, float]
    """See ``titles.RETURN_MEASURES``."""
    centres: np.ndarray
    """Middles of the bins, standard deviations, (b,)."""
    density: np.ndarray
    """Share of returns in each bin over its width, (b,)."""
    expected: np.ndarray
    """The same of a normal distribution, (b,)."""
    normal_quantiles: np.ndarray
    sample_quantiles: np.ndarray
    autocorrelation: np.ndarray
    """Of returns, lags 1 to k, (k,)."""
    absolute: np.ndarray
    """Of absolute returns, (k,)."""
    band: float
    """``2 / sqrt(n)``: what 95 % of the autocorrelations of independent returns stay within."""
    steps: np.ndarray
    """Seconds, (s,)."""
    signature: np.ndarray
    """Annualised volatility, percent, from overlapping returns over each step, (s,)."""


def report_returns(run: RunData, interval: float) -> ReturnsReport:
    """Report the log returns of the mid of ``run`` over ``interval`` seconds.

    Raises ValueError if there are fewer than 20 of them, or the price stands still.
    """
    h = run.history
    _, price = on_grid(h.time, h.mid, interval)
    r = returns.log_returns(price, 1)
    r = r[np.isfinite(r)]
    if len(r) < FEWEST:
        raise ValueError(
            f"only {len(r)} returns of {interval:g} s so far, {FEWEST} are needed: run the market "
            "on, or choose a shorter interval"
        )
    sd = float(r.std())
    if not sd > 0:
        raise ValueError("the price has not moved: run the market on")
    z = (r - r.mean()) / sd
    reach = float(np.clip(np.ceil(np.abs(z).max()), 4.0, 12.0))
    edges = np.linspace(-reach, reach, BINS + 1)
    width = edges[1] - edges[0]
    count, _ = np.histogram(np.clip(z, -reach, reach), edges)
    place = (np.arange(len(z)) + 0.5) / len(z)
    ordered = np.sort(z)
    if len(z) > QUANTILES:
        # All of both tails, and the middle evenly thinned.
        k = np.unique(
            np.concatenate((
                np.arange(100), np.linspace(100, len(z) - 101, QUANTILES - 200).astype(int),
                np.arange(len(z) - 100, len(z)),
            ))
        )  # fmt: skip
        place, ordered = place[k], ordered[k]
    lags = min(LAGS, len(r) // 4)
    seconds = on_grid(h.time, h.mid, 1.0)[1]
    steps = [s for s in STEPS if len(seconds) >= 5 * s]
    variance = returns.signature([seconds], steps)[0] if steps else np.empty(0)
    one = [r]
    return ReturnsReport(
        left=float(h.time[0]),
        right=float(h.time[-1]),
        interval=interval,
        values={
            "count": float(len(r)),
            "sd_bp": 1e4 * sd,
            "volatility_pct": 100.0 * sd * np.sqrt(SECONDS_PER_YEAR / interval),
            "skewness": float(returns.skewness(one)[0]),
            "kurtosis": float(returns.excess_kurtosis(one)[0]),
            "hill": float(returns.hill_exponent(one)[0]) if len(r) >= 100 else np.nan,
            "smallest": float(z.min()),
            "largest": float(z.max()),
            "first": float(returns.autocorrelation(one, 1)[0, 0]),
            "first_absolute": float(returns.autocorrelation([np.abs(r)], 1)[0, 0]),
        },
        centres=0.5 * (edges[:-1] + edges[1:]),
        density=count / (len(z) * width),
        expected=np.diff(ndtr(edges)) / width,
        normal_quantiles=ndtri(place),
        sample_quantiles=ordered,
        autocorrelation=returns.autocorrelation(one, lags)[0],
        absolute=returns.autocorrelation([np.abs(r)], lags)[0],
        band=2.0 / np.sqrt(len(r)),
        steps=np.array(steps, float),
        signature=100.0 * np.sqrt(variance * SECONDS_PER_YEAR),
    )
