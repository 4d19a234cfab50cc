"""One meaning of a model's name: in lists, scenarios, on the command line, and for a market."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from abm_desktop import model_folders
from abm_desktop.envs import MarketEnv
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.stress_test import load_agent
from abm_desktop.learning.registry import models
from abm_desktop.market.named_policies import find_policy
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

SHIPPED = [model.name for model in models.list_models(studies=True)]
TOGETHER = 16
"""Different policies that a market holds."""


def with_traders(*models, count=1):
    return Scenario.model_validate(
        {
            "name": "short",
            "market": {"warm_up": "30s"},
            "rl": [{"model": str(model), "count": count, "step": 1.0} for model in models],
        }
    )


def buyer(bias=(0.0, 0.0, 1.0), name="buyer"):
    return PolicyNet((np.zeros((13, 3), np.float32),), (np.array(bias, np.float32),), name=name)


@pytest.fixture
def models_dir(monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    return tmp_path / "models"


def test_models_ship_for_the_studies_too():
    assert {"calm-ppo", "calm-maker", "rq-sac-101"} <= set(SHIPPED)


@pytest.mark.parametrize("first", range(0, len(SHIPPED), TOGETHER))
def test_every_model_that_is_listed_trades_in_a_scenario(first):
    names = SHIPPED[first : first + TOGETHER]
    simulator = Simulator(with_traders(*names))
    simulator.run_until(-27.0)
    decisions = simulator.agents["decisions"][-len(names) :]
    assert [n for n, made in zip(names, decisions, strict=True) if made < 2] == []
    for name in names:
        assert load_agent(name).role == models.get_model(name).role


def test_models_of_the_users_own_are_named_alike_whatever_lies_around(
    models_dir, tmp_path, monkeypatch
):
    for name in ("mine", "with.npz"):
        buyer(name=name).save(tmp_path / "p.npz")
        models.import_model(tmp_path / "p.npz", name)
    monkeypatch.chdir(tmp_path)
    buyer(name="another").save(tmp_path / "with.npz")
    (tmp_path / "mine").mkdir()
    buyer(name="a third").save(tmp_path / "mine" / "policy.npz")
    for name in [model.name for model in models.list_models(studies=True)]:
        found = find_policy(name)
        assert found.name == load_agent(name).name == models.load_policy(name).name == name
    assert find_policy("./with.npz").name == load_agent("./with.npz").name == "another"
    assert find_policy("./mine").name == load_agent("./mine").name == "a third"
    assert MarketEnv(with_traders("mine")).reset(seed=1)[0].shape == (13,)


def test_a_users_model_hides_a_shipped_one(models_dir, tmp_path):
    buyer().save(tmp_path / "p.npz")
    # Copied in by hand: an import would ask for another name.
    models.import_model(tmp_path / "p.npz", "mine").folder.rename(models_dir / "calm-ppo")
    found = find_policy("calm-ppo")
    assert found.name == "calm-ppo" and len(found.weights) == len(buyer().weights) == 1
    assert not models.get_model("calm-ppo").bundled


def test_a_save_that_was_interrupted_is_whole_for_a_scenario_as_well(models_dir, tmp_path):
    buyer().save(tmp_path / "p.npz")
    folder = models.import_model(tmp_path / "p.npz", "mine").folder
    meta = json.loads((folder / "meta.json").read_text()) | {"checkpoint": "checkpoint-000002"}
    (folder / "meta.json").write_text(json.dumps(meta))
    dataclasses.replace(buyer(), greedy=False).save(folder / ".checkpoint-000002.policy.npz.new")
    shutil.move(
        folder / ".checkpoint-000002.policy.npz.new.npz", folder / ".checkpoint-000002.policy.npz"
    )
    assert not find_policy("mine").greedy
    assert not model_folders.pending_policy(folder, "checkpoint-000002").exists()


def test_ready_policies_are_handed_to_a_market():
    scenario = with_traders("nobody-has-this", count=2)
    with pytest.raises(FileNotFoundError, match="no trained model 'nobody-has-this'"):
        Simulator(scenario)
    simulator = Simulator(scenario, policies=[buyer()])
    simulator.run_until(-20.0)
    assert (simulator.agents["inventory"][-2:] > 0).all()
    with pytest.raises(InputError, match="policies are 0 for 1"):
        Simulator(scenario, policies=[])


@pytest.mark.parametrize("name", ["", "a\0b", 7, "../models/calm-ppo", ".hidden", "a b"])
def test_what_is_no_model_is_told(name, models_dir):
    with pytest.raises((FileNotFoundError, InputError)):
        find_policy(name)
