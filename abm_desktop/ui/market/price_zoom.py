"""The mouse on the price axis: the wheel zooms, a drag moves, a double click lets go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from abm_desktop.desk.price_view import PriceView
from abm_desktop.ui.widgets.plots import Plot
from abm_desktop.ui.widgets.time_plot import ZOOM

__all__ = ["PriceZoom"]

TIP = (
    "The wheel over the prices zooms them, as Ctrl and the wheel do anywhere; a drag moves them; a "
    "double click shows them all again (Home)"
)


class PriceZoom(QObject):
    """Turns what is done at the axis of a chart, or with Ctrl held, into changes of its prices."""

    changed = Signal()
    """Other prices are to be shown."""

    def __init__(self, chart: Plot, view: PriceView) -> None:
        super().__init__(chart)
        self._chart, self._view = chart, view
        self.tick = 0.01
        self._dragged: float | None = None
        chart.getPlotItem().getAxis("left").setToolTip(TIP)
        chart.viewport().installEventFilter(self)
        chart.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is meant for the prices, and leave the rest to the chart."""
        if watched is self._chart:
            return isinstance(event, QKeyEvent) and self._key(event)
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QMouseEvent):
            return self._mouse(event)
        return False

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show ``factor`` times as many prices, around ``at`` or the middle."""
        span = self._chart.span_y
        if span is not None:
            middle = 0.5 * (span[0] + span[1])
            self._view.zoom(factor, middle if at is None else at, self.tick)
            self.changed.emit()

    def let_go(self) -> None:
        """Show the prices that the data asks for."""
        if self._view.is_held:
            self._view.automatic()
            self.changed.emit()

    def _price_at(self, y: float) -> float:
        area, span = self._chart.getPlotItem().getViewBox().sceneBoundingRect(), self._chart.span_y
        if span is None:
            return float("nan")
        return span[0] + (area.bottom() - y) / max(1.0, area.height()) * (span[1] - span[0])

    def _on_axis(self, x: float) -> bool:
        return x < self._chart.getPlotItem().getViewBox().sceneBoundingRect().left()

    def _wheel(self, event: QWheelEvent) -> bool:
        held = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        steps = event.angleDelta().y() / 120.0
        if not steps or not (held or self._on_axis(event.position().x())):
            return False
        self.zoom(ZOOM**-steps, self._price_at(event.position().y()))
        event.accept()
        return True

    def _mouse(self, event: QMouseEvent) -> bool:
        where, left = event.position(), event.button() == Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonDblClick if self._on_axis(where.x()):
                self.let_go()
            case QEvent.Type.MouseButtonPress if left and self._on_axis(where.x()):
                self._dragged = where.y()
            case QEvent.Type.MouseMove if self._dragged is not None:
                by = self._price_at(self._dragged) - self._price_at(where.y())
                self._dragged = where.y()
                self._view.pan(by)
                self.changed.emit()
            case QEvent.Type.MouseMove:
                over = self._on_axis(where.x())
                shape = Qt.CursorShape.SizeVerCursor if over else Qt.CursorShape.ArrowCursor
                if self._chart.viewport().cursor().shape() != shape:
                    self._chart.viewport().setCursor(shape)
                return False
            case QEvent.Type.MouseButtonRelease if self._dragged is not None:
                self._dragged = None
            case _:
                return False
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress:
            return False
        match event.key():
            case Qt.Key.Key_Up:
                self.zoom(1.0 / ZOOM)
            case Qt.Key.Key_Down:
                self.zoom(ZOOM)
            case Qt.Key.Key_Home:
                self.let_go()
            case _:
                return False
        return True
