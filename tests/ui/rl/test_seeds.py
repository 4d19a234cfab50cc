"""One recipe with several seeds from the form, and what they came to together."""

from rl.conftest import make_model, progress, training
from rl.test_models_panel import EVALUATION, RULE

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


def test_several_seeds_are_trained_one_after_the_other_and_told_together(
    tab, hear, client, settled
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


def test_those_that_failed_or_left_the_queue_are_told_as_such(tab, hear, client, settled):
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
