import pytest

from abm_desktop.learning.config import ConfigError, TrainingConfig, load_config, make_config


def test_defaults_are_a_valid_training():
    config = TrainingConfig()
    assert config.algorithm == "PPO"
    assert config.minibatch_size <= config.steps_per_iteration


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
        ("minibatch_size", 60_000),
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
