"""The RL tab as a person uses it, with a real training process behind it."""

import asyncio
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton

from abm_desktop import model_folders
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Failure
from abm_desktop.learning.registry import models
from abm_desktop.learning.statements import NotStarted
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario.quantity import described
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import styled_at_the_end
from abm_desktop.ui.rl.controller import ClusterState
from abm_desktop.ui.rl.models_panel import ModelsPanel
from abm_desktop.ui.rl.tab import RLTab
from abm_desktop.ui.widgets.numbers import NumberBox, WholeBox

TESTS = Path(__file__).resolve().parents[2]

TINY = {
    "role": "directional",
    "reward_at_value": False,
    "even_handed": False,
    "envs_per_worker": 8,
    "rollout_length": 30,
    "minibatch_size": 48,
    "epochs": 1,
    "episode_seconds": 20,
    "hidden": (16,),
}


@pytest.fixture
def loop(qapp, monkeypatch):
    """The window's kind of loop: Qt's and asyncio's in one."""
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def tab(qtbot, qapp, loop, monkeypatch, tmp_path):
    monkeypatch.setattr(model_folders, "bundled_dir", lambda: tmp_path / "shipped")
    if theme.current().name != "dark" or not qapp.styleSheet():
        theme.apply(qapp, "dark")
    with styled_at_the_end(qapp):
        tab = RLTab()
    qtbot.addWidget(
        tab, before_close_func=lambda _tab: loop.run_until_complete(tab.close_training())
    )
    with qtbot.waitExposed(tab):
        tab.resize(1280, 720)
        tab.show()
    return tab


def fill(tab, **settings):
    """Set the form; the environment is no field of it, so the start is watched and amended."""
    for name, value in (TINY | settings).items():
        tab.form.set_value(name, value)
    tab.form._check()


def start(tab, environment="sign"):
    """Press start, with the small environment in place of the market."""
    config = tab.form.config()
    assert config is not None
    tab._start(config.model_copy(update={"environment": f"learning.environments:{environment}"}))


async def until_true(signal, condition):
    """Wait until ``condition()`` holds, looking at every ``signal``."""
    if not condition():
        await until(signal, lambda *_: condition())


async def until(signal, condition=lambda *_: True):
    """Wait for ``signal`` with arguments for which ``condition`` holds; returns them."""
    heard = asyncio.get_running_loop().create_future()

    def take(*arguments):
        if not heard.done() and condition(*arguments):
            heard.set_result(arguments)

    signal.connect(take)
    try:
        return await asyncio.wait_for(heard, 60)
    finally:
        signal.disconnect(take)


def is_state(tab, state):
    return lambda: tab.controller.state is state


def test_a_fault_is_told_and_the_next_training_is_stopped_listed_loaded_and_deleted(
    tab, loop, qtbot
):
    """In one training process: starting it takes longest."""
    fill(tab, iterations=1_000_000)

    async def fail():
        start(tab, "broken")
        await until(tab.controller.failed)

    loop.run_until_complete(fail())
    assert tab.controller.state is ClusterState.FAILED
    assert "on fire" in tab.notice.text.text()
    tab.notice.copy_button.click()
    assert "environments.py" in QGuiApplication.clipboard().text()
    said = []
    tab.status_message.connect(said.append)

    async def work():
        start(tab)
        assert not tab.notice.isVisible()
        assert tab.is_training
        assert not tab.form.start_button.isEnabled()
        await until_true(tab.controller.changed, is_state(tab, ClusterState.TRAINING))
        host = psutil.Process(tab.controller.host_pid)
        # The first checkpoint proves that iterations are going by.
        await until(tab.controller.checkpoint_written)
        tab.tick()
        assert tab.progress.bar.maximum() == 1_000_000
        assert "decisions" in tab.progress.numbers.text()
        assert "left" in tab.progress.numbers.text()
        qtbot.mouseClick(tab.form.stop_button, Qt.MouseButton.LeftButton)
        assert tab.controller.state is ClusterState.STOPPING
        (done,) = await until(tab.controller.ended)
        await until_true(
            tab.models.refreshed,
            lambda: (model := tab.models.selected) is not None and model.status == "stopped",
        )
        return done, host

    done, host = loop.run_until_complete(work())
    assert done.reason == "stopped"
    assert not tab.is_training
    assert tab.form.start_button.isEnabled()
    assert any(done.name in text for text in said)
    history = tab.controller.history
    shares = history.column("sell") + history.column("hold") + history.column("buy")
    np.testing.assert_allclose(shares, 1.0)
    assert np.nanmax(history.column("episode_length_mean")) == 20.0
    assert tab.models.selected.name == done.name

    tab.models.count.setValue(7)
    with qtbot.waitSignal(tab.load_policy_requested) as loaded:
        qtbot.mouseClick(tab.models.load_button, Qt.MouseButton.LeftButton)
    policy, count, name = loaded.args
    assert isinstance(policy, PolicyNet)
    assert (count, name) == (7, done.name)

    with qtbot.waitSignal(tab.models.refreshed):
        qtbot.mouseClick(tab.models.delete_button, Qt.MouseButton.LeftButton)
        box = tab.models.findChild(QMessageBox)
        (confirm,) = [b for b in box.findChildren(QPushButton) if b.text() == "Delete"]
        confirm.click()
    assert models.list_models() == []
    assert not tab.models.load_button.isEnabled()

    loop.run_until_complete(tab.close_training())
    assert tab.controller.state is ClusterState.STOPPED
    assert not host.is_running()


