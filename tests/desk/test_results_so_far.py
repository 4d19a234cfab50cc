"""What is shown of an experiment that has just begun."""

from abm_desktop.desk.analytics.experiments import ResultEntry, read_result
from abm_desktop.experiments.design import find_experiment
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.store import Store


def test_before_the_first_run_is_finished_there_is_nothing_and_no_fault(tmp_path):
    experiment = Experiment.load("first_answer", seeds=2)
    store = Store.open(tmp_path, experiment.plan, {})
    try:
        file = find_experiment("first_answer")
        found = read_result(ResultEntry(tmp_path, "first answer", 0, 30, 0.0, None, file, 2))
    finally:
        store.close()
    assert found.is_interim and found.summary["effects"] == []
