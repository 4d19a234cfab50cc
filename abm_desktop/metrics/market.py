"""Volatility, spreads, depth and price impact over a stretch of trading.

Every function takes arrays of one stretch, oldest first, on a clock without halts (see
``abm_desktop.metrics.windows``), and returns a float that is NaN if the stretch is too short for
it. Nothing keeps state.
"""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.metrics.streaming import SECONDS_PER_YEAR, last_known

__all__ = [
    "amihud",
    "annualised",
    "bar_returns",
    "effective_spread_bp",
    "excess_volatility",
    "kyle_lambda",
    "mean_quoted_spread_bp",
    "parkinson",
    "price_after",
    "realised_spread_bp",
    "realised_volatility",
    "signed_volume",
    "time_to_hold",
]

NAN = float("nan")

MIN_BARS = 8
"""Fewest bars of a regression on bars."""


def realised_volatility(prices: np.ndarray) -> float:
    """``sqrt(sum r^2)`` of the log returns of prices on a grid (k,); NaN for fewer than two.

    Andersen, Bollerslev, Diebold and Labys (2003). Per stretch, not per year: see
    :func:`annualised`.
    """
    return float(np.sqrt(np.square(np.diff(np.log(prices))).sum())) if len(prices) > 1 else NAN


def annualised(volatility: float, seconds: float) -> float:
    """A volatility of ``seconds`` of trading, per year of 252 sessions of six and a half hours."""
    return volatility * math.sqrt(SECONDS_PER_YEAR / seconds) if seconds > 0 else NAN


def excess_volatility(prices: np.ndarray, values: np.ndarray) -> float:
    """Realised variance of the price over that of the fundamental value, both on a grid (k,).

    Shiller (1981); above 1 the price moves more than the value does. NaN if the value stands
    still.
    """
    value = realised_volatility(values)
    return (realised_volatility(prices) / value) ** 2 if value > 0 else NAN


def parkinson(clock: np.ndarray, price: np.ndarray, bar: float = 60.0) -> float:
    """Volatility per bar from the range: ``sqrt(mean ln(H/L)^2 / (4 ln 2))`` (Parkinson 1980).

    Over whole bars of ``bar`` seconds from ``clock[0]``; a bar includes the price at its end.
    """
    if len(clock) < 2:
        return NAN
    logs = np.log(price)
    edges = np.arange(clock[0], clock[-1] + 1e-9, bar)
    begin = np.searchsorted(clock, edges[:-1] - 1e-9)
    end = np.searchsorted(clock, edges[1:] + 1e-9)
    ranges = [np.ptp(logs[a:b]) for a, b in zip(begin, end, strict=True) if b > a]
    return float(np.sqrt(np.mean(np.square(ranges)) / (4 * math.log(2)))) if ranges else NAN


def mean_quoted_spread_bp(spread: np.ndarray, mid: np.ndarray, weight: np.ndarray) -> float:
    """Time-weighted quoted spread over the mid, basis points; samples with NaN are left out."""
    known = ~np.isnan(spread) & (weight > 0)
    if not known.any():
        return NAN
    return float(1e4 * np.average(spread[known] / mid[known], weights=weight[known]))


def effective_spread_bp(
    sign: np.ndarray, price: np.ndarray, size: np.ndarray, mid: np.ndarray
) -> float:
    """Volume-weighted ``2 sign (p - m) / m``, basis points, over trades (t,) (Lee and Ready 1991).

    ``mid`` is the mid before each trade; those with none (NaN), and those whose aggressor is not
    known (sign 0), are left out.
    """
    return realised_spread_bp(sign, price, size, mid, mid)


def realised_spread_bp(
    sign: np.ndarray, price: np.ndarray, size: np.ndarray, mid: np.ndarray, later: np.ndarray
) -> float:
    """Volume-weighted ``2 sign (p - m_later) / m``, basis points (Huang and Stoll 1996).

    What a maker keeps once the price has moved. ``later`` is the mid some time after each trade;
    trades with none (NaN, past the end) or a sign of 0 are left out. The effective spread of the
    *same* trades minus this is the price impact.
    """
    known = ~np.isnan(mid) & ~np.isnan(later) & (sign != 0)
    if not known.any():
        return NAN
    each = 2e4 * sign * (price - later)
    return float(np.average(each[known] / mid[known], weights=size[known]))


