"""What ships: training configurations, and the traders they made."""

import numpy as np
import pytest

from abm_desktop import paths
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.recipes import find_recipe, load_config, recipes
from abm_desktop.learning.registry import models
from abm_desktop.market.roles import find_role

SHIPPED = [folder.name for folder in sorted((paths.resource_dir() / "models").iterdir())]


@pytest.mark.parametrize("recipe", recipes(), ids=lambda path: path.stem)
def test_every_recipe_is_a_training_of_the_algorithm_or_role_it_names(recipe):
    config = load_config(recipe)
    usual = find_role(config.role).recipe(config.algorithm).lower()
    assert recipe.stem in (usual, f"study-{config.algorithm.lower()}")
    assert find_recipe(recipe.stem) == recipe
    assert not config.model_name


def test_a_recipe_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match="magic"):
        load_config(find_recipe("magic"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_trader_was_accepted_and_trades(name, monkeypatch, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    model = models.get_model(name)
    assert model.bundled
    assert model.metrics["evaluation"]["accepted"] is True
    policy = models.load_policy(name)
    width = len(policy.observations)
    observations = np.random.default_rng(0).normal(size=(2000, width)).astype(np.float32)
    decisions = set(policy.logits(observations).argmax(axis=1))
    expected = {0, 1, 2} if policy.actions == ("SELL", "HOLD", "BUY") else None
    assert decisions == expected if expected else len(decisions) > 3
    assert (model.role, model.actions) == (policy.role, policy.actions)


def decisions(config):
    return config["iterations"] * config["rollout_length"] * config["envs_per_worker"]


STUDY = [folder.name for folder in sorted((paths.resource_dir() / "study_models").iterdir())]


def test_trainings_of_each_algorithm_ship_for_the_studies(monkeypatch, tmp_path):
    """Whatever their verdict: to choose among them would bias what the studies say."""
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    for algorithm in ("ppo", "dqn", "sac"):
        names = [n for n in (*SHIPPED, *STUDY) if n.startswith(f"calm-{algorithm}")]
        assert len(names) == 5
        recipe = load_config(find_recipe(algorithm)).model_dump(exclude={"seed"})
        seeds = set()
        for name in names:
            model = models.get_model(name)
            given = {key: model.config[key] for key in ("gamma", "scenario", "minibatch_size")}
            assert given == {key: recipe[key] for key in given}
            # The recipe of PPO has since had twice the iterations of half the decisions.
            assert decisions(model.config) == decisions(recipe)
            assert "accepted" in model.metrics["evaluation"]
            seeds.add(model.seed)
        assert len(seeds) == 5
        flat = {models.load_policy(name).weights[0].tobytes() for name in names}
        assert len(flat) == 5
