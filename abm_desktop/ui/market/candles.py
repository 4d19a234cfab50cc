"""Candles of the mid price: open, high, low and close of each bar of time."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from abm_desktop.desk.figures.content import Candles
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors

__all__ = ["BODY", "CandleItem", "candles"]

BODY = 0.7
"""Share of a bar's width that its candle fills."""


def candles(
    time: np.ndarray, price: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (start, open, high, low, close), each (k,), of the bars of ``width`` seconds.

    Bars begin at multiples of the width. A bar opens where the one before it closed, as the mid is
    a level and not an event; NaN are left out, and so are bars without any sample.
    """
    good = np.isfinite(price)
    time, price = time[good], price[good]
    if not len(time):
        empty = np.empty(0)
        return empty, empty, empty, empty, empty
    bar = np.floor(time / width)
    first = np.flatnonzero(np.append(True, bar[1:] != bar[:-1]))
    close = price[np.append(first[1:], len(price)) - 1]
    opening = np.append(price[0], close[:-1])
    high = np.maximum(np.maximum.reduceat(price, first), opening)
    low = np.minimum(np.minimum.reduceat(price, first), opening)
    return bar[first] * width, opening, high, low, close


class CandleItem(pg.GraphicsObject):
    """Draws candles; rising ones in the colour of bids, falling ones in that of asks."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: tuple[np.ndarray, ...] = ()
        self._width = 1.0
        self._body = (0.5 * (1 - BODY), BODY)
        self._box = QRectF()

    def set_bars(
        self, bars: tuple[np.ndarray, ...], width: float, body: tuple[float, float]
    ) -> None:
        """Show what :func:`candles` returned, in bars of ``width`` seconds.

        ``body``: where in a bar its candle begins, and how wide it is, as shares of the width.
        """
        self._bars, self._width, self._body = bars, width, body
        start, _open, high, low, _close = bars
        self.prepareGeometryChange()
        if len(start):
            left, right = float(start[0]), float(start[-1]) + width
            bottom, top = float(low.min()), float(high.max())
            self._box = QRectF(left, bottom, right - left, max(top - bottom, 1e-9))
        else:
            self._box = QRectF()
        self.update()

    @property
    def count(self) -> int:
        """How many candles there are."""
        return len(self._bars[0]) if self._bars else 0

    def figure_layers(self, colors: Colors) -> list[Candles]:
        """Return the candles on show, for a figure."""
        if not self.count:
            return []
        start, opening, high, low, close = self._bars
        look = (self._width, colors.bid, colors.ask, self._body)
        return [Candles(start, opening, high, low, close, *look)]

    def boundingRect(self) -> QRectF:
        """Return where there are candles."""
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint wicks and bodies, all of one colour at once."""
        if not self.count:
            return
        start, opening, high, low, close = self._bars
        colors = theme.current().colors
        left, wide = start + self._body[0] * self._width, self._body[1] * self._width
        middle = left + 0.5 * wide
        bottom, tall = np.minimum(opening, close), np.abs(close - opening)
        for chosen, color in ((close >= opening, colors.bid), (close < opening, colors.ask)):
            painter.setPen(pg.mkPen(QColor(color), width=1))
            painter.setBrush(pg.mkBrush(QColor(color)))
            at = np.flatnonzero(chosen).tolist()
            painter.drawLines([QLineF(middle[k], low[k], middle[k], high[k]) for k in at])
            painter.drawRects([QRectF(left[k], bottom[k], wide, tall[k]) for k in at])
