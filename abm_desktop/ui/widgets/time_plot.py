"""A chart over simulated time, with marks at moments and shades over stress periods."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QMenu

from abm_desktop.desk.bookmarks import Bookmarks
from abm_desktop.desk.figures.content import Band
from abm_desktop.desk.phase_bands import Interruption
from abm_desktop.live import ActiveStress, Mark
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.stress_kinds import mark_text
from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.mark_labels import paint_labels
from abm_desktop.ui.widgets.mnemonics import give_distinct_letters
from abm_desktop.ui.widgets.plots import Plot

__all__ = ["TimeEntry", "TimePlot"]

CLICK = 4
"""Pixels that the mouse may move between press and release of a click."""
PHASE_ROLES = {"limit": "warning", "auction": "accent", "halted": "danger", "closed": "muted"}
"""Colour of a stretch of each phase."""
PHASE_TITLES = {
    "limit": "Limit state", "auction": "Auction", "halted": "Halted", "closed": "Closed",
}  # fmt: skip
LEAST_LABEL = 30
"""Pixels of a stretch that is worth a label."""

ZOOM = 1.25
"""Factor on the time shown for a notch of the wheel."""

KEY_PAN = 0.1
"""Share of the time shown by which an arrow key moves it."""

MARKS_SHOWN = 40
"""The latest marks drawn; a session seldom has more, and each is an item of the scene."""
NEAR_MARK = 5
"""Pixels from a mark within which the cursor tells its name."""


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Something that can be done at a moment, in the menu of a chart."""

    name: str
    title: str
    run: Callable[[], object]
    reason: str = ""
    """Why it cannot be done; "" if it can."""


