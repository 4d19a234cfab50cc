"""What can be done while a training runs, and what cannot: its learning rate, its model's name."""

import logging

from PySide6.QtCore import Qt
from rl.conftest import make_model, progress, training
from rl.test_models_panel import action, choose, reread

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Checkpoint, Done
from abm_desktop.learning.registry import in_training


def begin(tab, hear, qapp, **changes):
    tab.controller.start(TrainingConfig(iterations=50))
    for _ in range(5):
        qapp.processEvents()
    hear(training())
    hear(progress(1, learning_rate=3e-4, **changes))
    tab.tick()


def test_the_learning_rate_is_set_while_a_training_runs(tab, hear, client, qapp, qtbot, caplog):
    rate = tab.form.rate
    assert not rate.line.isEnabled() and "No training runs" in rate.button.toolTip()
    assert tab.reasons()["rate"]
    begin(tab, hear, qapp)
    assert rate.line.isEnabled() and rate.line.placeholderText() == "now 0.0003"
    assert not tab.reasons()["rate"]
    for wrong in ("fast", "0", "-1e-3", "1.5", "nan"):
        rate.line.clear()
        qtbot.keyClicks(rate.line, wrong)
        qtbot.keyClick(rate.line, Qt.Key.Key_Return)
        assert rate.problem.isVisible() and not rate.button.isEnabled()
    assert "set_learning_rate" not in client.asked
    rate.line.clear()
    qtbot.keyClicks(rate.line, "1e-4")
    assert not rate.problem.isVisible()
    with caplog.at_level(logging.INFO), qtbot.waitSignal(tab.status_message):
        rate.button.click()
    for _ in range(5):
        qapp.processEvents()
    assert client.given[client.asked.index("set_learning_rate")] == (1e-4,)
    assert "learning rate set to 0.0001 after iteration 1" in caplog.text
    assert rate.line.text() == ""
    # The curve has both rates, and the line tells the present one.
    hear(progress(2, learning_rate=1e-4))
    tab.charts.bar.show_group("Learning")
    tab.tick()
    assert rate.line.placeholderText() == "now 0.0001"
    chart = tab.charts.charts["learning_rate"]
    assert chart.isVisible()
    assert chart.export_columns()["calm-ppo-1"].tolist() == [3e-4, 1e-4]
    hear(Done("stopped", 2, "calm-ppo-1", "folder"))
    assert not rate.line.isEnabled() and rate.line.placeholderText() == ""


def test_a_model_in_training_can_be_neither_renamed_nor_deleted(tab, hear, qapp, qtbot):
    panel = tab.models
    make_model("calm-ppo-1")
    make_model("other")
    reread(panel, qtbot)
    begin(tab, hear, qapp)
    with qtbot.waitSignal(panel.refreshed):
        hear(Checkpoint("calm-ppo-1", "folder", 1))
    choose(panel, "calm-ppo-1")
    for name in ("rename", "delete"):
        assert not action(panel, name).isEnabled()
        assert "being trained" in action(panel, name).toolTip()
    assert action(panel, "tags").isEnabled()
    assert not panel.delete_button.isEnabled()
    assert "stop its training" in panel.delete_button.toolTip()
    choose(panel, "other")
    assert action(panel, "rename").isEnabled() and panel.delete_button.isEnabled()
    with qtbot.waitSignal(panel.refreshed):
        hear(Done("stopped", 1, "calm-ppo-1", "folder"))
    choose(panel, "calm-ppo-1")
    assert action(panel, "rename").isEnabled() and panel.delete_button.isEnabled()
    # Another process trains it.
    elsewhere = in_training.claim("calm-ppo-1")
    reread(panel, qtbot)
    choose(panel, "calm-ppo-1")
    assert not action(panel, "delete").isEnabled()
    elsewhere.release()


def test_a_filter_that_hides_the_selected_model_selects_one_that_is_shown(tab, qtbot):
    panel = tab.models
    make_model("alpha")
    make_model("beta")
    reread(panel, qtbot)
    choose(panel, "alpha")
    panel.filter.setText("beta")
    assert panel.selected.name == "beta" and panel.load_button.isEnabled()
    assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [0]
    panel.filter.setText("nothing like it")
    assert panel.selected is None
    for button in (panel.load_button, panel.evaluate_button, panel.delete_button):
        assert not button.isEnabled()
    assert tab.reasons()["load"]
    panel.filter.setText("")
    assert panel.selected is not None and not tab.reasons()["load"]
