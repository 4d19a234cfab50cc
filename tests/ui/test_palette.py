"""The command palette: what it finds, and that it runs what was chosen."""

import re

import pytest
from PySide6.QtCore import Qt

from abm_desktop.live.commands import Inject
from abm_desktop.ui.commands import CATALOGUE
from abm_desktop.ui.palette import Palette, match

ONE_WINDOW = True


@pytest.fixture
def palette(window):
    window.commands["view.palette"].trigger()
    (palette,) = window.findChildren(Palette)
    return palette


def test_every_entry_of_a_menu_has_a_letter_of_its_own(window):
    letters = re.compile(r"&(\w)")
    for action in window.menuBar().actions():
        action.menu().aboutToShow.emit()
        texts = [entry.text() for entry in action.menu().actions()]
        found = [c.lower() for text in texts for c in letters.findall(text)]
        assert len(found) == len(set(found)), texts


def test_a_few_letters_find_the_command_and_enter_runs_what_is_marked(qtbot, window, live, palette):
    assert palette.list.count() == len(palette.titles) >= len(CATALOGUE) - 1
    for query, first in (
        ("flash", "Market: Inject flash crash"),
        ("ifc", "Market: Inject flash crash"),
        ("open vol", "Open scenario: volatility_spike"),
        ("theme light", "Theme: Light"),
        ("heat", "View: Order-book heatmap"),
        ("fat", "Market: Inject fat finger"),
    ):
        palette.field.setText(query)
        assert palette.titles[0] == first

    palette.field.setText("xyzzy")
    assert palette.titles == [] and "Nothing" in palette.note.text()
    palette.choose()

    palette.field.setText("inject")
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.titles[1] == "Market: Inject liquidity shock" or palette.list.currentRow() == 1
    chosen = palette.titles[1].removeprefix("Market: Inject ").replace(" ", "_")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    (command,) = live.done(Inject)
    assert command.stress.type == chosen and not palette.isVisible()


def test_a_word_begun_beats_a_word_inside():
    assert match("run", "Market: Run") > match("run", "Market: Prune")
    assert match("q", "Market: Run") is None


def test_a_scenario_is_opened_and_a_command_that_cannot_be_used_says_why(
    qtbot, window, live, palette
):
    palette.field.setText("open scenario calm")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(live.called("load")))

    live.show(is_replay=True, generation=live.generation)
    window.draw()
    palette = window.controls.show_palette()
    palette.field.setText("inject flash")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible() and "replay" in palette.note.text()
    assert not live.done(Inject)
    palette.close()