class TimePlot(Plot):
    """A :class:`Plot` over simulated seconds, with a cursor that other charts can share."""

    hovered = Signal(float, float)
    """Time and value under the mouse; both NaN when it has left."""
    zoomed = Signal(float, float)
    """Factor on the time shown, and the time that should keep its place."""
    panned = Signal(float)
    """Seconds by which the time shown is to be moved."""
    clicked = Signal(float)
    """A moment was clicked at: its time."""
    let_go = Signal()
    """A double click: back to the present."""
    brushed = Signal(float, float)
    """A stretch of time was chosen with a drag while Shift was held: from, to."""

    def __init__(self, title: str = "", y_label: str = "", *, label_bands: bool = False) -> None:
        self._marks: tuple[Mark, ...] = ()
        self.mark_lines: list[pg.InfiniteLine] = []
        self.mark_names: list[tuple[str, QRectF]] = []
        """What was last written beside the marks, and where in the scene."""
        self.shades: dict[tuple[str, float], pg.LinearRegionItem] = {}
        self._label_bands = label_bands
        self.time_labels, self._has_labels_below = True, False
        self.cursor_time, self.cursor_text = math.nan, ""
        self.band_labels: list[QRectF] = []
        """Where the words of interruptions were painted last."""
        self.cursor_box = QRectF()
        """Where that text was painted last."""
        """Where the cursor stands, NaN for nowhere, and what is written beside it."""
        self.moment = math.nan
        """The past moment that a firm line marks."""
        self.level = math.nan
        """The value that a level line marks."""
        self._dragged: float | None = None
        self._brush_from: float | None = None
        self.stretch: tuple[float, float] | None = None
        """The time that is being measured."""
        self.bands: tuple[Interruption, ...] = ()
        """Stretches without continuous trading."""
        self.bookmarks: Bookmarks | None = None
        """Marks of a person, beside those of the market."""
        self.entries_at: Callable[[float], Sequence[TimeEntry]] | None = None
        """What the menu offers for a time, if anything."""
        self._pressed: QPointF | None = None
        self._mouse: QPointF | None = None
        super().__init__(title, "", y_label, time_axis=True)
        self.hint = QLabel(self)
        self.hint.setObjectName("emptyText")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hint.hide()
        # The wheel and drags are commands to the page: else the next frame would undo them.
        self.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)

    def hide_time_labels(self) -> None:
        """Show no labels of time: a chart below shares the axis and carries them."""
        self._has_labels_below = True
        self.stand_alone(False)

    def stand_alone(self, alone: bool) -> None:
        """Carry labels of time although a chart below does, or no more: that is not on show."""
        self.time_labels = alone or not self._has_labels_below
        self.getPlotItem().getAxis("bottom").setStyle(showValues=self.time_labels)
        self.restyle()

    def show_hint(self, text: str) -> None:
        """Write ``text`` across the empty chart; "" takes it away."""
        if text != self.hint.text():
            self.hint.setText(text)
            self.hint.setVisible(bool(text))
            self._place_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the hint in the middle."""
        super().resizeEvent(event)
        if hasattr(self, "hint"):
            self._place_hint()

    def _place_hint(self) -> None:
        margin = self.AXIS_WIDTH
        self.hint.setGeometry(margin, 0, max(0, self.width() - margin), self.height() - 20)

    # -- the mouse ------------------------------------------------------------------------------

    def position_at(self, x: float, y: float) -> tuple[float, float]:
        """Return the time and value at a pixel of the widget."""
        view = self.getPlotItem().getViewBox()
        point = view.mapSceneToView(self.mapToScene(round(x), round(y)))
        return float(point.x()), float(point.y())

    def snapped(self, time: float, value: float) -> float:
        """Return the moment that a click at a point means."""
        return time

    def show_cursor(self, time: float, text: str = "") -> None:
        """Draw a line at ``time`` with ``text`` beside it; NaN takes it away."""
        if math.isnan(time) and math.isnan(self.cursor_time):
            return
        self.cursor_time, self.cursor_text = time, text
        self.viewport().update()

    def stands_over(self) -> QRectF:
        """What lies over the left of the chart and hides what is painted there; empty: nothing."""
        return QRectF()

    def show_level(self, value: float) -> None:
        """Draw a line across at ``value``, as another chart points at it; NaN takes it away."""
        if value != self.level and not (math.isnan(value) and math.isnan(self.level)):
            self.level = value
            self.viewport().update()

    def show_moment(self, time: float) -> None:
        """Draw a firm line at the moment that is looked at; NaN takes it away."""
        if time != self.moment and not (math.isnan(time) and math.isnan(self.moment)):
            self.moment = time
            self.viewport().update()

    def show_stretch(self, left: float, right: float) -> None:
        """Shade the stretch of time that is being measured; NaN takes it away."""
        stretch = None if math.isnan(left) else (min(left, right), max(left, right))
        if stretch != self.stretch:
            self.stretch = stretch
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom time."""
        steps = event.angleDelta().y() / 120.0
        if steps:
            where = event.position()
            self.zoomed.emit(ZOOM**-steps, self.position_at(where.x(), where.y())[0])
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with + and -, move with the arrow keys, and return with End."""
        key, span = event.key(), self.span_x
        if span is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = ZOOM if key == Qt.Key.Key_Minus else 1.0 / ZOOM
            self.zoomed.emit(factor, 0.5 * (span[0] + span[1]))
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            part = KEY_PAN if key == Qt.Key.Key_Right else -KEY_PAN
            self.panned.emit(part * (span[1] - span[0]))
        elif key == Qt.Key.Key_End:
            self.let_go.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of time; with Shift, begin to choose a stretch of it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        where = event.position()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._brush_from = self.position_at(where.x(), where.y())[0]
        else:
            self._dragged = where.x()
            self._pressed = where

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move time along with the mouse, or tell what is under it."""
        where = event.position()
        if self._brush_from is not None:
            self.show_stretch(self._brush_from, self.position_at(where.x(), where.y())[0])
        elif self._dragged is not None and self.span_x is not None:
            width = max(1.0, self.getPlotItem().getViewBox().width())
            seconds = (self._dragged - where.x()) * (self.span_x[1] - self.span_x[0]) / width
            self._dragged = where.x()
            self.panned.emit(seconds)
        self._mouse = where
        self.point_again()

    def point_again(self) -> None:
        """Tell what is under the mouse now: the chart may have moved below it."""
        if self._mouse is not None:
            self.hovered.emit(*self.position_at(self._mouse.x(), self._mouse.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let time go, or tell which stretch of it was chosen."""
        where, pressed = event.position(), self._pressed
        self._dragged = self._pressed = None
        if pressed is not None and (where - pressed).manhattanLength() < CLICK:
            self.clicked.emit(self.snapped(*self.position_at(where.x(), where.y())))
        begin, self._brush_from = self._brush_from, None
        if begin is not None:
            end = self.position_at(where.x(), where.y())[0]
            if end != begin:
                self.brushed.emit(min(begin, end), max(begin, end))
            else:
                self.show_stretch(math.nan, math.nan)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Return to the present."""
        self.let_go.emit()

    def menu_at(self, time: float) -> QMenu:
        """Return the menu of the chart for a time: what can be done there, then with the chart."""
        menu = chart_menu(self, self._title)
        first = menu.actions()[0]
        entries = [] if self.entries_at is None else self.entries_at(time)
        for entry in entries:
            action = QAction(entry.title, menu)
            action.setObjectName(f"chart.{entry.name}")
            action.triggered.connect(lambda _checked=False, run=entry.run: run())
            action.setEnabled(not entry.reason)
            action.setToolTip(entry.reason)
            menu.insertAction(first, action)
        if entries:
            menu.setToolTipsVisible(True)
            menu.insertSeparator(first)
            give_distinct_letters(menu)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done at this moment, and with the chart."""
        self.menu_at(self.position_at(event.pos().x(), event.pos().y())[0]).popup(event.globalPos())
        event.accept()

    def reset_view(self) -> None:
        """Return to the present."""
        self.let_go.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the cursor away."""
        super().leaveEvent(event)
        self._mouse = None
        self.hovered.emit(math.nan, math.nan)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the cursor over everything."""
        super().drawForeground(painter, rect)
        self._paint_bands(painter)
        self._paint_names(painter)
        self._paint_stretch(painter)
        self._paint_moment(painter)
        self._paint_level(painter)
        if not (self.span_x is not None and self.span_x[0] <= self.cursor_time <= self.span_x[1]):
            return
        colors = theme.current().colors
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        share = (self.cursor_time - self.span_x[0]) / (self.span_x[1] - self.span_x[0])
        x = round(area.left() + share * area.width())
        painter.save()
        painter.setPen(QPen(QColor(colors.muted), 0))
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
        text = "\n".join((self.cursor_text, *self._marks_at(x))) if self.cursor_text else ""
        if text:
            painter.setFont(theme.mono_font(8.0))
            size = painter.fontMetrics().size(0, text)
            box = QRectF(x + 6, area.top() + 4, size.width() + 10, size.height() + 6)
            if box.right() > area.right():
                box.moveRight(x - 6)
            over = self.stands_over()
            if box.intersects(over):
                box.moveLeft(over.right() + 4)
            self.cursor_box = box
            painter.fillRect(box, QColor(colors.raised))
            painter.setPen(QColor(colors.text))
            painter.drawText(box.adjusted(5, 3, -5, -3), 0, text)
        painter.restore()

    def _mark_pixels(self) -> list[float]:
        """Where the marks stand, in pixels of the scene; none while there is no range."""
        if self.span_x is None:
            return []
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        scale = area.width() / (self.span_x[1] - self.span_x[0])
        return [area.left() + (line.value() - self.span_x[0]) * scale for line in self.mark_lines]

    def _paint_names(self, painter: QPainter) -> None:
        names = [line.toolTip() for line in self.mark_lines]
        pairs = sorted(zip(self._mark_pixels(), names, strict=False))
        self.mark_names = []
        if pairs:
            area = self.getPlotItem().getViewBox().sceneBoundingRect()
            over = self.stands_over()
            if over.intersects(QRectF(area.topLeft(), QSizeF(area.width(), area.height() / 2))):
                area.setTop(over.bottom())
            self.mark_names = paint_labels(painter, area, *zip(*pairs, strict=True))

    def _marks_at(self, x: float) -> list[str]:
        """Names of the marks under the cursor: there is not always room to write them."""
        near = [abs(at - x) <= NEAR_MARK for at in self._mark_pixels()]
        return [line.toolTip() for line, is_near in zip(self.mark_lines, near, strict=False)
                if is_near]  # fmt: skip

    def _paint_stretch(self, painter: QPainter) -> None:
        if self.stretch is None or self.span_x is None:
            return
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        scale = area.width() / (self.span_x[1] - self.span_x[0])
        left, right = (
            min(max(area.left() + (t - self.span_x[0]) * scale, area.left()), area.right())
            for t in self.stretch
        )
        if right <= left:
            return
        color = QColor(theme.current().colors.accent)
        color.setAlpha(36)
        painter.fillRect(QRectF(left, area.top(), right - left, area.height()), color)
        color.setAlpha(200)
        painter.setPen(QPen(color, 0))
        for x in (left, right):
            if area.left() < x < area.right():
                painter.drawLine(QLineF(x, area.top(), x, area.bottom()))

    def show_bands(self, bands: tuple[Interruption, ...]) -> None:
        """Shade these stretches of time, with what they are and why."""
        if bands != self.bands:
            self.bands = bands
            self.viewport().update()

    def _paint_bands(self, painter: QPainter) -> None:
        self.band_labels = []
        if not self.bands or self.span_x is None:
            return
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        scale = area.width() / (self.span_x[1] - self.span_x[0])
        painter.save()
        painter.setFont(theme.ui_font(8.0))
        labels: list[tuple[QRectF, Interruption, QColor]] = []
        for band in self.bands:
            left = max(area.left() + (band.left - self.span_x[0]) * scale, area.left())
            right = min(area.left() + (band.right - self.span_x[0]) * scale, area.right())
            if right <= area.left() or left >= area.right():
                continue
            box = QRectF(left, area.top(), max(1.0, right - left), area.height())
            color = QColor(theme.current().colors[PHASE_ROLES.get(band.phase, "muted")])
            color.setAlpha(30)
            painter.fillRect(box, color)
            color.setAlpha(255)
            painter.fillRect(QRectF(box.left(), box.top(), box.width(), 3), color)
            if self._label_bands and box.width() >= LEAST_LABEL:
                labels.append((box, band, color))
        for k, (box, band, color) in enumerate(labels):
            # It may reach beyond its stretch, but not below the next one's.
            end = labels[k + 1][0].left() if k + 1 < len(labels) else area.right()
            box.setRight(max(box.right(), end))
            self._paint_band_label(painter, box, band, color)
        painter.restore()

    def _paint_band_label(
        self, painter: QPainter, box: QRectF, band: Interruption, color: QColor
    ) -> None:
        words = _band_words(band)
        metrics = painter.fontMetrics()
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()) - 8)
        label = QRectF(box.left() + 2, box.bottom() - metrics.height() - 4, 0, metrics.height() + 2)
        label.setWidth(metrics.horizontalAdvance(words) + 6)
        over = self.stands_over()
        if label.intersects(over):
            label.moveBottom(over.top() - 2)
        self.band_labels.append(label)
        painter.fillRect(label, QColor(theme.current().colors.panel))
        painter.setPen(color)
        painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_level(self, painter: QPainter) -> None:
        if not (self.span_y is not None and self.span_y[0] <= self.level <= self.span_y[1]):
            return
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        share = (self.level - self.span_y[0]) / (self.span_y[1] - self.span_y[0])
        y = round(area.bottom() - share * area.height())
        painter.setPen(QPen(QColor(theme.current().colors.muted), 0))
        painter.drawLine(QLineF(area.left(), y, area.right(), y))

    def _paint_moment(self, painter: QPainter) -> None:
        if not (self.span_x is not None and self.span_x[0] <= self.moment <= self.span_x[1]):
            return
        area = self.getPlotItem().getViewBox().sceneBoundingRect()
        share = (self.moment - self.span_x[0]) / (self.span_x[1] - self.span_x[0])
        x = round(area.left() + share * area.width())
        painter.fillRect(
            QRectF(x - 1, area.top(), 2, area.height()), QColor(theme.current().colors.accent)
        )

    def figure_bands(self, colors: Colors) -> list[Band]:
        """The interruptions, with their causes."""
        return [
            Band(b.left, b.right, colors[PHASE_ROLES.get(b.phase, "muted")], _band_words(b))
            for b in self.bands
        ]

    # -- marks ----------------------------------------------------------------------------------

    def event_lines(self) -> list[tuple[pg.InfiniteLine, str]]:
        """The marks on show, with what happened there."""
        return [(line, line.toolTip()) for line in self.mark_lines]

    def clear_marks(self) -> None:
        """Remove every mark and shade: a new market has begun."""
        self._set_lines(())
        for shade in self.shades.values():
            self.removeItem(shade)
        self.shades.clear()

    def show_marks(self, marks: Sequence[Mark], stresses: Sequence[ActiveStress]) -> None:
        """Draw ``marks`` as lines, and shade the time of each of ``stresses``; others go."""
        if self.bookmarks is not None:
            marks = sorted((*marks, *self.bookmarks.marks), key=lambda mark: mark.time)
        latest = tuple(marks[-MARKS_SHOWN:])
        if latest != self._marks:
            self._set_lines(latest)
        stresses = stresses[-MARKS_SHOWN:]
        for key in set(self.shades) - {(s.kind, s.start) for s in stresses}:
            self.removeItem(self.shades.pop(key))
        for stress in stresses:
            key = (stress.kind, stress.start)
            shade = self.shades.get(key)
            if shade is None:
                shade = pg.LinearRegionItem(
                    (stress.start, stress.end), movable=False, pen=pg.mkPen(None)
                )
                shade.setZValue(-20)
                self.shades[key] = shade
                self.addItem(shade)
                self._style_shade(shade)
            elif shade.getRegion()[1] != stress.end:
                shade.setRegion((stress.start, stress.end))

    def restyle(self, _theme: object = None) -> None:
        """Take all colours from the present theme."""
        super().restyle(_theme)
        if not self.time_labels:
            self.getPlotItem().getAxis("bottom").setHeight(4)
        for line in self.mark_lines:
            self._style_line(line)
        for shade in self.shades.values():
            self._style_shade(shade)

    def _set_lines(self, marks: tuple[Mark, ...]) -> None:
        for line in self.mark_lines:
            self.removeItem(line)
        self.mark_lines = []
        self._marks = marks
        for mark in marks:
            text = mark_text(mark.what)
            if mark.client:  # somebody else plays along
                text = f"{mark.client}: {text}"
            line = pg.InfiniteLine(mark.time, angle=90)
            line.setToolTip(text)
            self.addItem(line, ignoreBounds=True)
            self._style_line(line)
            self.mark_lines.append(line)

    @staticmethod
    def _style_line(line: pg.InfiniteLine) -> None:
        colors = theme.current().colors
        line.setPen(pg.mkPen(colors.warning, width=1, style=Qt.PenStyle.DashLine))

    @staticmethod
    def _style_shade(shade: pg.LinearRegionItem) -> None:
        color = QColor(theme.current().colors.warning)
        color.setAlpha(16 if theme.current().is_dark else 34)
        shade.setBrush(pg.mkBrush(color))
        shade.update()


def _band_words(band: Interruption) -> str:
    title = PHASE_TITLES.get(band.phase, band.phase)
    return title if band.cause is None else f"{title}: {band.cause}"
