"""Opening files: menu, drop, recent, and what happens with a wrong one."""

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QListWidget
from support.recorded import ADD, hand_written

from abm_desktop.live import RunState, Ticket
from abm_desktop.live.refusals import FileRefused
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.trouble import Trouble

ONE_WINDOW = True

GOOD = 'name = "Mine"\nseed = 7\n'
WRONG = 'name = "Mine"\nseed = 7\n[market]\ntick_sise = 0.01\nstart_price = -3.0\n'


@pytest.fixture
def window(window):
    """A file counts as opened when a frame has seen its market."""
    window.frame_timer.start()
    return window


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(GOOD)
    return file


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(QPoint(9, 9), offered, data, buttons, keys)
    enter.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(window, enter)
    event = QDropEvent(QPointF(9, 9), offered, data, buttons, keys)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(window, event)
    if event.isAccepted():  # a program that is told of a move may delete the original
        assert event.dropAction() is Qt.DropAction.CopyAction
    return enter.isAccepted() and event.isAccepted()


def test_files_are_opened_by_the_menu_or_dropped(
    qtbot, window, live, scenario, tmp_path, monkeypatch
):
    # A dialog that is cancelled changes nothing.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    window.commands["file.open"].trigger()
    window.commands["file.replay"].trigger()
    assert not live.called("load") and not live.called("open_replay")

    # One that names a scenario.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(scenario), ""))
    window.commands["file.open"].trigger()
    qtbot.waitUntil(lambda: bool(live.called("load")))
    assert live.called("load")[0][0].name == "Mine"
    qtbot.waitUntil(lambda: window.session.file == scenario)

    # Bundled scenarios are in the menu, the calm one first.
    actions = window.menus.bundled.actions()
    names = [a.objectName() for a in actions]
    assert names[0] == "bundled.calm"
    assert {"bundled.flash_crash", "bundled.volatility_spike", "bundled.liquidity_shock"} <= {
        *names
    }
    live.calls.clear()
    actions[0].trigger()
    qtbot.waitUntil(lambda: bool(live.called("load")))

    # Dropped: a scenario.
    live.calls.clear()
    assert drop(window, scenario)
    qtbot.waitUntil(lambda: bool(live.called("load")))

    # A day of order flow.
    file = tmp_path / "AMZN_message_10.csv"
    file.write_text("1")
    assert drop(window, file)
    qtbot.waitUntil(lambda: live.called("open_replay") == [(file,)])

    assert not window.market.price.acceptDrops()
    assert not window.market.price.viewport().acceptDrops()


def test_opened_files_are_remembered_newest_first(
    qtbot, window, live, settings, tmp_path, own_window
):
    files = [tmp_path / f"{name}.toml" for name in "ab"]
    for k, file in enumerate(files):
        file.write_text(GOOD)
        window.session.open(file)
        qtbot.waitUntil(lambda n=k + 1: len(settings.recent) == n)
    assert settings.recent == files[::-1]
    window.menus.recent.actions()[1].trigger()
    qtbot.waitUntil(lambda: settings.recent == files)
    window.commands["file.clear_recent"].trigger()
    assert settings.recent == []


def test_wrong_file_names_line_key_and_remedy_and_the_market_goes_on(qtbot, window, live, scenario):
    live.show(state=RunState.RUNNING)
    scenario.write_text(WRONG)
    window.session.open(scenario)
    qtbot.waitUntil(window.notice.isVisible)
    rows = {f.key: f for f in window.notice.trouble.findings}
    assert rows["market.tick_sise"].line == 4
    assert rows["market.start_price"].line == 5
    assert "tick_size" in rows["market.tick_sise"].remedy + rows["market.tick_sise"].message
    assert "mine.toml" in window.notice.title.text()
    assert not live.called("load")
    assert live.snapshot.state is RunState.RUNNING
    # A good file clears the notice.
    scenario.write_text(GOOD)
    window.commands["file.reload"].trigger()  # nothing was open yet: reload must do nothing
    window.session.open(scenario)
    qtbot.waitUntil(lambda: not window.notice.isVisible())
    assert live.called("load")

    # Details of a notice can be copied.
    scenario.write_text(WRONG)
    window.session.open(scenario)
    qtbot.waitUntil(window.notice.isVisible)
    window.notice.copy_button.click()
    text = QApplication.clipboard().text()
    assert "market.start_price" in text and str(scenario) in text
    window.notice.close_button.click()
    assert not window.notice.isVisible()
    window.notice.show_trouble(Trouble("One more", "to close by key"))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.notice.isVisible()


