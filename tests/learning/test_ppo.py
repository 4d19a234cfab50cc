"""Sampling and learning inside one process, compared with RLlib's own."""

import numpy as np
import pytest
import torch
from gymnasium import spaces
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.training_data import TrainingData
from ray.rllib.evaluation.postprocessing import Postprocessing

from abm_desktop.learning import algorithms
from abm_desktop.learning.networks import policy_from_module
from abm_desktop.learning.runners import EnvironmentFailureError, RolloutRunner
from abm_desktop.learning.updates import DivergenceError

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


def gradients(learner, loss):
    parameters = [
        p
        for group in learner.get_optimizer(DEFAULT_MODULE_ID).param_groups
        for p in group["params"]
    ]
    return torch.autograd.grad(loss, parameters)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_gradient_is_that_of_rllibs_own_loss(activation):
    learner = make_learner(activation=activation, hidden=(32, 16), entropy=0.05)
    old, batch = make_batch(learner)
    ours = gradients(learner, learner.loss(batch)[0])
    theirs_batch = {
        Columns.OBS: batch["observations"],
        Columns.ACTIONS: batch["actions"],
        Columns.ACTION_LOGP: batch["log_probabilities"],
        Columns.ACTION_DIST_INPUTS: old,
        Postprocessing.ADVANTAGES: batch["advantages"],
        Postprocessing.VALUE_TARGETS: batch["targets"],
    }
    forward = learner.module[DEFAULT_MODULE_ID].forward_train(theirs_batch)
    theirs = gradients(
        learner,
        learner.compute_loss_for_module(
            module_id=DEFAULT_MODULE_ID,
            config=learner.config,
            batch=theirs_batch,
            fwd_out=forward,
        ),
    )
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


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
