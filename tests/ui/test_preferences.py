"""Preferences: every choice acts at once, is remembered, and can be taken back."""

import resource

import pytest
from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from abm_desktop import paths
from abm_desktop.live import RunState
from abm_desktop.live.commands import ResetMarket
from abm_desktop.ui import theme
from abm_desktop.ui.app import FIRST_SCENARIO, first_file
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.preferences import LAST_FILE, START_PAGE, Preferences
from abm_desktop.ui.settings import DEFAULTS, Settings

ONE_WINDOW = True


@pytest.fixture
def preferences(qapp, window):
    before = theme.current()
    window.commands["file.preferences"].trigger()
    (dialog,) = window.findChildren(Preferences)
    yield dialog
    dialog.close()
    if theme.current() != before:
        theme.apply(qapp, "dark", "blue-orange")


def choose(dialog, name, value):
    box = dialog.boxes[name]
    assert box.findData(value) >= 0
    box.setCurrentIndex(box.findData(value))


def test_theme_and_colours_switch_at_once(window, live, settings, preferences):
    choose(preferences, "theme", "high-contrast")
    choose(preferences, "sides", "teal-violet")
    assert theme.current().name == "high-contrast" == settings.theme
    bid, ask = theme.SIDES["teal-violet"].colors["high-contrast"]
    assert (theme.current().colors.bid, theme.current().colors.ask) == (bid, ask)
    assert window.market.price._bid.opts["pen"].color() == QColor(bid)
    assert window.market.price.dots.sells.opts["brush"].color() == QColor(ask)
    # Another theme by its own command keeps the chosen colours.
    window.commands["view.next_theme"].trigger()
    assert theme.current().colors.bid == theme.SIDES["teal-violet"].colors["dark"][0]


def test_every_choice_is_remembered_and_taken_back(
    window, settings, preferences, tmp_path, own_window
):
    choose(preferences, "frame_rate", "10")
    assert window.frame_timer.interval() == 100
    choose(preferences, "start", "flash_crash")
    preferences.checks["autosave"].setChecked(False)
    assert not preferences.numbers["autosave_seconds"].isEnabled()
    preferences.numbers["rl_traders"].setValue(7)
    preferences.checks["confirm_reset"].setChecked(True)
    again = Settings(tmp_path / "window.ini")
    stored = {name: again.choice(name) for name in DEFAULTS}
    assert stored == DEFAULTS | {
        "frame_rate": "10", "start": "flash_crash", "autosave": "0",
        "rl_traders": "7", "confirm_reset": "1", "confirm_quit": "0",
    }  # fmt: skip
    preferences.defaults.click()
    assert {name: settings.choice(name) for name in DEFAULTS} == DEFAULTS
    assert window.frame_timer.interval() == 33
    assert preferences.boxes["start"].currentData() == START_PAGE


def test_the_settings_of_a_version_that_spoke_german_load(qtbot, tmp_path, caplog):
    file = tmp_path / "window.ini"
    file.write_text("[General]\nlanguage=de\nframe_rate=10\n")
    settings = Settings(file)
    assert settings.chosen_number("frame_rate") == 10
    parent = QWidget()
    qtbot.addWidget(parent)
    preferences = Preferences(settings, [], parent)
    assert preferences.boxes["frame_rate"].currentData() == "10"
    assert settings.save() == "" and not caplog.records


@pytest.mark.parametrize("value", ["", "fast", "100000", "-1"])
def test_a_damaged_choice_gives_the_default(settings, value):
    settings.choose("frame_rate", value)
    settings.choose("autosave", value)
    assert settings.chosen_number("frame_rate") == 30
    assert settings.is_on("autosave")
    with pytest.raises(KeyError, match="font_size"):
        settings.choose("font_size", "9")


