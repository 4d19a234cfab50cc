"""A window that is closed is let go, with its market and everything it has shown."""

import gc
import weakref

from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import QCoreApplication, QEvent

from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.controls import MARKET, RL, START
from abm_desktop.ui.main_window import MainWindow


def show_everything(settings):
    """Open a window, visit all its pages, close it; weak references to its parts by name."""
    names = [page.name for page in PAGES]
    live = FakeLive(make_snapshot())
    window = MainWindow(live, settings)
    window.show()
    window.frame_timer.stop()
    window.load_rl_tab()
    for index in range(window.tabs.count()):
        window.tabs.setCurrentIndex(index)
        window.draw()
    for name in names:
        window.analytics.show_page(name)
        window.draw()
    for dock in window.market.desk.docks.values():
        dock.setFloating(True)
        dock.close()
    analytics = window.analytics
    parts = {"window": window, "market": live, "session": window.session, "RL": window.rl}
    parts |= {name: analytics.page(name) for name in names}
    window.close()
    window.session.close()
    window.deleteLater()
    return {name: weakref.ref(part) for name, part in parts.items()}


def test_a_run_that_is_over_is_let_go_by_what_is_not_on_show(qapp, settings):
    """Its series take tens of megabytes, and a page may be hidden for hours."""
    live = FakeLive(make_snapshot())
    window = MainWindow(live, settings)
    window.show()
    window.frame_timer.stop()
    window.load_rl_tab()
    window.session.worker.close()  # what it is still to measure, it holds
    series = weakref.ref(live.snapshot.history.class_pnl)
    for page in PAGES:
        window.controls.show_analytics(page.name)
        window.draw()
    for tab in (MARKET, RL, START):
        window.tabs.setCurrentIndex(tab)
        window.draw()
    live.snapshot = make_snapshot(700, generation=2)
    window.draw()
    live.snapshot = make_snapshot(701, generation=2)
    window.draw()
    gc.collect()
    assert series() is None
    window.session.close()
    window.close()
    window.deleteLater()


def test_a_closed_window_is_let_go(qapp, settings):
    parts = show_everything(settings)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [name for name, part in parts.items() if part() is not None] == []
