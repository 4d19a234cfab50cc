"""A value with its interval, drawn over the range that it should lie in: a cell of a table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from abm_desktop.metrics.stylized_facts.suite import Fact
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = ["PICTURE", "RangeDelegate", "RangePicture", "picture_of"]

PICTURE = Qt.ItemDataRole.UserRole + 7
"""Role of the data of a cell that is drawn so."""
_EDGE = 0.02
_BAND = (0.3, 0.7)
"""Where a range with two ends lies in the cell."""
_COLORS = {"PASS": "good", "NOT SHOWN": "warning", "WARN": "warning", "FAIL": "danger"}


@dataclass(frozen=True, slots=True)
class RangePicture:
    """Places in a cell, 0 at its left edge and 1 at its right."""

    band: tuple[float, float]
    """The accepted range."""
    dot: float
    """The estimate; at an edge if it lies beyond."""
    beyond: int
    """-1 or 1 if the estimate lies beyond the left or the right edge."""
    whisker: tuple[float, float] | None
    """The interval; None if there is none."""
    color: str
    """Role."""


def picture_of(fact: Fact) -> RangePicture | None:
    """The picture of a fact; None without a value or a range.

    A range with two ends takes the middle of the cell, one with one end a half of it, and a single
    number its middle.
    """
    low, high, value = fact.accept_low, fact.accept_high, fact.value
    if not math.isfinite(value) or not (math.isfinite(low) or math.isfinite(high)):
        return None
    ends = [each for each in (fact.low, fact.high) if math.isfinite(each)]
    if math.isfinite(low) and math.isfinite(high) and high > low:
        left, right = _BAND
        origin, scale, band = low, (right - left) / (high - low), _BAND
    else:
        origin = low if math.isfinite(low) else high
        reach = max(abs(each - origin) for each in (value, *ends)) or 1.0
        left, scale = 0.5, 0.45 / reach
        band = (0.5, 1.0) if math.isfinite(low) else (0.0, 0.5)
        if low == high:
            band = (0.49, 0.51)

    def place(x: float) -> float:
        return left + scale * (x - origin)

    at = place(value)
    whisker = None
    if len(ends) == 2:
        whisker = (_inside(place(ends[0])), _inside(place(ends[1])))
    beyond = -1 if at < _EDGE else 1 if at > 1 - _EDGE else 0
    color = _COLORS.get(fact.verdict, "muted")
    return RangePicture(band, _inside(at), beyond, whisker, color)


def _inside(share: float) -> float:
    return min(max(share, _EDGE), 1.0 - _EDGE)


class RangeDelegate(QStyledItemDelegate):
    """Draws the :class:`RangePicture` of a cell."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell, then range, interval and estimate."""
        super().paint(painter, option, index)
        picture = index.data(PICTURE)
        if not isinstance(picture, RangePicture):
            return
        box = QRectF(option.rect).adjusted(6, 3, -6, -3)
        middle = box.center().y()

        def at(share: float) -> float:
            return box.left() + share * box.width()

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(resolve_color("muted"))
        shade.setAlpha(60)
        left, right = (at(share) for share in picture.band)
        painter.fillRect(QRectF(left, box.top(), right - left, box.height()), shade)
        color = resolve_color(picture.color)
        painter.setPen(QPen(color, 1.6))
        if picture.whisker is not None:
            low, high = (at(share) for share in picture.whisker)
            painter.drawLine(QPointF(low, middle), QPointF(high, middle))
            for x in (low, high):
                painter.drawLine(QPointF(x, middle - 3), QPointF(x, middle + 3))
        painter.setBrush(color)
        x = at(picture.dot)
        if picture.beyond:
            tip = x + 5 * picture.beyond
            painter.drawPolygon(
                QPolygonF([QPointF(tip, middle), QPointF(x, middle - 4), QPointF(x, middle + 4)])
            )
        else:
            painter.drawEllipse(QPointF(x, middle), 3.5, 3.5)
        painter.restore()
