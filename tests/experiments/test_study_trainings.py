"""Trainings that belong to a study: made if they are missing, gone on with, and never mistaken."""

import asyncio
import json
import shutil
from collections import Counter
from typing import ClassVar

import pytest

from abm_desktop import paths
from abm_desktop.experiments.design import Design, load_design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.missing_trainings import (
    stand_ins,
    told,
    train_missing,
    wanted_trainings,
)
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.learning import side_by_side, trainer
from abm_desktop.learning.process.messages import Failure
from abm_desktop.learning.registry import models
from abm_desktop.learning.statements import StoppedEarly
from abm_desktop.scenario import ScenarioError

FILE = """name = "own"
lead = "5min"
[rl]
shares = [0, 0.25]
policies = ["mine-*"]
[[train]]
name = "mine"
count = 3
settings = ["iterations=7"]
"""


@pytest.fixture
def file(monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    path = tmp_path / "own.toml"
    path.write_text(FILE)
    return path


class FakeTrainer:
    """Leaves a model with the settings that it was given; ``ends`` says how, one by one."""

    ends: ClassVar[list[str]] = []
    trained: ClassVar[list[tuple[str, int, bool]]] = []
    busy: ClassVar[int] = 0
    most: ClassVar[int] = 0

    def __init__(self, config):
        self.config = config

    async def train_in_loop(self, _hear):
        FakeTrainer.busy += 1
        FakeTrainer.most = max(FakeTrainer.most, FakeTrainer.busy)
        await asyncio.sleep(0)
        try:
            return self.leave_a_model()
        finally:
            FakeTrainer.busy -= 1

    def leave_a_model(self):
        name, end = self.config.model_name, self.ends.pop(0)
        if end == "failed":
            raise trainer.TrainingFailed(Failure(StoppedEarly()))
        self.trained.append((name, self.config.seed, self.config.continues))
        folder = models.get_model(name).folder if self.config.continues else None
        if folder is None:
            source = paths.resource_dir() / "models" / "calm-ppo"
            folder = paths.models_dir() / name
            shutil.copytree(source, folder)
        meta = json.loads((folder / "meta.json").read_text())
        done = 7 if end == "finished" else 3
        own = {"checkpoint": "checkpoint-1", "seed": self.config.seed}
        settings = self.config.model_dump(mode="json")
        meta |= own | {"name": name, "status": end, "iterations": done, "config": settings}
        (folder / "meta.json").write_text(json.dumps(meta))
        return trainer.TrainingResults(name, end, ()), folder


@pytest.fixture
def trained(monkeypatch):
    monkeypatch.setattr(trainer, "RLTrainer", FakeTrainer)
    FakeTrainer.ends, FakeTrainer.trained = ["finished", "stopped"], []
    FakeTrainer.busy = FakeTrainer.most = 0
    return FakeTrainer


def test_what_is_missing_is_trained_and_what_stopped_goes_on(file, trained):
    with pytest.raises(ScenarioError, match="abm-desktop experiment makes what is missing"):
        Experiment.load(file)
    heard = []

    def train(wanted):
        heard.append([one.state for one in wanted])
        return {} if train_missing(wanted, at_once=1) else {"stopped": "PPO"}

    design = load_design(file)
    wanted = wanted_trainings(design, file)
    assert [one.name for one in wanted] == ["mine-101", "mine-102", "mine-103"]
    first = wanted[0].config
    assert (first.seed, first.iterations, first.evaluate_after) == (101, 7, False)
    assert told(wanted) == {
        "trainings": 3, "left": 3, "words": "3 of 3 trainings",
        "decisions": 3 * 7 * first.steps_per_iteration,
    }  # fmt: skip
    assert not train_missing(wanted, at_once=1), "the second was interrupted"
    trained.ends = ["finished", "finished"]
    experiment = Experiment.load(file, train=train)
    assert heard == [["finished", "stopped", "missing"]]
    assert trained.trained == [
        ("mine-101", 101, False), ("mine-102", 102, False), ("mine-102", 102, True),
        ("mine-103", 103, False),
    ]  # fmt: skip
    assert list(experiment.plan.populations) == ["mine-101", "mine-102", "mine-103"]
    assert not any(mix.selected for mix in experiment.plan.populations.values())
    # With all of them there nothing is trained again, and no door is needed.
    assert Experiment.load(file).plan.total == experiment.plan.total
    assert all(one.state == "finished" for one in wanted_trainings(design, file))


def test_a_training_in_a_game_goes_on_in_it(file, trained):
    game = "abm_desktop.experiments.games.insider:insider"
    file.write_text(FILE.replace("iterations=7", f'iterations=7", "environment={game}'))
    design, again = load_design(file), ["finished", "finished"]
    assert not train_missing(wanted_trainings(design, file), at_once=1)
    trained.ends = again
    wanted = wanted_trainings(design, file)
    assert [one.state for one in wanted] == ["finished", "stopped", "missing"]
    assert train_missing(wanted, at_once=1)
    assert trained.trained[2] == ("mine-102", 102, True)
    assert models.get_model("mine-102").config["environment"] == game


def test_a_plan_is_told_before_anything_is_trained(file, monkeypatch):
    asked, listed = [], models.list_models
    monkeypatch.setattr(models, "list_models", lambda **kind: asked.append(kind) or listed(**kind))
    assert len(wanted_trainings(load_design(file), file)) == 3
    assert len(asked) == 1, "all models are read once, and not for each training"
    experiment = Experiment.load(file, train=stand_ins)
    assert [cell.policy for cell in experiment.plan.cells if cell.stress == "calm"][1:4] == [
        "mine-101", "mine-102", "mine-103",
    ]  # fmt: skip
    assert not (paths.models_dir()).exists()


def test_trainings_are_made_side_by_side_and_share_the_cores(file, trained, monkeypatch):
    monkeypatch.setattr(side_by_side, "processors", lambda: 4)
    trained.ends = ["finished"] * 3
    wanted = wanted_trainings(load_design(file), file)
    assert train_missing(wanted, at_once=2)
    assert trained.most == 2
    assert {models.get_model(one.name).config["threads"] for one in wanted} == {2}


def test_a_training_that_fails_is_told_with_its_name_and_no_other_begins(file, trained):
    trained.ends = ["finished", "failed"]
    with pytest.raises(ExperimentError, match="training of mine-102 failed"):
        train_missing(wanted_trainings(load_design(file), file), at_once=1)
    assert [name for name, *_ in trained.trained] == ["mine-101"]


def test_a_model_that_learned_otherwise_is_no_training_of_the_study(file, trained):
    assert train_missing(wanted_trainings(load_design(file), file)[:1])
    file.write_text(FILE.replace("iterations=7", "gamma=0.9"))
    with pytest.raises(ScenarioError, match=r"train\[0\].name.*mine-101 already, and it learned"):
        wanted_trainings(load_design(file), file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("mine-*", "calm-ppo"), r"train\[0\].name.*named by no rl.policies"),
        (("iterations=7", "seed=3"), r"train\[0\].settings.*sets seed"),
        (("iterations=7", "gamma=7"), r"train\[0\].settings: gamma"),
        (("iterations=7", "gama=0.9"), r'train\[0\].settings: gama .*did you mean "gamma"'),
        (("count = 3", 'recipe = "study-pop"'), r'recipe: is "study-pop".*mean "study-ppo"'),
        (("count = 3", 'recipe = "maker"'), r"rl.displaces.*whose place a maker does not take"),
        (("count = 3", "count = 0"), r"train\[0\].count"),
    ],
)
def test_what_cannot_be_trained_is_told_by_its_key(file, change, message):
    file.write_text(FILE.replace(*change))
    with pytest.raises(ScenarioError, match=message):
        wanted_trainings(load_design(file), file)


