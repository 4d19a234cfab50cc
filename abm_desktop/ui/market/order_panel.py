"""Orders by hand: size, market orders, and what the person at the desk holds."""

from __future__ import annotations

import math

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import price, signed, whole
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.live.commands import PlaceOrder
from abm_desktop.ui import theme
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.numbers import WholeBox

__all__ = ["OrderPanel"]

BUY, SELL = 1, -1
LARGEST = 100_000


class OrderPanel(QWidget):
    """Under the ladder: the size of the next order, buttons, position and profit."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self._session = session
        self._commands = commands
        self._position = 0
        self.reason = ""
        """Why no order can be placed now; "" if one can."""
        self.lots = WholeBox()
        self.lots.setRange(1, LARGEST)
        self.lots.setValue(5)
        self.lots.setSuffix(" lots")
        self.lots.setMinimumWidth(72)
        self.lots.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        self.lots.setAccessibleName("Size of an order")
        self.lots.setToolTip("Lots of the next order, by button or by a click on a price")
        self.buy = self._button("market.buy", "Buy")
        self.sell = self._button("market.sell", "Sell")
        self.flat = self._button("market.flatten", "Close position")
        self.cancel = self._button("market.cancel_orders", "Cancel all")
        self.figures = {
            "position": self._figure("Position", "Lots held; negative is short"),
            "pnl": self._figure("PnL", "Gain or loss so far, marked at mid"),
            "even": self._figure(
                "Break-even",
                "Price at which closing leaves neither gain nor loss",
            ),
            "orders": self._figure("Orders", "Own orders that rest in the book"),
        }
        first = QHBoxLayout()
        first.setSpacing(5)
        for widget in (self.lots, self.buy, self.sell):
            first.addWidget(widget, 1)
        numbers = QGridLayout()
        numbers.setHorizontalSpacing(8)
        numbers.setVerticalSpacing(0)
        for k, (caption, value) in enumerate(self.figures.values()):
            numbers.addWidget(caption, 0, k)
            numbers.addWidget(value, 1, k)
        last = QHBoxLayout()
        last.setSpacing(5)
        last.addWidget(self.flat, 1)
        last.addWidget(self.cancel, 1)
        self._held = QWidget()
        self._held.setObjectName("panelBody")
        held = QVBoxLayout(self._held)
        held.setContentsMargins(0, 0, 0, 0)
        held.setSpacing(4)
        held.addLayout(numbers)
        held.addLayout(last)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self._held)
        for button, role in ((self.buy, "bid"), (self.sell, "ask")):
            set_tone(button, role)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show what is held, and whether an order can be placed."""
        if snapshot.is_replay:
            reason = "A replay takes no orders. Choose Market, Trade in this recording."
        elif snapshot.state in (RunState.FAILED, RunState.LOADING):
            reason = "There is no market to trade in."
        elif snapshot.state is RunState.ENDED:
            reason = "The session is over. Reset the market to go on (Ctrl+R)."
        else:
            reason = ""
        own = snapshot.own
        if reason != self.reason:
            self.reason = reason
            for name in ("market.buy", "market.sell"):
                self._commands.allow(name, not reason, reason)
            self.lots.setEnabled(not reason)
        self._commands.allow(
            "market.cancel_orders",
            own is not None and bool(own.orders) and not reason,
            "No own order rests in the book.",
        )
        self._commands.allow(
            "market.flatten",
            own is not None and own.position != 0 and not reason,
            "There is no position to close.",
        )
        self._position = 0 if own is None else own.position
        if own is None:
            for key in self.figures:
                self._show(key, "–")
            return
        sign = "bid" if own.position > 0 else "ask" if own.position < 0 else "text"
        self._show("position", signed(own.position), sign)
        gain = own.pnl if math.isfinite(own.pnl) else 0.0
        self._show("pnl", signed(gain, 2), "good" if gain > 0 else "danger" if gain < 0 else "text")
        self._show("even", price(own.break_even, snapshot.tick_size))
        self._show("orders", whole(len(own.orders)))

    def trade(self, side: int) -> None:
        """Buy or sell the size on show at what is there."""
        self._session.do(PlaceOrder(side=side, size=self.lots.value()))

    def place(self, side: int, at: float) -> None:
        """Place a limit order of the size on show."""
        if not self.reason:
            self._session.do(PlaceOrder(side=side, price=at, size=self.lots.value()))

    def flatten(self) -> None:
        """Close the position at what is there."""
        if self._position:
            side = SELL if self._position > 0 else BUY
            self._session.do(PlaceOrder(side=side, size=abs(self._position)))

    def _show(self, key: str, text: str, role: str = "text") -> None:
        value = self.figures[key][1]
        if value.text() != text:
            value.setText(text)
            value.setAccessibleName(f"{self.figures[key][0].text()} {text}")
        set_tone(value, role)

    def _figure(self, title: str, tip: str) -> tuple[QLabel, QLabel]:
        caption, value = QLabel(title), QLabel("–")
        caption.setObjectName("panelNote")
        caption.setFont(theme.ui_font(8.0))
        value.setFont(theme.mono_font(9.0, bold=True))
        for label in (caption, value):
            label.setToolTip(tip)
        return caption, value

    def _button(self, command_id: str, title: str) -> QToolButton:
        action = self._commands[command_id]
        action.setIconText(title)
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        policy = button.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        button.setSizePolicy(policy)
        return button
