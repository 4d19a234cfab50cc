"""Populations of learners, and sets of trainings, as what an experiment gives to markets."""

import hashlib
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from abm_desktop import paths
from abm_desktop.commands import run_command
from abm_desktop.experiments.design import Design, load_design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.report.findings import find
from abm_desktop.experiments.report.study_tables import study_effects
from abm_desktop.experiments.report.words import answer
from abm_desktop.experiments.running.cells import make_plan
from abm_desktop.experiments.running.missing_populations import WantedPopulation
from abm_desktop.experiments.running.missing_trainings import (
    stand_ins,
    told,
    train_missing,
    wanted_trainings,
)
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.experiments.running.registration import registered
from abm_desktop.learning.population.config import (
    PopulationConfig,
    find_population,
    load_population,
)
from abm_desktop.learning.recipes import find_recipe, load_config
from abm_desktop.learning.registry import models
from abm_desktop.scenario import ScenarioError

MARKET = 'name = "short"\n[market]\nwarm_up = "1min"\n'
CROWD = """markets = 2
iterations = 2
rollout_length = 32
episode_seconds = 100
[[learners]]
role = "remembering"
count = 2
settings = { hidden = [8], minibatch_size = 32, epochs = 1 }
"""
FILE = """name = "own"
scenario = "short.toml"
seeds = 4
lead = 120
burn_in = 30
stress_window = 60
after = 120
calm = true
[rl]
shares = [0, 0.25]
policies = []
populations = ["crowd-*"]
split_markets = "always"
[[train]]
name = "crowd"
population = "crowd.toml"
count = 3
first_seed = 7
settings = ["scenario=SHORT"]
"""


@pytest.fixture
def file(monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    (tmp_path / "short.toml").write_text(MARKET)
    (tmp_path / "crowd.toml").write_text(CROWD)
    path = tmp_path / "own.toml"
    path.write_text(FILE.replace("SHORT", str(tmp_path / "short.toml")))
    return path


@pytest.fixture
def no_pilot(monkeypatch):
    def sizes(plan, population, displaces, shares, stress):
        return {share: Sizing(10, 2, 40, 1.0 - share, share) for share in shares}

    monkeypatch.setattr("abm_desktop.experiments.running.runner.size_population", sizes)


def wanted_of(file):
    return wanted_trainings(load_design(file), file)


def leave(config: PopulationConfig, status="finished", done=2, names=None):
    """Models as a population leaves them, whatever they have learned."""
    for k, name in enumerate(names or config.model_names(config.name)):
        folder = paths.models_dir() / name
        shutil.copytree(paths.resource_dir() / "models" / "calm-ppo", folder)
        meta = json.loads((folder / "meta.json").read_text())
        known = {"settings": config.model_dump(mode="json"), "with": [], "replaced": []}
        meta |= {"name": name, "status": status, "iterations": done, "checkpoint": f"c-{k}"}
        meta["metrics"] = {"population": known}
        (folder / "meta.json").write_text(json.dumps(meta))


def leave_all(file, **how):
    for one in wanted_of(file):
        leave(one.config, **how)


def test_populations_divide_the_markets_and_are_the_unit(file):
    leave_all(file)
    plan = Experiment.load(file).plan
    mixes = plan.populations
    assert list(mixes) == [f"population crowd-{seed}" for seed in (7, 8, 9)]
    assert {mix.algorithm for mix in mixes.values()} == {"population"}
    assert all(len(mix.policies) == 2 and mix.repeats for mix in mixes.values())
    met = Counter()
    for seed in plan.seeds:
        (cell,) = (c for c in plan.cells_in(seed) if c.policy)
        met[cell.policy] += 1
    assert met == {"population crowd-7": 2, "population crowd-8": 1, "population crowd-9": 1}
    design = plan.design.model_dump(mode="json")
    for policies, together in ((4, 4), (5, 4), (3, 2), (6, 2), (0, 2)):
        design["rl"]["pilot_policies"] = policies
        again = make_plan(Design.model_validate(design), file)
        found = again.pilot_population("population crowd-9").policies
        assert len(found) == together, "whole populations, in which its own need not be"


def test_names_of_other_stems_are_other_kinds_of_populations(file):
    (first,) = (one.config for one in wanted_of(file)[:1])
    for name in ("crowd-7", "crowd-8", "league-1"):
        leave(first.model_copy(update={"name": name, "seed": 5}))
    text = file.read_text().split("[[train]]")[0].replace('"crowd-*"', '"*"')
    file.write_text(text)
    kinds = {n: mix.algorithm for n, mix in Experiment.load(file).plan.populations.items()}
    assert kinds == {
        "population crowd-7": "population crowd",
        "population crowd-8": "population crowd",
        "population league-1": "population league",
    }
    leave(first.model_copy(update={"name": "crowd-9", "markets": 3}))
    with pytest.raises(ScenarioError, match=r"rl.populations\[0\].*crowd-9 learned.*markets than"):
        Experiment.load(file)


def test_a_plan_tells_what_is_missing_before_anything_learns(file, capsys):
    with pytest.raises(ScenarioError, match="abm-desktop experiment makes what is missing"):
        Experiment.load(file)
    wanted = wanted_of(file)
    assert [(one.name, one.state) for one in wanted] == [
        ("crowd-7", "missing"), ("crowd-8", "missing"), ("crowd-9", "missing"),
    ]  # fmt: skip
    assert [one.config.seed for one in wanted] == [7, 8, 9]
    assert told(wanted)["words"] == "3 of 3 populations"
    assert told(wanted)["decisions"] == 3 * 2 * (2 * 2 * 32)
    assert run_command(["experiment", str(file), "--dry-run"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "3 of 3 populations of the study are missing" in said
    assert "population crowd-8" in said and "mix" not in said
    assert not paths.models_dir().exists()


def test_what_there_is_of_a_population_is_told_from_what_is_another(file):
    leave_all(file, status="stopped", done=1)
    assert [one.state for one in wanted_of(file)] == ["stopped"] * 3
    text = file.read_text()
    file.write_text(text.replace('["scenario', '["markets=3", "scenario'))
    with pytest.raises(ScenarioError, match=r"crowd-7-remembering-1 already, and it lea.*mark"):
        wanted_of(file)
    file.write_text(text.replace('["scenario', '["iterations=3", "scenario'))
    with pytest.raises(ScenarioError, match="it learned by another iterations"):
        wanted_of(file)
    file.write_text(text)
    shutil.rmtree(paths.models_dir() / "crowd-8-remembering-2")
    with pytest.raises(ScenarioError, match=r"there is crowd-8-remembering-1 already, and not the"):
        wanted_of(file)
    meta = paths.models_dir() / "crowd-7-remembering-2" / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"metrics": {}}))
    with pytest.raises(ScenarioError, match="crowd-7-remembering-2 already, which learned in no"):
        wanted_of(file)


