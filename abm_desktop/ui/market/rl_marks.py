"""What RL traders bought and sold, as marks in the price chart: colour by model, size by lots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from abm_desktop.desk.rl_trades import gather
from abm_desktop.live import RlGroup
from abm_desktop.market.roles import DEFAULT_ROLE
from abm_desktop.statements import counted
from abm_desktop.ui import theme
from abm_desktop.ui.widgets.plots import EMPTY, Plot, resolve_color

__all__ = ["RlMarks", "ShownMark"]

PIXELS = 12
"""Trades of one model and side within so many pixels make one mark."""
NEAR = 9.0
"""Pixels from a mark within which it is meant."""
SMALLEST, USUAL, LARGEST = 7.0, 9.0, 18.0
"""Pixels of a mark."""
COLOURS = (5, 2, 6, 3, 1, 4, 7, 0)
"""Series of the theme, by model: the first is that of RL traders elsewhere."""
UNKNOWN = RlGroup(0, 0, "RL", DEFAULT_ROLE)


@dataclass(frozen=True, slots=True)
class ShownMark:
    """One mark: it may stand for several trades."""

    group: RlGroup
    side: int
    """+1 bought, -1 sold."""
    time: float
    """Seconds of the latest of its trades."""
    price: float
    lots: float
    count: int

    @property
    def words(self) -> str:
        """What the mark tells."""
        did = "bought" if self.side > 0 else "sold"
        fills = "" if self.count == 1 else f" in {self.count} fills"
        return f"{self.group.model} {did} {counted(round(self.lots), 'lot')}{fills}"


class RlMarks:
    """The marks of a chart."""

    def __init__(self, chart: Plot) -> None:
        self._chart = chart
        self._items: dict[tuple[int, int], pg.ScatterPlotItem] = {}
        self._groups: tuple[RlGroup, ...] = ()
        self._known: tuple[object, ...] = ()
        """What was drawn last."""
        self.shown: list[tuple[int, int, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        """Group, side, times, prices, lots and counts of what is drawn."""

    def clear(self) -> None:
        """Show nothing."""
        self._known = ()
        if self.shown:
            self.shown = []
            for item in self._items.values():
                item.setData(EMPTY, EMPTY)

    def draw(self, rows: np.ndarray, groups: Sequence[RlGroup], tick: float, width: float) -> None:
        """Draw trades (see :mod:`.rl_trades`), those within ``width`` seconds as one.

        Nothing is done in a frame in which they are those of the frame before.
        """
        ends = [tuple(row) for row in rows[[0, -1]].tolist()] if len(rows) else []
        known = (tuple(groups), len(rows), *ends, tick, width)
        if known == self._known:
            return
        self._known = known
        self._groups = tuple(groups) or (UNKNOWN,)
        first = np.array([group.first for group in self._groups])
        of = np.maximum(np.searchsorted(first, rows["agent"], side="right") - 1, 0)
        self.shown = []
        used = set()
        for group in np.unique(of).tolist():
            for side in (1, -1):
                found = gather(rows[(of == group) & (rows["side"] == side)], width)
                if len(found.time):
                    used.add((group, side))
                    self._draw(group, side, found.time, found.price * tick, found.lots)
                    self.shown.append(
                        (group, side, found.time, found.price * tick, found.lots, found.fills)
                    )
        for key in set(self._items) - used:
            self._items[key].setData(EMPTY, EMPTY)

    def _draw(
        self, group: int, side: int, time: np.ndarray, price: np.ndarray, lots: np.ndarray
    ) -> None:
        item = self._items.get((group, side))
        if item is None:
            did = "bought" if side > 0 else "sold"
            role = f"series:{COLOURS[group % len(COLOURS)]}"
            item = self._chart.add_dots(role, USUAL, f"{did} by {self._groups[group].model}")
            # Qt's y axis points down, so that this is the triangle that points up.
            item.setSymbol("t1" if side > 0 else "t")
            item.setZValue(20)
            self._items[group, side] = item
        size = USUAL * np.sqrt(lots / max(1.0, float(np.median(lots))))
        item.setData(time, price, size=np.clip(np.rint(size), SMALLEST, LARGEST))

    def at(self, time: float, price: float) -> ShownMark | None:
        """The mark next to a point of the chart; None if none is near."""
        x, y = self._chart.span_x, self._chart.span_y
        if x is None or y is None:
            return None
        area = self._chart.getPlotItem().getViewBox().sceneBoundingRect()
        across, up = area.width() / (x[1] - x[0]), area.height() / (y[1] - y[0])
        best, found = NEAR, None
        for group, side, times, prices, lots, count in self.shown:
            apart = np.hypot((times - time) * across, (prices - price) * up)
            k = int(np.argmin(apart))
            if apart[k] < best:
                best = float(apart[k])
                found = ShownMark(
                    self._groups[group], side, float(times[k]), float(prices[k]),
                    float(lots[k]), int(count[k]),
                )  # fmt: skip
        return found

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Colour role and words of every model on show, and of how many fills a mark is, at most.

        The last is there only if some mark stands for several.
        """
        entries = []
        for group in sorted({group for group, *_rest in self.shown}):
            known = self._groups[group]
            role = "" if known.role == DEFAULT_ROLE else f" ({known.role})"
            entries.append((f"series:{COLOURS[group % len(COLOURS)]}", f"▲▼ {known.model}{role}"))
        most = max((int(count.max()) for *_rest, count in self.shown), default=0)
        if most > 1:
            entries.append(("muted", f"each up to {most} fills"))
        return entries

    def paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """Write below, at the right, whose marks these are."""
        entries = self.legend
        if not entries:
            return
        painter.save()
        painter.setFont(theme.ui_font(8.0))
        metrics = painter.fontMetrics()
        widths = [metrics.horizontalAdvance(words) + 10.0 for _role, words in entries]
        while len(widths) > 1 and math.fsum(widths) > 0.6 * area.width():
            widths.pop()
        total = math.fsum(widths)
        height = metrics.height() + 4
        box = QRectF(area.right() - total - 6, area.bottom() - height - 4, total, height)
        behind = QColor(theme.current().colors.panel)
        behind.setAlpha(215)
        painter.fillRect(box, behind)
        x = box.left()
        for (role, words), width in zip(entries, widths, strict=False):
            painter.setPen(resolve_color(role))
            cell = QRectF(x, box.top(), width, height)
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), words)
            x += width
        painter.restore()
