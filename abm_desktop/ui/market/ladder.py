"""The order-book ladder: one row per price level, painted by hand in one widget.

A table view costs two and a half times as much per frame (its model asks for every cell).
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from abm_desktop.desk.formats import decimals_of
from abm_desktop.live import MarketSnapshot, OwnOrder
from abm_desktop.statements import counted
from abm_desktop.ui import theme

__all__ = ["Ladder"]

HYSTERESIS = 0.25
"""The ladder is centred again when the mid leaves the middle of it by this share of its rows: a
ladder that moves with every tick cannot be read."""


class Ladder(QWidget):
    """Bid size, price and ask size around the mid; the wheel scrolls, a double click returns.

    A click beside a price places an own order there, another one (or a right click) cancels it.
    """

    order_asked = Signal(int, float)
    """A limit order is wanted: side (+1 buys, -1 sells) and price."""
    pointed = Signal(float)
    """Price under the mouse; NaN when it has left."""
    cancel_asked = Signal(object)
    """An own order is to be cancelled: its key."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Order book ladder")
        self.setToolTip(
            "Lots resting at each price: bids left, asks right. Click left of a price to buy "
            "there, right of it to sell; click an own order to cancel it. The wheel scrolls, "
            "a double click on a price returns to the mid."
        )
        # It fills itself: what lies behind it need not be painted.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._snapshot: MarketSnapshot | None = None
        self._centre: int | None = None
        self._offset = 0
        self._scale = 1.0
        self._gapped = False
        self.takes_orders = True
        """Whether a click places an order: not in a replay, and not in the past."""
        self._price = math.nan
        """Price that another chart points at."""
        self._pointed: tuple[int, int] | None = None
        """Side and price in ticks under the mouse."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._restyle()
        theme.signals.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        """Return a size that shows some thirty levels."""
        return QSize(250, 560)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which the numbers are not cut."""
        return QSize(190, 140)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Draw this book."""
        if self._snapshot is None or snapshot.generation != self._snapshot.generation:
            self._centre, self._offset = None, 0
        self._snapshot = snapshot
        self._follow_mid()
        self.update()

    @property
    def row_height(self) -> int:
        """Height of one price level in pixels."""
        return self._row

    @property
    def rows(self) -> int:
        """How many price levels fit."""
        return max(1, (self.height() - self._row) // self._row)

    @property
    def centre_price(self) -> float | None:
        """Price of the middle row; None before the first book."""
        if self._centre is None or self._snapshot is None:
            return None
        return (self._centre + self._offset) * self._snapshot.tick_size

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Look at prices further up or down."""
        step = 3 if event.angleDelta().y() > 0 else -3
        self._offset = max(-5000, min(5000, self._offset + step))
        self.update()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Place an own order, or cancel the one that is there."""
        place = self.place_at(event.position())
        if place is not None:
            self._act_at(*place, may_place=event.button() == Qt.MouseButton.LeftButton)

    def _act_at(self, side: int, ticks: int, *, may_place: bool = True) -> None:
        if not self.takes_orders or self._snapshot is None:
            return
        own = self._own_at(side, ticks)
        if own:
            for order in own:
                self.cancel_asked.emit(order.key)
        elif may_place:
            self.order_asked.emit(side, round(ticks * self._snapshot.tick_size, 10))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a price with the arrow keys, and place or cancel an order there with Enter."""
        key, snapshot = event.key(), self._snapshot
        moves: dict[int, int] = dict.fromkeys((Qt.Key.Key_Left, Qt.Key.Key_Right), 0)
        moves |= {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if snapshot is None or self._centre is None or not self.takes_orders:
            super().keyPressEvent(event)
        elif key in moves:
            best = snapshot.best_bid if math.isfinite(snapshot.best_bid) else snapshot.last_price
            side, ticks = self._pointed or (1, round(best / snapshot.tick_size))
            if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                side = 1 if key == Qt.Key.Key_Left else -1
            self._pointed = (side, max(1, ticks + (moves[key] if self._pointed else 0)))
            self._tell_pointed()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed is not None:
            self._act_at(*self._pointed)
        elif key == Qt.Key.Key_Escape and self._pointed is not None:
            self._pointed = None
            self._tell_pointed()
        else:
            super().keyPressEvent(event)

    def _tell_pointed(self) -> None:
        """Say, and let other charts show, what the keys point at."""
        snapshot, place = self._snapshot, self._pointed
        price = math.nan
        if place is not None and snapshot is not None:
            price = round(place[1] * snapshot.tick_size, 10)
            words = "Buy at {price}" if place[0] > 0 else "Sell at {price}"
            self.setAccessibleDescription(words.format(price=price))
        self.pointed.emit(price)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where a click would place an order, and tell the price."""
        self.pointed.emit(self.price_at(event.position()))
        place = self.place_at(event.position()) if self.takes_orders else None
        if place != self._pointed:
            self._pointed = place
            self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys point at nothing."""
        super().focusOutEvent(event)
        if self._pointed is not None:
            self._pointed = None
            self._tell_pointed()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse points at nothing."""
        super().leaveEvent(event)
        self.pointed.emit(math.nan)
        if self._pointed is not None:
            self._pointed = None
            self.update()

    def price_at(self, where: QPointF) -> float:
        """Return the price of the row at a pixel; NaN if there is none."""
        row, shown = int(where.y()) // self._row - 1, self.shown_levels()
        ticks = shown[row] if 0 <= row < len(shown) else None
        if ticks is None or self._snapshot is None:
            return math.nan
        return float(round(ticks * self._snapshot.tick_size, 10))

    def show_price(self, price: float) -> None:
        """Mark the row of ``price``, as another chart points at it; NaN takes the mark away."""
        if price != self._price and not (math.isnan(price) and math.isnan(self._price)):
            self._price = price
            self.update()

    def place_at(self, where: QPointF) -> tuple[int, int] | None:
        """Return side (+1 bids, -1 asks) and price in ticks at a pixel; None beside the columns."""
        row = int(where.y()) // self._row - 1
        shown = self.shown_levels()
        if not 0 <= row < len(shown):
            return None
        ticks = shown[row]
        side, price_width = self._columns()
        if ticks is None or ticks <= 0 or side <= where.x() < side + price_width:
            return None
        return (1 if where.x() < side else -1), ticks

    def _columns(self) -> tuple[int, int]:
        """Return the widths of a column of sizes, and of the column of prices."""
        price_width = max(64, self.width() * 26 // 100)
        return (self.width() - price_width) // 2, price_width

    def _own_at(self, side: int, ticks: int) -> list[OwnOrder]:
        snapshot = self._snapshot
        own = None if snapshot is None else snapshot.own
        if snapshot is None or own is None:
            return []
        tick = snapshot.tick_size
        return [o for o in own.orders if o.side == side and round(o.price / tick) == ticks]

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Return to the mid; beside a price it was the second of two clicks."""
        if self.place_at(event.position()) is not None and self.takes_orders:
            return
        self._offset = 0
        self._centre = None
        self._follow_mid()
        self.update()

    def _follow_mid(self) -> None:
        snapshot = self._snapshot
        assert snapshot is not None
        mid = snapshot.mid if math.isfinite(snapshot.mid) else snapshot.last_price
        if not math.isfinite(mid):
            return
        ticks = round(mid / snapshot.tick_size)
        if self._centre is None or abs(ticks - self._centre) > self.rows * HYSTERESIS:
            self._centre = ticks
        # A spread that would fill the ladder is folded into one row; the two limits differ, so that
        # a spread between them does not switch back and forth.
        spread = (snapshot.best_ask - snapshot.best_bid) / snapshot.tick_size
        self._gapped = spread > self.rows * (0.4 if self._gapped else 0.6)

    def shown_levels(self) -> list[int | None]:
        """Return the price of each row in ticks, highest first; None is a spread folded away."""
        snapshot = self._snapshot
        if snapshot is None or self._centre is None:
            return []
        if not self._gapped:
            top = self._centre + self._offset + self.rows // 2
            return [top - k for k in range(self.rows)]
        tick = snapshot.tick_size
        half = (self.rows - 1) // 2
        asks = [round(p / tick) for p in snapshot.asks[:, 0].tolist()]
        bids = [round(p / tick) for p in snapshot.bids[:, 0].tolist()]
        above = max(0, min(self._offset, len(asks) - half))
        below = max(0, min(-self._offset, len(bids) - half))
        return [*asks[above : above + half][::-1], None, *bids[below : below + half]]

    def _restyle(self, _theme: object = None) -> None:
        self._font = theme.mono_font(9.0)
        self._bold = theme.mono_font(9.0, bold=True)
        self._head = theme.ui_font(8.0)
        self._row = QFontMetrics(self._font).height() + 3
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the heading and every level that fits."""
        painter = QPainter(self)
        colors = theme.current().colors
        painter.fillRect(self.rect(), QColor(colors.panel))
        snapshot = self._snapshot
        if snapshot is None or self._centre is None:
            return
        row, width = self._row, self.width()
        tick = snapshot.tick_size
        digits = decimals_of(tick)
        bids = {round(p / tick): (v, n) for p, v, n in snapshot.bids.tolist()}
        asks = {round(p / tick): (v, n) for p, v, n in snapshot.asks.tolist()}
        best_bid = _ticks(snapshot.best_bid, tick)
        best_ask = _ticks(snapshot.best_ask, tick)
        last = _ticks(snapshot.last_price, tick)

        pointed, pointed_back = _ticks(self._price, tick), QColor(colors.grid)
        side, price_width = self._columns()
        left, price_left, right = 0, side, side + price_width
        shown = self.shown_levels()
        self._settle_scale(
            [(bids.get(p) or asks.get(p) or (0.0, 0))[0] for p in shown if p is not None]
        )

        self._paint_heading(painter, side, price_width)
        bid_color, ask_color = QColor(colors.bid), QColor(colors.ask)
        bar_bid, bar_ask = QColor(bid_color), QColor(ask_color)
        bar_bid.setAlpha(64)
        bar_ask.setAlpha(64)
        best_back = QColor(colors.raised)
        text, muted = QColor(colors.text), QColor(colors.muted)
        painter.setFont(self._font)
        middle = Qt.AlignmentFlag.AlignVCenter
        to_right, to_left = (
            middle | Qt.AlignmentFlag.AlignRight,
            middle | Qt.AlignmentFlag.AlignLeft,
        )
        for k, price in enumerate(shown):
            y = row * (k + 1)
            if price is None:
                self._paint_gap(painter, QRectF(0, y, width, row))
                continue
            if price == pointed:
                painter.fillRect(0, y, width, row, pointed_back)
            is_best = price in (best_bid, best_ask)
            if is_best:
                painter.fillRect(0, y, width, row, best_back)
                painter.setFont(self._bold)
            inside = best_bid is not None and best_ask is not None and best_bid < price < best_ask
            bid, ask = bids.get(price), asks.get(price)
            if bid:
                bar = max(2.0, (side - 2) * min(1.0, bid[0] / self._scale))
                painter.fillRect(QRectF(left + side - bar, y + 1, bar, row - 2), bar_bid)
                painter.setPen(text if is_best else bid_color)
                painter.drawText(QRectF(left, y, side - 5, row), to_right, f"{bid[0]:.0f}")
            if ask:
                bar = max(2.0, (side - 2) * min(1.0, ask[0] / self._scale))
                painter.fillRect(QRectF(right, y + 1, bar, row - 2), bar_ask)
                painter.setPen(text if is_best else ask_color)
                painter.drawText(QRectF(right + 5, y, side - 5, row), to_left, f"{ask[0]:.0f}")
            if price == best_bid:
                painter.setPen(bid_color)
            elif price == best_ask:
                painter.setPen(ask_color)
            else:
                painter.setPen(muted if inside or not (bid or ask) else text)
            cell = QRectF(price_left, y, price_width, row)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{price * tick:.{digits}f}")
            if price == last:
                self._paint_last(painter, cell, colors.mid)
            if is_best:
                painter.setFont(self._font)
        self._paint_own(painter, shown)
        if self.hasFocus():
            painter.setPen(QColor(colors.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(QColor(colors.border))
        painter.drawLine(price_left, row, price_left, self.height())
        painter.drawLine(right, row, right, self.height())

    def _paint_own(self, painter: QPainter, shown: list[int | None]) -> None:
        """Paint the own orders at the outer edges, and where a click would place one."""
        colors = theme.current().colors
        side, price_width = self._columns()
        own = self._snapshot.own if self._snapshot is not None else None
        marks: dict[tuple[int, int], int] = {}
        if own is not None and self._snapshot is not None:
            for order in own.orders:
                place = (order.side, round(order.price / self._snapshot.tick_size))
                marks[place] = marks.get(place, 0) + order.size
        if not marks and self._pointed is None:
            return
        painter.setFont(self._bold)
        width = max(26, painter.fontMetrics().horizontalAdvance("000") + 8)
        for k, ticks in enumerate(shown):
            if ticks is None:
                continue
            y = self._row * (k + 1)
            for sign, left in ((1, 2), (-1, self.width() - width - 2)):
                size = marks.get((sign, ticks))
                if size is not None:
                    box = QRectF(left, y + 1, width, self._row - 2)
                    painter.fillRect(box, QColor(colors.accent))
                    painter.setPen(QColor(colors.on_accent))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{size}")
            if self._pointed is not None and self._pointed[1] == ticks:
                left = 0 if self._pointed[0] > 0 else side + price_width
                painter.setPen(QColor(colors.accent))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(left + 0.5, y + 0.5, side - 2, self._row - 2))
        painter.setFont(self._font)

    def _paint_heading(self, painter: QPainter, side: int, price_width: int) -> None:
        colors = theme.current().colors
        painter.setFont(self._head)
        painter.setPen(QColor(colors.muted))
        row = self._row
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            QRectF(0, 0, side - 5, row), middle | Qt.AlignmentFlag.AlignRight, "Bid size"
        )
        painter.drawText(QRectF(side, 0, price_width, row), Qt.AlignmentFlag.AlignCenter, "Price")
        painter.drawText(
            QRectF(side + price_width + 5, 0, side, row),
            middle | Qt.AlignmentFlag.AlignLeft,
            "Ask size",
        )
        painter.setPen(QColor(colors.border))
        painter.drawLine(0, row - 1, self.width(), row - 1)

    def _paint_gap(self, painter: QPainter, cell: QRectF) -> None:
        snapshot = self._snapshot
        assert snapshot is not None
        ticks = round((snapshot.best_ask - snapshot.best_bid) / snapshot.tick_size)
        painter.setFont(self._head)
        painter.setPen(QColor(theme.current().colors.warning))
        painter.drawText(
            cell,
            Qt.AlignmentFlag.AlignCenter,
            f"spread of {counted(ticks, 'tick')}",
        )
        painter.setFont(self._font)

    @staticmethod
    def _paint_last(painter: QPainter, cell: QRectF, color: str) -> None:
        painter.setPen(QColor(color))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.adjusted(2, 0, -3, -1))

    def _settle_scale(self, volumes: list[float]) -> None:
        """Let the length of the bars follow the largest level on show, without flicker."""
        largest = max(volumes, default=0.0)
        if largest > self._scale or largest < 0.4 * self._scale:
            self._scale = max(1.0, largest * 1.15)

    def describe(self) -> str:
        """Return the top of the book in words, for screen readers and tests."""
        s = self._snapshot
        if s is None or not len(s.bids) or not len(s.asks):
            return "The book is empty."
        return "Best bid {bid} for {bv}, best ask {ask} for {av}.".format(
            bid=f"{s.bids[0, 0]:.{decimals_of(s.tick_size)}f}",
            bv=counted(round(s.bids[0, 1]), "lot"),
            ask=f"{s.asks[0, 0]:.{decimals_of(s.tick_size)}f}",
            av=counted(round(s.asks[0, 1]), "lot"),
        )


def _ticks(price: float, tick: float) -> int | None:
    return round(price / tick) if math.isfinite(price) else None
