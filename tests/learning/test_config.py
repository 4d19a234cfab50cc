import pytest

from abm_desktop.commands.train import _OPTIONS, given_options
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import (
    ConfigError,
    TrainingConfig,
    find_recipe,
    load_config,
    make_config,
)
from abm_desktop.learning.rllib import samplers
from abm_desktop.learning.trainer import RLTrainer


def test_defaults_are_a_valid_training():
    config = TrainingConfig()
    assert config.algorithm == "PPO"
    assert config.minibatch_size <= config.steps_per_iteration


@pytest.mark.parametrize("algorithm", ["PPO", "DQN", "SAC"])
def test_what_is_not_given_is_that_of_the_recipe(algorithm):
    recipe = load_config(find_recipe(algorithm.lower()))
    assert make_config(algorithm=algorithm) == recipe
    assert recipe != TrainingConfig(algorithm=algorithm), "its own, not the fields' defaults"
    changed = make_config(algorithm=algorithm, gamma=0.5)
    assert changed == recipe.model_copy(update={"gamma": 0.5})
    assert make_config(role="maker") == load_config(find_recipe("maker"))
    assert make_config() == make_config(algorithm="PPO")


def test_where_a_recipe_does_not_fit_the_plain_settings_stand():
    assert make_config(environment="x:y") == TrainingConfig(environment="x:y")
    plain = TrainingConfig(role="maker", algorithm="DQN")
    assert make_config(role="maker", algorithm="DQN") == plain
    # Where it is trained elsewhere, it is judged there.
    assert make_config(scenario="flash_crash").evaluation_scenarios == ()
    stock = make_config(trainer="rllib")
    assert (stock.mirror, stock.final_rate, stock.gamma) == (False, 1.0, make_config().gamma)


def test_few_markets_have_small_minibatches_unless_others_are_asked_for():
    small = make_config(envs_per_worker=2, rollout_length=16)
    assert small.minibatch_size == small.steps_per_iteration == 32
    with pytest.raises(ConfigError, match="minibatch_size"):
        make_config(envs_per_worker=2, rollout_length=16, minibatch_size=64)


def test_more_workers_than_processors_are_capped_and_told(monkeypatch):
    monkeypatch.setattr(samplers, "processors", lambda: 2)
    with pytest.warns(UserWarning, match="4 sampling workers on 2 processors"):
        trainer = RLTrainer(algorithm="PPO", num_workers=4, training_iterations=100)
    assert trainer.config == make_config(workers=2, iterations=100)
    assert trainer.config.steps_per_iteration == make_config().steps_per_iteration
    elsewhere = make_config(workers=8, address="10.0.0.5:6379")
    assert samplers.within_processors(elsewhere) == (elsewhere, None)
    assert samplers.within_processors(make_config(workers=2))[1] is None


def test_options_of_the_command_go_before_the_file_also_with_usual_values():
    values = dict.fromkeys(_OPTIONS) | {"iterations": 100, "seed": 1, "name": "mine"}
    assert given_options(values) == {"iterations": 100, "seed": 1, "model_name": "mine"}


def test_a_fault_is_an_input_error():
    with pytest.raises(InputError) as caught:
        make_config(gamma=2.0)
    assert caught.value.key == "gamma" and str(caught.value).startswith("gamma: ")


def test_every_setting_is_described_for_the_form():
    for name, info in TrainingConfig.model_fields.items():
        assert info.title and info.description, name
        assert "group" in info.json_schema_extra, name


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("learning_rate", 0.0),
        ("gamma", 1.5),
        ("workers", -1),
        ("iterations", 0),
        ("algorithm", "A2C"),
        ("hidden", (0,)),
        ("hidden", (4096,)),
        ("minibatch_size", 70_000),
        ("iteration", 5),
    ],
)
def test_a_fault_names_its_field(setting, value):
    with pytest.raises(ConfigError) as caught:
        make_config(**{setting: value})
    assert setting in {field for field, _ in caught.value.problems}


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        make_config(gamma=2.0, clip=0.0, epochs=0)
    assert {field for field, _ in caught.value.problems} == {"gamma", "clip", "epochs"}


def test_an_unknown_setting_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match="learning_rate"):
        make_config(lerning_rate=1e-3)


def test_a_file_gives_a_configuration(tmp_path):
    file = tmp_path / "training.toml"
    file.write_text('scenario = "flash_crash"\nlearning_rate = 1e-3\nhidden = [32, 32]\n')
    config = load_config(file)
    assert (config.scenario, config.learning_rate, config.hidden) == ("flash_crash", 1e-3, (32, 32))


@pytest.mark.parametrize("text", ["gamma = ", "gamma = 7.0", "colour = 1"])
def test_a_wrong_file_is_named_in_the_error(tmp_path, text):
    file = tmp_path / "training.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"training\.toml"):
        load_config(file)


def test_a_missing_file_is_named_in_the_error(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_config(tmp_path / "nowhere.toml")


def test_the_reward_is_the_environments_own_unless_said():
    from abm_desktop.envs import RewardWeights

    config, weights = TrainingConfig(), RewardWeights()
    assert (config.reward_damping, config.reward_inventory, config.reward_fee) == (
        weights.damping,
        weights.inventory_cost,
        weights.fee,
    )


def test_a_buffer_must_hold_what_it_is_fed():
    with pytest.raises(ConfigError, match="buffer_size"):
        make_config(algorithm="DQN", buffer_size=5_000)
    with pytest.raises(ConfigError, match="learning_starts"):
        make_config(algorithm="SAC", buffer_size=50_000, learning_starts=60_000)


def test_what_stock_rllib_cannot_do_is_said():
    with pytest.raises(ConfigError, match=r"trainer: .*mirror, final_rate"):
        make_config(trainer="rllib", mirror=True, final_rate=0.5)


def test_yes_and_no_are_no_numbers():
    with pytest.raises(ConfigError, match=r"iterations: is True: must be a number"):
        make_config(iterations=True)
    assert make_config(mirror=False).mirror is False
