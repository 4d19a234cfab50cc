"""The order-book heatmap: resting lots as colour over time and price, behind the price curves.

The picture is a ring of columns in one fixed buffer. A frame draws only the columns that are new;
everything is drawn again only when the scale of time or price changes, which the calm axes do
seldom.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from abm_desktop.desk.book_store import BookStore
from abm_desktop.desk.figures.content import Shades
from abm_desktop.desk.formats import decimals_of
from abm_desktop.desk.heat_contrast import Contrast
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors

__all__ = ["Heatmap", "color_table"]

COLUMNS = 512
"""Columns of the ring; a chart shows at most seven eighths of them."""
ROWS = 256
SHADES = 256
SAMPLED = 64
"""Columns that are looked at, at most, to choose the scale of the colours."""
LONGEST_HOLD = 1 / 6
"""A book is drawn up to the next sample, if that comes within this share of the time shown."""
SHORTEST_HOLD = 1 / 60
"""Else it is drawn for this share: what happened in between is not known."""


def color_table(stops: tuple[str, ...]) -> np.ndarray:
    """Return ``SHADES`` colours (uint32, 0xffRRGGBB) along the ``stops``, evenly spaced."""
    at = np.linspace(0, len(stops) - 1, SHADES)
    table = np.zeros(SHADES, dtype=np.uint32)
    for shift, channel in ((16, QColor.red), (8, QColor.green), (0, QColor.blue)):
        values = [channel(QColor(stop)) for stop in stops]
        table |= np.rint(np.interp(at, range(len(stops)), values)).astype(np.uint32) << shift
    return table | np.uint32(0xFF000000)


class Heatmap(pg.GraphicsObject):
    """Draws the books of a :class:`BookStore`. Prices on its y axis, seconds on its x axis."""

    def __init__(self, books: BookStore) -> None:
        super().__init__()
        self._books = books
        self._lots = np.zeros((ROWS, COLUMNS), dtype=np.float32)
        self._pixels = np.zeros((ROWS, COLUMNS), dtype=np.uint32)
        self._of = np.full(COLUMNS, math.nan)
        """Time of the book in each column; NaN if none is known."""
        # The image shares the memory of the array; bound as bytes to satisfy its constructor.
        self._image = QImage(
            self._pixels.data, COLUMNS, ROWS, COLUMNS * 4, QImage.Format.Format_RGB32
        )
        self._bin = 0.0
        """Seconds a column."""
        self._row = 0
        """Ticks a row."""
        self._base = 0
        """Lowest row, in units of rows above zero."""
        self._tick = 0.01
        self._first = self._last = 0
        """Columns drawn: numbers of bins since time zero, the last one excluded."""
        self._view = (0, 0)
        self._prices = (0, 0)
        """Rows within the prices shown, in units of rows above zero, the last one excluded."""
        self._thinned = -1
        self.top = 0.0
        """Lots of the brightest colour; 0 before the first book."""
        self.contrast = Contrast()
        self.restyle()
        theme.signals.changed.connect(self.restyle)

    def restyle(self, _theme: object = None) -> None:
        """Take the colours of the present theme."""
        self._table = color_table(theme.current().colors.heat)
        self._paint_columns(slice(None))
        self.update()

    def use(self, books: BookStore) -> None:
        """Draw these books from now on."""
        if books is not self._books:
            self._books = books
            self._thinned = -1

    def show_books(
        self, tick: float, left: float, right: float, low: float, high: float, now: float
    ) -> None:
        """Draw the books from ``left`` to ``right`` seconds and ``low`` to ``high`` in price."""
        if not (right > left and high > low and len(self._books)):
            self.clear()
            return
        width = (right - left) / (COLUMNS * 7 // 8)
        row = self._row_size((high - low) / tick)
        lowest, highest = math.floor(low / (tick * row)), math.ceil(high / (tick * row))
        covered = self._base <= lowest and highest <= self._base + ROWS
        first, last = math.floor(left / width), math.floor(now / width) + 1
        last = min(last, math.ceil(right / width))
        again = (
            abs(width - self._bin) > 1e-9 * width
            or (row, tick) != (self._row, self._tick)
            or not covered
            or self._books.thinned != self._thinned
            or first < self._first
            or first > self._last
        )
        if again:
            self._bin, self._row, self._tick = width, row, tick
            self._base = (lowest + highest - ROWS) // 2
            self._thinned = self._books.thinned
            self._first = first
            self._fill(first, last, right - left)
        elif last >= self._last:
            # The newest column is not finished: it is drawn again.
            self._fill(max(first, self._last - 1), last, right - left)
        self._last = last
        self._first = max(self._first, last - COLUMNS)
        self._settle_scale()
        self._view, self._prices = (first, last), (lowest, highest)
        self.prepareGeometryChange()
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        if self._view != (0, 0):
            self._view = (0, 0)
            self._thinned = -1
            self.prepareGeometryChange()
            self.update()

    def lots_at(self, time: float, price: float) -> float:
        """Return the lots drawn at a point; NaN if nothing is."""
        first, last = self._view
        if not self._bin or not (first <= math.floor(time / self._bin) < last):
            return math.nan
        # Levels stand on their prices: a row reaches half a tick below its lowest.
        row = math.floor((price / self._tick + 0.5) / self._row) - self._base
        if not 0 <= row < ROWS:
            return math.nan
        return float(self._lots[row, math.floor(time / self._bin) % COLUMNS])

    # -- drawing --------------------------------------------------------------------------------

    @staticmethod
    def _row_size(ticks: float) -> int:
        """Return how many ticks make a row: 1, 2, 5, 10, ..., so that three quarters suffice."""
        least = ticks / (ROWS * 3 / 4)
        size, steps = 1, (2, 2.5, 2)
        k = 0
        while size < least:
            size = int(size * steps[k % 3])
            k += 1
        return size

    def _fill(self, first: int, last: int, length: float) -> None:
        """Draw the columns of the bins first..last from the samples."""
        first = max(first, last - COLUMNS)
        bins = np.arange(first, last)
        if not len(bins):
            return
        time = self._books.time
        sample = np.searchsorted(time, (bins + 1) * self._bin, side="left") - 1
        known = sample >= 0
        sample = np.maximum(sample, 0)
        following = time[np.minimum(sample + 1, len(time) - 1)]
        age = bins * self._bin - time[sample]
        known &= (following - time[sample] <= LONGEST_HOLD * length) | (
            age <= SHORTEST_HOLD * length
        )
        empty = bins[~known] % COLUMNS
        self._lots[:, empty] = 0.0
        self._pixels[:, empty] = self._table[0]
        self._of[empty] = math.nan
        at = bins[known] % COLUMNS
        if not len(at):
            return
        self._of[at] = time[sample[known]]
        ticks = self._books.ticks[sample[known]]
        lots = self._books.lots[sample[known]]
        rows = ticks // self._row - self._base
        inside = (rows >= 0) & (rows < ROWS) & (lots > 0)
        flat = (rows * len(at) + np.arange(len(at))[:, None])[inside]
        total = np.bincount(flat, weights=lots[inside], minlength=ROWS * len(at))
        self._lots[:, at] = total.reshape(ROWS, len(at))
        self._paint_columns(at)

    def _paint_columns(self, at: np.ndarray | slice) -> None:
        shade = self.contrast.share(self._lots[:, at], self.top) * np.float32(SHADES - 1)
        self._pixels[:, at] = self._table[np.minimum(shade, SHADES - 1).astype(np.intp)]

    def set_contrast(self, contrast: Contrast) -> None:
        """Colour lots in another way."""
        self.contrast = contrast
        self.top = 0.0
        self._settle_scale()
        self._paint_columns(slice(None))
        self.update()

    @property
    def row_ticks(self) -> int:
        """How many ticks the lots of one row come from; 0 before the first book."""
        return self._row

    def _settle_scale(self) -> None:
        """Choose what the brightest colour stands for, without flicker."""
        if self._last <= self._first:
            return
        columns = np.array([self._last - 1])
        if self.contrast.percent:
            step = max(1, (self._last - self._first) // SAMPLED)
            columns = np.arange(self._last - 1, self._first - 1, -step)
        top = self.contrast.top(self._lots[:, columns % COLUMNS], self.top)
        if top != self.top:
            self.top = top
            self._paint_columns(slice(None))

    # -- the item of the scene ------------------------------------------------------------------

    def figure_layers(self, colors: Colors) -> list[Shades]:
        """Return the books on show, for a figure."""
        first, last = self._view
        if first >= last:
            return []
        box = self.boundingRect()
        lots = self._lots[:, np.arange(first, last) % COLUMNS]
        return [
            Shades(
                lots,
                (box.left(), box.right(), box.top(), box.bottom()),
                self.top,
                colors.heat,
                "Lots at a price" if self._row == 1 else f"Lots in {self._row} ticks",
                self.contrast.is_linear,
            )
        ]

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the books on show: times (n,), and lots (n,) at each price, the lowest first.

        A book that several columns of the picture show stands there once.
        """
        bins = np.arange(*self._view)
        at = bins[np.isfinite(self._of[bins % COLUMNS])] % COLUMNS
        time, once = np.unique(self._of[at], return_index=True)
        found = {"time": time}
        digits = decimals_of(self._tick)
        for row in range(max(self._prices[0], self._base), min(self._prices[1], self._base + ROWS)):
            low, high = row * self._row * self._tick, ((row + 1) * self._row - 1) * self._tick
            name = f"{low:.{digits}f}" + (f" to {high:.{digits}f}" if self._row > 1 else "")
            found[name] = self._lots[row - self._base, at[once]]
        return found

    def boundingRect(self) -> QRectF:
        """Return the area drawn on, in seconds and prices."""
        first, last = self._view
        height = self._tick * self._row
        return QRectF(
            first * self._bin,
            (self._base * self._row - 0.5) * self._tick,
            (last - first) * self._bin,
            ROWS * height,
        )

    def paint(self, painter: QPainter, _option: object, _widget: QWidget | None = None) -> None:
        """Paint the ring as one or two images."""
        first, last = self._view
        if first >= last:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        box = self.boundingRect()
        while first < last:
            start = first % COLUMNS
            take = min(last - first, COLUMNS - start)
            target = QRectF(first * self._bin, box.top(), take * self._bin, box.height())
            painter.drawImage(
                target,
                self._image,
                QRectF(start, 0, take, ROWS),
                Qt.ImageConversionFlag.NoOpaqueDetection,
            )
            first += take
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
