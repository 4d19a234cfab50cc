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


@pytest.mark.parametrize("algorithm", ["PPO", "DQN", "SAC"])
def test_forty_trainings_of_each_algorithm_ship_for_the_studies(algorithm, monkeypatch, tmp_path):
    """Whatever their verdict: to choose among them would bias what the studies say."""
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    stem = f"rq-{algorithm.lower()}"
    found = [models.get_model(f"{stem}-{seed}") for seed in range(101, 141)]
    recipe = load_config(find_recipe(f"study-{algorithm.lower()}")).model_dump(mode="json")
    own = {"seed", "model_name", "threads", "evaluate_after", "address"}
    for number, model in enumerate(found):
        # What a setting that came later is, is its default: nothing of it was learned with.
        known = {key: value for key, value in recipe.items() if key in model.config}
        assert {key: model.config[key] for key in known.keys() - own} == {
            key: value for key, value in known.items() if key not in own
        }
        assert (model.algorithm, model.seed) == (algorithm, 101 + number)
    flat = {models.load_policy(model.name).weights[0].tobytes() for model in found[:5]}
    assert len(flat) == 5
