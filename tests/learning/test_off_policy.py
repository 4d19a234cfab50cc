"""DQN and SAC inside one process, compared with RLlib's own."""

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.training_data import TrainingData

from abm_desktop.learning.rllib import algorithms
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.runners import RolloutRunner
from abm_desktop.learning.rllib.updates import DivergenceError

from .conftest import tiny_config

SPACES = {
    DEFAULT_MODULE_ID: (spaces.Box(-5.0, 5.0, (13,), np.float32), spaces.Discrete(3)),
}
REPLAY = {"buffer_size": 2000, "learning_starts": 100, "replay_ratio": 2.0}


def make_learner(algorithm, **settings):
    config = tiny_config(algorithm=algorithm, **(REPLAY | settings))
    learner = algorithms.settings(config).build_learner(spaces=SPACES)
    learner.build()
    return learner


def make_runner(algorithm, environment="sign", **settings):
    config = tiny_config(environment, algorithm=algorithm, **(REPLAY | settings))
    return RolloutRunner(config=algorithms.settings(config), worker_index=0)


def shake_targets(learner):
    """Make the target networks differ from the ones that learn, as they do in a training."""
    with torch.no_grad():
        for target in learner.target_tensors:
            target += 0.1 * torch.randn(target.shape, generator=torch.Generator().manual_seed(1))


def make_batch(rows=64, gamma=0.9, n_step=3):
    rng = np.random.default_rng(0)
    terminated = torch.from_numpy(rng.random(rows) < 0.3)
    batch = {
        "observations": torch.from_numpy(rng.normal(size=(rows, 13)).astype(np.float32)),
        "actions": torch.from_numpy(rng.integers(0, 3, rows)),
        "rewards": torch.from_numpy(rng.normal(size=rows).astype(np.float32)),
        "next_observations": torch.from_numpy(rng.normal(size=(rows, 13)).astype(np.float32)),
        "discounts": torch.where(terminated, 0.0, gamma**n_step).float(),
    }
    theirs = {
        Columns.OBS: batch["observations"],
        Columns.NEXT_OBS: batch["next_observations"],
        Columns.ACTIONS: batch["actions"],
        Columns.REWARDS: batch["rewards"],
        Columns.TERMINATEDS: terminated,
        "n_step": torch.full((rows,), float(n_step)),
        "weights": torch.ones(rows),
    }
    return batch, theirs


def parameters(learner):
    return [
        p
        for optimizer in learner.own_optimizers()
        for group in optimizer.param_groups
        for p in group["params"]
    ]


def array_gradients(learner, batch):
    """Gradients of a step on arrays, and a look at what it measured."""
    expected = learner.loss(batch)[1]
    adams = [learner.arrays.adam, getattr(learner.arrays, "alpha_adam", None)]
    sums = np.zeros(4 if adams[1] else 3)
    learner.arrays.step({key: values.numpy() for key, values in batch.items()}, 1e9, sums)
    measured = (sums / len(batch["actions"])).tolist()
    if adams[1]:
        measured.insert(3, float(expected[3]))  # the temperature is not measured by the rows
    np.testing.assert_allclose(measured, expected, rtol=1e-4, atol=1e-5)
    return [
        torch.from_numpy(adam.gradient(p).copy())
        for adam in adams
        if adam is not None
        for p in adam.optimizer.param_groups[0]["params"]
    ]


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_arrays_and_torch_come_to_the_same_weights(algorithm):
    fast, by_torch = make_learner(algorithm), make_learner(algorithm, trainer="torch")
    by_torch.module[DEFAULT_MODULE_ID].load_state_dict(fast.module[DEFAULT_MODULE_ID].state_dict())
    runner = make_runner(algorithm)
    for _ in range(3):
        data = TrainingData(episodes=runner.sample())
        for learner in (fast, by_torch):
            learner.update(training_data=data, timesteps={})
    assert fast.losses
    for key, value in fast.losses.items():
        assert value == pytest.approx(by_torch.losses[key], rel=1e-2, abs=1e-3)
    for ours, theirs in zip(
        fast.module[DEFAULT_MODULE_ID].parameters(),
        by_torch.module[DEFAULT_MODULE_ID].parameters(),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
@pytest.mark.parametrize("trainer", ["fast", "torch"])
def test_the_gradient_is_that_of_rllibs_own_loss(algorithm, trainer):
    learner = make_learner(
        algorithm, gamma=0.9, hidden=(32, 16), gradient_norm=1000.0, trainer=trainer
    )
    shake_targets(learner)
    batch, theirs_batch = make_batch()
    forward = learner.module[DEFAULT_MODULE_ID].forward_train(theirs_batch)
    loss = learner.compute_loss_for_module(
        module_id=DEFAULT_MODULE_ID, config=learner.config, batch=theirs_batch, fwd_out=forward
    )
    theirs = torch.autograd.grad(loss, parameters(learner))
    if trainer == "torch":
        ours = torch.autograd.grad(learner.loss(batch)[0], parameters(learner))
    else:
        ours = array_gradients(learner, batch)
    assert sum(g.abs().sum() for g in ours) > 0.1
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_the_exported_policy_decides_as_rllibs_module(algorithm):
    module = make_learner(algorithm, hidden=(64, 64)).module[DEFAULT_MODULE_ID]
    observations = np.random.default_rng(5).normal(size=(10_000, 13)).astype(np.float32).clip(-5, 5)
    with torch.no_grad():
        out = module.forward_inference({Columns.OBS: torch.from_numpy(observations)})
    logits = policy_from_module(module).logits(observations)
    if algorithm == "SAC":
        expected = out[Columns.ACTION_DIST_INPUTS].numpy()
        np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-5)
        chosen = expected.argmax(axis=1)
    else:
        chosen = out[Columns.ACTIONS].numpy()
    np.testing.assert_array_equal(logits.argmax(axis=1), chosen)


