"""The footprint: in each bar of time, at each price, the lots bought and sold by aggressors."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from abm_desktop.desk.figures.content import Boxes
from abm_desktop.desk.volume_profile import Footprint
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.widgets.plots import Plot

__all__ = ["BAR_PIXELS", "EDGE", "ROW_PIXELS", "FootprintItem"]

BAR_PIXELS, ROW_PIXELS = 76, 13
"""Room that a cell needs to be read."""
BEHIND = 175
"""Opacity of the ground of a cell: heatmap and lines would else make its numbers hard to read."""
EDGE = 7
"""Pixels at the left of a bar that its candle takes."""


class FootprintItem(pg.GraphicsObject):
    """Draws the cells in pixels: text keeps its size whatever is zoomed."""

    def __init__(self, chart: Plot) -> None:
        super().__init__()
        self._chart = chart
        self.cells: Footprint | None = None
        self._tick = 0.01

    def show_cells(self, tick: float) -> None:
        """Draw :attr:`cells` in what the chart shows now."""
        self._tick = tick
        self.prepareGeometryChange()
        self.update()

    def figure_layers(self, colors: Colors) -> list[Boxes]:
        """Return the cells on show, for a figure."""
        cells, x, y = self.cells, self._chart.span_x, self._chart.span_y
        if cells is None or x is None or y is None or not len(cells.start):
            return []
        net = np.sign(cells.bought - cells.sold).astype(int)
        total = cells.bought + cells.sold + cells.untold
        # A candle stands at the left of each bar, as in the chart.
        area = self._chart.getPlotItem().getViewBox().width()
        edge = EDGE * (x[1] - x[0]) / max(area, 1.0)
        width, height = max(cells.width - edge, 0.5 * cells.width), cells.row * self._tick
        return [
            Boxes(
                cells.start + cells.width - width,
                (cells.ticks - 0.5) * self._tick,
                width,
                height,
                tuple((colors.muted, colors.bid, colors.ask)[k] for k in net),
                0.15 + 0.45 * total / max(total.max(), 1.0),
                tuple(map(_words, cells.bought, cells.sold, cells.untold)),
                self._most_of_bars(cells, total),
                (width / (x[1] - x[0]), height / (y[1] - y[0])),
            )
        ]

    def columns(self) -> dict[str, np.ndarray]:
        """Return the cells in which anything was traded, for a CSV file."""
        cells = self.cells
        if cells is None:
            return {}
        told = {"bar begins": cells.start, "price": cells.ticks * self._tick}
        told |= {"bought": cells.bought, "sold": cells.sold, "of auctions": cells.untold}
        return {f"footprint {name}": values for name, values in told.items()}

    def boundingRect(self) -> QRectF:
        """Return all that the chart shows, in seconds and prices."""
        x, y = self._chart.span_x, self._chart.span_y
        if x is None or y is None:
            return QRectF()
        return QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0])

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint every cell on show."""
        cells, x, y = self.cells, self._chart.span_x, self._chart.span_y
        if cells is None or x is None or y is None or not len(cells.start):
            return
        area = self._chart.getPlotItem().getViewBox().sceneBoundingRect()
        across, up = area.width() / (x[1] - x[0]), area.height() / (y[1] - y[0])
        left = area.left() + (cells.start - x[0]) * across + EDGE
        width = cells.width * across - EDGE - 2
        height = cells.row * self._tick * up
        low = (cells.ticks - 0.5) * self._tick
        top = area.bottom() - (low - y[0]) * up - height
        total = cells.bought + cells.sold + cells.untold
        colors = theme.current().colors
        bid, ask, text = QColor(colors.bid), QColor(colors.ask), QColor(colors.text)
        painter.save()
        painter.resetTransform()
        painter.setClipRect(area)
        behind = QColor(colors.panel)
        behind.setAlpha(BEHIND)
        painter.setFont(theme.mono_font(7.5))
        most = self._most_of_bars(cells, total)
        shade = QColor()
        for k in range(len(left)):
            box = QRectF(left[k], top[k], width, height)
            if not area.intersects(box):
                continue
            net = cells.bought[k] - cells.sold[k]
            shade = QColor(bid if net > 0 else ask if net < 0 else colors.muted)
            shade.setAlpha(40 + int(110 * total[k] / max(total.max(), 1.0)))
            painter.fillRect(box.adjusted(0, 0.5, 0, -0.5), behind)
            painter.fillRect(box.adjusted(0, 0.5, 0, -0.5), shade)
            if most[k]:
                painter.setPen(text)
                painter.drawRect(box.adjusted(0, 0.5, -1, -1))
            if height < ROW_PIXELS - 2:
                continue
            middle = int(Qt.AlignmentFlag.AlignCenter)
            painter.setPen(text)
            words = _words(cells.bought[k], cells.sold[k], cells.untold[k])
            painter.drawText(box, middle, words)
        painter.restore()

    @staticmethod
    def _most_of_bars(cells: Footprint, total: np.ndarray) -> np.ndarray:
        """Which cells have most of their bar."""
        first = np.flatnonzero(np.append(True, cells.start[1:] != cells.start[:-1]))
        largest = np.maximum.reduceat(total, first)
        count = np.diff(np.append(first, len(total)))
        return np.asarray(total == np.repeat(largest, count))


def _words(bought: float, sold: float, untold: float) -> str:
    """What stands in a cell: bought × sold, or what was traded in an auction alone."""
    return f"{untold:.0f}" if untold and not bought and not sold else f"{bought:.0f} × {sold:.0f}"
