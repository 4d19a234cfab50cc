"""Sampling and learning inside one process, compared with RLlib's own."""

import math

import numpy as np
import pytest
import torch
from gymnasium import spaces
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.training_data import TrainingData
from ray.rllib.evaluation.postprocessing import Postprocessing

from abm_desktop.learning.rllib import algorithms
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.runners import EnvironmentFailureError, RolloutRunner
from abm_desktop.learning.rllib.updates import DivergenceError

from .conftest import tiny_config

SPACES = {
    DEFAULT_MODULE_ID: (spaces.Box(-5.0, 5.0, (13,), np.float32), spaces.Discrete(3)),
}


def make_learner(**settings):
    learner = algorithms.settings(tiny_config(**settings)).build_learner(spaces=SPACES)
    learner.build()
    return learner


def make_runner(environment="sign", **settings):
    config = algorithms.settings(tiny_config(environment, **settings))
    return RolloutRunner(config=config, worker_index=0)


def make_batch(learner, rows=64):
    """A minibatch whose old policy differs from the present one, so that clipping takes part."""
    rng = np.random.default_rng(0)
    observations = torch.from_numpy(rng.normal(size=(rows, 13)).astype(np.float32))
    actions = torch.from_numpy(rng.integers(0, 3, rows))
    old = torch.from_numpy(rng.normal(size=(rows, 3)).astype(np.float32))
    return old, {
        "observations": observations,
        "actions": actions,
        "log_probabilities": torch.log_softmax(old, 1).gather(1, actions[:, None])[:, 0],
        "advantages": torch.from_numpy(rng.normal(size=rows).astype(np.float32)),
        "targets": torch.from_numpy(rng.normal(size=rows).astype(np.float32) * 30.0),
    }


def parameters(learner):
    return [
        p
        for group in learner.get_optimizer(DEFAULT_MODULE_ID).param_groups
        for p in group["params"]
    ]


def gradients(learner, loss):
    return torch.autograd.grad(loss, parameters(learner))


def rllib_gradients(learner, old, batch):
    """Gradients of RLlib's own loss by autograd."""
    theirs_batch = {
        Columns.OBS: batch["observations"],
        Columns.ACTIONS: batch["actions"],
        Columns.ACTION_LOGP: batch["log_probabilities"],
        Columns.ACTION_DIST_INPUTS: old,
        Postprocessing.ADVANTAGES: batch["advantages"],
        Postprocessing.VALUE_TARGETS: batch["targets"],
    }
    forward = learner.module[DEFAULT_MODULE_ID].forward_train(theirs_batch)
    return gradients(
        learner,
        learner.compute_loss_for_module(
            module_id=DEFAULT_MODULE_ID,
            config=learner.config,
            batch=theirs_batch,
            fwd_out=forward,
        ),
    )


@pytest.mark.parametrize(
    ("activation", "shared"), [("tanh", False), ("relu", False), ("relu", True)]
)
def test_torchs_gradient_is_that_of_rllibs_own_loss(activation, shared):
    learner = make_learner(
        trainer="torch", activation=activation, hidden=(32, 16), entropy=0.05, shared_layers=shared
    )
    old, batch = make_batch(learner)
    theirs = rllib_gradients(learner, old, batch)
    for a, b in zip(gradients(learner, learner.loss(batch)[0]), theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "hidden"), [("tanh", (64, 64)), ("relu", (32, 16)), ("tanh", (8,))]
)
def test_the_arrays_gradient_is_that_of_rllibs_own_loss(activation, hidden):
    learner = make_learner(activation=activation, hidden=hidden, entropy=0.05)
    old, batch = make_batch(learner)
    theirs, parts = rllib_gradients(learner, old, batch), learner.loss(batch)[1]
    sums = np.zeros(4)
    rows = {key: values.numpy() for key, values in batch.items()}
    norm = learner.arrays.learn(rows, len(rows["actions"]), 0.2, 0.5, 0.05, 1e9, sums)
    for parameter, expected in zip(parameters(learner), theirs, strict=True):
        ours = torch.from_numpy(learner.arrays.adam.gradient(parameter))
        torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(sums / len(rows["actions"]), parts, rtol=1e-5, atol=1e-6)
    assert norm == pytest.approx(math.sqrt(sum(float((g**2).sum()) for g in theirs)), rel=1e-5)


def test_arrays_and_torch_come_to_the_same_weights():
    fast, torch_learner = make_learner(), make_learner(trainer="torch")
    torch_learner.module[DEFAULT_MODULE_ID].load_state_dict(
        fast.module[DEFAULT_MODULE_ID].state_dict()
    )
    assert fast.arrays is not None and torch_learner.arrays is None
    runner = make_runner()
    for _ in range(3):
        data = TrainingData(episodes=runner.sample())
        for learner in (fast, torch_learner):
            learner.update(training_data=data, timesteps={})
    for key, value in fast.losses.items():
        assert value == pytest.approx(torch_learner.losses[key], rel=1e-2, abs=1e-3)
    for a, b in zip(parameters(fast), parameters(torch_learner), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)


