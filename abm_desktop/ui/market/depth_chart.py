"""Cumulative depth: lots resting at each price or better, as two stairs that face each other."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.widgets.plots import EMPTY, Plot
from abm_desktop.ui.widgets.ranges import CalmRange

__all__ = ["DepthChart", "depth_steps"]


def depth_steps(levels: np.ndarray, limit: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the stairs (x, y) of the cumulative volume of ``levels`` (k, 3), best level first.

    The last stair runs on to the price ``limit``, so that the curve fills the chart.
    """
    if not len(levels):
        return EMPTY, EMPTY
    price, total = levels[:, 0], np.cumsum(levels[:, 1])
    x = np.empty(2 * len(price) + 1)
    y = np.empty(2 * len(price) + 1)
    x[:-1:2] = x[1::2] = price
    x[-1] = limit
    y[0] = 0.0
    y[1::2] = y[2::2] = total
    return x, y


class DepthChart(Plot):
    """Bids left, asks right, centred on the mid."""

    HALF_WIDTH_TICKS = 40

    def __init__(self) -> None:
        super().__init__("", "", "")
        self.setAccessibleName(self.tr("Cumulative depth chart"))
        self.setToolTip(self.tr("Lots resting at each price or better"))
        self.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self._bids = self.add_line("bid", fill="bid", fill_alpha=46)
        self._asks = self.add_line("ask", fill="ask", fill_alpha=46)
        self._x = None
        self._width = CalmRange(padding=0.0, shrink_below=0.4)
        self._height = CalmRange(padding=0.08, anchor=0.0, shrink_below=0.4)
        self._middle: float | None = None
        self._generation = -1

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Draw this book."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self._width.reset()
            self._height.reset()
            self._middle = None
        mid = snapshot.mid if math.isfinite(snapshot.mid) else snapshot.last_price
        if not math.isfinite(mid):
            self._bids.setData(EMPTY, EMPTY)
            self._asks.setData(EMPTY, EMPTY)
            return
        half = self._half_width(snapshot, mid)
        # The centre is moved only when the mid has left it by a tenth: see the ladder.
        if self._middle is None or abs(mid - self._middle) > 0.1 * half:
            self._middle = mid
        low, high = self._middle - half, self._middle + half
        bids = depth_steps(snapshot.bids, min(low, mid))
        asks = depth_steps(snapshot.asks, max(high, mid))
        self._bids.setData(*bids, skipFiniteCheck=True)
        self._asks.setData(*asks, skipFiniteCheck=True)
        self.set_x(low, high)
        top = max(
            _total_within(snapshot.bids, low, high), _total_within(snapshot.asks, low, high), 1.0
        )
        shown = self._height.follow(0.0, top)
        if shown is not None:
            self.set_y(0.0, shown[1])
        self.settle()

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the stairs of both sides as drawn."""
        bids, asks = self._bids.getData(), self._asks.getData()
        return {
            "price bid": bids[0],
            "lots bid": bids[1],
            "price ask": asks[0],
            "lots ask": asks[1],
        }

    def _half_width(self, snapshot: MarketSnapshot, mid: float) -> float:
        """Return half the width: forty ticks, or more where the tenth level lies further off."""
        reach = [
            abs(side[min(9, len(side) - 1), 0] - mid)
            for side in (snapshot.bids, snapshot.asks)
            if len(side)
        ]
        want = max(self.HALF_WIDTH_TICKS * snapshot.tick_size, 1.2 * max(reach, default=0.0))
        shown = self._width.follow(-want, want)
        return shown[1] if shown is not None else want


def _total_within(levels: np.ndarray, low: float, high: float) -> float:
    price = levels[:, 0]
    return float(levels[(price >= low) & (price <= high), 1].sum())
