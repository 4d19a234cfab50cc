"""Policies with a gated recurrent unit: learned, exported, and the same everywhere."""

import numpy as np
import pytest
import torch
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData

from abm_desktop.envs import MarketVectorEnv, SharedMarketVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.baselines import Policy
from abm_desktop.learning.judging.symmetric import no_states, symmetric_step
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry.policy_formats import write_policy
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.recurrent import sequences
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.market.even_handed import even_handed, mirrored
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

from .test_ppo import make_learner, make_runner, parameters

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
GRU = {"network": "gru", "sequence_length": 8, "hidden": (12, 10)}


def recurrent(role="remembering", hidden=(8, 6), seed=0):
    random, inputs = np.random.default_rng(seed), len(find_role(role).observations)
    units, actions = hidden[-1], len(find_role(role).actions)
    shapes, sizes = [], [*hidden[:-1], 4 * units, actions]
    for n in hidden[:-1]:
        shapes.append((inputs, n))
        inputs = n
    shapes += [(inputs + units, 3 * units), (units, actions)]
    return PolicyNet(
        tuple(random.normal(0, 0.5, shape).astype(np.float32) for shape in shapes),
        tuple(random.normal(0, 0.5, n).astype(np.float32) for n in sizes),
        role=role,
        network="gru",
    )


def played(policy, seen):
    """Logits and states of a policy through observations (T, n, inputs)."""
    states, logits = [np.zeros((seen.shape[1], policy.state_width), np.float32)], []
    for now in seen:
        here, after = policy.step(now, states[-1])
        logits.append(here)
        states.append(after)
    return np.stack(logits), np.stack(states)


@pytest.mark.parametrize("hidden", [(12, 10), (10,)])
@pytest.mark.parametrize("both_sides", [False, True])
def test_a_policy_decides_as_torch_does_through_ten_thousand_decisions(hidden, both_sides):
    learner = make_learner(**(GRU | {"hidden": hidden, "even_handed": both_sides}))
    policy = policy_from_module(learner.module[DEFAULT_MODULE_ID], both_sides=both_sides)
    seen = np.random.default_rng(3).normal(size=(500, 20, 13)).clip(-5, 5).astype(np.float32)
    logits, states = played(policy, seen)
    batch = {
        "observations": torch.from_numpy(seen.transpose(1, 0, 2).copy()),
        "policy_states": torch.zeros(20, policy.state_width),
        "value_states": torch.zeros(20, policy.state_width),
    }
    with torch.no_grad():
        theirs = learner.forward_sequences(batch)[0].numpy().transpose(1, 0, 2)
    np.testing.assert_allclose(logits, theirs, atol=1e-5)
    assert (logits.argmax(axis=2) == theirs.argmax(axis=2)).all()
    assert np.abs(states[-1]).max() > 0.01


def test_a_market_decides_as_the_policy_does_and_forgets_at_an_episodes_begin():
    policy = recurrent(hidden=(8, 6))
    env = SharedMarketVectorEnv(2, SHORT, traders=2, role="remembering", episode_seconds=100.0)
    seen, _ = env.reset(seed=4)
    steps = 50
    noise = np.random.default_rng(1).gumbel(size=(steps, 4, 3)).astype(np.float32)
    found = env.play_policy(policy, noise, np.zeros((steps, 4), np.bool_))
    logits = found.logits.reshape(steps, 4, 3)
    observations = np.concatenate((seen[None], found.observations.reshape(steps, 4, -1)))
    done = np.repeat(found.done, 2, axis=1)
    assert done.any()
    states = np.zeros((4, 6), np.float32)
    for t in range(steps):
        expected, states = policy.step(observations[t], states)
        np.testing.assert_allclose(logits[t], expected, atol=1e-5)
        if t:
            states[done[t - 1]] = 0.0  # the step that only reset
    np.testing.assert_allclose(env.policy_states(6), states, atol=1e-6)
    assert np.abs(states).max() > 0.05


def test_its_state_is_part_of_the_market(tmp_path):
    simulator = Simulator(SHORT, 3)
    simulator.add_policy_traders(recurrent(hidden=(6,)), 3)
    simulator.run_until(150.0)
    row = simulator.arrays.roles[0, simulator.agents[-1]["memory"]]
    assert np.abs(row["hidden"][:6]).max() > 0.01 and not row["hidden"][6:].any()
    before = simulator.checksum()
    watched = simulator.watched_trader(0)
    assert watched.probabilities.sum() == pytest.approx(1.0) and simulator.checksum() == before
    simulator.save(tmp_path / "market.npz")
    fork, loaded = simulator.fork(), Simulator.load(tmp_path / "market.npz", SHORT)
    for market in (simulator, fork, loaded):
        market.run_until(240.0)
    assert simulator.checksum() == fork.checksum() == loaded.checksum()
    with np.load(tmp_path / "market.npz") as file:
        assert file["roles"]["hidden"].shape[-1] == 128


