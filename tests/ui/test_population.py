"""The Traders panel: edit, undo, apply, add models."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from abm_desktop.live.commands import ChangePopulation
from abm_desktop.scenario import Scenario
from abm_desktop.ui.main_window import MainWindow

ONE_WINDOW = True

LEFT = Qt.MouseButton.LeftButton
LOADED = 60_000


@pytest.fixture
def panel(qtbot, window, live):
    window.session.scenario = Scenario.model_validate({"name": "mine"})
    live.show(generation=2)
    window.market.desk.docks["traders"].raise_()
    window.draw()
    return window.market.population


def test_names_are_whole_beside_their_shares_or_end_with_an_ellipsis(panel):
    for name in ("market_makers", "fundamental", "institutions"):
        section = panel.sections[name]
        section.show_share(0.38)
        section.layout().activate()
        title, share = section.title, section.share
        assert title.geometry().right() < share.geometry().left()
        assert title.shown_text() == title.text() or title.shown_text().endswith("…")
        assert title.toolTip().startswith(title.text())
    title = panel.sections["market_makers"].title
    title.setMaximumWidth(40)
    title.resize(40, 20)
    assert title.shown_text() != title.text() and title.shown_text().endswith("…")
    title.setMaximumWidth(16777215)


def test_nothing_is_pushed_out_of_view_when_parameters_unfold(window, panel):
    desk = window.market.desk.docks
    for dock, rows in (
        (desk["traders"], list(panel.sections.values())),
        (desk["rules"], list(window.market.rules.rules.values())),
    ):
        dock.raise_()
        for row in rows:
            row.fold.click()
        QApplication.processEvents()
        for row in rows:
            shown = row.parentWidget().parentWidget()  # what the scroll area shows of the list
            right = row.fold.mapTo(shown, QPoint(row.fold.width(), 0)).x()
            assert row.isVisible() and right <= shown.width(), type(row).__name__
            row.fold.click()


def test_counts_and_parameters_are_edited_and_applied(qtbot, window, live, panel):
    assert panel.sections["fundamental"].boxes["count"].value() == 100
    assert not panel.apply_button.isEnabled()
    panel.sections["fundamental"].boxes["count"].setValue(150)
    noise = panel.sections["noise"]
    qtbot.mouseClick(noise.fold, LEFT)
    noise.boxes["limit_rate"].setValue(12.5)
    assert panel.note.text() == "2 changed: 1 can act now, 1 at a reset (*)."
    qtbot.mouseClick(panel.apply_button, LEFT)
    (command,) = live.done(ChangePopulation)
    scenario = command.scenario
    assert scenario.population.fundamental.count == 150
    assert scenario.population.noise.limit_rate == 12.5
    assert panel.note.text() == "1 applied at the next reset (Ctrl+R)."
    assert not panel.apply_button.isEnabled()
    # The reset brings the rest; the edits can still be undone then.
    live.show(generation=3)
    window.draw()
    assert panel.note.text() == "* at the next reset"
    assert panel.draft.stack.canUndo()


def test_undo_and_redo(qtbot, window, panel):
    box = panel.sections["momentum"].boxes["count"]
    box.setValue(31)
    box.setValue(40)
    panel.sections["institutions"].boxes["count"].setValue(7)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.sections["institutions"].boxes["count"].value() == 5 and box.value() == 40
    # Turning one number is one step.
    qtbot.mouseClick(panel.undo, LEFT)
    assert box.value() == 30 and not panel.undo.isEnabled()
    qtbot.mouseClick(panel.redo, LEFT)
    assert box.value() == 40


def test_a_value_that_cannot_be_says_why_and_is_put_back(qtbot, panel):
    section = panel.sections["momentum"]
    qtbot.mouseClick(section.fold, LEFT)
    section.boxes["exit"].setValue(2.0)
    assert "larger than entry" in section.problem.text() and section.problem.isVisible()
    assert section.boxes["exit"].value() == 0.3 and not panel.apply_button.isEnabled()
    section.boxes["exit"].setValue(0.5)
    assert not section.problem.isVisible() and panel.apply_button.isEnabled()


def test_small_numbers_are_written_short_and_can_be_typed(qtbot, panel):
    section = panel.sections["fundamental"]
    qtbot.mouseClick(section.fold, LEFT)
    box = section.boxes["bias"]
    assert box.text() == "0.00035"
    box.selectAll()
    qtbot.keyClicks(box, "2e-4")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert panel.draft.scenario.population.fundamental.bias == 0.0002
    assert section.boxes["lifetime"].text() == "60 s"


def test_models_of_the_registry_are_added_and_removed(qtbot, panel):
    qtbot.waitUntil(lambda: panel.rl.models.count() > 0)
    name = panel.rl.models.currentText()
    qtbot.mouseClick(panel.rl.add, LEFT)
    panel.rl.counts[0].setValue(8)
    (group,) = panel.draft.scenario.rl
    assert (group.model, group.count) == (name, 8)
    assert panel.note.text() == "1 changed: 1 can act now, 0 at a reset (*)."
    qtbot.mouseClick(panel.rl.removers[0], LEFT)
    assert panel.draft.scenario.rl == () and not panel.apply_button.isEnabled()
    panel.draft.stack.undo()
    assert panel.rl.counts[0].value() == 8


def test_a_replay_has_no_traders(window, live, panel):
    live.show(is_replay=True, generation=9)
    window.draw()
    assert "replay" in panel.note.text()


def test_with_a_real_market(qtbot, settings):
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    panel = window.market.population
    window.market.desk.docks["traders"].raise_()
    window.draw()
    qtbot.waitUntil(lambda: panel.rl.models.count() > 0)
    qtbot.mouseClick(panel.rl.add, LEFT)
    panel.sections["fundamental"].boxes["count"].setValue(20)
    qtbot.mouseClick(panel.apply_button, LEFT)
    counts = lambda: {c.name: c.traders for c in window.snapshot.classes}  # noqa: E731
    qtbot.waitUntil(lambda: counts()["rl"] == 1)
    assert counts()["fundamental"] == 100
    window.commands["market.reset"].trigger()
    qtbot.waitUntil(lambda: counts()["fundamental"] == 20)
    assert counts()["rl"] == 1 and panel.note.text() == "* at the next reset"
    window.close()
    window.session.close()