def test_a_training_that_starts_is_stopped_at_once(tab, loop):
    """Neither Ray's start nor the compiler is waited for."""
    fill(tab, iterations=1_000_000)
    said = []
    tab.status_message.connect(said.append)

    async def work():
        start(tab)
        await until_true(tab.controller.changed, lambda: "Ray" in tab.controller.detail)
        host = psutil.Process(tab.controller.host_pid)
        began = time.monotonic()
        tab.form.stop_button.click()
        await until(tab.controller.ended)
        return host, time.monotonic() - began

    host, seconds = loop.run_until_complete(work())
    assert seconds < 2.0, "aimed at 0.5, on an idle machine"
    assert tab.controller.state is ClusterState.STOPPED
    assert not host.is_running()
    assert not tab.is_training and tab.form.start_button.isEnabled()
    assert any("no model" in text for text in said)
    assert models.list_models() == []


def test_sizes_are_asked_for_the_role_that_has_them(tab):
    form = tab.form
    form.more.setChecked(True)
    sizes = ("quote_size", "parent_lots", "parent_seconds")
    shown = {}
    for role in ("directional", "maker", "executor"):
        form.set_value("role", role)
        form._check()
        shown[role] = [name for name in sizes if form.fields[name].isVisibleTo(form)]
    assert shown == {"directional": [], "maker": ["quote_size"], "executor": list(sizes[1:])}
    form.set_value("parent_seconds", 7200.0)
    assert form.config() is None
    assert "episode" in form.fields["parent_seconds"].problem.text()
    form.set_value("parent_seconds", 300.0)
    form.set_value("evaluation_scenarios", ("calm", "dr1"))
    config = form.config()
    assert config.sizes.parent_seconds == 300.0
    assert config.evaluation_scenarios == ("calm", "dr1")


@pytest.mark.parametrize(
    ("name", "value"),
    [("minibatch_size", 65_536), ("hidden", ("64", "x")), ("hidden", (4096,))],
)
def test_a_wrong_setting_is_told_at_its_field_and_cannot_start(tab, name, value):
    tab.form.set_value(name, value)
    tab.form._check()
    field = tab.form.fields[name]
    assert field.problem.isVisibleTo(tab.form)
    assert field.problem.text()
    assert not tab.form.start_button.isEnabled()
    tab.form.set_value(name, {"minibatch_size": 512, "hidden": (8,)}[name])
    tab.form._check()
    assert not field.problem.isVisibleTo(tab.form)
    assert tab.form.start_button.isEnabled()


def test_every_number_of_the_form_has_the_bounds_of_its_setting(tab):
    for name, field in described(TrainingConfig).items():
        box = getattr(tab.form.fields.get(name), "editor", None)
        if isinstance(box, NumberBox | WholeBox):
            mark = field.quantity
            assert (box.minimum(), box.maximum()) == (mark.low, mark.high), name
            assert box.suffix().strip() == (mark.unit or ""), name


def test_a_learning_rate_of_many_digits_stays_as_it_is(tab):
    tab.form.set_value("learning_rate", 0.000123456789012)
    assert tab.form.config().learning_rate == 0.000123456789012


def test_the_form_speaks_the_configuration(tab):
    fill(tab, learning_rate="3e-3", hidden=(24, 12), activation="relu", seed=9)
    config = tab.form.config()
    assert (config.learning_rate, config.hidden, config.activation, config.seed) == (
        3e-3, (24, 12), "relu", 9,
    )  # fmt: skip


def test_a_scenario_of_ones_own_is_offered_and_a_shipped_one_named(tab, tmp_path):
    own = tmp_path / "mine.toml"
    tab.set_scenario(own)
    assert tab.form.config().scenario == str(own)
    tab.set_scenario("flash_crash")
    assert tab.form.config().scenario == tab.form.usual.scenario
    assert "flash_crash" in tab.form.fields["scenario"].note.text()


def test_without_a_training_the_tab_says_what_to_do(tab):
    assert "Start training" in tab.charts.empty.text.text()
    assert not tab.models.load_button.isEnabled()


def test_a_failure_before_the_process_lives_is_told(tab):
    tab.controller.trainings.take(Failure(NotStarted("no memory")))
    tab.controller.poll()
    assert tab.notice.text.text() == (
        "The training process could not be started: no memory. Free some memory and try again."
    )
    assert tab.form.start_button.isEnabled()


def test_a_shipped_model_can_be_loaded_at_first_start_but_not_deleted(qtbot, qapp):
    theme.apply(qapp, "dark")
    panel = ModelsPanel()
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.refreshed):
        panel.refresh()
    assert panel.selected.bundled
    assert panel.load_button.isEnabled()
    assert not panel.delete_button.isEnabled()
    with qtbot.waitSignal(panel.load_requested) as loaded:
        panel.load_selected()
    assert isinstance(loaded.args[0], PolicyNet)
    panel.close_background()


def test_only_the_settings_of_the_chosen_algorithm_are_shown(tab):
    tab.form.more.setChecked(True)
    for algorithm, shown, hidden in (("PPO", "clip", "n_step"), ("SAC", "n_step", "clip")):
        tab.form.set_value("algorithm", algorithm)
        assert tab.form.fields[shown].isVisible()
        assert not tab.form.fields[hidden].isVisible()
    assert tab.form.config().algorithm == "SAC"