MAKER = '[[learners]]\nrole = "maker"\n'


@pytest.mark.parametrize(
    ("change", "crowd", "message"),
    [
        (("crowd.toml", "crowds"), "", r"train\[0\].population: is \"crowds\", neither"),
        (('["crowd-*"]', '["*-crowd"]'), "", r"train\[0\].name: crowd-7 is named by no rl.popul"),
        (("scenario=", "seed=3\", \"scenario="), "", r"train\[0\].settings: sets seed"),
        (("scenario=", "market=3\", \"scenario="), "", r"train\[0\].settings: market .*markets"),
        (("count = 3", 'recipe = "sac"'), "", r"train\[0\].recipe: is given beside population"),
        (("count = 3", ""), MAKER, r"population: crowd.toml has maker and remembering, who make"),
        (("count = 3", ""), MAKER.replace("maker", "dealer"), r"population: learners\[1\].role"),
        (("count = 3", ""), '[[learners]]\ncount = 15\nname = "b"\n', r"names 17 policies"),
        (("split", 'modes = ["learning"]\nsplit'), "", r"rl.populations: makes several policies"),
    ],
)  # fmt: skip
def test_what_cannot_learn_or_trade_together_is_told_by_its_key(file, change, crowd, message):
    file.write_text(file.read_text().replace(*change, 1))
    (file.parent / "crowd.toml").write_text(CROWD + crowd)
    with pytest.raises(ScenarioError, match=message):
        wanted_of(file)


def test_a_population_that_lost_a_policy_is_refused(file):
    leave_all(file)
    shutil.rmtree(paths.models_dir() / "crowd-8-remembering-2")
    design = load_design(file).model_copy(update={"train": ()})
    with pytest.raises(ScenarioError, match=r"population crowd-8, and its crowd-8-remembering"):
        make_plan(design, file)


def test_sets_of_trainings_divide_the_markets_as_one_each(file):
    for name in ("a-1", "a-2", "a-3", "a-4"):
        models.import_model(paths.resource_dir() / "models" / "calm-ppo" / "policy.npz", name)
    rl = {"shares": [0, 0.25], "policies": ["a-*"], "sets_of": 2, "split_markets": "always"}
    plan = make_plan(Design.model_validate({"name": "t", "seeds": 4, "rl": rl}))
    assert list(plan.populations) == ["set a-1+a-2", "set a-3+a-4"]
    (kind,) = {mix.algorithm for mix in plan.populations.values()}
    assert kind == f"set of 2 {models.get_model('a-1').algorithm}"
    met = [c.policy for seed in plan.seeds for c in plan.cells_in(seed) if c.policy]
    assert met == ["set a-1+a-2", "set a-3+a-4"] * 2
    for wrong, message in (
        ({"sets_of": 3}, r"rl.sets_of: is 3, and 4 policies of \S+ leave 1 over"),
        ({"sets_of": 1}, "is 1"),
        ({"policies": [], "placebos": ["untrained"]}, "no policies"),
    ):
        with pytest.raises(ValueError, match=message):
            make_plan(Design.model_validate({"name": "t", "rl": rl | wrong}))


