"""A training goes on from plain arrays, to the same bits; no checkpoint ever runs code."""

import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest
import torch
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData

from abm_desktop.bench.warm_cache import compile_learners
from abm_desktop.learning.arrays import kernels, perceptron_kernels
from abm_desktop.learning.process import preflight
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import checkpoints, models
from abm_desktop.learning.rllib_private import updates_made

from .test_models import make_policy, save
from .test_off_policy import make_learner, make_runner

ALGORITHMS = ("PPO", "DQN", "SAC")


def learn(learner, rollouts):
    for rollout in rollouts:
        learner.update(training_data=TrainingData(episodes=rollout), timesteps={})


def step_by_hand(learner):
    """Moments in every optimiser of a learner that has met no data."""
    random = torch.Generator().manual_seed(3)
    for _, optimizer in learner.get_optimizers_for_module(DEFAULT_MODULE_ID):
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.grad = torch.randn(parameter.shape, generator=random)
        optimizer.step()


def everything(learner):
    """All arrays of a learner, by name."""
    known = checkpoints.weights_of(learner)
    found = {name: tensor.numpy().copy() for name, tensor in known.items()}
    for optimizer, parameter, name in checkpoints.learned_by(learner):
        for kind, value in optimizer.state.get(parameter, {}).items():
            found[f"{name}/{kind}"] = value.numpy().copy()
    return found


