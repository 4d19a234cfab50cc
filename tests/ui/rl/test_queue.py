"""Several trainings one after the other, and the presets they are made from."""

import pytest
from rl.conftest import progress, training

from abm_desktop import paths
from abm_desktop.learning import presets
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.process.messages import Done, Failure, Status
from abm_desktop.learning.recipes import find_recipe, load_config, make_config
from abm_desktop.learning.rllib import samplers
from abm_desktop.learning.statements import Refused, WorkerDied
from abm_desktop.ui.rl.controller import ClusterState


def enqueue(tab, *seeds):
    for seed in seeds:
        tab.form.set_value("seed", seed)
        tab.form.queue_button.click()


def seeds(tab):
    queue = tab.controller.queue
    return [queue[k].seed for k in range(len(queue))]


def test_trainings_wait_in_order_and_are_moved_taken_out_and_edited(tab):
    assert "Add to queue" in tab.queue.empty.text.text()
    assert not tab.queue._pages.currentIndex()
    enqueue(tab, 1, 2, 3)
    assert seeds(tab) == [1, 2, 3]
    assert tab.pages.tabText(2) == "Queue (3)"
    tab.queue.list.setCurrentRow(2)
    tab.queue.up_button.click()
    assert seeds(tab) == [1, 3, 2] and tab.queue.list.currentRow() == 1
    tab.queue.down_button.click()
    assert seeds(tab) == [1, 2, 3] and not tab.queue.down_button.isEnabled()
    tab.queue.list.setCurrentRow(0)
    tab.queue.remove_button.click()
    assert seeds(tab) == [2, 3]
    tab.queue.edit_button.click()
    assert seeds(tab) == [3] and tab.form.config().seed == 2
    assert "seed 3" in tab.queue.list.item(0).text()


def test_the_next_starts_when_one_has_finished(tab, hear, client, settled):
    tab.form.start_button.click()
    enqueue(tab, 7, 8)
    assert not tab.queue.next_button.isEnabled()
    settled()
    hear(training())
    hear(progress(1))
    hear(Done("finished", 50, "calm-ppo-1", ""))
    settled()
    assert [config.seed for config in client.configs] == [1, 7]
    assert seeds(tab) == [8] and tab.is_training


def test_a_fault_after_it_began_lets_the_next_go_on_but_one_before_it_holds_the_queue(
    tab, hear, client, settled
):
    tab.form.start_button.click()
    enqueue(tab, 7, 8)
    hear(training())
    hear(progress(1))
    hear(Failure(WorkerDied()))
    settled()
    assert [config.seed for config in client.configs] == [1, 7]
    # The next cannot even begin: the last of the queue is kept.
    hear(Failure(Refused("There is no such scenario.")))
    settled()
    assert len(client.configs) == 2 and seeds(tab) == [8]
    assert "Start next" in tab.queue.note.text()
    assert "⚠" in tab.pages.tabText(3)
    assert tab.notice.isVisible() and "no such scenario" in tab.notice.text.text()
    assert "scenario" not in tab.progress.detail.text(), "told once, in the notice"
    tab.queue.next_button.click()
    assert not tab.notice.isVisible(), "it was of the training before"
    settled()
    assert client.configs[-1].seed == 8


def test_who_stops_a_training_keeps_the_queue_waiting(tab, hear, client, settled):
    tab.form.start_button.click()
    enqueue(tab, 7)
    hear(training())
    hear(progress(1))
    tab.form.stop_button.click()
    hear(Done("stopped", 1, "calm-ppo-1", ""))
    settled()
    assert len(client.configs) == 1 and seeds(tab) == [7]


def test_the_second_stop_ends_a_training_at_once(tab, hear, client, settled):
    tab.form.start_button.click()
    hear(training())
    hear(progress(1))
    tab.form.stop_button.click()
    assert tab.form.stop_button.text() == "End now"
    tab.form.stop_button.click()
    settled()
    assert client.asked == ["stop", "close"]
    hear(Status("closed"))
    assert tab.controller.state is ClusterState.STOPPED and not tab.is_training


def test_presets_fill_the_form_and_are_saved_replaced_and_deleted(tab):
    bar = tab.form.presets
    for algorithm in ("ppo", "dqn", "sac"):
        bar.take(algorithm)
        assert tab.form.config() == load_config(find_recipe(algorithm))
        assert not bar.delete_action.isEnabled()

    # One's own.
    bar.take("ppo")
    tab.form.set_value("gamma", 0.9)
    bar.save_as("Short sight")
    assert bar.selected.name == "Short sight"
    assert load_config(bar.selected.file).gamma == 0.9
    tab.form.set_value("seed", 3)
    assert bar.selected is None, "changed settings are no preset any more"
    bar.take("ppo")
    bar.take("Short sight")
    assert (tab.form.config().gamma, tab.form.config().epochs) == (0.9, 4)
    bar.delete_action.trigger()
    assert all(preset.shipped for preset in presets.list_presets())
    assert bar.selected is None

    # A damaged one is told with its file.
    preset = presets.save_preset("mine", make_config())
    preset.file.write_text("gama = 3\n")
    bar.fill()
    bar.take("mine")
    assert "mine.toml" in tab.notice.text.text() and "gama" in tab.notice.text.text()

    # Names that cannot be are told.
    for name in ("", "a/b", "ppo", ".hidden"):
        with pytest.raises(ConfigError):
            presets.save_preset(name, make_config())
        tab.notice.hide()
        bar.save_as(name)
        assert tab.notice.isVisible() and "preset was not saved" in tab.notice.title.text()


def test_the_form_opens_with_the_recipe_and_follows_the_algorithm(tab):
    form = tab.form
    assert form.config() == make_config()
    form.set_value("reward_inventory", 0.5)
    form.set_value("algorithm", "SAC")
    usual = make_config(algorithm="SAC", role="remembering")
    assert form.config() == usual.model_copy(update={"reward_inventory": 0.5})
    assert usual.reward_at_value, "the recipe of a trader with memory by SAC"
    form.set_value("role", "maker")
    form.set_value("algorithm", "PPO")
    assert form.config() == make_config(role="maker", reward_inventory=0.5)
    # Who watched a crash is not to train in nothing but that crash unasked.
    note = form.fields["scenario"].note
    tab.set_scenario(paths.scenario_dir() / "flash_crash.toml")
    assert form.config().scenario == form.usual.scenario
    assert f"Tried in {form.usual.scenario}; the market on show is flash_crash" in note.text()
    form.set_value("scenario", "flash_crash")
    assert note.isHidden()
    form.set_value("role", "directional")
    assert form.config().scenario == "flash_crash", "chosen by a person"
    tab.set_scenario(paths.scenario_dir() / "calm.toml")
    assert form.config() == make_config(role="directional", reward_inventory=0.5)


def test_too_many_workers_are_capped_and_told(tab, qtbot, monkeypatch):
    monkeypatch.setattr(samplers, "processors", lambda: 2)
    tab.form.set_value("workers", 4)
    with qtbot.waitSignal(tab.form.queue_requested) as asked:
        tab.form.enqueue()
    assert asked.args[0].workers == 2
    assert "4 sampling workers on 2 processors" in tab.form.general.text()
