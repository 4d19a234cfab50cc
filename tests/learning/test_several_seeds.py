"""One recipe with several seeds: trained side by side, told together."""

import json
import math
import shutil

import numpy as np
import pytest
from support.fake_clients import ObedientTrainingClient

from abm_desktop import paths
from abm_desktop.cli import main
from abm_desktop.inputs import InputError
from abm_desktop.learning import trainer
from abm_desktop.learning.judging.together import interquartile_mean, together, wilson
from abm_desktop.learning.process.messages import Progress
from abm_desktop.learning.registry import models
from abm_desktop.learning.several_seeds import configs_of, train_seeds

from .conftest import TESTS, heeding_interrupts, interrupting, tiny_config

pytestmark = pytest.mark.usefixtures("data_folder")


def test_the_middle_half_counts_and_no_more():
    assert interquartile_mean(np.array([1.0, 2.0, 3.0, 100.0])).mean == pytest.approx(2.5)
    # Of five a quarter is one and a quarter: the outer ones are out, the next count three quarters.
    five = np.array([0.0, 1.0, 2.0, 9.0, 50.0])
    assert interquartile_mean(five).mean == pytest.approx((0.75 * 1 + 2 + 0.75 * 9) / 2.5)
    assert interquartile_mean(five[::-1]).mean == pytest.approx(interquartile_mean(five).mean)
    same = interquartile_mean(np.full(6, 3.0))
    assert (same.mean, same.low, same.high) == (3.0, 3.0, 3.0)
    alone = interquartile_mean(np.array([4.0]))
    assert alone.mean == 4.0 and math.isnan(alone.low)


def test_the_interval_holds_the_middle_as_often_as_it_says():
    random = np.random.default_rng(0)
    found = [interquartile_mean(random.normal(5.0, 2.0, 20)) for _ in range(200)]
    held = np.mean([one.low <= 5.0 <= one.high for one in found])
    assert 0.86 <= held <= 0.98


def test_shares_have_wilsons_interval():
    none, all_of = wilson(0, 5), wilson(5, 5)
    assert none.low == 0.0 and none.high == pytest.approx(0.4345, abs=1e-3)
    assert all_of.high == 1.0 and all_of.low == pytest.approx(0.5655, abs=1e-3)
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


def test_curves_and_verdicts_are_put_together():
    def judged(accepted, mean):
        return {
            "accepted": accepted, "rules": {"agent": {"pnl_mean": mean, "pnl_median": mean - 1}}
        }  # fmt: skip

    found = together(
        [{1: 0.0, 2: 1.0, 3: 5.0}, {1: 2.0, 2: 3.0}], [judged(True, 4.0), judged(False, 2.0)]
    )
    assert [at for at, _ in found.curve] == [1, 2] and found.curve[1][1].mean == 2.0
    assert (found.trainings, found.accepted) == (2, 1) and found.share.mean == 0.5
    assert found.pnl.mean == 3.0 and found.median_pnl.mean == 2.0
    assert math.isnan(found.pnl.low), "an interval of two would be their range"
    assert json.loads(json.dumps(found.summary()))["pnl_mean"]["mean"] == 3.0
    assert found.sentences() == (
        "Last reward 2.000.",
        "Accepted: 1 of 2 (95 % interval 9 to 91 %).",
        "PnL of a held-out day: median +2.00, mean +3.00.",
        "Interquartile means over trainings, no intervals of fewer than 5.",
    )
    enough = together([{1: float(k)} for k in range(5)], [judged(True, 1.0)] * 5).sentences()
    assert "+1.00 (+1.00 to +1.00)" in enough[2] and "with 95 % intervals" in enough[3]
    none = together([{1: 1.0}], [])
    assert none.pnl is None and none.summary()["share_accepted"]["mean"] is None


def test_trainings_differ_by_seed_name_and_share_the_cores():
    configs = configs_of(tiny_config(seed=7, model_name="mine"), 3, at_once=2)
    assert [c.seed for c in configs] == [7, 8, 9]
    assert [c.model_name for c in configs] == ["mine-7", "mine-8", "mine-9"]
    assert {c.threads for c in configs} == {configs[0].threads} and configs[0].threads >= 1
    assert configs_of(tiny_config(threads=5), 2, at_once=2)[0].threads == 5
    for wrong in ({"resume_from": "mine"}, {"seed": 699_999_999}):
        with pytest.raises(InputError, match="seeds"):
            configs_of(tiny_config(**wrong), 2, at_once=1)
    with pytest.raises(InputError, match="seeds"):
        configs_of(tiny_config(), 0, at_once=1)


def test_each_seed_leaves_a_model_and_they_are_told_together(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    heard = []
    found = train_seeds(
        tiny_config(iterations=2, seed=3),
        2,
        on_message=lambda seed, message: heard.append((seed, type(message))),
    )
    assert sorted(found.results) == [3, 4] and not found.failures
    assert {(3, Progress), (4, Progress)} <= set(heard)
    seeds = [models.get_model(one.name).seed for _, one in sorted(found.results.items())]
    assert seeds == [3, 4]
    told = found.together()
    assert told.trainings == 2 and [at for at, _ in told.curve][-1] == 2
    assert told.pnl is None, "an environment of one's own is not judged"


def test_options_for_several_need_several(capsys):
    assert main(["train", "--at-once", "2"]) != 0
    told = capsys.readouterr().err
    assert "--at-once is for several trainings: give --seeds" in told and "--json" not in told
    assert main(["train", "--continue", "mine", "--seeds", "2"]) != 0
    assert "leave --seeds out" in capsys.readouterr().err


def test_an_interrupt_keeps_the_models_of_those_that_run_and_begins_no_more(
    data_folder, monkeypatch
):
    model = data_folder / "models" / "mine"
    shutil.copytree(paths.resource_dir() / "models" / "calm-ppo", model)
    clients = []

    def client():
        clients.append(ObedientTrainingClient(model))
        return clients[-1]

    monkeypatch.setattr(trainer, "TrainingClient", client)
    with heeding_interrupts():
        found = train_seeds(tiny_config(seed=3), 3, at_once=1, on_message=interrupting())
    assert [one.said for one in clients] == [["start 3", "stop", "close"]]
    assert list(found.results) == [3] and not found.failures
    assert (found.results[3].name, found.results[3].reason) == ("mine", "stopped")
    assert found.together().trainings == 0, "one that was stopped says nothing of the recipe"
