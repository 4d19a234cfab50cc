"""Trades in the price chart: dots, or over the heatmap bubbles of their size."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from abm_desktop.ui.widgets.plots import EMPTY, Plot

__all__ = ["DOTS_SHOWN", "TradeDots", "bubbles"]

DOTS_SHOWN = 1000
"""Trades drawn at most; more would be one band of colour."""
DOT_SIZE = 3.0
BUBBLE_PIXELS = 9
"""Over the heatmap, the trades of each side within so many pixels make one bubble."""
BUBBLE_SIZES = np.array([4.0, 5.5, 7.0, 9.0, 11.5, 14.0, 17.0, 20.0])


def bubbles(
    time: np.ndarray, price: np.ndarray, size: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (time, price, lots) of the trades gathered in spans of ``width`` seconds.

    Time and price are means by volume. Spans are counted from time zero, so that they keep their
    trades while the window moves.
    """
    if not len(time):
        return EMPTY, EMPTY, EMPTY
    span = np.floor(time / width).astype(np.int64)
    span -= span[0]
    lots = np.bincount(span, weights=size)
    some = lots > 0
    x = np.bincount(span, weights=size * time)[some] / lots[some]
    y = np.bincount(span, weights=size * price)[some] / lots[some]
    return x, y, lots[some]


class TradeDots:
    """The trades of a chart, by aggressor."""

    def __init__(self, chart: Plot) -> None:
        self._chart = chart
        self.sells = chart.add_dots("ask", DOT_SIZE, "Trades, seller aggressor")
        self.buys = chart.add_dots("bid", DOT_SIZE, "Trades, buyer aggressor")
        self._untold = chart.add_dots("muted", DOT_SIZE, "Trades")
        """Trades of a recording that does not tell the aggressor."""
        self._scale = 1.0

    def set_visible(self, shown: bool) -> None:
        """Show trades, or not."""
        for dots in (self.sells, self.buys, self._untold):
            dots.setVisible(shown)

    def draw(
        self,
        trades: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
        length: float,
        *,
        gathered: bool,
    ) -> np.ndarray:
        """Draw the (time, price, size, side) of a stretch of ``length`` seconds; returns prices.

        ``gathered``: as bubbles.
        """
        time, price, size, side = trades
        if gathered:
            self._draw_bubbles(length, time, price, size, side)
            return price
        if len(time) > DOTS_SHOWN:
            keep = np.linspace(0, len(time) - 1, DOTS_SHOWN).astype(np.intp)
            time, price, side = time[keep], price[keep], side[keep]
        for dots, chosen in self._by_side(side):
            dots.setData(time[chosen], price[chosen], size=DOT_SIZE)
        return price

    def _by_side(self, side: np.ndarray) -> tuple[tuple[pg.ScatterPlotItem, np.ndarray], ...]:
        return (self.buys, side > 0), (self.sells, side < 0), (self._untold, side == 0)

    def _draw_bubbles(
        self,
        length: float,
        time: np.ndarray,
        price: np.ndarray,
        size: np.ndarray,
        side: np.ndarray,
    ) -> None:
        width = length / max(1.0, self._chart.pixel_width / BUBBLE_PIXELS)
        for dots, chosen in self._by_side(side):
            x, y, lots = bubbles(time[chosen], price[chosen], size[chosen], width)
            # The usual bubble has the third size; the scale follows slowly.
            usual = float(np.median(lots)) if len(lots) else self._scale
            far = not 0.5 < usual / self._scale < 2.0
            self._scale += (1.0 if far else 0.05) * (usual - self._scale)
            step = np.sqrt(lots / max(self._scale, 1e-9)) * 2.0
            order = np.minimum(step.astype(np.intp), len(BUBBLE_SIZES) - 1)
            dots.setData(x, y, size=BUBBLE_SIZES[order])
