"""What the Analytics tab draws, computed from a history. Pure functions, no Qt.

Each takes a :class:`History` and a slice of what is visible, and returns curves as (name, time,
values); the same names come in the same order every time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.live import TRADER_CLASSES, History, MarketSnapshot
from abm_desktop.metrics import streaming

__all__ = [
    "MEASURES",
    "Curve",
    "Measure",
    "class_title",
    "curves",
    "present_classes",
    "used_samples",
]

VOLATILITY_WINDOW = 300.0
SMOOTHING = 60.0
MOST_SAMPLES = 1 << 15
"""Samples a curve is computed from: a rolling mean over these takes two milliseconds."""

_TITLES = {
    "noise": "Noise",
    "market_maker": "Market makers",
    "fundamental": "Fundamental",
    "momentum": "Momentum",
    "institution": "Institutions",
    "rl": "RL",
    "stress": "Stress seller",
    "human": "You",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart: ``time`` and ``values`` are equally long float64 arrays."""

    name: str
    role: str
    """Colour role, see ``plots.resolve_color``."""
    time: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Measure:
    """One chart of the tab."""

    key: str
    title: str
    unit: str
    zero: bool
    """Whether the chart keeps zero in view."""


MEASURES: tuple[Measure, ...] = (
    Measure("volatility", "Realised volatility", "% a year · 5 min, 10 s returns", True),
    Measure("spread", "Quoted spread", "bp of mid · 60 s mean", True),
    Measure("depth", "Depth", "lots in 5 levels · 60 s mean", True),
    Measure("imbalance", "Order-book imbalance", "share of bids – asks, 60 s", True),
    Measure("pnl", "Profit and loss by trader type", "currency, at mid", True),
    Measure("inventory", "Inventory by trader type", "lots", True),
)


def class_title(name: str) -> str:
    """Return the name of a trader class for people."""
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def present_classes(snapshot: MarketSnapshot) -> list[int]:
    """Return the indices of the trader classes that take part in this market."""
    # The person at the window is always there, but takes part only once there is an order.
    active = {
        a.name
        for a in snapshot.classes
        if a.messages or a.inventory or (a.traders and a.name != "human")
    }
    return [k for k, name in enumerate(TRADER_CLASSES) if name in active]


def used_samples(time: np.ndarray, since: float) -> slice:
    """Return the samples from ``since`` on: every one, or every 2nd, 4th, ... of very many.

    A slice, not a mask: views cost nothing, and the running sums touch only what is on show.
    """
    first = int(np.searchsorted(time, since))
    stride = 1
    while (len(time) - first) // stride > MOST_SAMPLES:
        stride *= 2
    # Whole multiples from the beginning, so that a growing history does not shimmer.
    return slice(first - first % stride, len(time), stride)


def curves(key: str, history: History, classes: list[int], since: float) -> list[Curve]:
    """Return the curves of the measure ``key`` from ``since`` seconds on.

    Some seconds before are used as well, where a rolling window needs them. Raises KeyError for an
    unknown measure.
    """
    h = history
    part = used_samples(h.time, since - VOLATILITY_WINDOW - SMOOTHING)
    time = h.time[part]
    if key == "volatility":
        at, value = streaming.realised_volatility(time, h.mid[part], VOLATILITY_WINDOW)
        return [Curve("volatility", "accent", at, value * 100.0)]
    if key == "spread":
        spread = streaming.quoted_spread_bp(h.best_bid[part], h.best_ask[part])
        return [Curve("spread", "accent", time, streaming.rolling_mean(time, spread, SMOOTHING))]
    if key == "depth":
        return [
            Curve("bid", "bid", time, streaming.rolling_mean(time, h.bid_depth[part], SMOOTHING)),
            Curve("ask", "ask", time, streaming.rolling_mean(time, h.ask_depth[part], SMOOTHING)),
        ]
    if key == "imbalance":
        ratio = streaming.imbalance(h.bid_depth[part], h.ask_depth[part])
        return [Curve("imbalance", "accent", time, streaming.rolling_mean(time, ratio, SMOOTHING))]
    if key in ("pnl", "inventory"):
        table = h.class_pnl if key == "pnl" else h.class_inventory
        return [
            Curve(class_title(TRADER_CLASSES[k]), f"series:{k}", time, table[part, k])
            for k in classes
        ]
    raise KeyError(f"there is no measure called {key!r}")