def test_results_of_studies_without_populations_stay_theirs(monkeypatch, tmp_path):
    """Neither their folder nor what was registered of them changes by what designs can say now."""
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    from abm_desktop.learning.registry.provenance import program_version
    from abm_desktop.market.compiled import source_version

    plan = Experiment.load("homogeneity").plan
    said = {
        *("scenario", "first_seed", "forks", "lead", "fork_gap", "burn_in", "stress_window"),
        *("after", "calm", "stress", "intervention", "without_intervention", "rl"),
        *("unforked", "facts"),
    }
    traders = {
        *("shares", "policies", "mixed", "displaces", "other_displaces", "modes", "placebos"),
        *("learning_rates", "learn_from", "split_markets", "placebo_shares", "room_only"),
        *("pilots", "pilot_policies", "untrained_policies", "size", "max_inventory"),
        "max_traders",
    }
    told_of = plan.design.model_dump(mode="json")
    design = {name: told_of[name] for name in told_of if name in said | {"name"}}
    design["rl"] = {name: told_of["rl"][name] for name in traders}
    content = {
        "design": design,
        "scenario": plan.scenario.model_dump(mode="json"),
        "policies": {name: mix.digest() for name, mix in plan.populations.items()},
        "version": program_version(),
        "market": source_version(),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    assert plan.digest() == digest
    assert set(registered(plan)) == {
        *("question", "primary", "second", "also", "level", "hypothesis", "hypothesis_groups"),
        *("expected", "seeds", "design", "analysis"),
    }
    mixes = [mix for name, mix in plan.populations.items() if name.startswith("mix ")]
    assert [mix.algorithm for mix in mixes] == ["mixed PPO", "mixed DQN", "mixed SAC", "mixed"]
    assert not any(mix.repeats for mix in mixes)


def test_populations_learn_stop_go_on_and_trade(file, no_pilot):
    """From the file to the tables of the report: three small ones, of which one is interrupted."""
    heard = []

    class Stops:
        """Ends the second one after its first iteration."""

        def __init__(self, stop):
            self._stop = stop

        def __enter__(self):
            heard.append(self._stop)

        def __exit__(self, *_):
            return None

    def hear(one, number, total, done, of):
        heard.append((one.name, number, total, done, of))
        if one.name == "crowd-8" and done == 1:
            next(h for h in reversed(heard) if callable(h))()

    assert not train_missing(wanted_of(file), hear, interruptible=Stops)
    assert [one.state for one in wanted_of(file)] == ["finished", "stopped", "missing"]
    assert ("crowd-8", 2, 3, 1, 2) in heard
    assert train_missing(wanted_of(file))
    wanted = wanted_of(file)
    assert {one.state for one in wanted} == {"finished"} and told(wanted)["left"] == 0
    assert all(isinstance(one, WantedPopulation) for one in wanted)
    first = models.get_model("crowd-7-remembering-1")
    assert first.iterations == 2 and 100 < first.env_steps <= 2 * 2 * 32
    assert first.metrics["population"]["settings"]["seed"] == 7
    experiment = Experiment.load(file, train=stand_ins)
    results = experiment.run(progress=False)
    assert set(results.runs["algorithm"]) == {"", "population"}
    effects = study_effects(results.runs, experiment.plan.design)
    main = effects[effects["measure"] == "stress_rv_10s"]
    added = main[main["traders"] == "population"]
    assert set(added["unit"]) == {"populations"} and set(added["trainings"]) == {3}
    words = " ".join(answer(results, find(results)))
    assert "for other populations and markets, 3 populations" in words
    assert "training" not in words


def test_a_policy_of_the_shipped_population_learns_from_as_much_as_one_alone():
    config = load_population(find_population("study-five"))
    alone = load_config(find_recipe("study-ppo"))
    learners = config.trainings_of(config.learners[0], 0)
    apart = {"seed", "threads", "traders_per_market", "rollout_length"}
    asked = alone.model_dump(exclude=apart)
    assert [one.model_dump(exclude=apart) for one in learners] == [asked] * 5, (
        "they learn by the settings of those who learn alone"
    )
    assert {one.steps_per_iteration for one in learners} == {alone.steps_per_iteration}
    assert find_population("nobody") == Path("nobody")
