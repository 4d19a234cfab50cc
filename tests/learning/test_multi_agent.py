"""Many traders learn one policy in one market, also against frozen copies; baselines of roles."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop import cluster
from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.trading_days import trade_days
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.rllib import algorithms
from abm_desktop.learning.rllib.multi_agent import RLlibMarketEnv
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.self_play import holding_policy
from abm_desktop.market.avellaneda_stoikov import reservation_price, total_spread
from abm_desktop.market.roles import RoleSizes
from abm_desktop.market.roles.executor import TWAP, Executor
from abm_desktop.market.roles.judged import fixed
from abm_desktop.market.roles.maker import AvellanedaStoikov
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
SMALL = {
    "envs_per_worker": 2,
    "traders_per_market": 4,
    "frozen_traders": 2,
    "freeze_interval": 2,
    "rollout_length": 16,
    "minibatch_size": 64,
    "hidden": (16,),
    "episode_seconds": 60.0,
    "iterations": 3,
}


@pytest.fixture(scope="module")
def local_ray():
    started = cluster.start(1)
    yield
    started.leave()


@pytest.mark.usefixtures("local_ray")
@pytest.mark.parametrize("algorithm", ["PPO", "DQN"])
def test_traders_of_one_market_learn_a_policy_that_trades_there(algorithm, tmp_path) -> None:
    config = make_config(algorithm=algorithm, learning_starts=64, **SMALL)
    assert config.steps_per_iteration == 2 * 4 * 16
    built = algorithms.build(config, tmp_path)
    try:
        results = [algorithms.train_once(built) for _ in range(3)]
        policy = policy_from_module(algorithms.module_of(built), "shared")
        env = built.env_runner_group.local_env_runner.env
    finally:
        built.stop()
    assert isinstance(env, SharedMarketVectorEnv) and env.num_envs == 8
    assert results[-1]["sampled"] > 0 and np.isfinite(results[-1]["reward_mean"])
    frozen = env._core._opponent  # noqa: SLF001 - it trades, and nobody is told which it is
    assert not np.array_equal(frozen.weights[0], holding_policy(config).weights[0])
    assert not np.array_equal(frozen.weights[0], policy.weights[0]), "an earlier copy"
    market = Simulator(SHORT, seed=1)
    market.add_policy_traders(policy, 5)
    market.warm_up()
    assert market.now == 0.0


def test_several_traders_need_a_market() -> None:
    with pytest.raises(ConfigError, match="traders_per_market"):
        make_config(environment="x:y", traders_per_market=2)


def test_rllib_steps_traders_of_all_roles() -> None:
    env = RLlibMarketEnv({"scenario": SHORT, "episode_seconds": 15.0})
    observations, _ = env.reset(seed=1)
    assert set(observations) == {"directional_0", "maker_0", "executor_0"}
    for n in range(3):
        actions = {a: env.action_spaces[a].sample() for a in env.agents}
        observations, _, terminated, truncated, _ = env.step(actions)
        assert truncated["__all__"] == (n == 2) and not terminated["__all__"]
        for agent, seen in observations.items():
            assert env.observation_spaces[agent].contains(seen)


def test_avellaneda_stoikov_quotes_by_the_formulas() -> None:
    rule = AvellanedaStoikov(gamma=0.1, sigma=2.0, k=1.5, seconds=10.0)
    bid, ask = rule.distances(np.array([3.0]), 1)[0]
    assert bid + ask == pytest.approx(total_spread(5.0, 0.1, 2.0, 1.5))
    assert (ask - bid) / 2 == pytest.approx(reservation_price(0.0, 3, 5.0, 0.1, 2.0))
    observations = np.zeros((3, 16), np.float32)
    observations[:, 11] = (-1.0, 0.0, 1.0)
    low, flat, high = AvellanedaStoikov()(observations, 0)
    assert flat < 5 and low != high, "it leans against its position"


def test_baselines_of_maker_and_executor_do_what_they_are_for() -> None:
    settings = {"days": 8, "hours": 1200 / 3600}
    careful = trade_days(AvellanedaStoikov(gamma=0.01), SHORT, "maker", **settings)
    careless = trade_days(fixed(0), SHORT, "maker", **settings)
    assert careful.inventory.mean() < careless.inventory.mean()
    sizes = RoleSizes(parent_lots=60, parent_seconds=300.0)
    schedule = Executor().contenders(120, 0)[TWAP].rule
    even = trade_days(schedule, SHORT, "executor", days=2, hours=600 / 3600, sizes=sizes)
    assert (even.traded == 120.0).all() and even.measures["unfinished"] == 0.0