def assert_same(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_training_goes_on_to_the_same_bits(algorithm, tmp_path):
    learner, runner = make_learner(algorithm), make_runner(algorithm)
    rollouts = [runner.sample() for _ in range(4)]
    learn(learner, rollouts[:2])
    checkpoints.save(learner, tmp_path)
    resumed = make_learner(algorithm, seed=9)
    checkpoints.restore(resumed, tmp_path)
    if algorithm != "PPO":
        learner.save_replay(tmp_path / checkpoints.REPLAY_FILE)
        resumed.load_replay(tmp_path / checkpoints.REPLAY_FILE)
    assert any("exp_avg_sq" in name for name in everything(learner))
    assert_same(everything(learner), everything(resumed))
    assert updates_made(learner) == updates_made(resumed) > 0
    for one in (learner, resumed):
        learn(one, rollouts[2:])
    assert_same(everything(learner), everything(resumed))
    assert learner.losses == resumed.losses
    # Set-up compiles them for what learners hand to them, and for nothing else.
    compile_learners()
    called = [each for each in vars(kernels).values() if hasattr(each, "signatures")]
    assert [len(each.signatures) for each in called] == [1] * 8
    # These for networks of one and of two hidden layers.
    for each in (perceptron_kernels.learn_policy, perceptron_kernels.learn_value):
        assert len(each.signatures) == 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_rllibs_own_learners_go_on_too(algorithm, tmp_path):
    learner = make_learner(algorithm, trainer="rllib")
    step_by_hand(learner)
    checkpoints.save(learner, tmp_path)
    resumed = make_learner(algorithm, trainer="rllib", seed=9)
    checkpoints.restore(resumed, tmp_path)
    assert_same(everything(learner), everything(resumed))
    # The fast learner has the same parameters, and takes over what is known of them.
    fast = make_learner(algorithm, seed=5)
    checkpoints.restore(fast, tmp_path)
    assert_same({k: v for k, v in everything(learner).items() if k in everything(fast)},
                everything(fast))  # fmt: skip


class Bomb:
    """Unpickled, it makes a folder."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


def fill_with_bombs(folder, place):
    """A checkpoint as RLlib writes it, every file of it a bomb."""
    bomb = pickle.dumps(Bomb(place))
    objects = io.BytesIO()
    np.savez(objects, **{"weights/x": np.array([Bomb(place)], object)})
    for name in (
        "algorithm_state.pkl", "class_and_ctor_args.pkl", "learner_group/learner/state.pkl",
        "learner_group/state.pkl",
    ):  # fmt: skip
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bomb)
    (folder / "rllib_checkpoint.json").write_text('{"type": "Algorithm"}')
    return objects.getvalue()


def test_a_checkpoint_of_rllibs_is_refused_and_never_unpickled(tmp_path):
    objects = fill_with_bombs(tmp_path / "old", tmp_path / "boom")
    learner = make_learner("PPO")
    with pytest.raises(models.ModelError, match=r"RLlib's own format.*policy still trades"):
        checkpoints.restore(learner, tmp_path / "old")
    # Beside a description of ours, and inside our own array file.
    for name, data in (("state.json", b'{"format": 1, "updates": 3}'), ("state.npz", objects)):
        (tmp_path / "old" / name).write_bytes(data)
    with pytest.raises(models.ModelError, match="Python objects"):
        checkpoints.restore(learner, tmp_path / "old")
    (tmp_path / "old" / "state.npz").write_bytes(pickle.dumps(Bomb(tmp_path / "boom")))
    with pytest.raises(models.ModelError, match=r"state\.npz"):
        checkpoints.restore(learner, tmp_path / "old")
    assert not (tmp_path / "boom").exists()


def test_an_imported_model_brings_no_checkpoint(data_folder, tmp_path):
    folder = save("mine", seed=3)
    fill_with_bombs(folder / "checkpoint-000010", tmp_path / "boom")
    (folder / "code.py").write_text("1/0")
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, f"mine/{file.relative_to(folder)}")
    for source, name in ((tmp_path / "mine.zip", "zipped"), (folder, "copied")):
        taken = models.import_model(source, name)
        assert sorted(f.name for f in taken.folder.iterdir()) == ["meta.json", "policy.npz"]
        np.testing.assert_array_equal(
            models.load_policy(name).weights[0], make_policy(3).weights[0]
        )
        with pytest.raises(models.ModelError, match="no checkpoint"):
            preflight.check(make_config(resume_from=name))
    # One that was put there by hand is told before anything starts.
    with pytest.raises(models.ModelError, match="RLlib's own format"):
        preflight.check(make_config(resume_from="mine", hidden=(8,)))
    assert not (tmp_path / "boom").exists()


def test_links_lead_no_training_elsewhere(tmp_path):
    learner = make_learner("PPO")
    checkpoints.save(learner, tmp_path)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "state.json").write_bytes((tmp_path / "state.json").read_bytes())
    (tmp_path / "inside" / "state.npz").symlink_to(tmp_path / "state.npz")
    (tmp_path / "beside").symlink_to(tmp_path)
    for folder in (tmp_path / "inside", tmp_path / "beside"):
        with pytest.raises(models.ModelError, match="is a link"):
            checkpoints.restore(learner, folder)


@pytest.mark.parametrize("name", ["../other", "/etc", "a/b", "..", "a\\b", "C:x", "-x", 7, None])
def test_a_checkpoint_is_one_plain_name(data_folder, name):
    file = save("mine") / "meta.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"checkpoint": name}))
    with pytest.raises(models.ModelError, match=r"meta\.json.*checkpoint"):
        models.get_model("mine")


def test_damage_in_a_checkpoint_is_told_and_changes_nothing(tmp_path):
    """Bytes and values turned by chance, from a fixed seed: only ModelError, or taken as it is."""
    learner = make_learner("SAC", hidden=(4,))
    learn(learner, [make_runner("SAC", hidden=(4,)).sample()])
    checkpoints.save(learner, tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in ("state.json", "state.npz")}
    arrays = dict(np.load(tmp_path / "state.npz"))
    random = np.random.default_rng(5)
    resumed = make_learner("SAC", hidden=(4,), seed=2)
    before = everything(resumed)
    refused = 0
    for k in range(150):
        for name, data in whole.items():
            (tmp_path / name).write_bytes(data)
        if k % 3 == 0:
            changed = dict(arrays)
            name = random.choice(list(changed))
            wrong = random.choice(7)
            array = changed.pop(name)
            if wrong:
                changed[name] = [
                    array, array.astype(np.float64), array[None], np.full_like(array, np.nan),
                    -np.ones_like(array) * np.inf, np.array("text"), array.astype(complex),
                ][wrong]  # fmt: skip
            np.savez(tmp_path / "state.npz", **changed)
        else:
            name = ("state.json", "state.npz")[k % 3 - 1]
            data = bytearray(whole[name])
            for at in random.integers(0, len(data), random.integers(1, 6)):
                data[at] = random.integers(0, 256)
            (tmp_path / name).write_bytes(data[: random.integers(1, len(data) + 1)])
        try:
            checkpoints.restore(resumed, tmp_path)
        except models.ModelError as error:
            refused += 1
            assert str(tmp_path) in str(error)
            assert_same(before, everything(resumed))
        else:
            before = everything(resumed)
    assert refused > 100
