"""The Python console of a window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from abm_desktop.live.commands import Inject, RunMarket
from abm_desktop.ui import console_panel


@pytest.fixture
def console(window):
    yield window.console
    window.console.close_console()


def test_python_is_typed_completed_recalled_and_interrupted(qtbot, window, settings, console, live):
    # Off at first.
    action = window.commands["view.console"]
    assert not action.isEnabled() and "Preferences" in action.toolTip()
    preferences = window.controls.show_preferences()
    preferences.checks["console"].setChecked(True)
    preferences.close()
    action.trigger()
    assert window.console_dock.isVisible() and action.isChecked()
    field, output = console.input, console.output

    def key(which, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(field, which, modifier)

    def entered(text):
        QTest.keyClicks(field, text)
        key(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not console.is_busy and not console.stop_button.isEnabled())

    # The market of the window, and commands as values.
    entered("market.mid")
    assert output.toPlainText() == f">>> market.mid\n{live.snapshot.mid!r}\n"
    entered("ticket = market.ask(Inject(stress=FlashCrash(magnitude=0.03)))")
    (crash,) = live.done(Inject)
    assert crash.stress.magnitude == 0.03
    entered("nothing_of_this_name")
    assert output.toPlainText().endswith("NameError: name 'nothing_of_this_name' is not defined\n")

    # A block goes on until an empty line, with its indentation.
    QTest.keyClicks(field, "for k in range(2):")
    key(Qt.Key.Key_Return)
    QTest.keyClicks(field, "print('turn', k)")
    key(Qt.Key.Key_Return)
    assert field.toPlainText() == "for k in range(2):\n    print('turn', k)\n    "
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: output.toPlainText().endswith("turn 0\nturn 1\n"))

    # Earlier inputs come back, names are completed.
    key(Qt.Key.Key_Up)
    assert field.toPlainText().startswith("for k in range(2)")
    key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    field.put("market.fundam")
    qtbot.waitUntil(lambda: not console.is_busy)
    key(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: field.toPlainText() == "market.fundamental")
    field.put("market.best_")
    key(Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: "best_ask  best_bid" in output.toPlainText())

    # What runs for ever does not hold up the window, and Ctrl+C ends it.
    field.put("while True: pass")
    key(Qt.Key.Key_Return)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: console.is_busy and console.stop_button.isEnabled())
    window.commands["market.toggle"].trigger()
    assert live.done(RunMarket)
    qtbot.waitUntil(lambda: console.engine._works)
    key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: output.toPlainText().endswith("KeyboardInterrupt\n"))

    # Only so much of the output is kept.
    assert output.maximumBlockCount() == console_panel.LINES_KEPT
    console.clear_button.click()
    assert output.toPlainText() == ""
    settings.choose("console", "0")
    window.controls.follow_preference("console")
    assert not window.console_dock.isVisible() and not action.isEnabled()
