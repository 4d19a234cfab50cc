"""Traders with memory, and networks that treat both sides alike."""

import itertools

import numpy as np
import pytest
import torch
from ray.rllib.core import DEFAULT_MODULE_ID

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.learning.judging.symmetric import symmetric_logits
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.market.even_handed import even_handed, mirrored
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.directional import rules
from abm_desktop.market.roles.numbers import MEMORY_SECONDS
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

from .test_ppo import gradients, make_batch, make_learner, parameters

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
ROLE = find_role("remembering")


def network(role, hidden=(8, 6), seed=0):
    random = np.random.default_rng(seed)
    sizes = (len(find_role(role).observations), *hidden, len(find_role(role).actions))
    pairs = list(itertools.pairwise(sizes))
    return PolicyNet(
        tuple(random.normal(size=pair).astype(np.float32) for pair in pairs),
        tuple(random.normal(size=n).astype(np.float32) for _, n in pairs),
        role=role,
    )


def test_it_sees_running_means_by_simulated_time_and_forgets_at_an_episodes_begin():
    env = SharedMarketVectorEnv(2, SHORT, traders=1, role="remembering", episode_seconds=50.0)
    seen, _ = env.reset(seed=1)
    means = np.zeros((2, len(MEMORY_SECONDS)))
    assert seen.shape == (2, 17) and not seen[:, 13:].any(), "one look says next to nothing"
    keep = np.exp(-5.0 / np.array(MEMORY_SECONDS))
    for _ in range(9):
        seen, *_ = env.step(np.ones(2, np.int64))
        means = keep * means + (1.0 - keep) * seen[:, 1:2]
        np.testing.assert_allclose(seen[:, 13:], means, rtol=1e-5, atol=1e-6)
    assert np.abs(means).max() > 0.01
    over = env.step(np.ones(2, np.int64))[3]
    assert over.all()
    seen, *_ = env.step(np.ones(2, np.int64))  # the next episode's first look
    assert not seen[:, 13:].any()


def test_its_memory_is_part_of_the_market():
    """A fork goes on bit by bit, and looking through its eyes changes nothing."""
    simulator = Simulator(SHORT, 3)
    simulator.add_policy_traders(network("remembering"), 3)
    simulator.run_until(120.0)
    fork = simulator.fork()
    means = [simulator.watched_trader(k).observation[13:] for k in range(3)]
    assert all(np.abs(mean).max() > 1e-3 for mean in means)
    for market in (simulator, fork):
        market.run_until(240.0)
    assert simulator.checksum() == fork.checksum()
    bare = Simulator(SHORT, 3)
    bare.add_policy_traders(network("remembering"), 3)
    bare.run_until(240.0)
    assert bare.checksum() == simulator.checksum()


def test_it_trades_and_its_decisions_are_counted_once():
    simulator = Simulator(SHORT, 3)
    buys = network("remembering", ())
    buys.weights[0][:] = 0.0
    buys.biases[0][:] = 0.0, 0.0, 9.0
    simulator.add_policy_traders(buys, 1, size=2, max_inventory=6, step=5.0, jitter=0.0)
    simulator.run(61.0)
    trader = simulator.agents[-1]
    assert trader["inventory"] == 6
    assert trader["decisions"] == pytest.approx(12, abs=1)


@pytest.mark.parametrize("role", ["directional", "maker", "remembering"])
@pytest.mark.parametrize("hidden", [(8, 6), (5,), ()])
def test_an_even_handed_network_is_the_policy_made_symmetric(role, hidden):
    policy, mirror = network(role, hidden), find_role(role).mirror()
    both = even_handed(policy)
    seen = np.random.default_rng(4).normal(size=(64, len(policy.observations))).astype(np.float32)
    np.testing.assert_allclose(both.logits(seen), symmetric_logits(policy, seen), atol=1e-5)
    image = both.logits(mirrored(seen, mirror))[:, mirror.actions]
    np.testing.assert_allclose(image, both.logits(seen), atol=1e-5)
    assert not np.allclose(policy.logits(mirrored(seen, mirror))[:, mirror.actions],
                           policy.logits(seen), atol=0.1)  # fmt: skip


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_even_handed_learners_gradient_is_autograds(activation):
    settings = {"activation": activation, "hidden": (32, 16), "entropy": 0.05, "even_handed": True}
    learner = make_learner(**settings)
    _, batch = make_batch(learner)
    loss, parts = learner.loss(batch)
    expected = gradients(learner, loss)
    sums = np.zeros(4)
    rows = {key: values.numpy() for key, values in batch.items()}
    learner.arrays.learn(rows, len(rows["actions"]), 0.2, 0.5, 0.05, 1e9, sums)
    for parameter, theirs in zip(parameters(learner), expected, strict=True):
        ours = torch.from_numpy(learner.arrays.adam.gradient(parameter))
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(sums / len(rows["actions"]), parts, rtol=1e-4, atol=1e-5)


def test_what_an_even_handed_learner_learns_is_what_its_policy_does():
    learner = make_learner(even_handed=True)
    module = learner.module[DEFAULT_MODULE_ID]
    policy = policy_from_module(module, both_sides=True)
    seen = np.random.default_rng(5).normal(size=(32, 13)).astype(np.float32)
    module_logits = policy_from_module(module).logits(
        mirrored(seen, find_role("directional").mirror())
    )
    half = 0.5 * (policy_from_module(module).logits(seen) + module_logits[:, ::-1])
    np.testing.assert_allclose(policy.logits(seen), half, atol=1e-5)
    mirror = find_role("directional").mirror()
    np.testing.assert_allclose(
        learner.arrays.values(mirrored(seen, mirror)), learner.arrays.values(seen), atol=1e-5
    )


def test_frozen_opponents_of_an_even_handed_training_have_its_layers():
    config = make_config(role="remembering", even_handed=True, hidden=(8, 4), frozen_traders=1)
    assert [w.shape for w in holding_policy(config).weights] == [(17, 16), (16, 8), (8, 3)]


def test_the_value_rule_with_memory_follows_the_mean_and_begins_anew():
    rule = rules(100)["value with memory"]
    seen = np.zeros((2, 13), np.float32)
    seen[:, 1] = (5.0, -5.0)
    taken = [rule(seen, k).tolist() for k in range(8)]
    assert taken[0] == [1, 1] and taken[-1] == [2, 0], "one look is not enough, some are"
    assert rule(seen, 0).tolist() == [1, 1]
