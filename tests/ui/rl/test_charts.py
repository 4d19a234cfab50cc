"""The curves: smoothing, other runs beside, axes, groups, and what is not known."""

import numpy as np
import pytest
from rl.conftest import make_model, progress, training

from abm_desktop.desk.training_curves import TrainingHistory
from abm_desktop.learning.process.messages import Checkpoint, Done, Judging
from abm_desktop.learning.statements import NotEvaluated
from abm_desktop.ui.widgets.chart_export import chart_columns


def test_smoothing_is_tensorboards_average_and_goes_on_where_it_stopped():
    values = [1.0, 3.0, np.nan, 2.0, 5.0]
    expected, last, n = [], 0.0, 0
    for value in values:
        if np.isnan(value):
            expected.append(np.nan)
            continue
        last, n = 0.9 * last + 0.1 * value, n + 1
        expected.append(last / (1 - 0.9**n))
    history = TrainingHistory()
    for k, value in enumerate(values):
        history.append(progress(k + 1, reward=None if np.isnan(value) else value))
        np.testing.assert_allclose(history.smoothed("reward_mean", 0.9), expected[: k + 1])
    np.testing.assert_array_equal(history.smoothed("reward_mean", 0.0), values)


def start(tab, hear, n=3, rewards=(1.0, 3.0, 2.0)):
    tab.form.start_button.click()
    hear(training())
    for k in range(n):
        hear(progress(k + 1, reward=rewards[k]))
    tab.tick()


def y_of(curve):
    return curve.getData()[1]


def test_raw_stays_behind_the_smoothed_curve(tab, hear):
    start(tab, hear)
    reward = tab.charts.charts["reward"]
    tab.charts.bar.slider.setValue(90)
    tab.tick()
    np.testing.assert_allclose(y_of(reward._raw[0]), [1, 3, 2])
    smooth = tab.controller.history.smoothed("reward_mean", 0.9)
    np.testing.assert_allclose(y_of(reward._curves[0]), smooth)
    assert reward.legend.entries[0][1] == f"+{smooth[-1]:.2f}"
    tab.charts.bar.slider.setValue(0)
    tab.tick()
    np.testing.assert_allclose(y_of(reward._curves[0]), [1, 3, 2])
    assert len(y_of(reward._raw[0])) == 0


def test_axes(tab, hear):
    start(tab, hear)
    box, reward = tab.charts.bar.axis_box, tab.charts.charts["reward"]
    for k, x in enumerate(([1, 2, 3], [100, 200, 300], [0.1, 0.2, 0.3])):
        box.setCurrentIndex(k)
        tab.tick()
        np.testing.assert_allclose(reward._curves[0].getData()[0], x)


def test_what_is_not_known_yet_is_said_and_not_drawn(tab, hear):
    tab.form.start_button.click()
    hear(training())
    hear(progress(1, reward=None))
    tab.tick()
    charts = tab.charts.charts
    assert "waiting for the first episode" in charts["reward"].note.text()
    assert len(y_of(charts["reward"]._curves[0])) == 0
    assert charts["actions"].legend.entries[0][1] == "SELL 25"
    assert charts["speed"].legend.entries[0][1] == "1000"
    hear(progress(2, reward=-3.5))
    tab.tick()
    assert "waiting" not in charts["reward"].note.text()
    np.testing.assert_array_equal(y_of(charts["reward"]._curves[0]), [-3.5])


@pytest.mark.parametrize(
    ("algorithm", "has", "has_not"),
    [("PPO", "kl", "temperature"), ("SAC", "temperature", "kl"), ("DQN", "value_loss", "entropy")],
)
def test_the_learning_group_has_what_the_algorithm_measures(tab, hear, algorithm, has, has_not):
    tab.form.set_value("algorithm", algorithm)
    tab.form._check()
    start(tab, hear)
    tab.charts.bar.show_group("Learning")
    tab.tick()
    keys = [chart.measure.key for chart in tab.charts.visible_charts]
    assert has in keys and has_not not in keys
    assert tab.charts.charts[has].isVisible() and not tab.charts.charts[has_not].isVisible()


