"""Observations by choice: a policy is blind to what it was not given."""

import numpy as np
import pytest
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData

from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.rllib import algorithms
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.market.roles import find_role

from .test_ppo import make_learner, make_runner

CHOSEN = ("order-book imbalance", "inventory")
UNSEEN = tuple(
    k for k, name in enumerate(find_role("directional").observations) if name not in CHOSEN
)


def blind(made):
    """A learner or runner that is blind as one of a market would be."""
    made.config.learner_config_dict["unseen"] = UNSEEN
    return made


@pytest.mark.parametrize(
    "settings",
    [
        {"algorithm": "PPO"},
        {"algorithm": "PPO", "trainer": "torch", "even_handed": True},
        {"algorithm": "PPO", "network": "gru", "hidden": (8, 6)},
        {"algorithm": "DQN", "learning_starts": 0, "buffer_size": 1000},
        {"algorithm": "SAC", "learning_starts": 0, "buffer_size": 1000},
    ],
    ids=["ppo", "even-handed", "gru", "dqn", "sac"],
)
def test_it_stays_blind_however_long_it_learns(settings, monkeypatch):
    monkeypatch.setattr(type(make_config()), "unseen", property(lambda _: UNSEEN))
    learner, runner = make_learner(**settings), make_runner(**settings)
    runner.set_state({"rl_module": learner.get_state()["rl_module"]})
    both = settings.get("even_handed", False)
    before = policy_from_module(learner.module[DEFAULT_MODULE_ID], both_sides=both)
    for _ in range(2):
        (rollout,) = runner.sample()
        assert not rollout.observations[:, :, UNSEEN].any() and rollout.observations.any()
        learner.update(training_data=TrainingData(episodes=[rollout]), timesteps={})
    after = policy_from_module(learner.module[DEFAULT_MODULE_ID], both_sides=both)
    seen = np.random.default_rng(2).normal(size=(64, 13)).astype(np.float32)
    other = seen.copy()
    other[:, UNSEEN] = 5.0
    states = np.zeros((64, after.state_width), np.float32)
    logits = after.step(seen, states)[0]
    np.testing.assert_array_equal(after.step(other, states)[0], logits)
    assert not np.allclose(before.step(seen, states)[0], logits, atol=1e-4), "it learned"
    assert np.ptp(logits, axis=0).max() > 1e-3, "it looks at what it was given"


def test_places_are_those_of_the_role():
    config = make_config(role="remembering", observations=("inventory", "mean gap 60 s"))
    assert config.unseen == (*range(11), 12, 13, 15, 16)
    assert algorithms.settings(config).learner_config_dict["unseen"] == config.unseen
    assert make_config().unseen == ()


def test_names_that_a_role_has_not_are_told_with_those_that_it_has():
    def says(**settings):
        with pytest.raises(ConfigError) as refused:
            make_config(**settings)
        return str(refused.value)

    told = says(role="directional", observations=("mean gap 60 s",))
    assert "'mean gap 60 s', which a directional trader does not see" in told
    assert "order-book imbalance" in told
    assert "twice" in says(observations=("inventory", "inventory"))
    maker = find_role("maker")
    own = maker.own_observations[0]
    assert "change places" in says(role="maker", observations=(own,), even_handed=True)
    assert "no observations" in says(trainer="rllib", observations=("inventory",))
