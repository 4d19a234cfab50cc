"""Measures of the market as a whole: toxicity, joint losses, crowding, efficiency, crashes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import N_CLASSES

__all__ = [
    "Crash",
    "crashes",
    "crowding",
    "interaction_matrix",
    "joint_loss_index",
    "price_efficiency",
    "tail_dependence",
    "vpin",
]

NAN = float("nan")


def vpin(bought: np.ndarray, sold: np.ndarray, bucket: float) -> np.ndarray:
    """Order imbalance ``|V_S - V_B| / V`` of successive buckets of equal volume, (b,).

    Args:
        bought, sold: lots of successive bars, (k,); a bar that crosses the end of a bucket is
            divided in proportion.
        bucket: lots of a bucket, usually a fiftieth of a day's volume.

    The mean over the last 50 buckets is VPIN (Easley, Lopez de Prado and O'Hara 2012). Whether it
    foretells anything is disputed (Andersen and Bondarenko 2014). A bucket that is not full at the
    end is left out. Raises ValueError if ``bucket`` is not positive.
    """
    if not bucket > 0:
        raise ValueError(f"a bucket must hold some lots, not {bucket}")
    lots = np.concatenate(([0.0], np.cumsum(bought + sold)))
    net = np.concatenate(([0.0], np.cumsum(bought - sold)))
    ends = np.arange(0, math.floor(lots[-1] / bucket + 1e-9) + 1) * bucket
    # A bar without trades repeats a volume; the net flow is the same there, so either will do.
    return np.abs(np.diff(np.interp(ends, lots, net))) / bucket


def bulk_split(changes: np.ndarray, volume: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bought and sold lots of bars (k,), guessed from price changes: ``V Phi(dp / sd)``.

    The bulk classification of Easley, Lopez de Prado and O'Hara (2012), for data without signs.
    Where prices do not move it is half and half.
    """
    # The window needs this room for its charts, but not this function, and must start quickly.
    from scipy.special import ndtr

    spread = float(np.std(changes)) if len(changes) else 0.0
    share = ndtr(changes / spread) if spread > 0 else np.full(len(volume), 0.5)
    return volume * share, volume * (1.0 - share)


def tail_dependence(own: np.ndarray, others: np.ndarray, tail: float = 0.05) -> float:
    """How much worse the others' bad outcomes are while one class is in trouble.

    The ``tail`` quantile of the others' PnL (k,) over the periods in which ``own`` (k,) is at or
    below its ``tail`` quantile, minus the same over the periods in which it is within its middle
    fifth; below 0 they lose together. A nonparametric form of the Delta-CoVaR of Adrian and
    Brunnermeier (2016). NaN with fewer than 1/tail periods or if ``own`` never changes.
    """
    if len(own) < 1 / tail or np.ptp(own) == 0:
        return NAN
    bad, low, high = np.quantile(own, [tail, 0.4, 0.6])
    distressed, usual = others[own <= bad], others[(own >= low) & (own <= high)]
    return float(np.quantile(distressed, tail) - np.quantile(usual, tail))


def joint_loss_index(equity: np.ndarray, limit: float) -> float:
    """Share of the time in which at least half of the traders are at their loss limit.

    ``equity`` is (k, a); a trader is at the limit when its equity is ``limit`` or more below its
    highest so far.
    """
    if not equity.size:
        return NAN
    lost = np.maximum.accumulate(equity, axis=0) - equity
    return float(((lost >= limit).mean(axis=1) >= 0.5).mean())


def crowding(flows: np.ndarray) -> float:
    """Mean correlation of all pairs of traders' net orders (k periods, a traders), -1 to 1.

    Traders whose orders never vary are left out; NaN for fewer than two others.
    """
    flows = flows[:, np.ptp(flows, axis=0) > 0] if flows.size else flows.reshape(0, 0)
    periods, traders = flows.shape
    if traders < 2 or periods < 3:
        return NAN
    scores = (flows - flows.mean(axis=0)) / flows.std(axis=0)
    # The sum of all correlations is the variance of the sum of scores; no matrix is needed.
    total = float((scores.sum(axis=1) ** 2).mean())
    return (total - traders) / (traders * (traders - 1))


def price_efficiency(price: np.ndarray, value: np.ndarray) -> float:
    """``1 - Var(ln m - ln V) / Var(ln V)``: 1 if the price is the value, less if it strays.

    Both (k,) at the same times; NaN if the value stands still.
    """
    varies = float(np.var(np.log(value))) if len(value) else 0.0
    return 1.0 - float(np.var(np.log(price / value))) / varies if varies > 0 else NAN


@dataclass(frozen=True, slots=True)
class Crash:
    """A fall that was soon made up for; times in seconds, ``fall`` a positive log return."""

    peak: float
    low: float
    recovered: float
    fall: float


def crashes(
    price: np.ndarray,
    daily_volatility: float,
    *,
    step: float = 1.0,
    sigmas: float = 3.0,
    within: float = 900.0,
    back: float = 0.5,
    back_within: float = 1800.0,
) -> list[Crash]:
    """Falls of ``sigmas`` daily volatilities within ``within`` s, ``back`` of it recovered soon.

    Args:
        price: mid every ``step`` seconds, (k,).
        daily_volatility: standard deviation of a session's log return.
        within: seconds from the highest price before it to the low.
        back, back_within: share of the fall that is made up, and the seconds it may take.

    A fall without such a recovery is a repricing and does not count. Crashes do not overlap.
    """
    logs = np.log(price)
    reach, wait = round(within / step), round(back_within / step)
    found: list[Crash] = []
    if not len(logs) or not daily_volatility > 0:
        return found
    deep = sigmas * daily_volatility
    at = start = 0
    while at < len(logs):
        from_ = max(start, at - reach)
        peak = from_ + int(logs[from_ : at + 1].argmax())
        if logs[peak] - logs[at] < deep:
            at += 1
            continue
        low = at + int(logs[at : peak + reach + 1].argmin())
        goal = logs[low] + back * (logs[peak] - logs[low])
        above = np.flatnonzero(logs[low : low + wait + 1] >= goal)
        if len(above):
            again = low + int(above[0])
            found.append(
                Crash(peak * step, low * step, again * step, float(logs[peak] - logs[low]))
            )
            start = at = again
        else:
            start = at = low
        at += 1
    return found


def interaction_matrix(trades: Records) -> np.ndarray:
    """Lots that each class as maker (row) traded with each as taker (column), int64 (c, c).

    Auctions have no aggressor and are left out.
    """
    signed = trades[trades["auction"] == 0]
    pair = signed["maker_class"].astype(np.int64) * N_CLASSES + signed["taker_class"]
    lots = np.bincount(pair, weights=signed["size"], minlength=N_CLASSES * N_CLASSES)
    return np.rint(lots).astype(np.int64).reshape(N_CLASSES, N_CLASSES)
