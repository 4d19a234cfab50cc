"""A low window, with a notice over the pages and the log below them: nothing is cut off."""

import pytest

from abm_desktop.ui.controls import ANALYTICS, MARKET, RL
from abm_desktop.ui.trouble import Trouble

ONE_WINDOW = True


@pytest.fixture
def crowded(window, qtbot):
    """The window with a notice, the log and the notices open."""

    def open_all(width, height):
        window.resize(width, height)
        window.show()
        qtbot.waitExposed(window)
        window.report(Trouble("The market refused a command", "The price is no multiple of 0.01."))
        window.log_dock.show()
        window.notices_dock.show()
        return window

    yield open_all
    window.log_dock.hide()
    window.notices_dock.hide()
    window.notice.dismiss()


def test_a_usual_window_shows_the_whole_page_beside_notice_and_log(crowded, qtbot):
    window = crowded(1280, 800)
    window.tabs.setCurrentIndex(MARKET)
    bar = window.tabs.widget(MARKET).verticalScrollBar()
    qtbot.waitUntil(lambda: window.market.price.height() >= 110 and bar.maximum() == 0)
    assert window.notice.height() <= 60


@pytest.mark.parametrize("tab", [MARKET, ANALYTICS, RL])
def test_a_page_without_room_scrolls_and_keeps_its_least_height(crowded, qtbot, tab):
    window = crowded(1280, 600)
    if window.rl is None:
        window.load_rl_tab()
    window.tabs.setCurrentIndex(tab)
    window.draw()
    place = window.tabs.widget(tab)
    page = place.widget()
    least = page.minimumSizeHint().height()
    qtbot.waitUntil(lambda: page.height() >= least)
    assert tab != MARKET or least > place.viewport().height(), "the window is low enough"
    assert place.verticalScrollBar().maximum() == page.height() - place.viewport().height()
    # As soon as there is room the page fills it.
    window.resize(1280, 1000)
    qtbot.waitUntil(lambda: page.height() == place.viewport().height())
