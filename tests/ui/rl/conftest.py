"""The RL tab with a client that trains nothing, and models without a training."""

import asyncio

import numpy as np
import pytest
import qasync
from support.fake_clients import FakeTrainingClient, PlayedTrainingClient, settle

from abm_desktop import model_folders
from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.trainings import Trainings
from abm_desktop.learning.process.history import HistoryWriter
from abm_desktop.learning.process.messages import Progress, Status
from abm_desktop.learning.registry import models
from abm_desktop.learning.statements import Training
from abm_desktop.market.policy import PolicyNet
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import styled_at_the_end
from abm_desktop.ui.rl.controller import TrainingController
from abm_desktop.ui.rl.tab import RLTab


@pytest.fixture
def loop(qapp):
    """The window's kind of loop: Qt's and asyncio's in one."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def shipped(monkeypatch, tmp_path):
    """No models ship with the program."""
    monkeypatch.setattr(model_folders, "bundled_dir", lambda: tmp_path / "shipped")


@pytest.fixture
def client():
    return FakeTrainingClient()


@pytest.fixture
def clients_beside():
    """Those of trainings that run beside the first, as they are made."""
    return []


@pytest.fixture
def desk_loop():
    """Where the trainings talk to their client."""
    loop = BackgroundLoop()
    yield loop
    loop.close()


@pytest.fixture
def settled(qapp, desk_loop):
    """Wait until what was asked for is done and shown."""

    def wait():
        for _ in range(3):
            settle(desk_loop)
            qapp.processEvents()

    return wait


@pytest.fixture
def tab(qtbot, qapp, loop, shipped, client, clients_beside, desk_loop):
    """A tab whose trainings are the test's own words."""

    def another():
        clients_beside.append(PlayedTrainingClient())
        return clients_beside[-1]

    trainings = Trainings(client, desk_loop, make_client=another)
    if theme.current().name != "dark" or not qapp.styleSheet():
        theme.apply(qapp, "dark")
    with styled_at_the_end(qapp):
        tab = RLTab(controller=TrainingController(trainings=trainings))
    qtbot.addWidget(
        tab, before_close_func=lambda _tab: loop.run_until_complete(tab.close_training())
    )
    tab.resize(1280, 720)
    tab.show()
    with qtbot.waitSignal(tab.models.refreshed):
        tab.models.refresh()
    return tab


@pytest.fixture
def hear(tab):
    """Let the training process say something."""

    def hear(message):
        tab.controller.trainings.take(message)
        tab.controller.poll()

    return hear


def training(name="calm-ppo-1"):
    return Status("training", Training(name), name)


def progress(iteration, reward=0.5, **changes):
    values = {
        "iteration": iteration,
        "iterations": 50,
        "env_steps": 100 * iteration,
        "episodes": 0,
        "reward_mean": reward,
        "episode_length_mean": None if reward is None else 20.0,
        "action_shares": (0.25, 0.5, 0.25),
        "steps_per_second": 1000.0,
        "sample_seconds": 0.1,
        "learn_seconds": 0.1,
        "elapsed_seconds": 6.0 * iteration,
        "eta_seconds": 1.0,
        "losses": {"policy_loss": -0.1, "value_loss": 0.5, "entropy": 1.0},
    }
    return Progress(**(values | changes))


def make_model(name, rows=0, **changes):
    """A model in the registry, with the curves of ``rows`` iterations."""
    layers = (np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),)
    values = {
        "name": name,
        "algorithm": "PPO",
        "scenario": "calm",
        # Not the present second: two models would now and then have different ones.
        "created": "2026-01-02T03:04:05+00:00",
        "iterations": max(rows, 1),
        "env_steps": 1000,
        "reward_mean": 1.5,
        "seed": 1,
        "status": "finished",
        "version": "1",
        "checkpoint": "checkpoint-000001",
        "config": {"algorithm": "PPO", "scenario": "calm", "iterations": 7, "hidden": [32]},
    }
    folder = models.save_model(
        models.ModelInfo(**(values | changes)), PolicyNet(*layers), lambda _folder: None
    )
    writer = HistoryWriter()
    for k in range(rows):
        writer.add(progress(k + 1, reward=float(k)))
    if rows:
        writer.write(folder)
    return folder