def test_a_file_the_market_refuses_is_named_and_not_remembered(
    qtbot, window, live, settings, tmp_path, monkeypatch, own_window
):
    file = tmp_path / "broken.zip"
    file.write_text("no archive")

    def refuse(_path):
        live.refuse(FileRefused("holds no message file"), 7)
        return Ticket(7)

    monkeypatch.setattr(live, "open_replay", refuse)
    window.session.open(file)
    qtbot.waitUntil(window.notice.isVisible)
    assert window.notice.title.text() == "broken.zip was not opened"
    assert window.notice.text.text() == "holds no message file"
    assert settings.recent == [] and window.session.file is None


def test_what_is_no_file_of_ours_is_named(qtbot, window, live, tmp_path):
    for name in ("gone.toml", "gone.zip"):
        window.session.open(tmp_path / name)
        qtbot.waitUntil(lambda name=name: name in window.notice.title.text())
    assert window.notice.isVisible()
    assert not live.called("load") and not live.called("open_replay")

    drop(window, tmp_path / "picture.png")
    assert "picture.png" in window.notice.text.text() and ".toml" in window.notice.text.text()


def test_file_opened_before_the_market_is_there_waits_for_it(qtbot, live, settings, scenario):
    from abm_desktop.ui.session import Session

    session = Session(settings)
    session.open(scenario)
    session.attach(live)
    qtbot.waitUntil(lambda: bool(live.called("load")))
    session.close()


def test_damaged_settings_give_defaults(tmp_path):
    file = tmp_path / "window.ini"
    file.write_text("[General]\nrecent={not json\nspeed=fast\ntab=x\n")
    settings = Settings(file)
    assert settings.recent == [] and settings.speed == 10.0 and settings.number("tab", 0) == 0


def test_recent_list_is_bounded(settings):
    for k in range(30):
        settings.add_recent(Path(f"/x/{k}.toml"))
    assert len(settings.recent) == 10 and settings.recent[0].name == "29.toml"


def days(folder, *names):
    """A folder with a LOBSTER pair for each of these days."""
    folder.mkdir()
    for name in names:
        (folder / f"ABC_{name}_message_1.csv").write_text("34200.5,1,1,10,999900,1\n")
        (folder / f"ABC_{name}_orderbook_1.csv").write_text("1000100,30,999900,40\n")
    return folder


def test_a_dropped_folder_with_one_recorded_day_is_opened(qtbot, window, live, tmp_path):
    folder = days(tmp_path / "day", "2019-05-03")
    assert drop(window, folder)
    qtbot.waitUntil(lambda: live.called("open_replay") == [(folder,)])
    qtbot.waitUntil(lambda: window.session.file == folder)
    assert window.settings.folder("replay") == str(tmp_path)
    assert window.settings.recent[0] == folder


def test_of_several_days_one_is_chosen_from_a_list(qtbot, window, live, tmp_path):
    folder = days(tmp_path / "days", "2019-05-03", "2019-05-06")
    packed = tmp_path / "days.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    for place in (folder, packed):
        window.session.open(place)
        qtbot.waitUntil(lambda: bool(window.findChildren(QDialog)))
        (dialog,) = window.findChildren(QDialog)
        (shown,) = dialog.findChildren(QListWidget)
        assert [shown.item(k).text() for k in range(shown.count())] == ["2019-05-03", "2019-05-06"]
        before = len(live.called("open_replay"))
        shown.setCurrentRow(1)
        dialog.accept()
        day = place / "2019-05-06"
        qtbot.waitUntil(lambda before=before: len(live.called("open_replay")) > before)
        assert live.called("open_replay")[-1] == (day,)
        qtbot.waitUntil(lambda day=day: window.session.file == day)
        qtbot.waitUntil(lambda: not window.findChildren(QDialog))
    assert window.menus.recent.actions()[0].text() == "days.zip 2019-05-06"
    assert window.settings.folder("replay") == str(tmp_path)


def test_a_replay_becomes_a_market_to_trade_in(qtbot, window, live, tmp_path):
    command = window.commands["market.trade_recording"]
    qtbot.waitUntil(lambda: not command.isEnabled())  # nothing is open: it says what to do
    assert "Open a recording first" in command.toolTip()
    live.show()
    qtbot.waitUntil(lambda: window.snapshot is not None)
    assert not command.isEnabled()  # nor in a simulated market
    day = hand_written(tmp_path, [(60, ADD, 9, 1, 9990, 1)])
    window.session.open(day)
    qtbot.waitUntil(lambda: live.called("open_replay") == [(day,)])
    qtbot.waitUntil(lambda: window.session.file == day)
    live.show(is_replay=True)
    window.settings.set_number("confirm_reset", 0)
    qtbot.waitUntil(command.isEnabled)
    command.trigger()
    qtbot.waitUntil(lambda: bool(live.called("load")), timeout=30_000)
    ((scenario,),) = live.called("load")
    assert scenario.recording == str(day)
    assert scenario.market.session == 60.0