def price_after(clock: np.ndarray, price: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The price that held at each time ``at`` (t,); NaN outside the sampled times."""
    row = np.searchsorted(clock, at, side="right") - 1
    inside = (row >= 0) & (at <= clock[-1] + 1e-9) if len(clock) else np.zeros(len(at), bool)
    return np.where(inside, price[np.maximum(row, 0)] if len(price) else NAN, NAN)


def bar_returns(clock: np.ndarray, price: np.ndarray, bar: float) -> np.ndarray:
    """Log returns over whole bars of ``bar`` seconds from ``clock[0]``, (k,)."""
    if not len(clock):
        return np.empty(0)
    edges = np.arange(clock[0], clock[-1] + 1e-9, bar)
    return np.diff(np.log(price_after(clock, price, edges)))


def signed_volume(
    at: np.ndarray, amount: np.ndarray, start: float, bars: int, bar: float
) -> np.ndarray:
    """Sum of ``amount`` (t,) over bars of ``bar`` seconds from ``start``, (bars,)."""
    row = np.ceil((at - start) / bar - 1e-12).astype(np.int64) - 1
    inside = (row >= 0) & (row < bars)
    return np.bincount(row[inside], weights=amount[inside], minlength=bars)


def amihud(returns: np.ndarray, notional: np.ndarray) -> float:
    """Mean of |r| over the money traded, per million, over bars (k,) with trades (Amihud 2002)."""
    traded = notional > 0
    if not traded.any():
        return NAN
    return float(np.mean(np.abs(returns[traded]) / notional[traded]) * 1e6)


def kyle_lambda(returns: np.ndarray, flow: np.ndarray, lags: int = 3) -> tuple[float, float]:
    """Price impact of signed volume, and its standard error, both in bp a lot (Kyle 1985).

    OLS of bar returns (k,) on net bought lots (k,) with a constant; the error is robust to
    heteroscedasticity and autocorrelation up to ``lags`` (Newey and West 1987). NaN for fewer than
    8 bars or a flow that does not vary.
    """
    if len(returns) < MIN_BARS or np.ptp(flow) == 0:
        return NAN, NAN
    # It takes a second to import and only this needs it.
    from statsmodels.regression.linear_model import OLS

    design = np.column_stack((np.ones(len(flow)), flow))
    fit = OLS(1e4 * returns, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    return float(fit.params[1]), float(fit.bse[1])


def time_to_hold(
    clock: np.ndarray, good: np.ndarray, hold: float = 10.0, start: int = 0
) -> tuple[float, bool]:
    """Seconds from row ``start`` until ``good`` (n,) begins to hold for ``hold`` seconds on end.

    Returns (seconds, censored). Where that does not happen before the end it is (seconds to the
    end, True): a right-censored duration, as Kaplan and Meier (1958) need it. A sample holds until
    the next; the last one must lie at least ``hold`` after the beginning. NaN samples are not good.
    No samples at all give (NaN, True).
    """
    clock, good = clock[start:], np.asarray(good[start:], dtype=bool)
    if not len(clock):
        return NAN, True
    # The next bad row at or after each row, from the end.
    bad = np.where(good, len(clock), np.arange(len(clock)))
    bad = np.minimum.accumulate(bad[::-1])[::-1]
    until = np.append(clock, np.inf)[bad]
    until[bad == len(clock)] = clock[-1]
    found = good & (until - clock >= hold - 1e-9)
    if not found.any():
        return float(clock[-1] - clock[0]), True
    return float(clock[found.argmax()] - clock[0]), False


def resilience(
    clock: np.ndarray,
    values: np.ndarray,
    usual: float,
    share: float,
    *,
    worst: int,
    high_is_bad: bool,
    hold: float = 10.0,
) -> tuple[float, bool]:
    """Seconds from the worst moment until a spread or depth is near its usual level again.

    A spread (``high_is_bad``) has recovered at ``usual / share`` or less, a depth at ``share *
    usual`` or more, for ``hold`` seconds on end; ``share`` is e.g. 0.5 or 0.9. ``worst`` is the row
    from which time counts. Returns (seconds, censored) as :func:`time_to_hold`. After Large (2007).
    """
    filled = last_known(values)
    good = filled <= usual / share if high_is_bad else filled >= share * usual
    return time_to_hold(clock, good, hold, worst)
