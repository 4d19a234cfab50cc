"""What the Analytics tab draws, computed from a history. Pure functions.

Each takes a :class:`History` (or who traded how much) and a slice of what is visible, and returns
curves as (name, time, values); the same names come in the same order every time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import TRADER_CLASSES, History, MarketSnapshot
from abm_desktop.metrics import streaming
from abm_desktop.scenario.population import Population, first_of_class
from abm_desktop.scenario.quantity import described

__all__ = [
    "BY_CLASS",
    "MEASURES",
    "OVERVIEW",
    "TRADERS",
    "ChartMeasure",
    "Curve",
    "class_title",
    "curves",
    "present_classes",
    "used_samples",
]

VOLATILITY_WINDOW = 300.0
SMOOTHING = 60.0
AMIHUD_BARS = 30
MOST_SAMPLES = 1 << 15
"""Samples a curve is computed from: a rolling mean over these takes two milliseconds."""

_TITLES = {
    **{name: described(Population)[section].title for name, section in first_of_class().items()},
    "rl": "RL",
    "stress": "Stress seller",
    "human": "You",
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart: ``time`` and ``values`` are equally long float64 arrays."""

    name: str
    """English: the heading of its column in a file."""
    role: str
    """Colour role, see ``plots.resolve_color``."""
    time: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class ChartMeasure:
    """One chart of the tab."""

    key: str
    title: str
    unit: str
    zero: bool
    """Whether the chart keeps zero in view."""
    wait: str = ""
    """What it needs before there is a curve."""
    tip: str = ""


OVERVIEW: tuple[ChartMeasure, ...] = (
    ChartMeasure("volatility", "Realised volatility", "% a year · 5 min", True,
            "Needs 40 seconds of trading.",
            "Root of the summed squared 10 s log returns of the last five minutes"),
    ChartMeasure("spread", "Quoted spread", "bp of mid · 60 s mean", True),
    ChartMeasure("depth", "Depth", "lots in 5 levels", True, "",
            "Lots within the five best levels of each side, mean of the last minute"),
    ChartMeasure("imbalance", "Order-book imbalance", "bids less asks", True, "",
            "(bid - ask) / (bid + ask) of the lots in five levels, mean of the last minute"),
    ChartMeasure("amihud", "Amihud illiquidity", "per million · 30 min", True,
            "Needs five minutes with trades.",
            "Mean over minutes of |return| per million of currency traded (Amihud 2002)"),
    ChartMeasure("vpin", "VPIN", "50 buckets of a usual minute", True,
            "Needs five buckets of a usual minute's volume.",
            "Imbalance of bought and sold lots in buckets of equal volume (Easley et al. 2012)"),
    ChartMeasure("order_to_trade", "Messages per fill", "last minute", True,
            "", "Orders, cancels and fills for each fill of the last minute. Order-to-trade, of a "
            "measured window, is for each trade: an aggressive order, filled in parts or not"),
    ChartMeasure("pnl", "Profit and loss", "by trader type", True),
    ChartMeasure("inventory", "Inventory", "lots by trader type", True),
)  # fmt: skip
TRADERS: tuple[ChartMeasure, ...] = (
    *OVERVIEW[-2:],
    ChartMeasure("flow", "Net flow", "lots bought · 60 s", True),
    ChartMeasure("maker_share", "Maker share", "% of volume · 60 s", True, "",
            "Share of all lots that each type filled while resting in the book"),
    ChartMeasure("taker_share", "Taker share", "% of volume · 60 s", True, "",
            "Share of all lots that each type filled as the aggressor"),
    ChartMeasure("turnover", "Turnover", "currency a minute", True, "",
            "Value traded by each type, as maker and as taker"),
)  # fmt: skip
MEASURES: tuple[ChartMeasure, ...] = (*OVERVIEW, *TRADERS[2:])
BY_CLASS = frozenset(measure.key for measure in TRADERS)
"""Measures with a curve for each trader class."""


def class_title(name: str) -> str:
    """Return the name of a trader class for people."""
    return _title(name)


def _title(name: str) -> str:
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


def curves(
    key: str,
    history: History,
    flow: TraderFlow,
    classes: list[int],
    since: float,
    lot: int = 1,
) -> list[Curve]:
    """Return the curves of the measure ``key`` from ``since`` seconds on.

    Some seconds before are used as well, if a rolling window needs them. ``lot`` is the units of
    the asset in a lot. Raises KeyError for an unknown measure.
    """
    h = history
    before = 60.0 * AMIHUD_BARS if key == "amihud" else VOLATILITY_WINDOW + SMOOTHING
    part = used_samples(h.time, since - before)
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
    if key == "amihud":
        at, value = streaming.rolling_amihud(time, h.mid[part], h.volume[part], lot, AMIHUD_BARS)
        return [Curve("illiquidity", "accent", at, value)]
    if key == "vpin":
        return [Curve("VPIN", "accent", *flow.vpin())]
    if key == "order_to_trade":
        ratio = streaming.messages_per_fill(time, h.messages[part], h.trades[part], SMOOTHING)
        return [Curve("ratio", "accent", time, ratio)]
    if key in ("pnl", "inventory", "flow"):
        table = (h.class_pnl if key == "pnl" else h.class_inventory)[part]
        if key == "flow":
            begin = np.maximum(np.searchsorted(time, time - SMOOTHING, side="right") - 1, 0)
            table = table - table[begin]
        return _by_class(time, table, classes)
    if key in ("maker_share", "taker_share", "turnover"):
        return _by_class(flow.end, _traded(key, flow), classes)
    raise KeyError(f"there is no measure called {key!r}")


def _traded(key: str, flow: TraderFlow) -> np.ndarray:
    """Shares of the volume in percent, or currency a minute, by trader class, (bars, classes)."""
    window = max(SMOOTHING, flow.width)
    if key == "turnover":
        return flow.rolling(flow.money, window) * 60.0 / window
    lots = flow.rolling(flow.maker if key == "maker_share" else flow.taker, window)
    total = lots.sum(axis=1, keepdims=True)
    return np.divide(100.0 * lots, total, out=np.full(lots.shape, np.nan), where=total > 0)


def _by_class(time: np.ndarray, table: np.ndarray, classes: list[int]) -> list[Curve]:
    return [Curve(_title(TRADER_CLASSES[k]), f"series:{k}", time, table[:, k]) for k in classes]
