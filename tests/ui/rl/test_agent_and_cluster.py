"""What an RL trader sees and does, how the cluster does, and the commands of the tab."""

import numpy as np
from fake_live import make_snapshot
from PySide6.QtGui import QGuiApplication
from rl.conftest import progress, training

from abm_desktop.learning.process.messages import ClusterInfo, Failure
from abm_desktop.learning.statements import WorkerDied
from abm_desktop.live import ClassAccount, RunState, WatchedTrader
from abm_desktop.live.commands import WatchTrader
from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.roles import roles
from abm_desktop.ui.rl.agent_panel import FEATURES
from abm_desktop.ui.rl.tab import AGENT, CLUSTER, MODELS


def watched(**changes):
    values = {
        "number": 0, "traders": 4, "observation": np.linspace(-5, 5, 13, dtype=np.float32),
        "probabilities": np.array([0.1, 0.2, 0.7]), "greedy": True, "last_action": 2,
        "decisions": 12, "position": -6, "max_position": 40, "pnl": 1.25,
    }  # fmt: skip
    return WatchedTrader(**(values | changes))


def test_every_feature_has_a_name():
    assert len(FEATURES) == len(OBSERVATION_NAMES) == 13


def test_the_agent_is_watched_only_while_its_page_is_looked_at(tab):
    asked = []
    tab.watch_requested.connect(asked.append)
    tab.tick(make_snapshot())
    assert asked == []
    tab.pages.setCurrentIndex(AGENT)
    tab.tick(make_snapshot())
    assert asked == [0]
    assert "No RL trader" in tab.agent.empty.title.text()
    # One that is there, and was asked for, but is not in the newest snapshot yet.
    classes = (ClassAccount("rl", 2, 0, 0, 0.0, 0, 0),)
    tab.tick(make_snapshot(classes=classes))
    assert "Looking" in tab.agent.empty.title.text()
    assert "2 RL traders" in tab.progress.market.text()
    tab.tick(make_snapshot(watched=watched()))
    tab.agent.number.setValue(3)
    assert asked == [0, 2]
    tab.pages.setCurrentIndex(MODELS)
    tab.tick(make_snapshot())
    tab.pages.setCurrentIndex(AGENT)
    tab.tick(make_snapshot())
    tab.rest()
    assert asked == [0, 2, None, 2, None]


def test_features_probabilities_and_account_are_shown(tab):
    tab.pages.setCurrentIndex(AGENT)
    tab.tick(make_snapshot(watched=watched(), state=RunState.RUNNING))
    panel = tab.agent
    np.testing.assert_allclose(panel.features.values, np.linspace(-5, 5, 13))
    np.testing.assert_allclose(panel.choice.values, [0.1, 0.2, 0.7])
    assert panel.choice.marked == 2
    assert "position −6 of ±40 lots" in panel.account.text() and "+1.25" in panel.account.text()
    assert panel.total.text() == "of 4" and panel.number.maximum() == 4
    assert [text for _, text in panel.decision.entries] == ["last: BUY", "takes the likeliest"]
    columns = panel.features.export_columns()
    assert columns["name"][11] == "Inventory" and columns["value"][0] == -5.0
    assert not panel.features.grab().isNull() and not panel.choice.grab().isNull()


def test_a_trader_of_every_role_is_shown_whole(tab):
    tab.pages.setCurrentIndex(AGENT)
    for role in roles():
        seen = np.linspace(-1.0, 1.0, len(role.observations), dtype=np.float32)
        chances = np.full(len(role.actions), 1.0 / len(role.actions))
        tab.tick(
            make_snapshot(watched=watched(role=role.name, observation=seen, probabilities=chances))
        )
        names = tab.agent.features.export_columns()["name"]
        assert len(set(names)) == len(seen), role.name
        assert next(text for _, text in tab.agent.decision.entries) == f"last: {role.actions[2]}"
        assert not tab.agent.features.grab().isNull() and not tab.agent.choice.grab().isNull()