@pytest.mark.parametrize("role", ["remembering", "maker"])
@pytest.mark.parametrize("hidden", [(8, 6), (5,)])
def test_an_even_handed_one_is_the_policy_made_symmetric(role, hidden):
    policy, mirror = recurrent(role, hidden), find_role(role).mirror()
    both = even_handed(policy)
    assert both.state_width == 2 * policy.state_width
    shape = (12, 16, len(policy.observations))
    seen = np.random.default_rng(4).normal(size=shape).astype(np.float32)
    states, (logits, _) = no_states(policy, 16), played(both, seen)
    for t in range(12):
        expected, states = symmetric_step(policy, seen[t], states)
        np.testing.assert_allclose(logits[t], expected, atol=1e-5)
    image = np.stack([mirrored(now, mirror) for now in seen])
    np.testing.assert_allclose(played(both, image)[0][..., mirror.actions], logits, atol=1e-5)


def test_what_is_learned_from_is_what_was_sampled():
    """Without an update in between, the new policy is the old one in every decision."""
    settings = GRU | {"rollout_length": 45, "even_handed": True}
    learner, runner = make_learner(**settings), make_runner(**settings)
    runner.set_state({"rl_module": learner.get_state()["rl_module"]})
    for _ in range(2):  # the second one goes on from states that are not 0
        (rollout,) = runner.sample()
        batch = learner.make_batch([rollout])
        tensors = {key: torch.from_numpy(rows) for key, rows in batch.items()}
        _, parts = learner.loss(tensors)
        assert abs(float(parts[3])) < 1e-7, "no divergence from the policy that sampled"
        assert batch["mask"].sum() == len(rollout) == rollout.valid.sum()
        with torch.no_grad():
            values = learner.forward_sequences(tensors)[1].numpy()
        mask = batch["mask"]
        np.testing.assert_allclose(values[mask], batch["values"][mask], atol=1e-5)
    assert np.abs(rollout.states).max() > 0.01


def test_sequences_hold_every_decision_once_and_no_step_that_only_resets():
    valid = np.ones((20, 3), np.bool_)
    valid[7, 0] = valid[0, 1] = valid[19, 1] = valid[4, 2] = valid[5, 2] = False
    times, columns, mask = sequences(valid, 6)
    met = np.zeros(valid.shape, np.int64)
    for t, column, there in zip(times, columns, mask, strict=True):
        np.add.at(met, (t[there], column), 1)
        assert (np.diff(t[there]) == 1).all() and valid[t, column].all()
    assert (met == valid).all() and mask[:, 0].all()


def test_gradients_go_back_to_the_begin_of_a_sequence():
    learner = make_learner(**(GRU | {"hidden": (10,)}))
    seen = torch.zeros(1, 8, 13, requires_grad=True)
    state = torch.zeros(1, 10, requires_grad=True)
    batch = {"observations": seen, "policy_states": state, "value_states": state.detach()}
    learner.forward_sequences(batch)[0][0, -1, 0].backward()
    assert seen.grad[0, 0].abs().max() > 0.0 and state.grad.abs().max() > 0.0


def test_it_learns_what_only_one_that_remembers_can():
    """The reward is for the sign of the observation before, of which this one tells nothing."""
    settings = {"network": "gru", "hidden": (12,), "sequence_length": 10, "epochs": 4}
    settings |= {"environment": "recall", "learning_rate": 0.02, "rollout_length": 40}
    settings |= {"minibatch_size": 160, "gae_lambda": 0.0, "gamma": 0.5}
    learner, runner = make_learner(**settings), make_runner(**settings)
    earned = []
    for _ in range(13):
        (rollout,) = runner.sample()
        learner.update(training_data=TrainingData(episodes=[rollout]), timesteps={})
        runner.set_state({"rl_module": learner.get_state()["rl_module"]})
        earned.append(rollout.rewards[rollout.valid].mean())
    assert abs(earned[0]) < 0.2 and earned[-1] > 0.7