def choose(tab, name):
    tab.charts.bar._fill()
    (action,) = [a for a in tab.charts.bar.menu.actions() if a.text() == name]
    action.trigger()


def test_a_stored_models_curves_are_drawn_without_and_beside_a_training(tab, hear, qtbot):
    make_model("old", rows=4)
    make_model("bare")
    with qtbot.waitSignal(tab.models.refreshed):
        tab.models.refresh()
    assert tab.controller.runs.choices() == ["old"], "bare has no curves"
    runs = tab.controller.runs
    with qtbot.waitSignal(runs.changed, check_params_cb=lambda: bool(runs.shown)):
        choose(tab, "old")
    tab.tick()
    reward = tab.charts.charts["reward"]
    tab.charts.bar.slider.setValue(0)
    tab.tick()
    np.testing.assert_allclose(y_of(reward._others[0][0]), [0, 1, 2, 3])
    start(tab, hear)
    np.testing.assert_allclose(y_of(reward._curves[0]), [1, 3, 2])
    np.testing.assert_allclose(y_of(reward._others[0][0]), [0, 1, 2, 3])
    assert [text for _, text in tab.charts.bar.legend.entries] == ["calm-ppo-1", "old"]
    choose(tab, "old")
    tab.tick()
    assert len(y_of(reward._others[0][0])) == 0
    table = tab.models.table
    bare = table.model().index([model.name for model in table.shown].index("bare"), 0)
    # Not selectRow, which minds the keys that an earlier test has pressed.
    flags = table.selectionModel().SelectionFlag
    table.selectionModel().select(bare, flags.ClearAndSelect | flags.Rows)
    said = []
    tab.status_message.connect(said.append)
    tab.models.draw_curves()
    assert "bare" in said[-1]


def test_runs_of_this_session_can_be_drawn_again(tab, hear):
    start(tab, hear)
    hear(Checkpoint("first", "", 3))
    hear(Done("finished", 3, "first", "somewhere"))
    start(tab, hear, rewards=(7.0, 8.0, 9.0))
    choose(tab, "first")
    tab.charts.bar.slider.setValue(0)
    tab.tick()
    reward = tab.charts.charts["reward"]
    np.testing.assert_allclose(y_of(reward._others[0][0]), [1, 3, 2])
    np.testing.assert_allclose(y_of(reward._curves[0]), [7, 8, 9])
    columns = chart_columns(reward.plot)
    np.testing.assert_allclose(columns["first"], [1, 3, 2])
    np.testing.assert_allclose(columns["calm-ppo-1"], [7, 8, 9])


def test_the_progress_of_the_judging_is_told(tab, hear):
    start(tab, hear)
    hear(Judging("evaluation", "momentum 60 s", 0.25))
    tab.tick()
    assert "momentum 60 s" in tab.progress.detail.text() and "25\xa0%" in tab.progress.detail.text()
    assert tab.progress.bar.value() == 250
    # The iterations are done: no time that is left of them is told.
    assert "left" not in tab.progress.numbers.text()
    assert tab.work.words.endswith("is judged: 25\N{NO-BREAK SPACE}%")
    hear(Judging("evaluation", "agent", 0.0))
    tab.tick()
    assert "against" not in tab.progress.detail.text()
    hear(Done("finished", 3, "x", "somewhere", (NotEvaluated("x", "no"),)))
    assert tab.controller.incidents[-1].told.endswith("evaluated: no.")
    tab.tick()
    assert tab.progress.bar.maximum() == tab.controller.config.iterations


def test_without_a_training_the_tab_says_what_to_do(tab):
    assert "Start training" in tab.charts.empty.text.text()
    tab.charts.bar._fill()
    assert "train a model first" in tab.charts.bar.menu.actions()[0].text()