def test_what_is_opened_at_the_start(settings, tmp_path, own_window):
    assert first_file(settings).stem == FIRST_SCENARIO
    settings.choose("start", "flash_crash")
    assert first_file(settings) == paths.scenario_dir() / "flash_crash.toml"
    settings.choose("start", LAST_FILE)
    assert first_file(settings).stem == FIRST_SCENARIO
    mine = tmp_path / "mine.toml"
    mine.write_text("name = 'mine'\n")
    for path in (mine, tmp_path / "gone.toml"):
        settings.add_recent(path)
    assert first_file(settings) == mine
    settings.choose("start", "no such scenario")
    assert first_file(settings).stem == FIRST_SCENARIO


def test_enter_closes_the_preferences_and_asks_for_no_folder(qtbot, window, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *a: asked.append(a) or "")
    window.commands["file.preferences"].trigger()
    (dialog,) = window.findChildren(Preferences)
    qtbot.keyClick(dialog.checks["autosave"], Qt.Key.Key_Return)
    assert not asked
    qtbot.waitUntil(lambda: not window.findChildren(Preferences))


def test_folders_are_chosen_and_a_wrong_one_is_refused(
    preferences, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    preferences._ask_folder("scenario")
    assert settings.folder("scenario") == str(tmp_path)
    line = preferences.folders["scenario"]
    line.setText(str(tmp_path / "nowhere"))
    line.editingFinished.emit()
    assert line.text() == str(tmp_path) == settings.folder("scenario")


def question(window):
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    return box


def test_a_reset_can_ask_first(window, live, settings):
    settings.choose("confirm_reset", "1")
    window.commands["market.reset"].trigger()
    question(window).reject()
    assert not live.done(ResetMarket)
    window.commands["market.reset"].trigger()
    question(window).defaultButton().click()
    assert live.done(ResetMarket) == [ResetMarket(seed=1)]


class Training(QWidget):
    is_training = True
    work = None

    def rest(self):
        pass

    async def close_training(self):
        pass


def test_closing_asks_while_an_agent_is_trained(qtbot, settings):
    settings.choose("confirm_quit", "1")
    window = MainWindow(FakeLive(make_snapshot(state=RunState.RUNNING)), settings)
    qtbot.addWidget(window)
    window.show()
    window.rl = Training()
    qtbot.addWidget(window.rl)
    assert not window.close()
    # What was learnt since the last save is lost with a yes: Enter is none.
    question(window).defaultButton().click()
    assert window.isVisible() and window.frame_timer.isActive()
    window.close()
    with qtbot.waitSignal(window.closed):
        next(b for b in question(window).buttons() if b.text() == "Close").click()
    window.session.close()


@pytest.fixture
def full_disk():
    """No file of this process can grow, as on a full disk; call it to take that back."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    give_back = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)  # noqa: E731
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    yield give_back
    give_back()


def test_settings_that_cannot_be_written_are_told_once_and_hold_meanwhile(
    window, settings, tmp_path, full_disk, own_window
):
    told = []
    window.notices.unread_changed.connect(told.append)
    settings.choose("start", "flash_crash")
    for _ in range(3):
        window.remember()
    (trouble,) = [window.notice.trouble]
    assert str(tmp_path) in trouble.text and "ulimit -f" in trouble.text
    assert len(told) == 1
    window._file_opened(tmp_path / "other.toml")
    assert window.notice.isVisible()
    assert settings.choice("start") == "flash_crash"
    full_disk()
    window.remember()
    assert Settings(tmp_path / "window.ini").choice("start") == "flash_crash"
    assert "flash_crash" in (tmp_path / "window.ini").read_text()


def test_a_folder_for_settings_that_cannot_be_made_lets_the_window_open(qtbot, tmp_path):
    (tmp_path / "config").write_text("")
    settings = Settings(tmp_path / "config" / "window.ini")
    assert str(tmp_path / "config") in settings.why_not_kept()
    settings.choose("confirm_quit", "0")
    window = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(window)
    window.remember()
    assert str(tmp_path / "config") in window.notice.trouble.text
    window.close()
    assert [path.name for path in tmp_path.iterdir()] == ["config"]
    window.session.close()