def test_one_seed_gives_one_training():
    weights = []
    for _ in range(2):
        learner, runner = make_learner(**GRU), make_runner(**GRU)
        for _ in range(2):
            learner.update(training_data=TrainingData(episodes=runner.sample()), timesteps={})
        weights.append([p.detach().clone() for p in parameters(learner)])
    for a, b in zip(*weights, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize("suffix", [".npz", ".onnx", ".pt"])
def test_exports_carry_its_state(tmp_path, suffix):
    policy, file = recurrent(), tmp_path / f"memory{suffix}"
    write_policy(policy, file)
    seen = np.random.default_rng(5).normal(size=(30, 7, 17)).astype(np.float32)
    expected, states = played(policy, seen)
    if suffix == ".npz":
        again = PolicyNet.load(file)
        assert again.network == "gru"
        np.testing.assert_array_equal(played(again, seen)[0], expected)
        return
    state = np.zeros((7, 6), np.float32)
    if suffix == ".pt":
        module = torch.jit.load(str(file))
    else:
        from onnx.reference import ReferenceEvaluator

        evaluator = ReferenceEvaluator(str(file))
    for t, now in enumerate(seen):
        if suffix == ".pt":
            logits, state = (
                x.detach().numpy() for x in module(torch.from_numpy(now), torch.from_numpy(state))
            )
        else:
            found = evaluator.run(None, {"observations": now, "state": state})
            logits, action, state = found
            np.testing.assert_array_equal(action, expected[t].argmax(axis=1))
        np.testing.assert_allclose(logits, expected[t], atol=1e-5)
        np.testing.assert_allclose(state, states[t + 1], atol=1e-5)


def test_a_judged_policy_remembers_from_the_first_decision_of_a_day_on():
    policy = recurrent()
    rule, seen = Policy(policy), np.random.default_rng(6).normal(size=(9, 5, 17)).astype("f4")
    logits, states = played(policy, seen)
    for _ in range(2):  # a second day begins anew
        for t, now in enumerate(seen):
            sight = rule.sees(now, t)
            np.testing.assert_allclose(sight[:, 17:], states[t], atol=1e-6)
            np.testing.assert_allclose(policy.logits(sight), logits[t], atol=1e-6)
            assert (rule(now, t) == logits[t].argmax(axis=1)).all()


def test_rows_are_what_one_trader_sees_one_after_the_other():
    policy, seen = recurrent(), np.random.default_rng(7).normal(size=(40, 1, 17)).astype("f4")
    np.testing.assert_allclose(policy.follow(seen[:, 0]), played(policy, seen)[0][:, 0], atol=1e-6)
    assert policy.follow(seen[:0, 0]).shape == (0, 3)
    with pytest.raises(InputError, match=r"states must have the shape \(1, 6\)"):
        policy.logits(seen[0])


def test_what_cannot_be_is_refused_with_the_remedy():
    def says(**settings):
        with pytest.raises(ConfigError) as refused:
            make_config(**({"network": "gru", "role": "remembering"} | settings))
        return str(refused.value)

    assert "DQN does not learn" in says(algorithm="DQN", role="remembering")
    assert "keeps no state" in says(role="directional", algorithm="PPO")
    assert "at most 64" in says(hidden=(32, 65), even_handed=True)
    assert "even_handed" in says(mirror=True, even_handed=False)
    market = Simulator(SHORT, 3)
    with pytest.raises(InputError, match="keeps no state"):
        market.add_policy_traders(recurrent("directional"))
    env = MarketVectorEnv(1, SHORT)
    env.reset(seed=1)
    noise = np.zeros((1, 1, 3), np.float32)
    with pytest.raises(InputError, match="keeps no state"):
        env.play_policy(recurrent("directional"), noise, np.zeros((1, 1), np.bool_))
    with pytest.raises(InputError, match="needs a hidden layer"):
        PolicyNet(
            (np.zeros((17, 3), "f4"),), (np.zeros(3, "f4"),), role="remembering", network="gru"
        )


def test_frozen_opponents_have_its_layers():
    config = make_config(
        role="remembering", network="gru", even_handed=True, hidden=(8, 4), frozen_traders=1
    )
    idle = holding_policy(config)
    assert [w.shape for w in idle.weights] == [(17, 16), (24, 24), (8, 3)]
    assert idle.state_width == 8


def test_a_rollout_of_another_network_has_no_states():
    (rollout,) = make_runner().sample()
    assert isinstance(rollout, Rollout) and rollout.states.shape == (8, 0)
