"""Rewards with a stability term: what it charges, and that it charges nothing without a stress."""

import numpy as np
import pytest

from abm_desktop.envs import MarketVectorEnv, RewardWeights, RoleSettings, SharedMarketVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario

CALM = Scenario.model_validate({"name": "short", "market": {"warm_up": "2min"}})
CRASH = Scenario.model_validate(
    {
        "name": "crash",
        "market": {"warm_up": "2min"},
        "stress": [{"type": "flash_crash", "magnitude": 0.05, "at": 5.0}],
    }
)
PLAIN = {"inventory_cost": 0.0, "clip": 1e9}
SELL, HOLD, BUY = 0, 1, 2
ACTIONS = [BUY, HOLD, SELL, SELL, BUY, SELL, SELL, HOLD, SELL, BUY, BUY, SELL] * 3


def played(kind, scenario, role="directional", **weights):
    """Rewards (k, n), and accounts before each step and at the end."""
    given = RewardWeights(**PLAIN, **weights)
    if kind is MarketVectorEnv:
        env = MarketVectorEnv(4, scenario, weights=given, threads=1, episode_seconds=600.0)
    else:
        settings = RoleSettings(rewards={role: given})
        env = SharedMarketVectorEnv(
            4, scenario, traders=1, role=role, settings=settings, threads=1, episode_seconds=600.0
        )
    # Episodes begin with the session, so that the planned stress is met.
    env.reset(seed=3)
    rewards, accounts = [], [env.accounts()]
    for action in ACTIONS:
        rewards.append(env.step(np.full(4, action))[1])
        accounts.append(env.accounts())
    env.close()
    return np.array(rewards), {key: np.array([a[key] for a in accounts]) for key in accounts[0]}


@pytest.mark.parametrize("kind", [MarketVectorEnv, SharedMarketVectorEnv])
def test_under_stress_own_trades_pay_for_the_move_that_they_went_with(kind):
    plain, accounts = played(kind, CRASH)
    stable, same = played(kind, CRASH, stability=2.0)
    charged, _ = played(kind, CRASH, fee=1.0)
    np.testing.assert_array_equal(accounts["mid"], same["mid"])
    bought = np.diff(accounts["inventory"], axis=0)
    ticks = np.diff(accounts["mid"], axis=0) / CRASH.market.tick_size
    with_it = bought * ticks > 0
    assert with_it[4:].sum() >= 10 and (bought * ticks < 0)[4:].sum() >= 5
    taken = (plain - stable)[4:]
    # A fee of a tick takes |bought| in the same unit, so the ratio is the move in ticks.
    unit = (plain - charged)[4:] / np.where(bought == 0, 1, np.abs(bought))[4:]
    expected = 2.0 * np.where(with_it, bought * ticks, 0.0)[4:] * unit
    np.testing.assert_allclose(taken, expected, rtol=1e-4, atol=1e-5)
    assert taken[with_it[4:]].min() > 0.0


@pytest.mark.parametrize("kind", [MarketVectorEnv, SharedMarketVectorEnv])
def test_without_a_stress_it_takes_nothing(kind):
    plain, _ = played(kind, CALM)
    stable, _ = played(kind, CALM, stability=2.0)
    np.testing.assert_array_equal(plain, stable)


def test_an_executor_pays_as_well():
    plain, accounts = played(SharedMarketVectorEnv, CRASH, role="executor")
    stable, _ = played(SharedMarketVectorEnv, CRASH, role="executor", stability=1.0)
    pressed = np.diff(accounts["inventory"], axis=0) * np.diff(accounts["mid"], axis=0) > 0
    assert pressed[4:].any()
    free = np.abs(plain) < 4.9  # what is clipped tells nothing
    assert ((plain - stable)[pressed & free][4:] >= 0).all() and (plain - stable).max() > 0


def test_a_weight_below_nothing_is_refused():
    with pytest.raises(InputError, match="stability"):
        RewardWeights(stability=-1.0)
