"""The log console: what it shows, at which level, and where it is opened."""

import logging

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from abm_desktop.market.statements import PhaseCause
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.trouble import Trouble

ONE_WINDOW = True


def test_log_shows_what_was_done_and_what_went_wrong(window, live):
    console = window.log
    assert window.log_dock.isHidden()
    window.commands["view.log"].trigger()
    assert not window.log_dock.isHidden() and window.commands["view.log"].isChecked()
    window.commands["market.flash_crash"].trigger()
    window.session.trouble.emit(Trouble("mine.toml was not opened", "There is <no> such file"))
    logging.getLogger("abm_desktop.market").debug("a detail")
    live.show(phase="halted", phase_reason=PhaseCause(2), time=700.0)
    window.draw()
    text = console.text.toPlainText().replace("\xa0", " ")
    assert "inject" in text and "FlashCrash" in text and "There is <no> such file" in text
    assert "market: halted market-wide breaker at 11:40" in text and "a detail" not in text
    console.level.setCurrentIndex(2)
    text = console.text.toPlainText()
    assert "WARNING" in text and "INFO" not in text
    console.level.setCurrentIndex(0)
    console.search.setText("HALTED")
    assert console.text.toPlainText().count("\n") == 0
    console.copy_button.click()
    assert "halted" in QGuiApplication.clipboard().text()
    console.clear_button.click()
    console.search.clear()
    assert console.text.toPlainText() == ""
    (close,) = (b for b in window.findChildren(QToolButton) if b.accessibleName() == "Close Log")
    close.click()
    assert window.log_dock.isHidden() and not window.commands["view.log"].isChecked()


def test_log_window_is_remembered_and_lets_go_of_the_logger(
    qtbot, window, live, settings, own_window
):
    window.commands["view.log"].trigger()
    handlers = len(logging.getLogger("abm_desktop").handlers)
    window.close()
    assert len(logging.getLogger("abm_desktop").handlers) == handlers - 1
    again = MainWindow(live, settings)
    qtbot.addWidget(again)
    assert not again.log_dock.isHidden()
    again.close()
    again.session.close()


def test_log_warns_of_a_scenario_whose_book_may_run_empty(
    qtbot, window, live, tmp_path, own_window
):
    file = tmp_path / "thin.toml"
    file.write_text('name = "thin"\n[population.noise]\nlimit_rate = 0.5\n')
    window.session.open(file)
    qtbot.waitUntil(lambda: bool(live.called("load")))
    window.draw()
    text = window.log.text.toPlainText().replace("\xa0", " ")
    assert "thin: population.noise.limit_rate: noise traders post about 0.7 lots" in text


def test_messages_of_the_training_leave_the_state_in_view(window):
    window._say("calm-ppo-1 is trained: load it into the market")
    assert window.status.message.words == "calm-ppo-1 is trained: load it into the market"
    assert window.status.currentMessage() == "" and window.status.state.isVisibleTo(window)
