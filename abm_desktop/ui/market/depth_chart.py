"""Cumulative depth: lots resting at each price or better, as two stairs that face each other."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QRectF, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from abm_desktop.desk.formats import decimals_of
from abm_desktop.desk.ranges import CalmRange
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui import theme
from abm_desktop.ui.widgets.plots import EMPTY, Plot

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
    pointed = Signal(float)
    """Price under the mouse; NaN when it has left."""

    def __init__(self) -> None:
        super().__init__("", "", "")
        self.setAccessibleName("Cumulative depth chart")
        self.figure_x, self.figure_y = "Price (currency)", "Lots at this price or better"
        self.setToolTip("Lots resting at each price or better")
        self.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self._bids = self.add_line("bid", fill="bid", fill_alpha=46, name="Bids")
        self._asks = self.add_line("ask", fill="ask", fill_alpha=46, name="Asks")
        self.span_x = None
        self._width = CalmRange(padding=0.0, shrink_below=0.4)
        self._height = CalmRange(padding=0.08, anchor=0.0, shrink_below=0.4)
        self._middle: float | None = None
        self._generation = -1
        self._price = math.nan
        self._snapshot: MarketSnapshot | None = None
        self.setMouseTracking(True)

    def show_price(self, price: float) -> None:
        """Draw a line at ``price``, as another chart points at it; NaN takes it away."""
        if price != self._price and not (math.isnan(price) and math.isnan(self._price)):
            self._price = price
            self.viewport().update()

    def lots_at(self, price: float) -> float:
        """Return the lots resting at ``price`` or better on its side; NaN between the quotes."""
        snapshot = self._snapshot
        if snapshot is None:
            return math.nan
        # Just less than half a tick of room, for rounding.
        room = 0.49 * snapshot.tick_size
        if price <= snapshot.best_bid + room:
            return float(snapshot.bids[snapshot.bids[:, 0] >= price - room, 1].sum())
        if price >= snapshot.best_ask - room:
            return float(snapshot.asks[snapshot.asks[:, 0] <= price + room, 1].sum())
        return math.nan

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the price under the mouse."""
        at = self.mapToScene(event.position().toPoint())
        self.pointed.emit(float(self.getPlotItem().getViewBox().mapSceneToView(at).x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self.pointed.emit(math.nan)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the price that is pointed at, and the lots up to it."""
        super().drawForeground(painter, rect)
        snapshot = self._snapshot
        if (
            snapshot is None
            or self.span_x is None
            or not self.span_x[0] <= self._price <= self.span_x[1]
        ):
            return
        colors = theme.current().colors
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        x = round(area.left() + (self._price - self.span_x[0]) / (self.span_x[1] - self.span_x[0])
                  * area.width())  # fmt: skip
        painter.setPen(QPen(QColor(colors.muted), 0))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        text = f"{self._price:.{decimals_of(snapshot.tick_size)}f}"
        lots = self.lots_at(self._price)
        if math.isfinite(lots):
            text += f"\n{lots:,.0f} lots"
        painter.setFont(theme.mono_font(8.0))
        size = painter.fontMetrics().size(0, text)
        box = QRectF(x + 6, area.top() + 4, size.width() + 10, size.height() + 6)
        if box.right() > area.right():
            box.moveRight(x - 6)
        painter.fillRect(box, QColor(colors.raised))
        painter.setPen(QColor(colors.text))
        painter.drawText(box.adjusted(5, 3, -5, -3), 0, text)

    def reset_range(self) -> None:
        """Let the next drawing choose both axes afresh."""
        self._width.reset()
        self._height.reset()
        self._middle = None

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Draw this book."""
        self._snapshot = snapshot
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.reset_range()
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

    def leave_run(self) -> None:
        """Let go of the book on show: it is of a run that is over, and holds its series."""
        self._snapshot = None

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the levels of both sides, best first, with the lots at each price or better."""
        if self._snapshot is None:
            return {}
        bids, asks = self._snapshot.bids, self._snapshot.asks
        return {
            "price bid": bids[:, 0],
            "lots bid": np.cumsum(bids[:, 1]),
            "price ask": asks[:, 0],
            "lots ask": np.cumsum(asks[:, 1]),
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
