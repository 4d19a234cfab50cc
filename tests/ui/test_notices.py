"""Notices and their history, progress with a way to end it, and the tour."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from abm_desktop.live.refusals import OpeningCancelled
from abm_desktop.live.statements import ReadingRecording
from abm_desktop.ui.trouble import Finding, Trouble

ONE_WINDOW = True

WRONG = Trouble(
    "mine.toml was not opened", "Mend it.",
    (Finding(3, "market.tick", "is not known", "write tick_size"),), "Traceback: here",
)  # fmt: skip


def test_every_notice_is_kept_to_read_again_and_to_copy(qtbot, window):
    window.session.trouble.emit(Trouble("First", "one"))
    window.session.trouble.emit(WRONG)
    window.session.said.emit("The model was saved")
    assert window.status.notices.text() == "Notices: 2"
    window.notice.dismiss()
    window.status.notices.click()
    history = window.notices
    qtbot.waitUntil(history.isVisible)
    assert window.status.notices.text() == "Notices"
    titles = [history.table.item(k, 1).text() for k in range(3)]
    assert titles == ["The model was saved", "mine.toml was not opened", "First"]
    history.table.setCurrentCell(1, 1)
    history.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "line 3: market.tick" in copied and "Traceback: here" in copied
    history.clear_button.click()
    assert history.table.rowCount() == 0 and history.empty.isVisible()
    assert not history.copy_button.isEnabled()


def places_of_tabs(window):
    bar = window.tabs.tabBar()
    where = [bar.tabRect(k).translated(bar.mapTo(window, QPoint())) for k in range(bar.count())]
    page = window.tabs.currentWidget()
    return where, page.rect().translated(page.mapTo(window, QPoint()))


@pytest.mark.parametrize("size", [(1000, 650), (1280, 800)])
@pytest.mark.parametrize("trouble", [WRONG, Trouble("Refused", "too long a sentence " * 30)])
def test_a_notice_moves_nothing_and_leaves_the_left_of_the_page_free(window, size, trouble):
    window.resize(*size)
    QApplication.processEvents()
    before = places_of_tabs(window)
    window.notice.show_trouble(trouble)
    QApplication.processEvents()
    assert places_of_tabs(window) == before
    place, room = window.notice.geometry(), window.centralWidget().rect()
    assert room.contains(place) and place.bottom() == room.bottom() - 8
    assert place.left() > 300


@pytest.mark.parametrize("size", [(1000, 650), (1280, 800), (1600, 900)])
def test_an_offer_moves_nothing_and_stands_on_top_of_a_notice(window, size):
    window.resize(*size)
    QApplication.processEvents()
    before = places_of_tabs(window)
    window.offer.ask(
        "Put it there?", "It then starts from there. " * 4, (("Yes", "", lambda: None),)
    )
    QApplication.processEvents()
    assert places_of_tabs(window) == before
    room, place = window.centralWidget().rect(), window.offer.geometry()
    assert room.contains(place) and place.bottom() == room.bottom() - 8
    assert place.left() >= 250 - 10 and place.right() <= room.right() - 240
    window.notice.show_trouble(WRONG)
    QApplication.processEvents()
    notice, place = window.notice.geometry(), window.offer.geometry()
    assert room.contains(place) and not notice.intersects(place)
    window.notice.dismiss()
    QApplication.processEvents()
    assert window.offer.geometry().bottom() == room.bottom() - 8
    window.offer.buttons[0].click()
    assert window.offer.isHidden()
    text = window.notice.text
    assert text.height() >= text.heightForWidth(text.width())
    window.resize(size[0] + 100, size[1])
    QApplication.processEvents()
    assert window.notice.geometry().right() == window.centralWidget().rect().right() - 8
    window.notice.dismiss()


@pytest.mark.parametrize("width", [1000, 1440])
def test_long_titles_leave_the_tabs_alone(window, width):
    window.resize(width, 700)
    before = places_of_tabs(window)
    titles = [f"Exporting the {name} session to {'a_folder_' * 12}" for name in ("one", "other")]
    tasks = [window.tasks.begin(title) for title in titles]
    for task in tasks:
        task.began -= 2
    window.tasks.look()
    QApplication.processEvents()
    assert places_of_tabs(window) == before
    corner = window.tasks.geometry()
    assert corner.left() >= before[0][-1].right() and corner.right() < window.tabs.width()
    assert all(row.bar.isVisible() and row.title.width() > 60 for row in window.tasks.rows)
    for task in tasks:
        task.end()
    window.tasks.look()


def test_what_lasts_is_shown_with_its_share_and_can_be_ended(window):
    ended = []
    task = window.tasks.begin("Exporting the tape", lambda: ended.append(True))
    window.tasks.look()
    assert not window.tasks.isVisible()
    before = places_of_tabs(window)
    task.began -= 2
    task.share = 0.25
    window.tasks.look()
    (row,) = window.tasks.rows
    QApplication.processEvents()
    assert places_of_tabs(window) == before, "no control moves under the pointer"
    assert window.tasks.isVisible() and row.bar.value() == 250 and row.bar.maximum() == 1000
    assert (
        row.seconds.text().startswith("25\xa0% · 2 s") and "Exporting" in row.bar.accessibleName()
    )
    row.button.click()
    assert ended == [True] and not row.button.isEnabled()
    task.end()
    window.tasks.look()
    assert not window.tasks.isVisible() and window.tasks.rows == []


def test_reading_a_large_file_can_be_cancelled(window, live):
    live.compile_progress, live.progress = ReadingRecording("AAPL.zip"), None
    window.draw()
    window.making.task.began -= 3
    window.tasks.look()
    (row,) = window.tasks.rows
    assert row.title.text() == "Reading AAPL.zip" and row.bar.maximum() == 0
    row.button.click()
    assert live.called("cancel") == [()]
    live.compile_progress = None
    live.refuse(OpeningCancelled())
    window.draw()
    window.tasks.look()
    assert window.tasks.rows == [] and not window.notice.isVisible()
    assert window.notices.entries[0].trouble.title.startswith("Cancelled")


@pytest.fixture
def tour(window):
    window.commands["help.tour"].trigger()
    yield window.tour


def test_the_tour_points_at_each_part_and_covers_none_of_it(window, tour, settings):
    seen = []
    for k in range(8):
        assert tour.place.text() == f"{k + 1} of 8"
        seen.append(tour.title.text())
        box = tour.target_box()
        assert box.width() > 50 and box.height() > 15
        bubble = QRect(tour.bubble.pos(), tour.bubble.size())
        assert window.rect().contains(bubble)
        if box.width() < 700:
            assert not bubble.intersects(box), tour.title.text()
        assert tour.text.heightForWidth(tour.text.width()) <= tour.text.height() + 1
        window.grab()
        QTest.keyClick(tour, Qt.Key.Key_Right)
    assert len(set(seen)) == 8
    assert window.tour is None and settings.number("tour_seen", 0) == 1


def test_the_tour_is_skipped_goes_back_and_is_shown_once(window, settings, own_window):
    window.show_first_tour()
    tour = window.tour
    tour.next_button.click()
    tour.back_button.click()
    assert tour.at == 0
    window.resize(1000, 700)
    assert tour.size() == window.size() or tour.geometry().topLeft() == QPoint(0, 0)
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert window.tour is None
    window.show_first_tour()
    assert window.tour is None
    window.commands["help.tour"].trigger()
    window.tour.skip_button.click()
    assert window.tour is None
