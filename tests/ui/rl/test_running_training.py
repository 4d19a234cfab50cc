"""What can be done while a training runs, and what cannot: its learning rate, its model's name."""

import logging

from PySide6.QtCore import Qt
from rl.conftest import make_model, progress, training
from rl.test_models_panel import action, choose, reread

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Checkpoint, Done, Status
from abm_desktop.learning.registry import in_training
from abm_desktop.learning.statements import Paused, Training
from abm_desktop.ui.rl.controller import TrainingController


def begin(tab, hear, settled, **changes):
    tab.controller.start(TrainingConfig(iterations=50))
    settled()
    hear(training())
    hear(progress(1, learning_rate=3e-4, **changes))
    tab.tick()


def test_the_learning_rate_is_set_while_a_training_runs(tab, hear, client, settled, qtbot, caplog):
    rate = tab.form.rate
    assert not rate.line.isEnabled() and "No training runs" in rate.button.toolTip()
    assert tab.reasons()["rate"]
    begin(tab, hear, settled)
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
    settled()
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


def test_a_model_in_training_can_be_neither_renamed_nor_deleted(tab, hear, settled, qtbot):
    panel = tab.models
    make_model("calm-ppo-1")
    make_model("other")
    reread(panel, qtbot)
    begin(tab, hear, settled)
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


def test_pause_and_go_on_share_a_button(tab, hear, client, settled):
    assert not tab.form.pause_button.isEnabled()
    tab.form.start_button.click()
    for state, note, text in (
        ("training", Training("x"), "Pause"),
        ("paused", Paused("x"), "Go on"),
    ):
        hear(Status(state, note))
        assert tab.form.pause_button.isEnabled()
        assert tab.form.pause_button.text() == text
        tab.form.pause_button.click()
    settled()
    assert client.asked == ["pause", "resume"]
    assert "Paused" in tab.progress.state.text()
    assert tab.form.stop_button.isEnabled() and not tab.form.start_button.isEnabled()


def test_what_others_do_is_seen_and_what_is_done_here_is_theirs(tab, client, settled, qtbot):
    """A server has the same trainings; its threads start and stop them."""
    trainings = tab.controller.trainings
    other = trainings.listen()
    number = trainings.start(TrainingConfig(iterations=50, seed=7))
    waiting = trainings.enqueue(TrainingConfig(iterations=5, seed=8))
    trainings.take(training())
    trainings.take(progress(1))
    assert not tab.form.pause_button.isEnabled(), "nothing is drawn on the thread that tells"
    settled()
    assert tab.form.pause_button.isEnabled() and not tab.form.start_button.isEnabled()
    assert tab.controller.model_name == "calm-ppo-1" and len(tab.controller.history) == 1
    assert [tab.controller.queue[0].seed] == [8]
    other.take()
    tab.queue.list.setCurrentRow(0)
    tab.queue.remove_button.click()
    tab.form.stop_button.click()
    told = [(event.training, event.news.type) for event in other.take()]
    assert told == [(None, "queue"), (None, "queue"), (number, "state")]
    assert trainings.read(waiting).state == "stopped"
    # Another window on the same session begins with what is known.
    later = TrainingController(trainings=trainings, goes_on=True)
    assert later.config.seed == 7 and later.history.column("iteration").tolist() == [1.0]
    assert later.runs.current.name == "calm-ppo-1"
    trainings.take(progress(2))
    later.poll()
    assert later.history.column("iteration").tolist() == [1.0, 2.0]


def test_a_window_that_stood_still_shows_what_it_missed(tab, hear, settled, monkeypatch):
    trainings = tab.controller.trainings
    behind = trainings.listen(most=3)
    monkeypatch.setattr(trainings, "listen", lambda _ready: behind)
    view = TrainingController(trainings=trainings, goes_on=True)
    tab.controller.start(TrainingConfig(iterations=50))
    view.poll()
    for k in range(10):
        hear(progress(k + 1))
    view.poll()
    assert behind.lost == 7
    assert view.history.column("iteration").tolist() == list(range(1, 11))
