"""Looking at a past moment with the time slider, going back to live, and forking from there."""

import re

import pytest
from PySide6.QtCore import Qt

from abm_desktop.live import RunState
from abm_desktop.live.commands import Inject, RunMarket, StepTime
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
    past = window.session.past
    return past is not None and past.time == window.market.time_bar.time


def test_slider_looks_at_a_past_moment(qtbot, market):
    bar, tab = market.market.time_bar, market.market
    live_book = tab.ladder.describe()
    assert not bar.banner.isVisible() and bar.slider.value() == bar.slider.maximum() == 2400
    bar.slider.setValue(600)
    qtbot.waitUntil(lambda: looked(market))
    tab._draw_past()
    assert bar.banner.text() == "Looking at 1:00, the market is at 4:00"
    assert bar.banner.isVisible() and bar.fork_button.isVisible()
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


def test_keys_look_back_and_ahead_and_return(qtbot, market):
    bar = market.market.time_bar
    for _ in range(3):
        market.commands["market.look_back"].trigger()
    assert bar.time == pytest.approx(210.0)
    market.commands["market.look_ahead"].trigger()
    assert bar.time == pytest.approx(220.0)
    qtbot.waitUntil(lambda: looked(market))
    market.commands["market.back_to_live"].trigger()
    assert bar.time is None and not bar.banner.isVisible() and market.session.past is None
    assert market.market.ladder._snapshot is market.snapshot
    assert market.market.price.heat._books is market.market.price.books
    assert not market.market.view.is_held


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
    said = re.search(r"the market is at (\d+):(\d\d)", tab.time_bar.banner.text())
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


def test_window_buttons_zoom_and_drag_work_in_the_past(qtbot, market):
    tab = market.market
    tab.look_at(60.0)
    tab.set_window(0)
    left, right = tab.view.span(market.snapshot)
    assert left <= 60.0 <= right and right - left == pytest.approx(30.0)
    tab.price.panned.emit(5.0)
    assert tab.view.span(market.snapshot)[0] == pytest.approx(left + 5.0)
    qtbot.waitUntil(lambda: looked(market) and tab.price._past is market.session.past)


def test_a_replay_has_no_time_bar(window, live):
    live.show(is_replay=True)
    window.draw()
    assert not window.market.time_bar.isEnabled()
    window.market.look_at(10.0)
    assert not live.called("look_at")
