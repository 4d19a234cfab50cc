"""Names beside the marks of a chart over time, so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from abm_desktop.ui import theme

__all__ = ["PlacedLabel", "paint_labels", "place_labels"]

GAP = 2.0
"""Pixels between a line and its name, and between two names."""
LEAST = 36.0
"""A name of which less would be seen is left out; the cursor tells it."""
MOST_ROWS = 3
BEHIND = 200
"""Opacity of what is behind a name: curves are seen through it."""
HEIGHT_SHARE = 0.4
"""Of a chart, at most, that names may take."""


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """Where a name stands."""

    number: int
    """Which of the names."""
    row: int
    """From the top, 0 first."""
    left: float
    width: float


def place_labels(
    at: Sequence[float], widths: Sequence[float], left: float, right: float, rows: int
) -> list[PlacedLabel]:
    """Choose a row and a stretch for each name; those without room are left out.

    Args:
        at: pixels of the lines, ascending.
        widths: pixels that the names take.
        left: first pixel of the chart.
        right: last pixel of the chart.
        rows: how many rows of names there may be.

    The newest is placed first: a chart that slides to the left then keeps every name in its row. A
    name stands right of its line, or left of it at the right edge, and is cut short before another.
    """
    taken: list[list[tuple[float, float]]] = [[] for _row in range(rows)]
    placed = []
    for k in reversed(range(len(at))):
        if not left <= at[k] <= right:
            continue
        found = None
        for row, others in enumerate(taken):
            begin = min(at[k] + GAP, right - widths[k])
            if begin < left:
                begin = left
            # Those placed so far belong to lines further right.
            end = min((start for start, _stop in others), default=right + GAP) - GAP
            width = min(widths[k], end - begin)
            if found is None or width > found.width:
                found = PlacedLabel(k, row, begin, width)
            if width >= widths[k]:
                break
        if found is not None and found.width >= min(LEAST, widths[k]):
            taken[found.row].append((found.left, found.left + found.width))
            placed.append(found)
    return placed


def paint_labels(
    painter: QPainter, area: QRectF, at: Sequence[float], names: Sequence[str]
) -> list[tuple[str, QRectF]]:
    """Paint the names of lines at the pixels ``at`` (ascending); returns what stands where."""
    colors = theme.current().colors
    painter.save()
    painter.setFont(theme.ui_font(8.0))
    metrics = painter.fontMetrics()
    behind = QColor(colors.panel)
    behind.setAlpha(BEHIND)
    height = metrics.height() + 2
    rows = max(1, min(MOST_ROWS, int(HEIGHT_SHARE * area.height() / height)))
    widths = [metrics.horizontalAdvance(name) + 6.0 for name in names]
    shown = []
    for label in place_labels(at, widths, area.left(), area.right(), rows):
        name = names[label.number]
        if label.width < widths[label.number]:
            room = int(label.width) - 6
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        top = area.top() + 3 + label.row * height
        box = QRectF(label.left, top, label.width, height)
        painter.fillRect(box, behind)
        painter.setPen(QColor(colors.warning))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)
        shown.append((name, box))
    painter.restore()
    return shown
