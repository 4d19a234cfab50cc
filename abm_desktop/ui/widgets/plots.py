"""Charts in the style of the theme, which dress themselves again when it changes.

``make_plot`` gives a :class:`Plot`, a ``pyqtgraph.PlotWidget`` whose curves are asked for by the
*meaning* of their colour (``"bid"``, ``"series:3"``), so that a theme change needs no further work.

Three measured rules are kept here: pens of width 1 without antialias (a wider antialiased pen costs
a hundred times as much), view ranges set by us (auto-range looks at every point in every frame),
and a right-click menu of our own, which never sets them behind our back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QPainter, QShowEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from abm_desktop.desk.figures.content import Band
from abm_desktop.desk.formats import TIME_STEPS, clock
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.paint_beside import paint_beside
from abm_desktop.ui.widgets.plain_plot_item import PlainPlotItem

__all__ = ["Plot", "TimeAxis", "make_plot", "resolve_color"]

pg.setConfigOptions(antialias=False, useOpenGL=False)


def resolve_color(role: str) -> QColor:
    """Return the colour of ``role`` in this theme: a colour name, "series:K", or "#rrggbb"."""
    return theme.color_of(role, theme.current().colors)


_MOST_TICKS = 400
LABEL_ROOM = 30
"""Pixels that the outermost labels of an axis may need beyond its ends."""
_OUT, _DOWN = QPointF(-1.0, -1.0), QPointF(-1.0, 1.0)


class _DirectAxis(pg.AxisItem):
    """An axis that paints straight onto the widget.

    pyqtgraph records each axis in a QPicture and plays that; playing looks every font up again,
    which costs a millisecond per axis and frame.
    """

    figure_kind = "number"
    """How a figure labels it, see ``desk.figures.content.FigureAxis``."""
    picture: Any
    """What to paint, as (axis, ticks, texts); the base class sets it to None when out of date."""

    def _updateLabel(self) -> None:
        """Write the label anew, if there is one: each colour that is set asks for it."""
        if self.labelText:
            super()._updateLabel()
        else:
            self.picture = None
            self.update()

    def boundingRect(self) -> QRectF:
        """If it paints: the outermost labels stand half beside the axis.

        Without them a label that goes would leave letters behind.
        """
        x, y = (0, LABEL_ROOM) if self.orientation == "left" else (LABEL_ROOM, 0)
        return super().boundingRect().adjusted(-x, -y, x, y)

    def paint(self, p: QPainter, opt: object, widget: QWidget | None) -> None:
        """Paint lines, ticks and labels."""
        p.save()
        p.setFont(self.style["tickFont"])
        if self.picture is None:
            self.picture = self.generateDrawSpecs(p)
        if self.picture is not None:
            self.drawPicture(p, *self.picture)
        p.restore()

    def generateDrawSpecs(self, p: QPainter) -> tuple[tuple[Any, ...], list[Any], list[Any]] | None:
        """Return what to paint: one level of ticks, whose steps leave room for their labels.

        The general version measures every label in every frame, for levels that are not used here.
        """
        bounds = self.mapRectFromParent(self.geometry())
        view = self.linkedView()
        area = bounds
        if view is not None and self.grid is not False:
            area = view.mapRectToItem(self, view.boundingRect())
        upright = self.orientation == "left"
        low, high = self.range
        length = bounds.height() if upright else bounds.width()
        steps = self.tickSpacing(low, high, length) if high > low and length > 0 else []
        if upright:
            edge = bounds.right()
            axis = (self.pen(), bounds.topRight() + _OUT, bounds.bottomRight() + _DOWN)
        else:
            edge = bounds.top()
            axis = (self.pen(), bounds.topLeft() + _DOWN, bounds.topRight() - _OUT)
        if not steps:
            return axis, [], []
        spacing = steps[0][0]
        first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
        values = [k * spacing for k in range(first, min(last, first + _MOST_TICKS) + 1)]
        scale = length / (high - low)
        pen, ticks, places = self.tickPen(), [], []
        for value in values:
            if upright:
                at = bounds.bottom() - (value - low) * scale
                ticks.append((pen, QPointF(area.right(), at), QPointF(edge, at)))
            else:
                at = bounds.left() + (value - low) * scale
                ticks.append((pen, QPointF(at, area.top()), QPointF(at, edge)))
            places.append(at)
        if not self.style["showValues"]:
            return axis, ticks, []
        gap = self.style["tickTextOffset"][0 if upright else 1]
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        words = self.tickStrings(values, 1.0, spacing)
        if self.figure_kind != "names":
            words = [text.replace("-", "−") for text in words]
        if upright:
            width = edge - gap - bounds.left()
            # The outermost labels stand within the edges of the chart rather than half outside.
            half = p.fontMetrics().height() / 2 - 1
            top, bottom = bounds.top() + half, bounds.bottom() - half + 3
            texts = [
                (QRectF(bounds.left(), min(max(at, top), bottom) - 10, width, 20), middle, text)
                for at, text in zip(places, words, strict=True)
            ]
        else:
            texts = []
            for at, text in zip(places, words, strict=True):
                half = p.fontMetrics().horizontalAdvance(text) / 2 + 1
                # The first and the last stand beside their ticks rather than half outside.
                x = max(bounds.left() + half, min(at, bounds.right() - half))
                texts.append((QRectF(x - 60, edge + gap - 1, 120, 20), centre, text))
        return axis, ticks, texts

    def drawPicture(
        self, p: QPainter, axis: tuple[Any, ...], ticks: list[Any], texts: list[Any]
    ) -> None:
        """Paint with opaque pens: a translucent line takes seven times as long."""
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(self.tickPen())
        p.drawLines([QLineF(a, b) for _pen, a, b in ticks])
        pen, a, b = axis
        p.setPen(pen)
        p.drawLine(a, b)
        p.setFont(self.style["tickFont"])
        p.setPen(self.textPen())
        for box, flags, text in texts:
            p.drawText(box, int(flags), text)


class TimeAxis(_DirectAxis):
    """An axis of simulated seconds, labelled m:ss or h:mm:ss at round steps of time."""

    figure_kind = "time"

    PIXELS_PER_LABEL = 60

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return one level of ticks: the smallest round step that leaves room for its labels."""
        room = max(1.0, size / self.PIXELS_PER_LABEL)
        step = next((s for s in TIME_STEPS if (high - low) / s <= room), TIME_STEPS[-1])
        return [(float(step), 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the label of each tick."""
        return [clock(value) for value in values]


class ValueAxis(_DirectAxis):
    """A value axis with one level of grid lines, at steps of 1, 2 or 5 times a power of ten."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return the smallest round step that leaves room for its labels."""
        # Four at the least: a small chart would else have no label besides zero.
        room = max(4.0, size / (26 if self.orientation == "left" else 80))
        least = (high - low) / room
        if not least > 0:
            return []
        power = 10.0 ** math.floor(math.log10(least))
        step, smaller = next(
            (m * power, n * power)
            for m, n in ((1, 0.5), (2, 1), (5, 2), (10, 5))
            if m * power >= least * 0.999
        )
        # With so few labels an axis may be left with zero alone.
        each = smaller / (high - low) * size
        if high - low < 2.5 * step and each >= (15 if self.orientation == "left" else 45):
            step = smaller
        return [(step, 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the label of each tick, with no more decimals than the spacing needs."""
        largest = max((abs(v) for v in values), default=0.0)
        if largest >= 10_000 and spacing >= 100:
            digits = 0 if spacing >= 1000 else 1
            unit, letter = (1e6, "M") if largest >= 2e6 and spacing >= 1e5 else (1e3, "k")
            if unit == 1e6:
                digits = 0 if spacing >= 1e6 else 1
            return [f"{v / unit:.{digits}f}{letter}" if v else "0" for v in values]
        digits = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 2
        return [f"{v:.{min(digits, 6)}f}" for v in values]


class LogAxis(_DirectAxis):
    """An axis of decimal logarithms, labelled with the numbers themselves at whole powers of ten.

    Give the curves ``log10`` of their values.
    """

    figure_kind = "log"

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return one level of ticks: every power of ten, or every second, ... where many."""
        room = max(2.0, size / (30 if self.orientation == "left" else 60))
        return [(float(max(1, math.ceil((high - low) / room))), 0.0)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the label of each tick: 0.01, 1, 1000, 1e-6."""
        powers = [round(v) for v in values]
        return [f"{10.0**p:g}" if -4 <= p <= 4 else f"1e{p}" for p in powers]


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """A curve or a set of dots of a chart."""

    item: Any
    role: str
    dashed: bool = False
    filled: bool = False


class Plot(pg.PlotWidget):
    """A styled chart. Set its ranges with ``set_x`` / ``set_y``; they never move by themselves."""

    # Qt's own, not pyqtgraph's: see paint_beside.
    paintEvent = QGraphicsView.paintEvent  # noqa: N815 - as Qt calls it
    AXIS_WIDTH = 58

    def __init__(
        self,
        title: str = "",
        x_label: str = "",
        y_label: str = "",
        parent: QWidget | None = None,
        *,
        time_axis: bool = False,
        log_x: bool = False,
        log_y: bool = False,
    ) -> None:
        bottom = TimeAxis if time_axis else LogAxis if log_x else ValueAxis
        axes = {"left": (LogAxis if log_y else ValueAxis)("left"), "bottom": bottom("bottom")}
        super().__init__(parent, plotItem=PlainPlotItem(axes))
        self._title, self._x_label, self._y_label = title, x_label, y_label
        self._styled: list[tuple[pg.GraphicsObject, str, Qt.PenStyle, str | None, int]] = []
        self._dots: list[tuple[pg.ScatterPlotItem, str]] = []
        self.figure_x, self.figure_y = x_label, ""
        """Labels of the axes in a figure, with units; "": title and unit of the panel around."""
        self.span_x: tuple[float, float] | None = None
        self.span_y: tuple[float, float] | None = None
        """What the axes show; None before the first range was set."""
        item = self.getPlotItem()
        item.hideButtons()
        item.setContentsMargins(0, 2, 4, 0)
        view = item.getViewBox()
        view.disableAutoRange()
        view.setDefaultPadding(0.0)
        # A scene takes every drag for itself; files dropped on a chart belong to the window.
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        paint_beside(self)
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setAccessibleName(title or y_label)
        self.setMinimumSize(120, 70)
        self._dressed_in = theme.current()
        self.restyle()
        theme.signals.changed.connect(self._follow_theme)

    # -- curves ---------------------------------------------------------------------------------

    def add_line(
        self,
        role: str,
        *,
        dashed: bool = False,
        fill: str | None = None,
        fill_alpha: int = 40,
        name: str | None = None,
    ) -> pg.PlotCurveItem:
        """Add an empty curve in the colour of ``role``, and return it.

        ``fill`` is the role of the colour between the curve and zero. Feed it with
        ``curve.setData(x, y, skipFiniteCheck=True)``; values that may be NaN need
        ``connect="finite"``.
        """
        curve = pg.PlotCurveItem(name=name)
        if fill:
            curve.setFillLevel(0.0)
        self.addItem(curve)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self._styled.append((curve, role, style, fill, fill_alpha))
        self._style_curve(*self._styled[-1])
        return curve

    def add_dots(self, role: str, size: float = 4.0, name: str = "") -> pg.ScatterPlotItem:
        """Add an empty set of dots in the colour of ``role``, and return it."""
        dots = pg.ScatterPlotItem(size=size, pxMode=True, pen=None, name=name)
        self.addItem(dots)
        self._dots.append((dots, role))
        dots.setBrush(pg.mkBrush(resolve_color(role)))
        return dots

    @staticmethod
    def name_curve(curve: pg.PlotCurveItem, name: str) -> None:
        """Call a curve so in the legend of a figure; "" keeps it out."""
        curve.opts["name"] = name

    def drawn(self) -> list[DrawnCurve]:
        """Every curve and set of dots, with how it is styled."""
        lines = [
            DrawnCurve(curve, role, style != Qt.PenStyle.SolidLine, bool(fill))
            for curve, role, style, fill, _alpha in self._styled
        ]
        return lines + [DrawnCurve(dots, role) for dots, role in self._dots]

    def event_lines(self) -> list[tuple[pg.InfiniteLine, str]]:
        """Lines at events, with their names; a plain chart has none."""
        return []

    def figure_bands(self, colors: Colors) -> list[Band]:
        """Stretches of time that are painted and are no items; a plain chart has none."""
        return []

    # -- ranges ---------------------------------------------------------------------------------

    def set_x(self, low: float, high: float) -> None:
        """Show x from ``low`` to ``high``; nothing happens if it is already so."""
        if (low, high) != self.span_x and math.isfinite(low) and math.isfinite(high) and high > low:
            self.span_x = (low, high)
            self.getPlotItem().getViewBox().setXRange(low, high, padding=0)

    def set_y(self, low: float, high: float) -> None:
        """Show y from ``low`` to ``high``; nothing happens if it is already so."""
        if (low, high) != self.span_y and math.isfinite(low) and math.isfinite(high) and high > low:
            self.span_y = (low, high)
            self.getPlotItem().getViewBox().setYRange(low, high, padding=0)

    def settle(self) -> None:
        """Apply new ranges now: within the next painting it would cause yet another."""
        self.getPlotItem().getViewBox().prepareForPaint()

    @property
    def pixel_width(self) -> int:
        """Width of the drawing area in pixels, at least 50: what a curve is decimated to."""
        return max(50, int(self.getPlotItem().getViewBox().width() * self.devicePixelRatioF()))

    def reset_view(self) -> None:
        """Show all of the curves: what "Reset view" of the chart's menu does."""
        self.getPlotItem().getViewBox().autoRange(padding=0.02)
        # Else the next call with the range of before would change nothing.
        self.span_x = self.span_y = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save, copy or enlarge the chart."""
        chart_menu(self, self._title).popup(event.globalPos())
        event.accept()

    # -- looks ----------------------------------------------------------------------------------

    def _follow_theme(self, _theme: object = None) -> None:
        """Take the colours of the present theme, if it is another, as soon as they are seen."""
        if self.isVisible() and self._dressed_in is not theme.current():
            self._dressed_in = theme.current()
            self.restyle()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with changes of the theme that were made meanwhile."""
        super().showEvent(event)
        self._follow_theme()

    def restyle(self, _theme: object = None) -> None:
        """Take all colours and fonts from the present theme."""
        colors = theme.current().colors
        self.setBackground(colors.panel)
        item = self.getPlotItem()
        small = theme.ui_font(8.0)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            # Below the curves: an opaque grid line would cut them.
            axis.setZValue(-1000)
            axis.setPen(pg.mkPen(colors.border))
            axis.setTextPen(pg.mkPen(colors.muted))
            axis.setTickPen(pg.mkPen(colors.grid))
            axis.setTickFont(small)
            axis.setStyle(
                tickLength=-4,
                tickTextOffset=4,
                autoExpandTextSpace=False,
                # Our steps leave room for the labels; the default rule drops them in small charts.
                textFillLimits=[(0, 10.0)],
            )
            axis.enableAutoSIPrefix(False)
            axis.setGrid(255)
        item.getAxis("left").setWidth(self.AXIS_WIDTH)
        item.getAxis("bottom").setHeight(
            int(QFontMetricsF(small).height()) + (22 if self._x_label else 8)
        )
        label_style = {"color": colors.muted, "font-size": "8pt"}
        if self._x_label:
            item.setLabel("bottom", self._x_label, **label_style)
        if self._y_label:
            item.setLabel("left", self._y_label, **label_style)
        if self._title:
            item.setTitle(self._title, color=colors.text, size="9pt")
        for entry in self._styled:
            self._style_curve(*entry)
        for dots, role in self._dots:
            dots.setBrush(pg.mkBrush(resolve_color(role)))

    @staticmethod
    def _style_curve(
        curve: pg.GraphicsObject, role: str, style: Qt.PenStyle, fill: str | None, alpha: int
    ) -> None:
        curve.setPen(pg.mkPen(resolve_color(role), width=1, style=style))
        if fill:
            brush = resolve_color(fill)
            brush.setAlpha(alpha)
            curve.setBrush(brush)


def make_plot(
    title: str = "", x_label: str = "", y_label: str = "", *, time_axis: bool = False
) -> Plot:
    """Return a chart in the style of the theme; see :class:`Plot`."""
    return Plot(title, x_label, y_label, time_axis=time_axis)


def data_position(plot: Plot, x: float, y: float) -> QPointF:
    """Return the pixel position, within the widget, of a point of the chart."""
    scene = plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y))
    return QPointF(plot.mapFromScene(scene))


EMPTY = np.empty(0, dtype=np.float64)
"""An empty series, for clearing a curve."""