def test_a_replay_and_no_market_are_explained(tab):
    tab.pages.setCurrentIndex(AGENT)
    tab.tick(make_snapshot(is_replay=True))
    assert "replay" in tab.agent.empty.title.text()
    tab.tick(None)
    assert "No market" in tab.agent.empty.title.text()


def info(**changes):
    values = {
        "address": "127.0.0.1:6379", "local": True, "nodes": 1, "slots": 2, "slots_used": 1.0,
        "processes": 9, "cpu": 1.5, "memory": 700 * 2**20, "machine_memory": 8 * 2**30,
        "machine_memory_free": 4 * 2**30, "store_used": 0, "store_size": 128 * 2**20,
        "workers": 2, "workers_wanted": 2, "restarts": 0,
    }  # fmt: skip
    return ClusterInfo(**(values | changes))


def test_the_cluster_tells_how_it_does(tab, hear):
    panel = tab.cluster
    assert "No cluster" in panel.empty.title.text() and panel._pages.currentIndex() == 0
    hear(info())
    assert panel._pages.currentIndex() == 1
    assert panel.values["memory"].text() == "700 MB, 4.0 GB free"
    assert "127.0.0.1:6379" in panel.values["address"].text()
    assert panel.values["workers"].text() == "2 of 2 answer, 0 restarts"
    assert panel.bars["memory"].value() == round(1000 * 700 / 8192)


def test_restarts_short_memory_and_faults_are_warnings_once_each(tab, hear):
    tab.form.start_button.click()
    hear(training())
    hear(progress(1))
    for _ in range(3):
        hear(info(restarts=1, machine_memory_free=2**20))
    assert len(tab.controller.incidents) == 2
    assert "started again" in tab.controller.incidents[0].told
    assert "memory" in tab.controller.incidents[1].told
    hear(Failure(WorkerDied()))
    assert tab.cluster.list.count() == 3
    assert "sampling worker died" in tab.cluster.list.item(0).text()
    assert tab.pages.tabText(CLUSTER) == "Cluster (3 ⚠)"
    tab.cluster.copy_button.click()
    assert "sampling worker died" in QGuiApplication.clipboard().text()


def test_both_the_training_and_the_market_are_seen_to_run(tab, hear):
    tab.form.start_button.click()
    hear(training())
    accounts = (ClassAccount("rl", 12, 0, 0.0, 0, 0, 0),)
    tab.tick(make_snapshot(state=RunState.RUNNING, speed=25.0, classes=accounts))
    assert "Training" in tab.progress.state.text()
    assert "Market runs ×25, 12 RL traders" in tab.progress.market.text()
    tab.tick(make_snapshot())
    assert "Market paused" in tab.progress.market.text()


def test_commands_say_why_they_cannot_be_used(tab, hear, client, settled):
    reasons = tab.reasons()
    assert reasons["start"] == "" and "No training" in reasons["pause"] and reasons["load"]
    tab.run_command("start")
    hear(training())
    assert tab.reasons()["start"] and not tab.reasons()["stop"] and not tab.reasons()["pause"]
    tab.run_command("queue")
    assert len(tab.controller.queue) == 1
    for name in ("pause", "save", "stop"):
        tab.run_command(name)
    settled()
    assert client.asked == ["pause", "save_now", "stop"]
    tab.run_command("show_cluster")
    assert tab.pages.currentIndex() == CLUSTER


def test_the_window_binds_every_command_of_the_training(window, qtbot, loop):
    window.load_rl_tab()
    try:
        assert not window.commands["training.pause"].isEnabled()
        assert "No training runs" in window.commands["training.pause"].toolTip()
        window.commands["training.show_agent"].trigger()
        assert window.rl.pages.currentIndex() == AGENT
        window.draw()
        assert window.session.live.done(WatchTrader) == [WatchTrader(number=0)]
        window.commands["view.market"].trigger()
        window.draw()
        assert window.session.live.done(WatchTrader)[-1].number is None
        window.commands["training.queue"].trigger()
        assert len(window.rl.controller.queue) == 1
    finally:
        loop.run_until_complete(window.rl.close_training())
