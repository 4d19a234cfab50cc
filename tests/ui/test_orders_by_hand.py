"""Own orders by mouse and keys: placed and cancelled on the ladder, at market, and closed."""

import pytest
from PySide6.QtCore import QPoint, Qt

from abm_desktop.live import OwnAccount, OwnOrder
from abm_desktop.live.commands import CancelOrder, CancelOrders, PlaceOrder
from abm_desktop.ui.main_window import MainWindow

ONE_WINDOW = True

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
LOADED = 60_000


def order_of(command):
    return command.side, command.price, command.size


def point(ladder, side, price):
    """The pixel in the column of this side at this price."""
    tick = ladder._snapshot.tick_size
    row = ladder.shown_levels().index(round(price / tick))
    x = 20 if side > 0 else ladder.width() - 20
    return QPoint(x, ladder.row_height * (row + 1) + ladder.row_height // 2)


def test_click_places_a_limit_order_of_the_size_chosen(qtbot, window, live):
    ladder = window.market.ladder
    window.market.orders.lots.setValue(12)
    bid, ask = live.snapshot.best_bid, live.snapshot.best_ask
    qtbot.mouseClick(ladder, LEFT, pos=point(ladder, 1, bid))
    qtbot.mouseClick(ladder, LEFT, pos=point(ladder, -1, ask))
    assert [order_of(c) for c in live.done(PlaceOrder)] == [
        (1, pytest.approx(bid), 12),
        (-1, pytest.approx(ask), 12),
    ]
    # On the prices, and with the right button, nothing is placed.
    centre = QPoint(ladder.width() // 2, point(ladder, 1, bid).y())
    qtbot.mouseClick(ladder, LEFT, pos=centre)
    qtbot.mouseClick(ladder, RIGHT, pos=point(ladder, 1, bid))
    assert len(live.done(PlaceOrder)) == 2


@pytest.mark.parametrize("button", [LEFT, RIGHT])
def test_click_on_an_own_order_cancels_it(qtbot, window, live, button):
    bid = live.snapshot.best_bid
    order = OwnOrder((7, 99), 1, bid, 5, 3)
    before = window.market.ladder.grab().toImage()
    live.show(own=OwnAccount(0, 0.0, float("nan"), 0, (order,)))
    window.draw()
    ladder = window.market.ladder
    assert ladder.grab().toImage() != before
    qtbot.mouseClick(ladder, button, pos=point(ladder, 1, bid))
    assert live.commands[-1] == CancelOrder(order=(7, 99)) and len(live.done(CancelOrder)) == 1


def test_keys_and_buttons_trade_at_market(qapp, qtbot, window, live):
    window.market.orders.lots.setValue(3)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F6)
    qtbot.mouseClick(window.market.orders.sell, LEFT)
    assert [order_of(c) for c in live.done(PlaceOrder)] == [(1, None, 3), (-1, None, 3)]
    # Nothing to close or cancel yet.
    assert not window.market.orders.flat.isEnabled()
    qapp.processEvents()  # all is laid out
    places = [w.geometry() for w in (window.market.orders.buy, window.market.orders.flat)]
    order = OwnOrder((7, 99), 1, 99.0, 5, 3)
    live.show(own=OwnAccount(-4, -1.5, 100.25, 4, (order,)))
    window.draw()
    qapp.processEvents()
    # A second click meets the same button.
    assert places == [w.geometry() for w in (window.market.orders.buy, window.market.orders.flat)]
    figures = window.market.orders.figures
    assert [figures[k][1].text() for k in ("position", "pnl", "even", "orders")] == [
        "−4", "−1.50", "100.25", "1",
    ]  # fmt: skip
    qtbot.mouseClick(window.market.orders.flat, LEFT)
    qtbot.mouseClick(window.market.orders.cancel, LEFT)
    assert order_of(live.done(PlaceOrder)[-1]) == (1, None, 4) and live.done(CancelOrders)


def test_no_orders_in_a_replay_or_in_the_past(qtbot, window, live):
    ladder, bid = window.market.ladder, live.snapshot.best_bid
    window.market.look_at(100.0)
    qtbot.mouseClick(ladder, LEFT, pos=point(ladder, 1, bid))
    window.market.back_to_live()
    live.show(is_replay=True)
    window.draw()
    qtbot.mouseClick(ladder, LEFT, pos=point(ladder, 1, bid))
    assert not live.done(PlaceOrder) and not window.market.orders.buy.isEnabled()
    assert "takes no orders" in window.market.orders.buy.toolTip()


def test_with_a_real_market(qtbot, settings):
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    ladder = window.market.ladder
    # Not at the best price, where the order could be filled before it is looked at.
    price = window.snapshot.bids[5, 0]
    qtbot.mouseClick(ladder, LEFT, pos=point(ladder, 1, price))
    qtbot.waitUntil(lambda: window.snapshot.own is not None and len(window.snapshot.own.orders))
    (order,) = window.snapshot.own.orders
    assert (order.side, order.price, order.size) == (1, pytest.approx(price), 5)
    window.commands["market.buy"].trigger()
    qtbot.waitUntil(lambda: window.snapshot.own.position == 5)
    assert window.snapshot.recent_trades["side"][-1] == 1
    qtbot.mouseClick(ladder, RIGHT, pos=point(ladder, 1, price))
    qtbot.waitUntil(lambda: not window.snapshot.own.orders)
    # The venue may refuse: the window says why.
    window.session.live.do(PlaceOrder(side=1, price=1e9, size=5))
    qtbot.waitUntil(window.notice.isVisible)
    assert "off the ladder" in window.notice.text.text()
    window.close()
    window.session.close()
