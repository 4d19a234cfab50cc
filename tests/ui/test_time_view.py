"""Zooming, moving and pointing at time with the mouse."""

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from abm_desktop.ui.widgets.plots import data_position

ONE_WINDOW = True

NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def wheel(chart, at, steps):
    chart.wheelEvent(
        QWheelEvent(at, chart.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), NONE, PLAIN,
                    Qt.ScrollPhase.NoScrollPhase, False)
    )  # fmt: skip


def move(chart, at, button=NONE, kind=QEvent.Type.MouseMove):
    event = QMouseEvent(kind, at, chart.mapToGlobal(at), button, button, PLAIN)
    handler = {
        QEvent.Type.MouseMove: chart.mouseMoveEvent,
        QEvent.Type.MouseButtonPress: chart.mousePressEvent,
        QEvent.Type.MouseButtonRelease: chart.mouseReleaseEvent,
        QEvent.Type.MouseButtonDblClick: chart.mouseDoubleClickEvent,
    }[kind]
    handler(event)


def drag(chart, start, end):
    move(chart, start, LEFT, QEvent.Type.MouseButtonPress)
    move(chart, end, LEFT)
    move(chart, end, LEFT, QEvent.Type.MouseButtonRelease)


def shown(chart):
    return chart.getPlotItem().getViewBox().viewRange()[0]


def test_the_wheel_zooms_time_on_both_charts_and_follows_on(window, live):
    price, volume = window.market.price, window.market.volume
    left, right = shown(price)
    wheel(price, QPointF(300, 100), 2)
    closer = shown(price)
    assert closer[1] - closer[0] == pytest.approx((right - left) / 1.25**2)
    assert shown(volume) == closer and not window.market.view.is_held
    assert not any(b.isChecked() for b in window.market.price_panel.windows.buttons())
    live.show(time=live.snapshot.time + 30)
    window.draw()
    assert shown(price)[1] > closer[1]


def test_a_drag_holds_the_past_until_let_go(window, live):
    price = window.market.price
    left, right = shown(price)
    drag(price, QPointF(200, 100), QPointF(500, 100))
    held = shown(price)
    assert held[0] < left and held[1] - held[0] == pytest.approx(right - left)
    assert window.market.view.is_held and window.market.price_panel.live_button.isVisibleTo(window)
    live.show(time=live.snapshot.time + 30)
    window.draw()
    assert shown(price) == held
    # What lies under the mouse stays there while zooming.
    at = QPointF(400, 100)
    before = price.position_at(at.x(), at.y())[0]
    wheel(price, at, 3)
    assert price.position_at(at.x(), at.y())[0] == pytest.approx(before, abs=1.0)
    move(price, at, LEFT, QEvent.Type.MouseButtonDblClick)
    assert not window.market.view.is_held and not window.market.price_panel.live_button.isVisibleTo(
        window
    )
    assert shown(price)[1] > live.snapshot.time


def test_a_drag_past_the_present_and_a_new_market_follow_again(window, live):
    price = window.market.price
    drag(price, QPointF(200, 100), QPointF(500, 100))
    drag(price, QPointF(600, 100), QPointF(100, 100))
    assert not window.market.view.is_held
    drag(price, QPointF(200, 100), QPointF(500, 100))
    live.show(generation=2)
    window.draw()
    assert not window.market.view.is_held


def test_pointing_shows_time_price_and_volume_on_both_charts(window, live):
    price, volume = window.market.price, window.market.volume
    mid = float(live.snapshot.history.mid[500])
    at = data_position(price, 500.5, mid)
    move(price, QPointF(at))
    assert price.cursor_time == pytest.approx(500.5, abs=1.0) == volume.cursor_time
    assert price.cursor_text.startswith("8:20") and f"mid   {mid:.3f}" in price.cursor_text
    assert volume.cursor_text.endswith("lots")
    window.grab()
    # The chart moves on under a mouse that rests.
    live.show(time=live.snapshot.time + 30)
    window.draw()
    assert price.cursor_time == pytest.approx(530.5, abs=1.0) == volume.cursor_time
    price.leaveEvent(QEvent(QEvent.Type.Leave))
    assert math.isnan(price.cursor_time) and math.isnan(volume.cursor_time)


def test_pointing_links_the_charts_of_the_analytics_tab(window):
    window.commands["view.analytics"].trigger()
    charts = window.analytics.page("overview").grid.charts
    at = data_position(charts[0].plot, 300.0, 10.0)
    move(charts[0].plot, QPointF(at))
    assert all(chart.plot.cursor_time == charts[0].plot.cursor_time for chart in charts)
    assert any("\n" in chart.plot.cursor_text for chart in charts)
    window.grab()
