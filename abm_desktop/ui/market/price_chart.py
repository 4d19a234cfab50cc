"""The price chart: mid, quotes, fundamental value and trades over a sliding window of time.

Behind the curves lies the heatmap of the order book, unless it is switched off.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent

from abm_desktop.desk.book_store import BookStore
from abm_desktop.desk.formats import clock, decimals_of
from abm_desktop.desk.phase_bands import CROSSING, clearing_price, phase_bands
from abm_desktop.desk.price_view import PriceView
from abm_desktop.desk.pyramid import Pyramid
from abm_desktop.desk.ranges import visible
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.desk.trade_store import TradeStore
from abm_desktop.live import History, MarketSnapshot, PastMoment
from abm_desktop.ui import theme
from abm_desktop.ui.market.candles import BODY, CandleItem, candles
from abm_desktop.ui.market.heat_bar import HeatBar
from abm_desktop.ui.market.heatmap import Heatmap
from abm_desktop.ui.market.price_layers import PriceLayers
from abm_desktop.ui.market.price_zoom import PriceZoom
from abm_desktop.ui.market.trade_dots import TradeDots
from abm_desktop.ui.market.volume_chart import VolumeChart
from abm_desktop.ui.widgets.plots import EMPTY
from abm_desktop.ui.widgets.time_plot import TimePlot

__all__ = ["WINDOWS", "PriceChart"]

WINDOWS: tuple[tuple[str, float | None], ...] = (
    ("30 s", 30.0),
    ("5 min", 300.0),
    ("30 min", 1800.0),
    ("All", None),
)
"""Titles and lengths in simulated seconds of the windows to choose from; None is the session."""

LINES = ("mid", "fundamental", "best_bid", "best_ask")
"""Series of a history that are drawn as lines."""

LARGEST_GAP = 0.02
"""Share of a stretch of time between two books, at most, for the picture of it to be whole."""
HEAT_TICKS = 48
"""The heatmap shows so many ticks at the least, to have some of the book in view."""


class PriceChart(TimePlot):
    """Prices over time."""

    def __init__(self, stress_log: StressLog) -> None:
        super().__init__(label_bands=True)
        self._stress_log = stress_log
        self.setAccessibleName("Price chart")
        self.figure_y = "Price (currency)"
        self.trades = TradeStore()
        self.books = BookStore()
        self.heat = Heatmap(self.books)
        self._past_books, self._past_trades = BookStore(), TradeStore()
        self._past: PastMoment | None = None
        self.heat.setZValue(-30)
        self.addItem(self.heat, ignoreBounds=True)
        self._ask = self.add_line("ask", name="Best ask")
        self._bid = self.add_line("bid", name="Best bid")
        self._ask.setOpacity(0.55)
        self._bid.setOpacity(0.55)
        self._fundamental = self.add_line("fundamental", name="Fundamental value")
        self.dots = TradeDots(self)
        self._mid = self.add_line("mid", name="Mid price")
        self._indicative = self.add_line("accent", dashed=True, name="Indicative price")
        self._clearing: dict[float, float] = {}
        """Price at which the book of a time would have cleared, NaN if nothing crossed."""
        self.candles = CandleItem()
        self.candles.hide()
        self.addItem(self.candles, ignoreBounds=True)
        self._last = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 1.0, "anchors": [(1, 0.5), (1, 0.5)]}
        )
        self.addItem(self._last, ignoreBounds=True)
        self._style_last()
        self.prices = PriceView()
        """Which prices are shown."""
        self.price_zoom = PriceZoom(self, self.prices)
        self.layers = PriceLayers(self)
        self.heat_bar = HeatBar(self.heat, self)
        self._dots_shown = EMPTY
        """Prices of the trades drawn last."""
        self._pyramids = {name: Pyramid() for name in LINES}
        self._generation = -1
        self._snapshot: MarketSnapshot | None = None
        self.heat_bar.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the scale of the heatmap in its corner."""
        super().resizeEvent(event)
        if hasattr(self, "heat_bar"):
            self.heat_bar.place(
                QRectF(self.AXIS_WIDTH, 0.0, self.width() - self.AXIS_WIDTH, self.height() - 2.0)
            )

    def restyle(self, _theme: object = None) -> None:
        """Take all colours from the present theme."""
        super().restyle(_theme)
        if hasattr(self, "_last"):
            self._style_last()

    def reset_range(self) -> None:
        """Let the next drawing choose the price axis afresh, unless it was chosen by hand."""
        self.prices.reset()

    @property
    def shows_heat(self) -> bool:
        """Whether the order book is drawn as a heatmap."""
        return bool(self.heat.isVisible())

    def set_heat(self, shown: bool) -> None:
        """Draw the order book as a heatmap behind the curves, or not."""
        self.heat.setVisible(shown)
        self.prices.reset()

    @property
    def shows_candles(self) -> bool:
        """Whether candles are drawn instead of the line of the mid."""
        return bool(self.candles.isVisible())

    def set_candles(self, shown: bool) -> None:
        """Draw candles instead of the line of the mid, or not; trades then give way to them."""
        self.candles.setVisible(shown)
        self._mid.setVisible(not shown)
        self.dots.set_visible(not shown)

    def watch(self, snapshot: MarketSnapshot) -> None:
        """Remember the trades and the book of this snapshot, also while nothing is drawn."""
        self.trades.take(snapshot)
        self.books.take(snapshot)
        self.layers.rl_trades.take(snapshot)

    def show_snapshot(
        self,
        snapshot: MarketSnapshot,
        left: float,
        right: float,
        past: PastMoment | None = None,
        *,
        turn: bool | None = None,
    ) -> None:
        """Draw the market from ``left`` to ``right`` seconds; ``past``: as it was then.

        In a running market the trades (``turn`` false) and the books (true) are drawn in turns.
        """
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.clear_marks()
            self._clearing.clear()
            self.prices.automatic()
        self._snapshot = snapshot
        self._take_past(past)
        if past is None:
            self.watch(snapshot)
        self.show_hint(
            "" if len(snapshot.history) > 1 else "Press Run (F5) to let the market trade."
        )
        self.show_marks(snapshot.marks, self._stress_log.spans)
        self.show_bands(phase_bands(snapshot))
        history = snapshot.history
        part = visible(history.time, left, right, self.pixel_width)
        now = None if past is not None else snapshot.time
        mid = self._line("mid", history, part, now, snapshot.mid)
        value = self._line("fundamental", history, part, now, snapshot.fundamental)
        if self.shows_candles:
            width = VolumeChart.bucket_width(right - left)
            body = (0.5 * (1 - BODY), BODY)
            if self.layers.shows_footprint:
                width = self.layers.bar_width(left, right)
                body = self.layers.candle_body(width, right - left)
            # A bar as a whole, also where its first part lies left of the edge.
            whole = visible(history.time, left - width, right, 1 << 30)
            newest = [] if now is None else [now]
            self.candles.set_bars(
                candles(
                    np.append(history.time[whole], newest),
                    np.append(history.mid[whole], [snapshot.mid][: len(newest)]),
                    width,
                ),
                width,
                body,
            )
        else:
            self._draw(self._mid, *mid)
        self._draw(self._fundamental, *value)
        indicative = self._clearing_prices(snapshot, left, right)
        self._draw(self._indicative, *indicative)
        for curve, name in ((self._bid, "best_bid"), (self._ask, "best_ask")):
            x, y = self._line(name, history, part, now, getattr(snapshot, name))
            self._draw(curve, x, self._of_trading(x, y))
        if self.shows_candles:
            self._dots_shown = EMPTY
        elif not turn:
            self._dots_shown = self.dots.draw(
                self._shown_trades.between(left, right), right - left, gathered=self.shows_heat
            )
        followed = snapshot.mid if past is None and right >= snapshot.time else math.nan
        self.price_zoom.tick = snapshot.tick_size
        series = (mid[1], value[1], indicative[1], self._dots_shown)
        self._set_ranges(snapshot, left, right, series, followed)
        if self.shows_heat and self.span_y is not None and turn is not False:
            until = snapshot.time if past is None else self.last_time(past)
            self.heat.show_books(snapshot.tick_size, left, right, *self.span_y, until)
            self.heat_bar.follow()
            self.heat_bar.keep_clear(*mid, (left, right), self.span_y)
        self.heat_bar.setVisible(self.shows_heat and self.heat.top > 0)
        self.layers.draw(snapshot, left, right, past if self._is_told else None)
        self._show_last(snapshot)
        self.settle()

    def stands_over(self) -> QRectF:
        """The scale of the heatmap."""
        return QRectF(self.heat_bar.geometry()) if self.heat_bar.isVisible() else QRectF()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what lies over the curves, and the cursor over everything."""
        self.layers.paint(painter, self.getPlotItem().getViewBox().sceneBoundingRect())
        super().drawForeground(painter, rect)

    def snapped(self, time: float, value: float) -> float:
        """Return the moment that a click at a point means: that of a mark, if one is there."""
        mark = self.layers.rl_marks.at(time, value) if self.layers.shows_rl else None
        return time if mark is None else mark.time

    def describe(self, snapshot: MarketSnapshot, time: float, price: float) -> str:
        """Return what the chart shows at a point: time, price there, mid, and lots in the book."""
        digits = decimals_of(snapshot.tick_size)
        lines = [clock(time, tenths=True), f"at    {price:.{digits}f}"]
        history = snapshot.history
        k = int(np.searchsorted(history.time, time, side="right")) - 1
        end = snapshot.time if self._past is None else self.last_time(self._past)
        if k >= 0 and time <= end:
            lines.append(f"mid   {history.mid[k]:.{digits + 1}f}")
            band = next((b for b in self.bands if b.left <= time <= b.right), None)
            if band is not None:
                lines.append(band.phase if band.cause is None else f"{band.phase}, {band.cause}")
            if math.isfinite(history.fundamental[k]):
                lines.append(f"value {history.fundamental[k]:.{digits}f}")
        lots = self.heat.lots_at(time, price) if self.shows_heat else math.nan
        if math.isfinite(lots):
            lines.append(f"lots  {lots:.0f}")
        lines += self.layers.describe(time, price)
        return "\n".join(lines)

    def is_whole(self, left: float, right: float) -> bool:
        """Whether books and trades of this stretch of time were all seen, but for short gaps."""
        return not self.trades.missed and self.books.widest_gap(left, right) <= LARGEST_GAP * (
            right - left
        )

    def make_whole(self, past: PastMoment) -> None:
        """Take in the books and trades of a stretch that was computed again up to the present."""
        self.books.complete(past.book_time, past.book_ticks, past.book_lots)
        self.trades.complete(past.trades, past.left)

    def _clearing_prices(
        self, snapshot: MarketSnapshot, left: float, right: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Times, and prices at which an auction would have traded then, of the time on show."""
        books = self._past_books if self._is_told else self.books
        times: list[float] = []
        prices: list[float] = []
        for band in self.bands:
            if band.phase not in CROSSING or band.right < left or band.left > right:
                continue
            a = int(np.searchsorted(books.time, max(band.left, left)))
            b = int(np.searchsorted(books.time, min(band.right, right), side="right"))
            for k in range(a, b):
                time = float(books.time[k])
                if time not in self._clearing:
                    ticks, lots = clearing_price(
                        books.ticks[k], books.lots[k], self._last_mid(snapshot, band.left)
                    )
                    self._clearing[time] = ticks * snapshot.tick_size if lots else math.nan
                times.append(time)
                prices.append(self._clearing[time])
            # The line does not go on to the next interruption.
            times.append(min(band.right, right))
            prices.append(math.nan)
        return np.array(times), np.array(prices)

    def _of_trading(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The quotes without those of auctions and halts: a crossed book has no best prices."""
        for band in self.bands:
            if band.phase in ("auction", "halted"):
                y = np.where((x >= band.left) & (x <= band.right), np.nan, y)
        return y

    @property
    def shows_indicative(self) -> bool:
        """Whether the price at which an auction would have traded is on show."""
        x = self._indicative.xData
        return x is not None and len(x) > 0

    @staticmethod
    def _last_mid(snapshot: MarketSnapshot, time: float) -> float:
        """The mid before a time, in ticks."""
        history = snapshot.history
        k = int(np.searchsorted(history.time, time)) - 1
        mid = float(history.mid[k]) if k >= 0 else snapshot.mid
        return mid / snapshot.tick_size

    @staticmethod
    def last_time(past: PastMoment) -> float:
        """Return up to when the market is known around a past moment."""
        history = past.snapshot.history
        return max(past.right, float(history.time[-1]) if len(history) else past.right)

    def _take_past(self, past: PastMoment | None) -> None:
        """Draw the books and trades of ``past``, if it tells a span, else those seen live."""
        told = past is not None and past.right > past.left
        self.heat.use(self._past_books if told else self.books)
        if past is not self._past:
            self._past = past
            if told and past is not None:
                self._past_books.fill(past.book_time, past.book_ticks, past.book_lots)
                self._past_trades.fill(past.trades)

    @property
    def _is_told(self) -> bool:
        """Whether a past moment is shown together with what happened around it."""
        return self._past is not None and self._past.right > self._past.left

    @property
    def _shown_trades(self) -> TradeStore:
        return self._past_trades if self._is_told else self.trades

    def export_columns(self) -> dict[str, np.ndarray]:
        """Return the samples of the time on show, in full, and the lots of its layers."""
        snapshot = self._snapshot
        if snapshot is None or self.span_x is None:
            return {}
        history = snapshot.history
        part = visible(history.time, *self.span_x, 1 << 30)
        names = ("time", "mid", "fundamental", "best_bid", "best_ask", "bid_depth", "ask_depth")
        samples = {name: getattr(history, name)[part] for name in names}
        return samples | self.layers.columns()

    def further_data(self) -> dict[str, Heatmap]:
        """What else of the chart can be saved as numbers, by name: the books behind the curves."""
        return {"heatmap": self.heat} if self.shows_heat else {}

    def _line(
        self, name: str, history: History, part: slice, now: float | None, newest: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the points of a line; the newest moment makes it reach the present."""
        x, y = self._pyramids[name].line(
            history.time, getattr(history, name), part, self.pixel_width
        )
        return (x, y) if now is None else (np.append(x, now), np.append(y, newest))

    @staticmethod
    def _draw(curve: pg.PlotCurveItem, x: np.ndarray, y: np.ndarray) -> None:
        good = np.isfinite(y)
        if good.all():
            curve.setData(x, y, skipFiniteCheck=True, connect="all")
        elif good.any():
            curve.setData(x, y, connect="finite")
        else:
            curve.setData(EMPTY, EMPTY)

    def _set_ranges(
        self,
        snapshot: MarketSnapshot,
        left: float,
        right: float,
        series: tuple[np.ndarray, ...],
        followed: float,
    ) -> None:
        # The quotes are left out: one gap in the book would flatten everything else.
        ends = [(np.nanmin(v), np.nanmax(v)) for v in series if np.isfinite(v).any()]
        self.set_x(left, right)
        if ends:
            # The cells of a footprint need the room that more of the book would take.
            ticks = HEAT_TICKS if self.shows_heat and not self.layers.shows_footprint else 8
            low, high = float(min(e[0] for e in ends)), float(max(e[1] for e in ends))
            shown = self.prices.follow(low, high, ticks * snapshot.tick_size, followed)
            if shown is not None:
                self.set_y(*shown)

    def _show_last(self, snapshot: MarketSnapshot) -> None:
        price = snapshot.mid if math.isfinite(snapshot.mid) else snapshot.last_price
        self._last.setVisible(math.isfinite(price))
        if math.isfinite(price):
            self._keep_inside(price)
            self._last.setValue(price)
            self._last.label.setFormat(f"{price:.{decimals_of(snapshot.tick_size) + 1}f}")

    def _keep_inside(self, price: float) -> None:
        """Put the number beside its line; near an edge of the chart above or below it."""
        if self.span_y is None:
            return
        bottom, top = self.span_y
        area = self.getPlotItem().getViewBox().height()
        height = max(self._last.label.boundingRect().height(), 1.0)
        above = (top - price) / (top - bottom) * area / height
        below = area / height - above
        share = max(0.0, min(max(0.5, 1.0 - below), above, 1.0))
        self._last.label.anchors = [(1, share), (1, share)]

    def _style_last(self) -> None:
        colors = theme.current().colors
        self._last.setPen(pg.mkPen(colors.muted, width=1, style=Qt.PenStyle.DotLine))
        self._last.label.setColor(QColor(colors.panel))
        self._last.label.fill = pg.mkBrush(colors.mid)
        self._last.label.setFont(theme.mono_font(8.0))
