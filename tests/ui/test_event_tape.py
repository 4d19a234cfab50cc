"""The message tape of the Market tab: closed it asks nothing; open it follows, pages and looks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from abm_desktop.live.commands import StepTime
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market.event_model import EventModel, exact_clock

LOADED = 60_000


@pytest.fixture
def market(qtbot, settings):
    """A window whose market has run for a minute, and is paused."""
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    window.commands["view.market"].trigger()
    window.session.live.do(StepTime(seconds=60.0))
    qtbot.waitUntil(lambda: window.snapshot.time >= 60.0, timeout=LOADED)
    yield window
    window.close()
    window.session.close()


def test_times_are_told_to_the_microsecond():
    assert exact_clock(3_725_000_001_999) == "1:02:05.000001"
    assert EventModel().rowCount() == 0


def test_a_walk_through_the_events(qtbot, market, monkeypatch):
    tab, tape = market.market, market.market.events
    asked = []
    live = market.session.live
    events_until = live.events_until
    monkeypatch.setattr(
        live, "events_until", lambda *a: (asked.append(a), events_until(*a))[1], raising=False
    )
    # Closed by default, and nothing is asked.
    dock = tab.desk.docks["events"]
    assert dock.isHidden()
    market.draw()
    assert not asked and tape.model.page is None

    # Open it follows: the newest event is that of the snapshot.
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: tape.model.page is not None, timeout=LOADED)
    model, snapshot = tape.model, market.snapshot
    assert model.number_of(0) == snapshot.events and 380 < model.rowCount() <= 400
    live.do(StepTime(seconds=5.0))
    qtbot.waitUntil(lambda: market.snapshot.time >= 65.0, timeout=LOADED)
    market.draw()
    qtbot.waitUntil(lambda: model.number_of(0) == market.snapshot.events, timeout=LOADED)
    texts = [model.index(0, column).data() for column in range(model.columnCount())]
    assert texts[0] == f"{market.snapshot.events:,}" and texts[1].startswith("1:0")
    assert all(texts)

    # A click looks at exactly that event; the list stands still, and the event is marked.
    row = 7
    number, time = model.number_of(row), model.time_of(row)
    tape.table.scrollToTop()
    where = tape.table.visualRect(model.index(row, 2)).center()
    QTest.mouseClick(tape.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert tab.time_bar.time == time and not tape.follow.isChecked()
    past = market.session
    qtbot.waitUntil(lambda: past.past is not None and past.past.time == time, timeout=LOADED)
    assert past.past.snapshot.events >= number
    assert model.looked == past.past.snapshot.events  # with others of the very instant
    assert f"{model.looked:,}" in tab.events_panel.note.text()
    first, last = model.instant
    assert first <= number <= last
    tab.grab()

    # Earlier events join without a gap.
    first = model.page.first
    tape.earlier.click()
    qtbot.waitUntil(lambda: model.page.first != first, timeout=LOADED)
    assert model.number_of(0) == first - 1
    assert model.looked == -1  # the moment looked at is behind these
    tape.later.click()
    qtbot.waitUntil(lambda: model.number_of(0) > first, timeout=LOADED)

    # A moment from elsewhere brings its own page.
    tab.look_at(10.0)
    qtbot.waitUntil(lambda: model.page.until == 10.0, timeout=LOADED)
    assert model.time_of(0) <= 10.0 and model.looked == model.number_of(0)
    tape.follow.click()
    assert tab.time_bar.time is None
    qtbot.waitUntil(lambda: model.number_of(0) == market.snapshot.events, timeout=LOADED)
    assert model.looked == -1
    # Hidden again it asks for nothing.
    dock.hide()
    asked.clear()
    live.do(StepTime(seconds=5.0))
    qtbot.waitUntil(lambda: market.snapshot.time >= 70.0, timeout=LOADED)
    market.draw()
    assert not asked
