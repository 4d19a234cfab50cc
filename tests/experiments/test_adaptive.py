"""Traders that go on learning in a forked market."""

import numpy as np
import pytest

from abm_desktop.experiments.running.adaptive import _Lives, run_learning_arm
from abm_desktop.learning.rllib.continual import ContinualPPO
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.market import state
from abm_desktop.market.policy import BUY_ACTION, PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.scenario.stress import stress_of_severity


def small_policy(seed=0):
    rng = np.random.default_rng(seed)
    return PolicyNet(
        weights=tuple(
            (rng.standard_normal(shape) / np.sqrt(shape[0])).astype(np.float32)
            for shape in ((13, 16), (16, 3))
        ),
        biases=(np.zeros(16, np.float32), np.zeros(3, np.float32)),
        greedy=True,
        name="small",
    )


@pytest.fixture(scope="module")
def trunk():
    scenario = load_scenario(find_scenario("calm"))
    market = scenario.market.model_copy(update={"warm_up": 300.0})
    simulator = Simulator(scenario.model_copy(update={"market": market}), seed=3)
    simulator.run_until(60.0)
    return simulator


@pytest.fixture(scope="module")
def learned(trunk):
    market = trunk.fork()
    market.inject(stress_of_severity("flash_crash", 0.5), at=120.0)
    result = run_learning_arm(market, small_policy(), 10, 600.0, seed=1, update_every=100.0)
    return market, result


def money(market):
    return int(market.agents["cash"].sum()) + market.fees, int(market.agents["inventory"].sum())


def test_at_rate_0_the_market_is_that_of_frozen_traders(trunk):
    frozen, learning = trunk.fork(), trunk.fork()
    frozen.add_policy_traders(small_policy(), 10, greedy=False, size=3, latency=0.001)
    frozen.run(400.0)
    result = run_learning_arm(
        learning,
        small_policy(),
        10,
        400.0,
        seed=1,
        learning_rate=0.0,
        update_every=100.0,
        size=3,
        latency=0.001,
    )
    assert result.updates == 0
    assert learning.now == frozen.now
    assert np.array_equal(learning.tape.trades, frozen.tape.trades)
    assert np.array_equal(learning.tape.samples, frozen.tape.samples)
    assert np.array_equal(learning.agents["decisions"], frozen.agents["decisions"])
    for w, before in zip(result.policy.weights, small_policy().weights, strict=True):
        assert np.array_equal(w, before)
    # Both go on alike without the learner.
    learning.run(60.0)
    frozen.run(60.0)
    assert np.array_equal(learning.tape.trades, frozen.tape.trades)


def test_learning_moves_the_weights_and_the_market(trunk, learned):
    market, result = learned
    # The value function is fitted at the shock, 60 s on; updates follow 100 s apart.
    assert result.updates == 5
    assert len(result.value_losses) == 6
    assert np.isfinite(result.value_losses).all()
    # 10 traders, a decision every 5 s, but the open ones and those since the last update.
    assert 10 * 540 / 5 * 0.8 < result.decisions < 10 * 600 / 5 * 1.25
    moved = np.abs(result.policy.weights[0] - small_policy().weights[0]).max()
    assert 1e-4 < moved < 0.1
    frozen = trunk.fork()
    frozen.inject(stress_of_severity("flash_crash", 0.5), at=120.0)
    frozen.add_policy_traders(small_policy(), 10, greedy=False)
    frozen.run(600.0)
    mine, theirs = market.tape.trades, frozen.tape.trades
    first_update = (120 + 100 + 300) * 1e9
    early = mine["time"] < first_update
    assert np.array_equal(mine[early], theirs[theirs["time"] < first_update])
    assert not np.array_equal(mine[:-1], theirs[: len(mine) - 1])
    assert money(market) == money(trunk)
    market.run(30.0)
    assert money(market) == money(trunk)


def test_the_same_seed_gives_the_same_tape(trunk, learned):
    market, result = learned
    again = trunk.fork()
    again.inject(stress_of_severity("flash_crash", 0.5), at=120.0)
    other = run_learning_arm(again, small_policy(), 10, 600.0, seed=1, update_every=100.0)
    assert other.value_losses == result.value_losses
    length = len(again.tape.trades)
    assert np.array_equal(again.tape.trades, market.tape.trades[:length])


def bandit(learner, rng, steps=60, traders=10):
    """BUY is worth 1, all else nothing, whatever is seen."""
    seen = rng.standard_normal((steps + 1, traders, 13)).astype(np.float32)
    logits = learner.policy().logits(seen[:-1].reshape(-1, 13)).reshape(steps, traders, 3)
    p = np.exp(logits - logits.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    actions = (rng.random((steps, traders, 1)) > p.cumsum(axis=2)).sum(axis=2).clip(0, 2)
    done = np.ones((steps, traders), bool)
    log_p = np.log(np.take_along_axis(p, actions[:, :, None], 2))[:, :, 0]
    rewards = (actions == BUY_ACTION).astype(np.float32)
    rollout = Rollout(
        seen, actions, log_p.astype(np.float32), rewards, done, done, np.ones_like(done), ()
    )
    return rollout, float(rewards.mean())


def test_it_learns_what_pays():
    rng, learner = np.random.default_rng(0), ContinualPPO(small_policy(), 0, 3e-3)
    worth = []
    for _ in range(30):
        rollout, mean = bandit(learner, rng)
        worth.append(mean)
        learner.learn(rollout)
    assert worth[0] < 0.5
    assert worth[-1] > 0.9
    assert learner.value_losses[-1] < 0.5 * learner.value_losses[0]


def test_lives_become_columns_and_the_open_decision_stays():
    lives = _Lives(3, 20.0, 5.0, 0.2)
    lives.decisions["reward"][0, :2], lives.decisions["reward"][1, :1] = (1.0, 2.0), 7.0
    lives.observations[0, 2], lives.observations[1, 1] = 0.5, 0.25
    lives.counts[:] = 3, 2, 0
    got = lives.rollout()
    assert got.rewards.tolist() == [[1.0, 7.0, 0.0], [2.0, 0.0, 0.0]]
    assert got.valid.tolist() == [[True, True, False], [True, False, False]]
    assert got.done.tolist() == [[False, True, False], [True, False, False]]
    assert got.observations[2, 0, 0] == 0.5
    assert got.observations[1, 1, 0] == 0.25
    lives.begin_anew()
    assert lives.counts.tolist() == [1, 1, 0]
    assert lives.observations[0, 0, 0] == 0.5


@pytest.mark.parametrize("wrong", [{"seconds": 0.0}, {"learning_rate": -1.0}])
def test_impossible_numbers(trunk, wrong):
    arguments = {"seconds": 10.0} | wrong
    with pytest.raises(ValueError, match="must be"):
        run_learning_arm(trunk.fork(), small_policy(), 1, seed=0, **arguments)


def test_a_trader_of_size_0_changes_nothing(trunk):
    control, market = trunk.fork(), trunk.fork()
    control.run(100.0)
    run_learning_arm(market, small_policy(), 3, 100.0, seed=0, size=0)
    assert np.array_equal(market.tape.trades, control.tape.trades)
    assert market.agents["decisions"][market.agents["kind"] == state.RL].min() > 10
