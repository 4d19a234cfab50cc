"""The trade tape: the latest trades, newest on top, painted by hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from abm_desktop.desk.formats import clock, decimals_of
from abm_desktop.live import MarketSnapshot
from abm_desktop.ui import theme

__all__ = ["TradeTape"]


class TradeTape(QWidget):
    """Time, side of the aggressor, price and size of as many of the latest trades as fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Latest trades")
        self.setToolTip(
            "Latest trades, newest first. ▲ a buyer took the ask, ▼ a seller hit the bid, "
            "● the recording does not tell."
        )
        # It fills itself: what lies behind it need not be painted.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._snapshot: MarketSnapshot | None = None
        self._restyle()
        theme.signals.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Return a size that shows some twenty trades."""
        return QSize(240, 360)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the numbers are not cut."""
        return QSize(190, 90)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Draw the latest trades of this snapshot."""
        self._snapshot = snapshot
        self.update()

    def _restyle(self, _theme: object = None) -> None:
        self._font = theme.mono_font(8.5)
        self._bold = theme.mono_font(8.5, bold=True)
        self._head = theme.ui_font(8.0)
        self._row = QFontMetrics(self._font).height() + 2
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the heading and every trade that fits."""
        painter = QPainter(self)
        colors = theme.current().colors
        painter.fillRect(self.rect(), QColor(colors.panel))
        snapshot = self._snapshot
        row, width = self._row, self.width()
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        time_box, arrow_x, price_right = width * 0.36, width * 0.42, width * 0.74
        painter.setFont(self._head)
        painter.setPen(QColor(colors.muted))
        painter.drawText(QRectF(8, 0, time_box, row), left, "Time")
        painter.drawText(QRectF(0, 0, price_right, row), right, "Price")
        painter.drawText(QRectF(0, 0, width - 8, row), right, "Size")
        painter.setPen(QColor(colors.border))
        painter.drawLine(0, row - 1, width, row - 1)
        if snapshot is None or not len(snapshot.recent_trades):
            painter.setPen(QColor(colors.muted))
            painter.drawText(
                self.rect().adjusted(8, row, -8, 0),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                "No trade yet. Run the market (F5).",
            )
            return
        fit = max(1, self.height() // row - 1)
        trades = snapshot.recent_trades[-fit:][::-1]
        digits = decimals_of(snapshot.tick_size)
        # A trade four times the usual size stands out; the usual one is the median on show.
        sizes = sorted(trades["size"].tolist())
        large = 4 * sizes[len(sizes) // 2]
        bid, ask = QColor(colors.bid), QColor(colors.ask)
        text, muted = QColor(colors.text), QColor(colors.muted)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for k, (when, price, size, side) in enumerate(
            zip(
                trades["time"].tolist(),
                trades["price"].tolist(),
                trades["size"].tolist(),
                trades["side"].tolist(),
                strict=True,
            )
        ):
            y = row * (k + 1)
            painter.setFont(self._bold if size >= large else self._font)
            painter.setPen(muted)
            painter.drawText(QRectF(8, y, time_box, row), left, clock(when, tenths=True))
            color = bid if side > 0 else ask if side < 0 else muted
            painter.setPen(color)
            painter.drawText(QRectF(0, y, price_right, row), right, f"{price:.{digits}f}")
            self._paint_arrow(painter, arrow_x, y + row / 2, side, color)
            painter.setPen(text)
            painter.drawText(QRectF(0, y, width - 8, row), right, f"{size:.0f}")

    @staticmethod
    def _paint_arrow(painter: QPainter, x: float, y: float, side: int, color: QColor) -> None:
        tip, base = (y - 3, y + 3) if side > 0 else (y + 3, y - 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        if side == 0:
            painter.drawEllipse(QPointF(x, y), 2.0, 2.0)
            return
        painter.drawPolygon(
            QPolygonF([QPointF(x, tip), QPointF(x - 4, base), QPointF(x + 4, base)])
        )