def test_random_decisions_become_rare():
    runner = make_runner("DQN", rollout_length=100, iterations=10, exploration_end=0.02)

    def disagreement():
        (rollout,) = runner.sample()
        best = policy_from_module(runner.module).logits(rollout.observations[:-1].reshape(-1, 13))
        return float((best.argmax(axis=1) != rollout.actions.ravel()).mean())

    shares = [disagreement() for _ in range(4)]
    # Of random decisions one in three is the best one: 2/3, half of it, then 2/3 of 2 %.
    assert shares[0] == pytest.approx(2 / 3, abs=0.08)
    assert shares[1] == pytest.approx(1 / 3, abs=0.08)
    assert max(shares[2:]) < 0.05


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_it_learns_what_pays(algorithm):
    settings = {"gamma": 0.5, "n_step": 1, "minibatch_size": 64, "replay_ratio": 8.0}
    learner = make_learner(algorithm, target_rate=0.05, learning_rate=0.01, **settings)
    runner = make_runner(algorithm, **settings)
    for _ in range(8):
        learner.update(training_data=TrainingData(episodes=runner.sample()), timesteps={})
    assert all(math.isfinite(value) for value in learner.losses.values())
    observations = np.random.default_rng(2).normal(size=(500, 13)).astype(np.float32)
    chosen = policy_from_module(learner.module[DEFAULT_MODULE_ID]).logits(observations)
    right = np.where(observations[:, 0] > 0, 2, 0)
    assert (chosen.argmax(axis=1) == right).mean() > 0.85


def test_nothing_is_learned_before_enough_is_seen():
    learner = make_learner("DQN", learning_starts=500)
    runner = make_runner("DQN")
    weights = [p.detach().clone() for p in parameters(learner)]
    learner.update(training_data=TrainingData(episodes=runner.sample()), timesteps={})
    assert learner.losses == {}
    for before, after in zip(weights, parameters(learner), strict=True):
        torch.testing.assert_close(before, after.detach(), rtol=0, atol=0)


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_a_reward_that_is_no_number_never_reaches_the_weights(algorithm):
    learner, runner = make_learner(algorithm), make_runner(algorithm, "poisoned")
    with pytest.raises(DivergenceError):
        for _ in range(3):
            learner.update(training_data=TrainingData(episodes=runner.sample()), timesteps={})
    for parameter in parameters(learner):
        assert torch.isfinite(parameter).all()


def test_the_temperature_belongs_to_the_state():
    learner, other = make_learner("SAC"), make_learner("SAC")
    with torch.no_grad():
        learner.curr_log_alpha[DEFAULT_MODULE_ID].fill_(-3.0)
    other.set_state(learner.get_state())
    assert float(other.curr_log_alpha[DEFAULT_MODULE_ID].detach()) == -3.0


@pytest.mark.parametrize("algorithm", ["DQN", "SAC"])
def test_a_resumed_learner_goes_on_as_if_nothing_had_been(algorithm, tmp_path):
    learner, runner = make_learner(algorithm), make_runner(algorithm)
    rollouts = [runner.sample() for _ in range(3)]
    for rollout in rollouts[:2]:
        learner.update(training_data=TrainingData(episodes=rollout), timesteps={})
    learner.save_replay(tmp_path / "replay.npz")
    resumed = make_learner(algorithm, seed=9)
    resumed.set_state(learner.get_state())
    resumed.load_replay(tmp_path / "replay.npz")
    # Which rows are drawn is no part of a checkpoint; everything that they meet is.
    for one in (learner, resumed):
        one.buffer_random, one.owed_steps = np.random.default_rng(4), 0.0
        one.update(training_data=TrainingData(episodes=rollouts[2]), timesteps={})
    assert learner.losses == resumed.losses
    for ours, theirs in zip(
        learner.module[DEFAULT_MODULE_ID].parameters(),
        resumed.module[DEFAULT_MODULE_ID].parameters(),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
