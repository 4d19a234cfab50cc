"""A line of key figures: last price, quotes, spread, value, volume."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from abm_desktop.desk.formats import compact, price, shorten, signed, whole, with_capital
from abm_desktop.desk.phase_bands import CROSSING, indicative_price
from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.statements import Statement
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.widgets.steady_label import SteadyLabel

__all__ = ["QuoteStrip"]


IMPORTANCE = (
    "bid", "ask", "last", "spread", "value", "gap", "change", "volume", "trades", "events"
)  # fmt: skip
"""Keys of the figures; if the window is narrow, the last are left out first."""


BID_OR_AUCTION = (
    ("Bid", "Best bid and the lots resting there"),
    ("Indicative", "Price and lots at which the auction would trade now; there are no quotes"),
)
PHASES = {
    "continuous": ("Continuous", "good"),
    "limit": ("Limit state", "warning"),
    "auction": ("Auction", "accent"),
    "halted": ("Halted", "danger"),
    "closed": ("Closed", "danger"),
}
"""Title and colour of each phase."""
OVER = ("Session over", "muted")


class _Figure(QWidget):
    """A caption with a number under it."""

    def __init__(self, caption: str, tip: str, sample: str) -> None:
        super().__init__()
        self.caption = QLabel(caption)
        self.caption.setObjectName("panelNote")
        self.value = SteadyLabel(sample)
        self.value.setText("–")
        self.setToolTip(tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addWidget(self.value)
        self.caption.setFont(theme.ui_font(8.0))
        self.value.setFont(theme.mono_font(11.0, bold=True))
        self.value.fit(max(sample, self.value.text(), key=len))

    def show_value(self, text: str, role: str = "text") -> None:
        """Show ``text`` in the colour of ``role``."""
        set_tone(self.value, role)
        if text != self.value.text():
            self.value.show_text(text)
            self.setAccessibleName(f"{self.caption.text()} {text}")


class QuoteStrip(QFrame):
    """The figures a trader looks at first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._has_value = True
        self.source = QLabel()
        self.source.setObjectName("panelTitle")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 10, 4)
        self._spacing = 18
        layout.setSpacing(self._spacing)
        layout.addWidget(self.source)
        self.figures: dict[str, _Figure] = {}
        for key, caption, tip, sample in (
            ("last", "Last", "Price of the last trade; blue: a buyer took it",
             "100.00"),
            ("bid", *BID_OR_AUCTION[0], "100.00 × 00"),
            ("ask", "Ask", "Best ask and the lots resting there", "100.00 × 00"),
            ("spread", "Spread (ticks)", "Best ask minus best bid", "000"),
            ("value", "Fundamental", "The fundamental value V", "100.00"),
            ("gap", "Mid – value (bp)", "Mispricing in basis points", "+000.0"),
            ("change", "Change", "Mid against the start of the session",
             "+0.00 %"),
            ("volume", "Volume", "Lots traded", "000.0k"),
            ("trades", "Fills", "Pairs of orders that traded: an aggressive order filled in parts "
             "counts once for each. Trades, in Analytics, are such orders", "000.0k"),
            ("events", "Book events", "Accepted orders, cancels and fills",
             "00.0M"),
        ):  # fmt: skip
            figure = _Figure(caption, tip, sample)
            self.figures[key] = figure
            layout.addWidget(figure)
        layout.addStretch(1)
        self.phase = _Figure("Market", "", "Continuous")
        layout.addWidget(self.phase)
        self._phase: tuple[str, Statement | None, bool] | None = None

    def minimumSizeHint(self) -> QSize:
        """Return the room for the name and the phase: figures give way, and widen no window."""
        least = self.source.sizeHint().width() + self.phase.sizeHint().width() + 3 * self._spacing
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the figures that do not fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show as many figures as there is room for, the most important first."""
        spacing = self._spacing
        room = self.width() - self.source.sizeHint().width() - 24
        room -= self.phase.sizeHint().width() + spacing
        for key in IMPORTANCE:
            figure = self.figures[key]
            wanted = self._has_value or key not in ("value", "gap")
            room -= (figure.sizeHint().width() + spacing) if wanted else 0
            figure.setVisible(wanted and room >= 0)

    def show_snapshot(self, snapshot: MarketSnapshot, start: MarketSnapshot | None = None) -> None:
        """Show the figures of this moment; the history of ``start`` begins with the session."""
        s, show = snapshot, self.figures
        tick = s.tick_size
        name = shorten(s.source, 22)
        has_value = not (s.is_replay or math.isnan(s.fundamental))
        if self.source.text() != name or self._has_value != has_value:
            self._has_value = has_value
            self.source.setText(name)
            self._fit()
            self.source.setToolTip(s.source)
        side = int(s.recent_trades["side"][-1]) if len(s.recent_trades) else 0
        show["last"].show_value(
            price(s.last_price, tick), "bid" if side > 0 else "ask" if side < 0 else "text"
        )
        if s.phase in CROSSING:
            indicative, lots = indicative_price(s)
            size = f" × {lots:.0f}" if lots else ""
            show["bid"].show_value(price(indicative, tick) + size, "accent")
            show["ask"].show_value("–")
        else:
            show["bid"].show_value(_quote(s.best_bid, s.bids, tick), "bid")
            show["ask"].show_value(_quote(s.best_ask, s.asks, tick), "ask")
        spread = (s.best_ask - s.best_bid) / tick
        # In an auction the book may be crossed: there is no spread then.
        show["spread"].show_value(
            whole(spread if spread > 0 else math.nan), "warning" if spread >= 20 else "text"
        )
        show["value"].show_value(price(s.fundamental, tick), "fundamental")
        gap = math.log(s.mid / s.fundamental) * 1e4 if s.fundamental > 0 and s.mid > 0 else math.nan
        show["gap"].show_value(signed(gap, 1))
        show["change"].show_value(_change(s, start or s))
        show["volume"].show_value(compact(s.volume))
        show["trades"].show_value(compact(s.trades))
        show["events"].show_value(compact(s.events))
        self._show_phase(s)

    def _show_phase(self, snapshot: MarketSnapshot) -> None:
        """Say in which phase the market is; anything but continuous trading stands out."""
        # A look back from there is into the session.
        over = snapshot.state is RunState.ENDED and snapshot.time >= (snapshot.end or 0.0) - 1e-6
        now = (snapshot.phase, snapshot.phase_reason, over)
        if self._phase == now:
            return
        self._phase = now
        usual = snapshot.phase == "continuous"
        bid = self.figures["bid"]
        caption, tip = BID_OR_AUCTION[snapshot.phase in CROSSING]
        bid.caption.setText(caption)
        bid.setToolTip(tip)
        title, role = PHASES.get(snapshot.phase, (snapshot.phase.capitalize(), "warning"))
        if over and usual:
            title, role = OVER
        reason = None if usual else snapshot.phase_reason
        caption = with_capital(str(reason)) if reason is not None else "Market"
        self.phase.caption.setText(caption)
        self.phase.show_value(title, role)
        self.phase.setToolTip("Phase of the market: continuous, limit, auction, halted or closed")
        # The frame takes the colour: seen from the corner of the eye.
        self.setProperty("level", "" if usual else role)
        self.style().unpolish(self)
        self.style().polish(self)
        self._fit()


def _quote(value: float, levels: object, tick: float) -> str:
    size = f" × {levels[0, 1]:.0f}" if len(levels) else ""  # type: ignore[arg-type, index]
    return price(value, tick) + size


def _change(snapshot: MarketSnapshot, session: MarketSnapshot) -> str:
    mids = session.history.mid
    start = mids[0] if len(mids) else math.nan
    if not (math.isfinite(start) and math.isfinite(snapshot.mid)):
        return "–"
    return f"{signed((snapshot.mid / start - 1) * 100, 2)} %"