def test_a_network_that_is_no_plain_perceptron_learns_by_torch():
    learner = make_learner(shared_layers=True)
    assert learner.arrays is None
    before = policy_from_module(learner.module[DEFAULT_MODULE_ID])
    learner.update(
        training_data=TrainingData(episodes=make_runner(shared_layers=True).sample()), timesteps={}
    )
    after = policy_from_module(learner.module[DEFAULT_MODULE_ID])
    assert all((a != b).any() for a, b in zip(before.weights, after.weights, strict=True))


def test_the_optimisers_moments_survive_a_checkpoint():
    learner, runner = make_learner(), make_runner()
    first, second = ([*runner.sample()] for _ in range(2))
    learner.update(training_data=TrainingData(episodes=first), timesteps={})
    resumed = make_learner(seed=9)
    resumed.set_state(learner.get_state())
    resumed.order_generator.set_state(learner.order_generator.get_state())
    for one in (learner, resumed):
        one.update(training_data=TrainingData(episodes=second), timesteps={})
    for a, b in zip(parameters(learner), parameters(resumed), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("activation", "hidden"), [("tanh", (64, 64)), ("relu", (64, 64)), ("tanh", (16,))]
)
def test_the_exported_policy_decides_as_rllibs_module(activation, hidden):
    module = make_learner(activation=activation, hidden=hidden).module[DEFAULT_MODULE_ID]
    policy = policy_from_module(module)
    observations = np.random.default_rng(5).normal(size=(10_000, 13)).astype(np.float32).clip(-5, 5)
    with torch.no_grad():
        theirs = module.forward_inference({Columns.OBS: torch.from_numpy(observations)})
    expected = theirs[Columns.ACTION_DIST_INPUTS].numpy()
    ours = policy.logits(observations)
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(ours.argmax(axis=1), expected.argmax(axis=1))


def test_a_rollout_holds_what_the_policy_did():
    runner = make_runner(rollout_length=45)
    (rollout,) = runner.sample()
    assert rollout.observations.shape == (46, 8, 13)
    logits = policy_from_module(runner.module).logits(rollout.observations[:-1].reshape(-1, 13))
    expected = torch.log_softmax(torch.from_numpy(logits), 1).numpy()
    chosen = expected[np.arange(len(expected)), rollout.actions.ravel()].reshape(45, 8)
    np.testing.assert_allclose(rollout.log_probabilities, chosen, rtol=1e-4, atol=1e-5)
    # Actions are drawn from these probabilities: their shares agree within five standard errors.
    probabilities = np.exp(expected)
    shares = np.bincount(rollout.actions.ravel(), minlength=3) / rollout.actions.size
    error = 5 * np.sqrt(0.25 / rollout.actions.size)
    np.testing.assert_allclose(shares, probabilities.mean(axis=0), atol=error)


def test_the_step_that_resets_is_marked_and_counts_for_nothing():
    runner = make_runner(rollout_length=45)  # episodes of 20 steps, and one that resets
    (first,), (second,) = runner.sample(), runner.sample()
    assert np.flatnonzero(~first.valid[:, 0]).tolist() == [20, 41]
    assert np.flatnonzero(first.done[:, 0]).tolist() == [19, 40]
    assert np.flatnonzero(~second.valid[:, 0]).tolist() == [17, 38]
    returns = first.rewards[:20].sum(axis=0)
    assert [length for length, _ in first.episodes] == [20] * 16
    np.testing.assert_allclose([value for _, value in first.episodes[:8]], returns, rtol=1e-6)


def test_rollouts_continue_where_the_last_one_stopped():
    runner = make_runner()
    (first,), (second,) = runner.sample(), runner.sample()
    np.testing.assert_array_equal(first.observations[-1], second.observations[0])


def test_one_seed_gives_one_rollout():
    (first,), (again,) = make_runner(seed=7).sample(), make_runner(seed=7).sample()
    (other,) = make_runner(seed=8).sample()
    np.testing.assert_array_equal(first.actions, again.actions)
    np.testing.assert_array_equal(first.observations, again.observations)
    assert (first.actions != other.actions).any()


def test_a_broken_environment_is_told_with_its_traceback():
    with pytest.raises(EnvironmentFailureError, match=r"(?s)on fire.*environments\.py"):
        make_runner("broken").sample()


def test_a_reward_that_is_no_number_never_reaches_the_weights():
    learner, runner = make_learner(), make_runner("poisoned")
    weights = [p.detach().clone() for p in learner.module[DEFAULT_MODULE_ID].parameters()]
    with pytest.raises(DivergenceError):
        learner.update(training_data=TrainingData(episodes=runner.sample()), timesteps={})
    for before, after in zip(weights, learner.module[DEFAULT_MODULE_ID].parameters(), strict=True):
        torch.testing.assert_close(before, after.detach(), rtol=0, atol=0)
