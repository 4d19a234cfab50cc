"""Rewards that count trades at the value: what they pay for, and what falls out of them."""

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair

from abm_desktop.envs import MarketVectorEnv, RewardWeights, RoleSettings, SharedMarketVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
STILL = Scenario.model_validate(
    {
        "name": "still",
        "market": {"warm_up": "2min"},
        "fundamental": {
            "volatility": 0.0, "jump_rate": 0.0, "reversion": 0.0, "volatility_of_volatility": 0.0
        },
    }
)  # fmt: skip
VALUE = RewardWeights(at_value=True)
PLAIN = {"inventory_cost": 0.0, "clip": 1e9}
SELL, HOLD, BUY = 0, 1, 2


def played(kind, scenario, at_value, actions):
    """Rewards (k, n), and accounts before each step and at the end, of actions for everyone."""
    weights = RewardWeights(**PLAIN, at_value=at_value)
    if kind is MarketVectorEnv:
        env = MarketVectorEnv(4, scenario, weights=weights, threads=1)
    else:
        settings = RoleSettings(rewards={"directional": weights})
        env = SharedMarketVectorEnv(4, scenario, traders=1, settings=settings, threads=1)
    env.reset(seed=3)
    rewards, accounts = [], [env.accounts()]
    for action in actions:
        rewards.append(env.step(np.full(4, action))[1])
        accounts.append(env.accounts())
    env.close()
    return np.array(rewards), {key: np.array([a[key] for a in accounts]) for key in accounts[0]}


@pytest.mark.parametrize("kind", [MarketVectorEnv, SharedMarketVectorEnv])
def test_a_held_position_gains_nothing_and_loses_nothing(kind):
    actions = [BUY] * 3 + [HOLD] * 6 + [SELL] * 2
    mids, _ = played(kind, SHORT, False, actions)
    values, accounts = played(kind, SHORT, True, actions)
    assert (accounts["inventory"][4] > 0).all()
    assert np.all(values[3:9] == 0.0)
    assert np.abs(mids[3:9]).max() > 0.01
    assert np.all(values[:3] != 0.0) and np.all(values[9:] != 0.0)


@pytest.mark.parametrize("kind", [MarketVectorEnv, SharedMarketVectorEnv])
def test_a_trade_pays_what_it_was_away_from_the_value(kind):
    # A value that never moves, at the start price: what is bought and paid is worth just that.
    rewards, accounts = played(kind, STILL, True, [BUY, BUY, SELL, HOLD, SELL, SELL])
    bought, paid = np.diff(accounts["inventory"], axis=0), -np.diff(accounts["cash"], axis=0)
    worth = STILL.market.start_price * STILL.market.lot * bought - paid
    moved = np.abs(worth) > 1e-6
    assert moved.sum() >= 16
    # In one unit of risk, which hardly changes within half a minute.
    units = worth[moved] / rewards[moved]
    assert units.min() > 0.0 and units.max() / units.min() < 1.5


def test_an_executor_is_paid_for_its_prices_alone():
    def shortfalls(at_value):
        settings = RoleSettings(rewards={"executor": RewardWeights(at_value=at_value)})
        env = SharedMarketVectorEnv(
            8, SHORT, traders=1, role="executor", settings=settings, threads=1
        )
        env.reset(seed=5)
        rewards = np.array([env.step(np.full(8, 2))[1] for _ in range(12)])
        waited = np.array([env.step(np.full(8, 0))[1] for _ in range(3)])
        env.close()
        return rewards, waited

    mids, waited_at_mid = shortfalls(False)
    values, waited = shortfalls(True)
    assert np.all(waited == 0.0) and np.any(waited_at_mid != 0.0)
    assert not np.array_equal(mids, values)


def test_a_recorded_day_has_no_value_to_count_at(tmp_path):
    day = write_pair(tmp_path, *random_day(3, rows=3000, depth=5))
    with pytest.raises(InputError, match=r"weights\.at_value"):
        MarketVectorEnv(
            2, recording=day, episode_seconds=10.0, weights=RewardWeights(at_value=True)
        )
    env = MarketVectorEnv(2, recording=day, episode_seconds=20.0)
    with pytest.raises(InputError, match=r"weights\.at_value"):
        env.set_weights(VALUE)
    env.close()


def test_at_value_is_yes_or_no():
    with pytest.raises(InputError, match="at_value"):
        RewardWeights(at_value=0.5)