def test_all_that_is_wrong_with_trainings_and_file_is_told_at_once(file):
    second = '[[train]]\nname = "mine"\nfirst_seed = 900\nrecipe = "nobody"\n\n[rl]'
    text = FILE.replace("iterations=7", "gama=0.9").replace("[rl]", second, 1)
    file.write_text("sedes = 3\n" + text)
    with pytest.raises(ScenarioError) as raised:
        Experiment.load(file, train=stand_ins)
    told_of = {problem.key: problem.line for problem in raised.value.problems}
    assert {"sedes", "train[1].settings", "train[0].recipe"} <= set(told_of), str(raised.value)
    lines = file.read_text().splitlines()
    assert "nobody" in lines[told_of["train[0].recipe"] - 1]
    assert "gama" in lines[told_of["train[1].settings"] - 1]
    with pytest.raises(ScenarioError) as raised:
        wanted_trainings(load_design(_with_two_wrong_recipes(file)), file)
    assert [one.key for one in raised.value.problems] == ["train[0].recipe", "train[1].recipe"]


def _with_two_wrong_recipes(file):
    wrong = '[[train]]\nname = "mine"\nfirst_seed = 900\nrecipe = "nobody"\n\n[[train]]'
    text = FILE.replace("[[train]]", wrong, 1).replace("count = 3", 'recipe = "none"', 1)
    file.write_text(text)
    return file


def test_what_else_is_wrong_is_told_before_hours_of_training(file, trained):
    file.write_text('scenario = "nowhere"\n' + FILE)
    asked = []
    with pytest.raises(ScenarioError, match="scenario"):
        Experiment.load(file, train=asked.append)
    assert not asked


def test_more_policies_than_a_market_holds_are_refused_by_their_key(file):
    mixed = 'mixed = [["calm-ppo"], ["rq-ppo-10[1-9]", "rq-dqn-10[1-8]"]]\n'
    file.write_text(FILE.replace("[rl]\n", f"[rl]\n{mixed}", 1))
    with pytest.raises(ScenarioError, match=r"rl.mixed\[1\].*17 policies, and a market holds 16"):
        Experiment.load(file, train=stand_ins)


def test_what_was_trained_does_not_name_the_folder_twice(file):
    plain = Design.model_validate({"name": "t", "rl": {"shares": [0]}})
    asked = plain.model_copy(update={"train": load_design(file).train})
    assert Experiment(plain).folder == Experiment(asked).folder


def test_the_trainings_of_the_research_question_ship(monkeypatch, tmp_path):
    """So its study begins at once, here and in the window: forty of each algorithm, all of them."""
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    experiment = Experiment.load("research_question")
    wanted = wanted_trainings(experiment.plan.design)
    assert Counter(one.config.algorithm for one in wanted) == {"PPO": 40, "DQN": 40, "SAC": 40}
    assert all(one.state == "finished" for one in wanted)
    shipped = {name: mix for name, mix in experiment.plan.populations.items() if "rq-" in name}
    assert set(shipped) == {one.name for one in wanted}
    assert len({mix.digest() for mix in shipped.values()}) == 120
    assert not any(mix.selected for mix in shipped.values())
