"""The prices on show: zoomed, moved and let go by hand, in step with the heatmap."""

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest

from abm_desktop.desk.price_view import PriceView
from abm_desktop.live import RunState

ONE_WINDOW = True

NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def wheel(chart, at, steps, keys=PLAIN):
    view = chart.viewport()
    event = QWheelEvent(
        QPointF(at), view.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, 120 * steps), NONE, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QCoreApplication.sendEvent(view, event)


def mouse(chart, kind, at):
    view = chart.viewport()
    moves = kind is QEvent.Type.MouseMove
    button = NONE if moves else LEFT
    event = QMouseEvent(kind, QPointF(at), view.mapToGlobal(QPointF(at)), button, LEFT, PLAIN)
    QCoreApplication.sendEvent(view, event)


def test_a_span_by_hand_stands_still_until_the_price_comes_near_its_edge():
    view = PriceView()
    view.zoom(0.5, 100.0, 0.01)
    assert not view.is_held  # nothing is shown yet
    low, high = view.follow(99.0, 101.0, 0.1)
    view.zoom(0.5, 100.0, 0.01)
    held = view.follow(99.0, 101.0, 0.1, 100.0)
    assert held[1] - held[0] == pytest.approx((high - low) / 2)
    assert held[0] + held[1] == pytest.approx(200.0)
    # Data that leaves it, and a price that moves within it, change nothing.
    assert view.follow(90.0, 110.0, 0.1, 100.2) == held
    moved = view.follow(90.0, 110.0, 0.1, held[1] - 0.01)
    assert sum(moved) / 2 == pytest.approx(held[1] - 0.01)
    assert moved[1] - moved[0] == pytest.approx(held[1] - held[0])
    view.automatic()
    assert view.follow(99.0, 101.0, 0.1) == (low, high)


def test_prices_are_zoomed_between_four_ticks_and_very_many():
    view = PriceView()
    view.follow(99.0, 101.0, 0.1)
    for _step in range(60):
        view.zoom(0.5, 100.0, 0.01)
    low, high = view.follow(99.0, 101.0, 0.1)
    assert high - low == pytest.approx(0.04)
    for _step in range(60):
        view.zoom(2.0, 100.0, 0.01)
    low, high = view.follow(99.0, 101.0, 0.1)
    assert high - low == pytest.approx(1e4)


def test_a_walk_along_the_price_axis(qtbot, window, live):
    market, chart = window.market, window.market.price
    area = chart.getPlotItem().getViewBox().sceneBoundingRect()
    on_axis = QPoint(20, int(area.center().y()))
    inside = QPoint(int(area.center().x()), int(area.top() + 20))
    low, high = chart.span_y
    time = chart.span_x
    assert market.price_panel.prices_button.isHidden()

    # Over the axis the wheel zooms prices, and time stays; what is pointed at keeps its place.
    wheel(chart, on_axis, 2)
    closer = chart.span_y
    assert closer[1] - closer[0] == pytest.approx((high - low) / 1.25**2)
    assert chart.span_x == time and not market.view.is_held
    before = chart.position_at(inside.x(), inside.y())[1]
    wheel(chart, inside, 1, CONTROL)
    assert chart.position_at(inside.x(), inside.y())[1] == pytest.approx(before)
    assert chart.span_x == time
    # Heatmap, axis and what is told at a point agree.
    assert chart.getPlotItem().getViewBox().viewRange()[1] == pytest.approx(list(chart.span_y))
    bid = live.snapshot.bids[0]
    assert chart.heat.lots_at(live.snapshot.time, bid[0]) == bid[1]
    assert market.ladder.show_price(bid[0]) is None

    # The axis stands still while the market goes on.
    held = chart.span_y
    live.show(state=RunState.RUNNING)
    for second in range(1, 5):
        live.show(time=live.snapshot.time + second)
        window.draw()
        market.draw_second_half(full=True)
    assert chart.span_y == held
    live.show(state=RunState.PAUSED)
    window.draw()

    # A drag along the axis moves it, without moving time.
    mouse(chart, QEvent.Type.MouseButtonPress, on_axis)
    mouse(chart, QEvent.Type.MouseMove, on_axis + QPoint(0, 30))
    mouse(chart, QEvent.Type.MouseButtonRelease, on_axis + QPoint(0, 30))
    area = chart.getPlotItem().getViewBox().sceneBoundingRect()  # the panel's notes may have gone
    step = (held[1] - held[0]) * 30 / area.height()
    assert np.subtract(chart.span_y, held) == pytest.approx([step, step], rel=0.05)
    assert not market.view.is_held
    assert not market.price_panel.prices_button.isHidden()

    # A double click on the axis, the button, and the key return.
    mouse(chart, QEvent.Type.MouseButtonDblClick, on_axis)
    assert not chart.prices.is_held and market.price_panel.prices_button.isHidden()
    QTest.keyClick(chart, Qt.Key.Key_Up)
    assert chart.prices.is_held
    market.price_panel.prices_button.click()
    assert not chart.prices.is_held
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.span_y[1] - chart.span_y[0] > high - low
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert not chart.prices.is_held
    # Another market has other prices.
    wheel(chart, on_axis, 1)
    live.show(generation=7)
    window.draw()
    assert not chart.prices.is_held
