"""Looking at a past moment with the time slider, going back to live, and forking from there."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from abm_desktop.live import RunState
from abm_desktop.live.commands import CallAuction, ForkMarket, Inject, RunMarket, StepTime
from abm_desktop.live.simulated_feed import SimulatedFeed
from abm_desktop.scenario import LiquidityShock
from abm_desktop.ui.main_window import MainWindow

LOADED = 60_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def market(qtbot, settings):
    """A window whose market has run for four minutes, and is paused."""
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    window.session.live.do(StepTime(seconds=120.0))
    window.session.live.do(Inject(stress=LiquidityShock(duration=30.0)))
    window.session.live.do(StepTime(seconds=120.0))
    qtbot.waitUntil(lambda: window.snapshot.time >= 240.0)
    yield window
    window.close()
    window.session.close()


def looked(window):
    """Whether the moment on the line of time was computed, and drawn by the timer that waits."""
    past, drawn = window.session.past, window.market.drawn_past
    is_there = past is not None and past.time == window.market.time_bar.time
    return is_there and drawn is not None and drawn[0] is past


def test_slider_looks_at_a_past_moment(qtbot, market):
    bar, tab = market.market.time_bar, market.market
    live_book = tab.ladder.describe()
    assert not bar.fork_button.isEnabled() and bar.slider.value() == bar.slider.maximum() == 2400
    bar.slider.setValue(600)
    qtbot.waitUntil(lambda: looked(market))
    tab._draw_past()
    assert bar.text.text() == "Looking at 1:00, now 4:00" and bar.fork_button.isEnabled()
    alone = SimulatedFeed(market.session.scenario, market.snapshot.seed)
    alone.advance(60.0)
    ask = alone.simulator.best_ask
    assert tab.ladder._snapshot.best_ask == ask and tab.ladder.describe() != live_book
    assert tab.quotes.figures["ask"].value.text().startswith(f"{ask:.2f}")
    assert tab.depth_chart._asks.getData()[0][0] == ask
    assert tab.tape._snapshot.recent_trades["time"][-1] <= 60.0
    # The heatmap and the trades of the whole span on show are told, also after the moment.
    assert tab.price.heat._books is tab.price._past_books
    assert tab.price.moment == 60.0 and tab.volume.moment == 60.0
    left, right = tab.view.span(market.snapshot)
    time, *_ = tab.price._shown_trades.between(left, right)
    assert len(time) > 100 and time[-1] > 200.0
    # The stress that began at 2:00 does not act yet, then it does.
    assert not tab.ladder._snapshot.stresses
    bar.slider.setValue(1250)
    qtbot.waitUntil(lambda: looked(market) and len(market.session.past.snapshot.stresses) == 1)


def test_a_click_goes_there_and_the_menu_acts_at_its_time(qtbot, market):
    tab, bar = market.market, market.market.time_bar
    chart = tab.price
    at = chart.mapFromScene(chart.getPlotItem().getViewBox().mapViewToScene(QPointF(90.0, 100.0)))
    qtbot.mouseClick(chart.viewport(), LEFT, pos=at)
    assert bar.time == pytest.approx(90.0, abs=1.0)
    # A drag is no click, and a double click returns.
    qtbot.mousePress(chart.viewport(), LEFT, pos=at)
    qtbot.mouseMove(chart.viewport(), at + QPoint(30, 0))
    qtbot.mouseRelease(chart.viewport(), LEFT, pos=at + QPoint(30, 0))
    assert bar.time == pytest.approx(90.0, abs=1.0)
    qtbot.mouseDClick(chart.viewport(), LEFT, pos=at)
    assert bar.time is None
    # So does a click on the line of time, wherever the handle stands.
    slider = bar.slider
    before = slider.geometry(), bar.live_button.geometry(), bar.fork_button.geometry()
    qtbot.mousePress(slider, LEFT, pos=QPoint(slider.width() // 2, slider.height() // 2))
    qtbot.mouseRelease(slider, LEFT, pos=QPoint(slider.width() // 2, slider.height() // 2))
    assert bar.time == pytest.approx(120.0, abs=2.0)
    qtbot.waitUntil(lambda: looked(market))
    market.draw()
    # Nothing has moved below the mouse.
    assert (slider.geometry(), bar.live_button.geometry(), bar.fork_button.geometry()) == before
    tab.back_to_live()
    menu = chart.menu_at(100.0)
    acts = {action.objectName(): action for action in menu.actions()}
    assert acts["chart.look"].text().replace("&", "") == "Look at 1:40.0"
    measured = []
    tab.price.brushed.disconnect()
    tab.price.brushed.connect(lambda *span: measured.append(span))
    acts["chart.measure"].trigger()
    assert measured == [(100.0, 240.0)]
    dialog = tab.moments.ask_mark(100.0)
    dialog.setTextValue("here it began")
    dialog.accept()
    assert "here it began" in [line.toolTip() for line in tab.price.mark_lines]
    near = {entry.name for entry in chart.entries_at(101.0)}
    assert "unmark" in near and "unmark" not in {entry.name for entry in chart.entries_at(180.0)}
    # Ahead of the market a stress is set for that time; in the past a fork is made for it.
    ahead = {entry.name: entry for entry in chart.entries_at(300.0)}
    assert ahead["look"].reason and not ahead["inject"].reason
    ahead["inject"].run()
    assert (tab.stress.when.currentData(), tab.stress.start.value()) == ("at", 300.0)
    generation = market.snapshot.generation
    acts["chart.inject"].trigger()
    qtbot.waitUntil(lambda: market.snapshot.generation > generation)
    market.draw()
    assert market.snapshot.time == 100.0 and tab.stress.when.currentData() == "now"
    assert "Choose the stress" in market.status.message.words
    assert "Twins" in tab.moments.after_fork()  # the next one is a plain one
    assert "here it began" in [line.toolTip() for line in tab.price.mark_lines]
    next(entry for entry in chart.entries_at(100.0) if entry.name == "unmark").run()
    assert "here it began" not in [line.toolTip() for line in tab.price.mark_lines]


def test_the_picture_is_whole_when_the_market_stands(qtbot, market):
    """Also after steps and a fork, of which no frame has seen a book."""
    chart = market.market.price

    def whole():
        # Frames of the market that stands draw nothing new.
        return chart.is_whole(0.0, market.snapshot.time)

    qtbot.waitUntil(whole)

    def seen():
        return len(chart.trades.between(0.0, 1e9)[0])

    assert seen() == market.snapshot.trades and not chart.trades.missed
    trades = market.snapshot.trades
    assert market.market.time_bar.time is None and market.session.past is None
    market.session.live.do(ForkMarket(time=100.0))
    qtbot.waitUntil(lambda: market.snapshot.time == 100.0)
    market.draw()
    qtbot.waitUntil(whole)
    assert seen() == market.snapshot.trades < trades


def test_an_interruption_is_a_band_with_its_reason_and_the_price_it_would_clear_at(qtbot, market):
    live, chart = market.session.live, market.market.price
    live.do(CallAuction(seconds=40.0))
    live.do(StepTime(seconds=30.0))
    qtbot.waitUntil(lambda: market.snapshot.time >= 270.0)
    market.draw()
    qtbot.waitUntil(lambda: chart.is_whole(0.0, 270.0))
    (band,) = chart.bands
    assert (band.left, band.right, band.phase) == (240.0, 270.0, "auction")
    assert str(band.cause) == "operator" and market.market.volume.bands == chart.bands
    price = chart._indicative.yData
    price = price[~np.isnan(price)]
    assert len(price) > 5 and abs(price / market.snapshot.mid - 1.0).max() < 0.02
    assert "auction, operator" in chart.describe(market.snapshot, 260.0, 100.0)
    live.do(StepTime(seconds=30.0))
    qtbot.waitUntil(lambda: market.snapshot.time >= 300.0)
    market.draw()
    assert chart.bands[0].right == 280.0
    # The market clears where the last books before it said.
    fill = next(f for f in market.snapshot.fills if f["auction"])
    assert abs(fill["price"] * market.snapshot.tick_size - price[-1]) < 0.3


def test_keys_look_back_and_buttons_zoom_and_drag_in_the_past(qtbot, market):
    bar = market.market.time_bar
    for _ in range(3):
        market.commands["market.look_back"].trigger()
    assert bar.time == pytest.approx(210.0)
    market.commands["market.look_ahead"].trigger()
    assert bar.time == pytest.approx(220.0)
    qtbot.waitUntil(lambda: looked(market))
    market.commands["market.back_to_live"].trigger()
    assert bar.time is None and not bar.live_button.isEnabled() and market.session.past is None
    assert market.market.ladder._snapshot is market.snapshot
    assert market.market.price.heat._books is market.market.price.books
    assert not market.market.view.is_held

    tab = market.market
    tab.look_at(60.0)
    tab.set_window(0)
    left, right = tab.view.span(market.snapshot)
    assert left <= 60.0 <= right and right - left == pytest.approx(30.0)
    tab.price.panned.emit(5.0)
    assert tab.view.span(market.snapshot)[0] == pytest.approx(left + 5.0)
    qtbot.waitUntil(lambda: looked(market) and tab.price._past is market.session.past)


def test_the_market_goes_on_while_the_past_is_looked_at(qtbot, market):
    tab = market.market
    tab.look_at(100.0)
    tab.transport.set_speed(100.0)
    market.session.live.do(RunMarket())
    qtbot.waitUntil(lambda: market.snapshot.time > 260.0 and looked(market))
    market.draw()
    assert market.snapshot.state is RunState.RUNNING
    assert tab.ladder._snapshot.time == 100.0
    # On a busy machine it is further on by now.
    said = re.search(r"now (\d+):(\d\d)", tab.time_bar.text.text())
    assert 60 * int(said[1]) + int(said[2]) >= 260
    # A double click on the chart returns, as from any other held span.
    tab.price.let_go.emit()
    market.draw()
    assert tab.ladder._snapshot.time > 260.0


def test_fork_from_a_past_moment(qtbot, market):
    tab, before = market.market, market.snapshot
    tab.look_at(100.0)
    qtbot.waitUntil(lambda: looked(market))
    book = market.session.past.snapshot
    qtbot.mouseClick(tab.time_bar.fork_button, LEFT)
    qtbot.waitUntil(lambda: market.snapshot.generation > before.generation)
    market.draw()
    fork = market.snapshot
    assert fork.time == 100.0 and fork.best_bid == book.best_bid and fork.trades == book.trades
    assert tab.time_bar.time is None and tab.time_bar.slider.maximum() == 1000
    assert fork.forked_from == (before.generation, 100.0)
    assert fork.marks[-1].label == "forked" and not fork.stresses
    assert 0 < len(fork.history) < len(before.history)
    # It goes on by itself, and its own past can be looked at, from before the fork too.
    market.session.live.do(StepTime(seconds=10.0))
    qtbot.waitUntil(lambda: market.snapshot.time >= 110.0)
    tab.look_at(50.0)
    qtbot.waitUntil(lambda: looked(market))


def test_a_replay_has_no_time_bar(window, live):
    live.show(is_replay=True)
    window.draw()
    assert not window.market.time_bar.isEnabled()
    asked = len(live.called("look_at"))
    window.market.look_at(10.0)
    window.market.price.clicked.emit(10.0)
    assert len(live.called("look_at")) == asked
    entries = {entry.name: entry.reason for entry in window.market.price.entries_at(10.0)}
    assert "cannot be looked back" in entries["look"] and not entries["measure"]
