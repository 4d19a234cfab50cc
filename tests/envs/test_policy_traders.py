"""The traders of a scenario's [[rl]] groups in the environments' markets."""

from __future__ import annotations

import numpy as np
import pytest
from support.market_views import core_of, markets_of

from abm_desktop.envs import MarketVectorEnv, SharedMarketVectorEnv
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario


def always(action: int) -> PolicyNet:
    bias = np.zeros(3, np.float32)
    bias[action] = 1.0
    return PolicyNet((np.zeros((13, 3), np.float32),), (bias,))


def scenario(tmp_path, *actions: int) -> Scenario:
    """A short market with two traders for each action, which is all they do."""
    groups = []
    for action in actions:
        file = tmp_path / f"always-{action}.npz"
        always(action).save(file)
        groups.append({"model": str(file), "count": 2, "max_inventory": 10 + action})
    values = {"name": "short", "market": {"warm_up": "2min"}, "rl": groups}
    return Scenario.model_validate(values)


@pytest.mark.parametrize("shared", [False, True])
def test_a_scenarios_policies_trade_along(tmp_path, shared: bool) -> None:
    market = scenario(tmp_path, 2, 0, 2)
    if shared:
        env = SharedMarketVectorEnv(
            3, market, traders=1, opponent=always(2), opponents=1, episode_seconds=600
        )
    else:
        env = MarketVectorEnv(3, market, episode_seconds=600)
    env.reset(seed=1)
    core = core_of(env)
    for number in range(30):
        action = 2 if number < 2 else 1
        env.step(np.full(3, action, np.int64))
    rows = slice(core.first + 1, -1) if shared else slice(core.first + 1, None)
    followers = markets_of(core).agents[:, rows]
    assert followers.shape == (3, 6)
    # Each buys or sells up to its own limit.
    assert followers["inventory"].tolist() == [[12, 12, -10, -10, 12, 12]] * 3
    assert env.accounts()["inventory"].tolist() == [4.0] * 3
    if shared:
        core.set_opponent(always(0))
        held = markets_of(core).agents["inventory"][:, -1].copy()
        for _ in range(3):
            env.step(np.ones(3, np.int64))
        assert (markets_of(core).agents["inventory"][:, -1] < held).all()
        # The others with the policy that it had keep theirs.
        assert (markets_of(core).agents["inventory"][:, core.first + 1] == 12).all()


def test_the_same_seed_gives_the_same_day_and_the_traders_matter(tmp_path) -> None:
    def path(market: Scenario) -> np.ndarray:
        env = MarketVectorEnv(2, market)
        env.reset(seed=3)
        return np.stack([env.step(np.ones(2, np.int64))[0] for _ in range(20)])

    with_traders = path(scenario(tmp_path, 2))
    np.testing.assert_array_equal(path(scenario(tmp_path, 2)), with_traders)
    assert not np.array_equal(path(scenario(tmp_path)), with_traders)


def test_a_policy_that_is_not_there_is_named(tmp_path) -> None:
    missing = Scenario.model_validate({"name": "x", "rl": [{"model": "nobody"}]})
    with pytest.raises(FileNotFoundError, match="nobody"):
        MarketVectorEnv(1, missing)
