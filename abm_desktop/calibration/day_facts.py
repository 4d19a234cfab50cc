"""Facts of a single day that the scores do not see: how its price moves, how its trades cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.market.flow_kinds import EXECUTE
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.state import BUY, SELL
from abm_desktop.metrics.likeness.scores import quoted

__all__ = ["DAY_FACTS", "DayFact", "day_facts", "mids_each_second"]

_NANO = 10**9


@dataclass(frozen=True, slots=True)
class DayFact:
    """A number that a day has one of."""

    name: str
    title: str
    large: float
    """A difference that is as bad as can be, for the search."""
    weight: float = 1.0
    """Of its distance among those of all facts."""


DAY_FACTS = (
    DayFact("volatility", "Volatility of a minute, ln", 1.0),
    DayFact("signature", "Variance of 5 min over that of 10 s, ln", 1.0),
    DayFact("tails", "Moors kurtosis of minute returns", 1.0),
    DayFact("clustering", "Correlation of absolute minute returns, lags 1 to 10", 0.3),
    DayFact("volume_volatility", "Correlation of volume and absolute returns, 1 min", 0.5),
    DayFact("sign_1", "Correlation of trade signs, lag 1", 0.5),
    DayFact("sign_10", "Correlation of trade signs, lags 2 to 20", 0.3),
    DayFact("bursts", "Trades a minute, variance over mean, ln", 2.0),
    DayFact("bounce", "Correlation of mid returns of a second, lag 1", 0.3),
    DayFact("trend", "Correlation of mid returns of a minute, lag 1", 0.3),
    DayFact("best_variation", "Volume at the best, sd over mean, ln", 1.0),
    # A market that comes close to breaking down on one of a few seeds does on others.
    DayFact("widest", "Widest spread over the mean, ln", 1.0, weight=3.0),
    DayFact("one_sided", "Share of seconds without a bid or an ask", 5e-4, weight=3.0),
)
"""What is compared of two days besides scores and responses."""


def mids_each_second(flow: OrderFlow) -> np.ndarray:
    """The last mid before each whole second of the day, currency; NaN before there is one."""
    good = quoted(flow)
    mid = 0.5 * (flow.book_price[good, BUY, 0] + flow.book_price[good, SELL, 0]) / flow.scale
    seconds = np.arange(-(-flow.time[0] // _NANO), flow.time[-1] // _NANO + 1) * _NANO
    row = np.searchsorted(flow.time[good], seconds, side="right") - 1
    return np.where(row >= 0, mid[np.maximum(row, 0)], np.nan) if len(mid) else seconds * np.nan


def day_facts(flow: OrderFlow) -> dict[str, float]:
    """The numbers of :data:`DAY_FACTS`; NaN if the day is too short or too quiet to tell."""
    price = np.log(mids_each_second(flow))
    price = price[np.isfinite(price)]
    minute = np.diff(price[::60])
    out = dict.fromkeys((fact.name for fact in DAY_FACTS), np.nan)
    out |= _book_facts(flow)
    if len(minute) >= 10 and minute.std() > 0:
        out["volatility"] = float(0.5 * np.log(np.mean(minute**2)))
        out["bounce"] = _correlation(np.diff(price), 1)
        out["trend"] = _correlation(minute, 1)
        out["tails"] = _moors(minute)
        size = np.abs(minute)
        out["clustering"] = float(np.mean([_correlation(size, k) for k in range(1, 11)]))
        fine, coarse = np.diff(price[::10]), np.diff(price[::300])
        if len(coarse) >= 10 and fine.any() and coarse.any():
            out["signature"] = float(np.log(np.mean(coarse**2) / 30.0 / np.mean(fine**2)))
    rows = np.flatnonzero(flow.kind == EXECUTE)
    if len(rows) < 100:
        return out
    time, side = flow.time[rows], flow.side[rows]
    fresh = np.append(True, (np.diff(time) > 0) | (np.diff(side) != 0) | (np.diff(rows) > 1))
    sign = np.where(side[fresh] == SELL, 1.0, -1.0)
    if sign.std() > 0 and len(sign) > 40:
        out["sign_1"] = _correlation(sign, 1)
        out["sign_10"] = float(np.mean([_correlation(sign, k) for k in range(2, 21)]))
    first = flow.time[0]
    minutes = int((flow.time[-1] - first) // (60 * _NANO))
    which = (time - first) // (60 * _NANO)
    keep = which < minutes
    counts = np.bincount(which[keep & fresh], minlength=minutes)[:minutes]
    if minutes >= 10 and counts.mean() > 0:
        out["bursts"] = float(np.log(max(counts.var() / counts.mean(), 1e-3)))
        volume = np.bincount(which[keep], flow.size[rows][keep].astype(float), minutes)
        size = np.abs(minute)
        n = min(len(size), minutes)
        if n >= 10 and volume[:n].std() > 0 and size[:n].std() > 0:
            out["volume_volatility"] = float(np.corrcoef(volume[:n], size[:n])[0, 1])
    return out


def _book_facts(flow: OrderFlow) -> dict[str, float]:
    """How much stands at the best prices, and how wide and how often open they are."""
    good = quoted(flow)
    if not good.any():
        return {}
    best = flow.book_size[good, :, 0].astype(float)
    # From the first quote on: before it there is no market that could be one-sided.
    seconds = np.arange(-(-flow.time[good][0] // _NANO), flow.time[-1] // _NANO + 1) * _NANO
    row = np.searchsorted(flow.time, seconds, side="right") - 1
    row, there = row[good[row]], good[row]
    out = {"one_sided": float(1.0 - there.mean()) if len(there) else 0.0}
    if best.std(axis=0).all():
        out["best_variation"] = float(np.log(best.std(axis=0) / best.mean(axis=0)).mean())
    if len(row):
        spread = (flow.book_price[row, SELL, 0] - flow.book_price[row, BUY, 0]).astype(float)
        out["widest"] = float(np.log(spread.max() / spread.mean()))
    return out


def _correlation(values: np.ndarray, lag: int) -> float:
    centred = values - values.mean()
    return float((centred[lag:] * centred[:-lag]).sum() / (centred @ centred))


def _moors(values: np.ndarray) -> float:
    """Moors' kurtosis of octiles (1988), 1.23 for a normal law: no outlier rules it."""
    e = np.quantile(values, np.arange(1, 8) / 8.0)
    wide = e[5] - e[1]
    return float(((e[6] - e[4]) + (e[2] - e[0])) / wide) if wide > 0 else float("nan")
