"""One recipe with several seeds from the form, and what they came to together."""

import pytest
from rl.conftest import make_model, progress, training
from rl.test_models_panel import EVALUATION, RULE

from abm_desktop.learning import several_seeds
from abm_desktop.learning.process.messages import Done, Failure
from abm_desktop.learning.statements import WorkerDied


def judged(name, accepted, pnl):
    rules = {"agent": RULE | {"pnl_median": pnl, "pnl_mean": pnl}}
    make_model(name, metrics={"evaluation": EVALUATION | {"accepted": accepted, "rules": rules}})


def go_through(hear, settled, name, reward):
    hear(training(name))
    for iteration in (1, 2):
        hear(progress(iteration, reward * iteration))
    hear(Done("finished", 2, name, ""))
    settled()


@pytest.fixture
def cores(monkeypatch):
    """Let the machine have so many cores; 1 at first."""

    def have(number):
        monkeypatch.setattr(several_seeds, "processors", lambda: number)

    have(1)
    return have


def test_on_one_core_several_seeds_are_trained_in_turn_and_told_together(
    tab, hear, client, settled, cores
):
    tab.form.set_value("seed", 5)
    tab.form.set_value("model_name", "crowd")
    tab.form.seeds.number.setValue(3)
    tab.form.start_button.click()
    settled()
    assert tab.form.seeds.number.value() == 1, "the next training is one again"
    assert len(tab.controller.queue) == 2 and not tab.seeds.isVisible()
    for k, (accepted, pnl) in enumerate(((True, 1.0), (False, 3.0), (True, 2.0))):
        judged(f"crowd-{5 + k}", accepted, pnl)
        assert not tab.seeds.isVisible()
        go_through(hear, settled, f"crowd-{5 + k}", 1.0 + k)
    assert [c.seed for c in client.configs] == [5, 6, 7]
    assert [c.model_name for c in client.configs] == ["crowd-5", "crowd-6", "crowd-7"]
    assert tab.seeds.isVisible() and "seeds 5 to 7" in tab.seeds.title.text()
    told = tab.seeds.text.text()
    assert "Accepted: 2 of 3 (95 % interval 21 to 94 %)" in told
    assert "median +2.00" in told and "Last reward 4.000" in told
    tab.seeds.close_button.click()
    assert not tab.seeds.isVisible()


def test_on_two_cores_two_run_side_by_side(
    tab, hear, client, clients_beside, settled, desk_loop, cores
):
    cores(2)
    tab.form.set_value("seed", 5)
    tab.form.set_value("model_name", "crowd")
    tab.form.seeds.number.setValue(3)
    tab.form.start_button.click()
    settled()
    (beside,) = clients_beside
    assert client.configs[0].seed == 5 and beside.config.seed == 6
    assert client.configs[0].threads == beside.config.threads == 1, "they share the cores"
    assert len(tab.controller.queue) == 1
    hear(training("crowd-5"))
    hear(progress(1, 1.0))
    beside.say(desk_loop, training("crowd-6"), progress(1, 7.0), progress(2, 8.0))
    settled()
    tab.progress.refresh()
    assert tab.controller.history.column("reward_mean").tolist() == [1.0], "of the first alone"
    assert tab.progress.detail.text().startswith("crowd-5 · beside it crowd-6, 2 of ")
    judged("crowd-5", True, 1.0)
    hear(progress(2, 1.0))
    hear(Done("finished", 2, "crowd-5", "there"))
    settled()
    # The other one is on show now, with all of its curve, and the third begins beside it.
    assert tab.controller.model_name == "crowd-6"
    assert tab.controller.history.column("reward_mean").tolist() == [7.0, 8.0]
    assert len(clients_beside) == 2 and clients_beside[1].config.seed == 7
    third = clients_beside[1]
    third.say(desk_loop, training("crowd-7"), progress(1, 3.0), progress(2, 3.0))
    judged("crowd-7", True, 2.0)
    third.say(desk_loop, Done("finished", 1, "crowd-7", "there"))
    settled()
    assert not tab.seeds.isVisible() and tab.is_training, "the second one is still at work"
    judged("crowd-6", False, 3.0)
    beside.say(desk_loop, Done("finished", 2, "crowd-6", "there"))
    settled()
    assert not tab.is_training and "close" in beside.asked and "close" in third.asked
    assert "Accepted: 2 of 3" in tab.seeds.text.text()
    assert "Last reward 3.500" in tab.seeds.text.text(), "of the middle half of 1, 3 and 8"


def test_stop_and_pause_are_meant_for_all_that_run(
    tab, hear, clients_beside, client, settled, desk_loop, cores
):
    cores(2)
    tab.form.seeds.number.setValue(3)
    tab.form.start_button.click()
    settled()
    (beside,) = clients_beside
    hear(training("one"))
    hear(progress(1))
    beside.say(desk_loop, training("two"), progress(1))
    tab.form.pause_button.click()
    settled()
    assert client.asked == ["pause"] and beside.asked == ["pause"]
    tab.controller.stop()
    settled()
    assert client.asked[1:] == ["stop"] and beside.asked[1:] == ["stop"]
    make_model("two")
    beside.say(desk_loop, Done("stopped", 1, "two", "there"))
    hear(Done("stopped", 1, "one", ""))
    settled()
    # What waits waits on, for who stops is at the desk.
    assert not tab.is_training and len(clients_beside) == 1 and len(tab.controller.queue) == 1


def test_one_that_fails_beside_another_is_told_and_leaves_it_alone(
    tab, hear, clients_beside, settled, desk_loop, cores
):
    cores(2)
    tab.form.seeds.number.setValue(2)
    tab.form.start_button.click()
    settled()
    hear(training("one"))
    hear(progress(1))
    clients_beside[0].say(desk_loop, training("two"), progress(1), Failure(WorkerDied()))
    settled()
    assert tab.is_training and tab.controller.model_name == "one"
    assert tab.notice.isVisible() and tab.controller.incidents[-1].is_fault
    hear(Done("finished", 1, "one", ""))
    settled()
    assert not tab.is_training
    assert tab.seeds.text.text().startswith("1 of them came to their end.")


def test_those_that_failed_or_left_the_queue_are_told_as_such(tab, hear, client, settled, cores):
    tab.form.seeds.number.setValue(3)
    tab.form.start_button.click()
    settled()
    go_through(hear, settled, "one", 1.0)
    tab.queue.list.setCurrentRow(0)
    tab.queue.remove_button.click()
    assert not tab.seeds.isVisible(), "the second one is still at work"
    hear(training("two"))
    hear(progress(1))
    hear(Failure(WorkerDied()))
    settled()
    assert tab.seeds.isVisible()
    assert tab.seeds.text.text().startswith("1 of them came to their end.")


def test_one_that_goes_on_from_a_model_has_no_seeds(tab):
    make_model("before")
    tab.form.set_value("resume_from", "before")
    tab.form.seeds.number.setValue(2)
    tab.form.queue_button.click()
    assert "begin anew" in tab.form.general.text()
    assert len(tab.controller.queue) == 0 and tab.form.seeds.number.value() == 2
