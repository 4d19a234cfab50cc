import numpy as np
import pytest
from support.flow_maker import random_day, write_pair

from abm_desktop.commands.train import _OPTIONS, given_options
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.own_environment import make_own
from abm_desktop.learning.process import preflight
from abm_desktop.learning.recipes import find_recipe, load_config, make_config
from abm_desktop.learning.rllib import samplers
from abm_desktop.learning.trainer import RLTrainer
from abm_desktop.scenario.quantity import described


def test_defaults_are_a_valid_training():
    config = TrainingConfig()
    assert config.algorithm == "PPO"
    assert config.minibatch_size <= config.steps_per_iteration


@pytest.mark.parametrize("algorithm", ["PPO", "DQN", "SAC"])
def test_what_is_not_given_is_that_of_the_recipe(algorithm):
    recipe = load_config(find_recipe(algorithm.lower()))
    assert make_config(algorithm=algorithm) == recipe
    assert make_config(algorithm=algorithm.lower()) == recipe
    assert recipe != TrainingConfig(algorithm=algorithm), "its own, not the fields' defaults"
    changed = make_config(algorithm=algorithm, gamma=0.5)
    assert changed == recipe.model_copy(update={"gamma": 0.5})
    assert make_config(role="maker") == load_config(find_recipe("maker"))
    assert make_config(algorithm="PPO").role == "directional"


def test_a_first_training_is_of_a_trader_with_memory(tmp_path):
    recipe = load_config(find_recipe("remembering-ppo"))
    assert make_config() == recipe and recipe.role == "remembering"
    assert make_config(seed=5) == recipe.model_copy(update={"seed": 5})
    assert make_config(role="directional") == load_config(find_recipe("ppo"))
    # What a model was trained as is not for the usual settings to say.
    assert make_config(resume_from="calm-ppo").role == "directional"
    assert make_config(scenario="nowhere").role == "remembering", "others tell of that"


def test_a_recorded_day_has_no_value_to_remember_or_to_be_paid_at(tmp_path):
    day = write_pair(tmp_path, *random_day(3, rows=3000, depth=5))
    config = make_config(scenario=str(day))
    assert config.role == "directional" and not config.reward_at_value
    with pytest.raises(InputError, match=r"reward_at_value is for simulated markets.*false"):
        preflight.check(make_config(scenario=str(day), reward_at_value=True))


def test_a_stability_term_needs_a_stress():
    with pytest.raises(InputError, match=r"reward_stability is 1 and .*give a stress_probability"):
        preflight.check(make_config(scenario="calm", reward_stability=1.0))


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
    assert trainer.config == make_config(algorithm="PPO", workers=2, iterations=100)
    usual = make_config(algorithm="PPO")
    assert trainer.config.steps_per_iteration == usual.steps_per_iteration
    elsewhere = make_config(workers=8, address="10.0.0.5:6379")
    assert samplers.within_processors(elsewhere) == (elsewhere, None)
    assert samplers.within_processors(make_config(workers=2))[1] is None


def test_options_of_the_command_go_before_the_file_also_with_usual_values():
    given = {"iterations": 100, "seed": 1, "name": "mine", "day": None}
    values = dict.fromkeys(_OPTIONS) | given
    assert given_options(values) == {"iterations": 100, "seed": 1, "model_name": "mine"}


def test_a_fault_is_an_input_error():
    with pytest.raises(InputError) as caught:
        make_config(gamma=2.0)
    assert caught.value.key == "gamma" and str(caught.value).startswith("gamma: is 2")


def test_every_setting_is_described_for_the_form():
    for name, field in described(TrainingConfig).items():
        assert TrainingConfig.model_fields[name].title and field.meaning, name
        assert field.extra["group"], name


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("learning_rate", 0.0),
        ("hidden", ()),
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
    assert setting in {problem.key.partition("[")[0] for problem in caught.value.problems}


def test_all_faults_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        make_config(gamma=2.0, clip=0.0, epochs=0)
    assert {problem.key for problem in caught.value.problems} == {"gamma", "clip", "epochs"}


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
    for wrong in ({"iterations": True}, {"gamma": True}, {"mirror": 1}):
        with pytest.raises(ConfigError, match=rf"^{min(wrong)}: must be"):
            make_config(**wrong)
    assert make_config(mirror=False).mirror is False


