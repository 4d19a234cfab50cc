"""Candles, flow by trader class, spread, and the cursors the Market tab's charts share."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from abm_desktop.desk.taker_flow import TakerFlow
from abm_desktop.live import TRADER_CLASSES, RunState
from abm_desktop.market.state import TRADE
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market.candles import candles

NOISE, MAKER = TRADER_CLASSES.index("noise"), TRADER_CLASSES.index("market_maker")


def fills(*rows):
    """Fills of (seconds, lots, side, taker's class); an auction where the side is 0."""
    table = np.zeros(len(rows), TRADE)
    for k, (time, size, side, kind) in enumerate(rows):
        table["time"][k] = round(time * 1e9)
        table["size"][k], table["side"][k], table["taker_class"][k] = size, side or 1, kind
        table["auction"][k] = side == 0
    return table


def test_candles_of_known_prices():
    time = np.array([0.0, 1, 2, 5, 6, 9, 16])
    price = np.array([10.0, 12, 11, 9, np.nan, 10, 13])
    start, opening, high, low, close = candles(time, price, 5.0)
    assert start.tolist() == [0, 5, 15]
    assert opening.tolist() == [10, 11, 10]
    assert high.tolist() == [12, 11, 13] and low.tolist() == [10, 9, 10]
    assert close.tolist() == [11, 10, 13]
    assert all(len(column) == 0 for column in candles(time[:0], price[:0], 5.0))


def test_flow_is_added_up_once_however_it_comes():
    every = fills(
        (0.5, 3, 1, NOISE), (1.5, 2, -1, MAKER), (1.5, 4, -1, MAKER), (1.7, 9, 0, NOISE),
        (4.0, 5, 1, MAKER), (9.5, 1, -1, NOISE),
    )  # fmt: skip
    at_once, bit_by_bit = TakerFlow(), TakerFlow()
    at_once.take(make_snapshot(fills=every))
    for n in (0, 2, 2, 3, 5, 6, 6):
        bit_by_bit.take(make_snapshot(fills=every[:n]))
    for store in (at_once, bit_by_bit):
        edges, lots, width = store.between(0.0, 10.0, 2.0)
        assert width == 2.0 and edges.tolist() == [0, 2, 4, 6, 8, 10]
        assert lots[:, NOISE].tolist() == [3, 0, 0, 0, -1]
        assert lots[:, MAKER].tolist() == [-6, 0, 5, 0, 0]
    bit_by_bit.take(make_snapshot(fills=every[:1], generation=2))
    assert bit_by_bit.between(0.0, 10.0, 1.0)[1].sum() == 3


def test_a_long_session_keeps_its_flow_in_longer_bars():
    store = TakerFlow(most_rows=8)
    store.take(make_snapshot(fills=fills(*[(float(k), 1, 1, NOISE) for k in range(3, 40)])))
    assert store.width == 8.0
    edges, lots, width = store.between(0.0, 40.0, 1.0)
    assert width == 8.0 and edges.tolist() == [0, 8, 16, 24, 32, 40]
    assert lots[:, NOISE].tolist() == [5, 8, 8, 8, 8]


@pytest.fixture
def trading(qtbot, settings):
    rows = [(float(t), 1 + t % 3, 1 if t % 2 else -1, NOISE if t % 5 else MAKER)
            for t in range(300, 599)]  # fmt: skip
    live = FakeLive(make_snapshot(fills=fills(*rows)))
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.frame_timer.stop()
    window.draw()
    yield window
    window.session.close()


def test_candles_take_the_place_of_the_line_and_are_remembered(qtbot, trading, settings):
    price = trading.market.price
    assert price._mid.isVisible() and not price.shows_candles
    trading.market.price_panel.candle_button.click()
    assert price.shows_candles and price.candles.count > 20 and not price._mid.isVisible()
    assert trading.commands["view.candles"].isChecked()
    trading.grab()
    again = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(again)
    assert again.market.price.shows_candles
    again.session.close()
    trading.commands["view.candles"].trigger()
    assert price._mid.isVisible() and len(price._mid.getData()[0]) > 10


def test_flow_and_spread_draw_when_they_are_in_front(qtbot, trading):
    market = trading.market
    assert market.flow.classes == () and len(market.depth_chart._bids.getData()[0])
    market.desk.docks["flow"].raise_()
    qtbot.waitUntil(lambda: market.flow.classes == (NOISE, MAKER))
    assert [text for _role, text in market.flow_legend.entries] == ["Noise", "Market makers"]
    bars = market.flow.export_columns()
    edges = bars["time"]
    chosen = trading.session.live.snapshot.fills
    inside = chosen["time"] >= edges[0] * 1e9
    signed = (chosen["size"] * chosen["side"])[inside & (chosen["taker_class"] == NOISE)]
    assert bars["noise"].sum() == signed.sum()
    trading.commands["view.summed_flow"].trigger()
    assert market.flow._flow[-1, NOISE] == signed.sum()
    assert "Noise" in market.flow.describe(float(edges[3]))
    market.desk.docks["spread"].raise_()
    qtbot.waitUntil(market.spread.isVisible)
    history = trading.snapshot.history
    shown = market.spread.export_columns()
    at = np.searchsorted(history.time, shown["time"][-1])
    ticks = round(float((history.best_ask - history.best_bid)[at] / 0.01))
    assert shown["spread in ticks"][-1] == ticks
    assert market.spread.describe(float(shown["time"][-1])) == f"{ticks} ticks"


def test_a_replay_has_no_flow_by_class(qtbot, trading):
    trading.session.live.show(is_replay=True, generation=9)
    trading.draw()
    trading.market.desk.docks["flow"].raise_()
    qtbot.waitUntil(lambda: trading.market.flow.hint.isVisible())
    assert "names no traders" in trading.market.flow.hint.text()
    assert trading.market.flow.classes == ()


def move(widget, x, y):
    where = QPointF(x, y)
    event = QMouseEvent(QEvent.Type.MouseMove, where, widget.mapToGlobal(where),
                        Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier)  # fmt: skip
    widget.mouseMoveEvent(event)


def test_one_cursor_of_time_and_price_on_every_chart(trading):
    market = trading.market
    chart = market.price
    move(chart, chart.width() / 2, chart.height() / 3)
    time, price = chart.position_at(chart.width() / 2, chart.height() / 3)
    assert all(c.cursor_time == time for c in market.time_charts)
    assert chart.level == market.depth_chart._price == market.ladder._price == price
    chart.leaveEvent(QEvent(QEvent.Type.Leave))
    assert all(math.isnan(c.cursor_time) for c in market.time_charts)
    assert math.isnan(market.ladder._price)
    # From the volume chart: a time, and no price.
    move(market.volume, market.volume.width() / 2, 20)
    assert not math.isnan(market.price.cursor_time) and math.isnan(market.depth_chart._price)


def test_ladder_and_depth_point_at_a_price(trading):
    market, snapshot = trading.market, trading.snapshot
    ladder = market.ladder
    row = 2 + ladder.shown_levels().index(round(snapshot.best_bid / 0.01))
    move(ladder, 5, ladder.row_height * row - 4)
    assert market.depth_chart._price == market.price.level == pytest.approx(snapshot.best_bid)
    assert math.isnan(ladder._price)
    assert market.depth_chart.lots_at(snapshot.best_bid) == snapshot.bids[0, 1]
    assert market.depth_chart.lots_at(float(snapshot.asks[2, 0])) == snapshot.asks[:3, 1].sum()
    assert math.isnan(market.depth_chart.lots_at(snapshot.mid))
    ladder.leaveEvent(QEvent(QEvent.Type.Leave))
    assert math.isnan(market.price.level)
    depth = market.depth_chart
    depth.pointed.emit(snapshot.best_ask)
    assert ladder._price == market.price.level == snapshot.best_ask
    trading.grab()


def test_while_orders_gather_the_price_of_the_auction_stands_in_place_of_quotes(window, live):
    bids = np.array([[100.02, 5.0, 1.0], [100.00, 4.0, 1.0]])
    asks = np.array([[100.01, 7.0, 1.0], [100.03, 4.0, 1.0]])
    figures = window.market.quotes.figures
    live.show(bids=bids, asks=asks, best_bid=100.02, best_ask=100.01, phase="auction")
    window.draw()
    assert figures["bid"].caption.text() == "Indicative"
    assert figures["bid"].value.text() in ("100.01 × 5", "100.02 × 5")
    assert figures["ask"].value.text() == "–"
    live.show(bids=bids[1:], asks=asks, best_bid=100.00, phase="continuous")
    window.draw()
    assert figures["bid"].caption.text() == "Bid"
    assert figures["bid"].value.text() == "100.00 × 4"


def test_axes_fit_what_a_market_shows_that_comes_to_a_stand(window, live):
    """They shrink frame by frame: at full speed few frames follow a crash."""
    calm = live.snapshot.history
    crash = replace(calm, mid=np.where(calm.time < 590.0, calm.mid * 0.9, calm.mid))
    live.show(state=RunState.RUNNING, history=crash)
    window.draw()
    wide = window.market.price.span_y
    live.show(history=calm)
    window.draw()
    live.show(state=RunState.PAUSED)
    window.draw()
    low, high = window.market.price.span_y
    assert high - low < 0.2 * (wide[1] - wide[0])


def test_the_number_of_the_last_price_is_whole_at_the_edge_of_the_chart(window, live):
    window.show()
    window.draw()
    chart = window.market.price
    bottom, top = chart.span_y
    area = chart.getPlotItem().getViewBox().sceneBoundingRect()
    for mid in (bottom, 0.5 * (bottom + top), top):
        chart.prices.zoom(1.0, bottom, 0.01)  # held: the axis does not follow
        live.show(mid=mid)
        window.draw()
        label = chart._last.label
        box = label.mapRectToScene(label.boundingRect())
        assert area.top() - 2 <= box.top() and box.bottom() <= area.bottom() + 2
