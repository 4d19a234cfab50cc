"""Small icons drawn as paths in the colour of the theme's text, sharp at any pixel ratio."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap

from abm_desktop.ui import theme

__all__ = ["icon"]

Draw = Callable[[QPainterPath], None]


def _triangle(path: QPainterPath, left: float, right: float) -> None:
    path.moveTo(left, 3)
    path.lineTo(right, 8)
    path.lineTo(left, 13)
    path.closeSubpath()


def _run(path: QPainterPath) -> None:
    _triangle(path, 4, 13)


def _pause(path: QPainterPath) -> None:
    path.addRect(QRectF(4, 3, 3, 10))
    path.addRect(QRectF(9, 3, 3, 10))


def _step(path: QPainterPath) -> None:
    _triangle(path, 3, 10)
    path.addRect(QRectF(11, 3, 2, 10))


def _leap(path: QPainterPath) -> None:
    _triangle(path, 2, 7)
    _triangle(path, 7, 12)
    path.addRect(QRectF(12.5, 3, 2, 10))


def _reset(path: QPainterPath) -> None:
    path.addRect(QRectF(2.5, 3, 2, 10))
    path.moveTo(13, 3)
    path.lineTo(5, 8)
    path.lineTo(13, 13)
    path.closeSubpath()


def _crash(path: QPainterPath) -> None:
    points = [(2, 3), (6, 6), (8, 5), (12, 11), (12, 8), (14, 8), (14, 14), (8, 14), (8, 12)]
    path.moveTo(*points[0])
    for x, y in [*points[1:], (10.5, 12), (7.5, 7.5), (6, 8.5), (1.5, 4.8)]:
        path.lineTo(x, y)
    path.closeSubpath()


def _wave(path: QPainterPath) -> None:
    top = [(1, 8), (3.5, 6), (5.5, 10), (8, 2), (10.5, 13), (12.5, 6), (15, 8)]
    path.moveTo(*top[0])
    for x, y in top[1:]:
        path.lineTo(x, y)
    for x, y in reversed(top):
        path.lineTo(x, y + 1.8)
    path.closeSubpath()


def _drop(path: QPainterPath) -> None:
    path.moveTo(8, 1.5)
    path.cubicTo(QPointF(11, 6), QPointF(13, 8), QPointF(13, 10))
    path.cubicTo(QPointF(13, 16), QPointF(3, 16), QPointF(3, 10))
    path.cubicTo(QPointF(3, 8), QPointF(5, 6), QPointF(8, 1.5))


def _close(path: QPainterPath) -> None:
    path.addPolygon([QPointF(3, 4), QPointF(4, 3), QPointF(13, 12), QPointF(12, 13), QPointF(3, 4)])
    path.addPolygon(
        [QPointF(12, 3), QPointF(13, 4), QPointF(4, 13), QPointF(3, 12), QPointF(12, 3)]
    )


def _menu(path: QPainterPath) -> None:
    for y in (3.5, 7.5, 11.5):
        path.addRect(QRectF(2.5, y, 11, 1.4))


_DRAW: dict[str, Draw] = {
    "run": _run,
    "pause": _pause,
    "step": _step,
    "leap": _leap,
    "reset": _reset,
    "flash_crash": _crash,
    "volatility_spike": _wave,
    "liquidity_shock": _drop,
    "close": _close,
    "menu": _menu,
}


class _Engine(QIconEngine):
    """Paints with the theme's colours at the time of painting, so icons survive a theme change."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__()
        self._name, self._role = name, role
        self._path = QPainterPath()
        self._path.setFillRule(Qt.FillRule.WindingFill)
        _DRAW[name](self._path)

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        colors = theme.current().colors
        box = QRectF(rect)  # type: ignore[call-overload]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(box.topLeft())
        painter.scale(box.width() / 16, box.height() / 16)
        disabled = mode == QIcon.Mode.Disabled
        painter.fillPath(self._path, QColor(colors.muted if disabled else colors[self._role]))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role)


def icon(name: str, role: str = "text") -> QIcon:
    """Return the icon ``name`` in the colour ``role``; KeyError if there is no such icon."""
    return QIcon(_Engine(name, role))