def test_text_is_no_number_by_call_as_in_a_file(tmp_path):
    for name, value in (("gamma", "0.9"), ("iterations", "2"), ("hidden", ("64",))):
        with pytest.raises(ConfigError, match=rf"^{name}.*the text"):
            RLTrainer(**{name: value})
    assert make_config(gamma=np.float64(0.9), seed=np.int64(3), hidden=[8, 8]).hidden == (8, 8)


def test_a_whole_configuration_is_looked_at_and_stands_alone():
    usual = make_config(workers=0)
    assert RLTrainer(config=usual).config is usual
    with pytest.raises(ConfigError, match="gamma: is 5"):
        RLTrainer(config=usual.model_copy(update={"gamma": 5.0}))
    with pytest.raises(ConfigError, match="config: says all"):
        RLTrainer(config=usual, gamma=0.5)
    with pytest.raises(ConfigError, match="must be a TrainingConfig"):
        RLTrainer(config={"gamma": 0.5})


def test_every_mistake_of_a_file_is_told_with_its_line_at_once(tmp_path):
    file = tmp_path / "training.toml"
    file.write_text(
        'algorithm = "PP0"\n'
        "gama = 0.9\n"
        "iterations = 1,5\n"
        "  clip = 7\n"
        "hidden = [64, 0]\n"
        'learning_rate = "1e-3"\n'
        'environment = "os:system"\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    found = {(p.line, p.key): p for p in caught.value.problems}
    assert set(found) == {
        (1, "algorithm"), (2, "gama"), (3, "iterations"), (4, "clip"), (5, "hidden[1]"),
        (6, "learning_rate"), (7, "environment"),
    }  # fmt: skip
    assert found[1, "algorithm"].remedy == 'did you mean "PPO"?'
    assert found[2, "gama"].remedy == 'did you mean "gamma"?'
    assert (found[3, "iterations"].column, found[4, "clip"].column) == (14, 3)
    assert "1e-06 to 1; usual: 0.2" in found[4, "clip"].remedy
    assert "without quotes" in found[6, "learning_rate"].remedy
    text = str(caught.value)
    assert text.startswith(f"{file}: 7 problems") and "line 4: clip: is 7, must be at most" in text


def test_a_hundred_mistakes_are_told_as_fifty(tmp_path):
    file = tmp_path / "training.toml"
    file.write_text("".join(f"k{n} = 1\n" for n in range(100)))
    with pytest.raises(ConfigError, match="and 50 more problems") as caught:
        load_config(file)
    assert len(caught.value.problems) == 51


def test_what_is_set_beside_a_file_is_told_the_same_way(tmp_path):
    file = tmp_path / "training.toml"
    file.write_text("gamma = 0.9\nclip = 7\n")
    config = load_config(None, {"seed": 4}, ["gamma=0.5", "scenario=calm", "hidden=[8]"])
    assert (config.gamma, config.scenario, config.hidden, config.seed) == (0.5, "calm", (8,), 4)
    with pytest.raises(ConfigError) as caught:
        load_config(file, {"iterations": 0}, ["gama=0.5", "gamma=1,5", "epochs", "seed=x"])
    told = {(p.line, p.key): p for p in caught.value.problems}
    assert set(told) == {
        (2, "clip"), (None, "iterations"), (None, "--set gama"), (None, "--set gamma"),
        (None, "--set epochs"), (None, "--set seed"),
    }  # fmt: skip
    assert told[None, "--set gama"].remedy == 'did you mean "gamma"?'
    assert "without quotes: 1.5" in told[None, "--set gamma"].remedy
    # What only a person may say.
    assert load_config(None, {}, ["environment=a:b"]).environment == "a:b"


def test_a_far_off_setting_is_answered_with_the_nearest_few():
    with pytest.raises(ConfigError) as caught:
        make_config(colour="red")
    remedy = caught.value.problems[0].remedy
    assert remedy.count(", ") < 6 and len(remedy) < 160


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("os:system", "does not take these"),
        ("os:nothing", "os has no nothing"),
        ("no_such_module:x", "cannot be loaded"),
        ("os:sep", "cannot be called"),
        ("collections:namedtuple", "does not take these"),
        ("unittest.mock:Mock", "gives"),
    ],
)
def test_an_environment_that_cannot_be_called_is_told(name, words):
    with pytest.raises(InputError, match=words) as caught:
        make_own(name, 1, {"scenario": "calm", "episode_seconds": 60.0, "seed": 1})
    assert caught.value.key == "environment"
