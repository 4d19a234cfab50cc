"""The measures of one stretch of time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from abm_desktop.desk.formats import clock
from abm_desktop.desk.trader_flow import usual_minute
from abm_desktop.live.run_data import RunData
from abm_desktop.live.types import TRADER_CLASSES
from abm_desktop.metrics import streaming
from abm_desktop.metrics.agents import volume_shares
from abm_desktop.metrics.market_measures import market_measures
from abm_desktop.metrics.windows import Window, cut
from abm_desktop.statements import Fault, FaultError

__all__ = ["ClassResult", "WindowReport", "bucket_of", "measure_window", "results_by_class"]

NAN = float("nan")

MINUTE = 60.0
OF_FILLS = (
    "trades", "effective_spread_bp", "realised_spread_30s_bp", "impact_30s_bp", "amihud",
    "kyle_lambda_bp", "messages_per_trade", "vpin_true", "vpin_bulk",
)  # fmt: skip
"""Measures that need every fill of the stretch."""


@dataclass(frozen=True, slots=True)
class NoTrading(Fault):
    """A stretch of time in which the market was halted, or that is too short."""

    TEXTS = ("There was no continuous trading from {left:g} to {right:g} s.",)
    REMEDIES = ("Choose a longer stretch.",)
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class ClassResult:
    """What one trader class did and earned in a stretch of time."""

    name: str
    pnl: float
    """Currency, marked at mid at both ends."""
    inventory: float
    """Lots by which its inventory changed."""
    maker: float
    """Lots filled while resting."""
    taker: float
    """Lots filled as the aggressor."""
    maker_share: float
    taker_share: float


@dataclass(frozen=True, slots=True)
class WindowReport:
    """A stretch of time, measured."""

    left: float
    right: float
    values: dict[str, float]
    """See ``titles.WINDOW_MEASURES``; NaN if the stretch is too short to tell."""
    classes: tuple[ClassResult, ...]
    """Those that hold or trade something; none in a replay."""
    bucket: float
    """Lots of a VPIN bucket."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why a measure is not known, by its key; see ``titles.reason_of`` for the usual ones."""


def bucket_of(run: RunData) -> float:
    """Lots of a VPIN bucket: a usual minute's volume of the run, one at the least.

    Of fills outside of auctions; the last minute, which is not over, does not count.
    """
    fills = run.fills[run.fills["auction"] == 0]
    if not len(fills):
        return 1.0
    minute = fills["time"] // round(MINUTE * 1e9)
    lots = np.bincount(minute - minute[0], weights=fills["size"])
    return usual_minute(lots[:-1] if len(lots) > 1 else lots)


def measure_window(run: RunData, left: float, right: float, bucket: float) -> WindowReport:
    """Measure ``run`` from ``left`` to ``right`` seconds; ``bucket`` is the lots of a VPIN bucket.

    Raises FaultError if nothing was traded continuously in it.
    """
    window = cut(run.tape(), left, right, 0.0)
    if len(window.samples) < 2:
        raise FaultError(NoTrading(left, right))
    values = market_measures(window, money=run.tick * run.lot, bucket=bucket)
    mid = window.mid
    values["change_pct"] = 100.0 * (mid[-1] / mid[0] - 1.0)
    values["range_pct"] = 100.0 * (mid.max() / mid.min() - 1.0)
    values["drawdown_pct"] = 100.0 * float(streaming.drawdown(mid).min())
    depths = (window.samples[name].astype(float) for name in ("bid_depth", "ask_depth"))
    values["imbalance"] = window.mean(streaming.imbalance(*depths))
    reasons: dict[str, str] = {}
    if run.is_replay:
        for name in ("excess_volatility", "price_efficiency"):
            values[name] = NAN
            reasons[name] = "A recording does not tell the fundamental value"
    whole = run.fills_since <= window.start
    if not whole:
        known = math.isfinite(run.fills_since)
        since = f"from {clock(run.fills_since)} on" if known else "for no time"
        for name in OF_FILLS:
            values[name] = NAN
            reasons[name] = f"Every fill is kept {since}; choose a stretch within that"
        # Lots are counted with the samples, whether their fills are kept or not.
        lots = window.samples["volume"]
        values["volume"] = float(lots[-1] - lots[0])
    return WindowReport(
        window.start,
        window.end,
        {name: float(value) for name, value in values.items()},
        results_by_class(window, run.tick * run.lot) if whole and not run.is_replay else (),
        bucket,
        reasons,
    )


def results_by_class(window: Window, money: float) -> tuple[ClassResult, ...]:
    """What each class did in a window; ``money`` is the currency of a tick-lot."""
    if not len(window.samples):
        return ()
    held, cash = np.moveaxis(window.classes.astype(float), 2, 0)
    equity = (cash + held * window.mid[:, None]) * money
    fills = window.trades[window.trades["auction"] == 0]
    maker_share, taker_share = volume_shares(window.trades)
    lots = [
        np.bincount(fills[f"{role}_class"], weights=fills["size"], minlength=len(TRADER_CLASSES))
        for role in ("maker", "taker")
    ]
    return tuple(
        ClassResult(
            name,
            float(equity[-1, k] - equity[0, k]),
            float(held[-1, k] - held[0, k]),
            float(lots[0][k]),
            float(lots[1][k]),
            float(maker_share[k]),
            float(taker_share[k]),
        )
        for k, name in enumerate(TRADER_CLASSES)
        if lots[0][k] or lots[1][k] or held[:, k].any() or np.ptp(equity[:, k]) > 1e-9
    )
